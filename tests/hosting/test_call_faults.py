"""What goes wrong on purpose with calls: ghosts, answers too late, no causes, records and recordings late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import SECOND, seconds
from pbxsim.config.injected_faults import FaultEntry
from pbxsim.kit.request import Request
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.errors import RecordingLate, RecordingUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.pbx.cdr import Cdr

ASK = "username=voipsun&password=secretpwd&action="
ANSWERS = "990103020"  # rings 3 s, talks 20
BUSY = "990203000"


@pytest.fixture
def host(tmp_path: Path) -> HostedPbx:
    """Give the PBX `documented`."""
    return Installation(ServeSettings(pbxs=("documented",), rate=0.0), tmp_path).hosts.first()


def inject(host: HostedPbx, *faults: Mapping[str, Any]) -> None:
    """Set faults, as the control API does."""
    host.injecting().faults.set(msgspec.convert(fault, FaultEntry) for fault in faults)
    host.injected()


def call(host: HostedPbx, number: str = ANSWERS) -> int:
    """Have extension 100, which answers after 3 s, call a number."""
    request = Request("GET", "/api/api.php", f"{ASK}originate&srcExtenId=5&dstNum={number}")
    started = host.answer("voipsun", request, ()).call
    assert started is not None
    return started


def go(host: HostedPbx, span: float) -> None:
    """Let time go by."""
    clock = host.pbx.clock
    assert clock.run_until(clock.now + seconds(span))


def records(host: HostedPbx) -> list[Cdr]:
    """Give the records of calls."""
    return [cdr for cdr in host.pbx.cdrs.find(CdrQuery()) if cdr.call]


def told(host: HostedPbx) -> list[object]:
    """Give what the journal says of calls that were struck."""
    return [entry.data["injected"] for entry in host.journal.entries() if entry.kind == "call-fault-struck"]


def test_a_ghost_stays_until_the_pbx_hangs_it_up(host: HostedPbx) -> None:
    inject(host, {"fault": "ghost-call"})
    number = call(host)
    go(host, 100 * 3_600)
    assert number in host.pbx.calls.live
    assert records(host) == []
    channel = host.pbx.calls.live[number].live_legs()[0].name
    hang_up = Request("GET", "/api/api.php", f"{ASK}hangupcall&channelName={channel}")
    assert b"channelName" not in host.answer("voipsun", hang_up, ()).body
    assert number not in host.pbx.calls.live
    assert [cdr.disposition for cdr in records(host)] == ["ANSWERED"]
    assert records(host)[0].billsec > 99 * 3_600
    assert told(host) == ["fault 1: ghost-call"]


def test_an_answer_that_comes_too_late_is_none(host: HostedPbx) -> None:
    inject(host, {"fault": "answer-after-hangup", "number": ANSWERS, "seconds": 5, "count": 1})
    call(host)
    go(host, 300)
    (cdr,) = records(host)
    assert (cdr.disposition, cdr.second_peer) == ("NO ANSWER", "")
    ignored = [entry for entry in host.journal.entries() if entry.kind == "report-ignored"]
    assert [entry.data["report"] for entry in ignored] == ["answered"]
    assert ignored[0].at == cdr.end + 5 * SECOND
    call(host)
    go(host, 60)
    assert records(host)[-1].disposition == "ANSWERED"


@pytest.mark.parametrize(("number", "cause"), [(ANSWERS, 31), (BUSY, 31)])
def test_a_cause_that_does_not_come_is_31(host: HostedPbx, number: str, cause: int) -> None:
    inject(host, {"fault": "missing-cause"})
    call(host, number)
    go(host, 60)
    assert [int(cdr.cause) for cdr in records(host)] == [cause]
    inject(host)
    call(host, number)
    go(host, 60)
    assert int(records(host)[-1].cause) in (16, 17)


def test_records_come_late_and_say_what_they_would_have_said(host: HostedPbx) -> None:
    call(host)
    go(host, 60)
    (usual,) = records(host)
    inject(host, {"fault": "cdr-late", "seconds": 90})
    began = host.pbx.clock.now
    call(host)
    go(host, 60)
    assert len(records(host)) == 1
    assert not host.pbx.calls.live
    go(host, 60)
    late = records(host)[-1]
    assert (late.start - began, late.duration, late.billsec) == (0, usual.duration, usual.billsec)
    assert (late.disposition, late.id) == ("ANSWERED", usual.id + 1)


def test_a_record_is_there_and_reports_have_it_later(host: HostedPbx) -> None:
    def rows(*paths: str) -> list[int]:
        queries = {"duocom": "principal=666111666&pass=MiClaveSecreta", "vum": "klic=VUMINFO00001&typ=2"}
        asked = zip(queries, paths, strict=True)
        replies = [host.answer(name, Request("GET", path, queries[name]), ()).body for name, path in asked]
        return [len(body.splitlines()) for body in replies]

    paths = ("/cgi-bin/oficinaweb/api_consumos", "/ustredna/webapi.php")
    inject(host, {"fault": "cdr-unseen", "seconds": 5, "vendor": "duocom"}, {"fault": "cdr-unseen", "seconds": 9})
    first, second = ("990103020", "990103020")
    query = f"principal=666111666&pass=MiClaveSecreta&llamante={first}&llamado={second}"
    assert host.answer("duocom", Request("GET", "/cgi-bin/oficinaweb/oficinaweb_webcallservice", query), ()).call
    assert host.answer("vum", Request("GET", paths[1], f"klic=VUMGIVEN0001&cislo={first}"), ()).call
    go(host, 27)
    assert {cdr.vendor for cdr in records(host)} == {"duocom", "vum"}
    assert rows(*paths) == [1, 0]
    go(host, 5)
    assert rows(*paths) == [3, 0]
    go(host, 9)
    assert rows(*paths) == [3, 1]
    assert told(host) == ["fault 1: cdr-unseen", "fault 2: cdr-unseen"]


def test_a_limit_counts_the_records_that_are_seen(host: HostedPbx) -> None:
    newest = CdrQuery(newest_first=True, limit=1)
    call(host)
    go(host, 60)
    inject(host, {"fault": "cdr-unseen", "seconds": 300})
    call(host)
    go(host, 60)
    assert [cdr.call for cdr in host.pbx.shown_cdrs(newest)] == [1]
    assert [cdr.call for cdr in host.pbx.cdrs.find(newest)] == [2]
    go(host, 300)
    assert [cdr.call for cdr in host.pbx.shown_cdrs(newest)] == [2]


async def test_a_recording_can_be_read_when_its_time_has_come(host: HostedPbx) -> None:
    inject(host, {"fault": "recording-late", "seconds": 600})
    call(host)
    go(host, 60)
    (cdr,) = records(host)
    assert cdr.recording_file
    recorder = host.recorder
    assert recorder is not None
    with pytest.raises(RecordingLate):
        await recorder.open(cdr.recording_folder, cdr.recording_file)
    with pytest.raises(RecordingUnreadable):
        host.pbx.recordings.move(cdr.id, folder="/elsewhere", file=None)
    go(host, 600)
    with await recorder.open(cdr.recording_folder, cdr.recording_file) as opened:
        assert opened.read(4) == b"RIFF"


def test_calls_are_meant_by_who_placed_them_and_by_number(host: HostedPbx) -> None:
    inject(host, {"fault": "cdr-late", "seconds": 1, "vendor": "vum"}, {"fault": "missing-cause", "number": "1"})
    call(host)
    go(host, 60)
    assert (told(host), int(records(host)[0].cause)) == ([], 16)
    assert [(fault.met, fault.struck) for fault in host.injecting().faults] == [(0, 0), (0, 0)]


def test_the_seed_decides_which_calls_are_struck_and_nobodys_fate_changes(host: HostedPbx) -> None:
    def struck() -> list[object]:
        host.reset(7)
        inject(host, {"fault": "missing-cause", "probability": 0.5})
        for _ in range(20):
            call(host)
            go(host, 40)
        return [int(cdr.cause) for cdr in records(host)]

    first = struck()
    assert first == struck()
    assert 4 < first.count(31) < 16


def test_nothing_is_looked_at_where_no_calls_fault_is_set_nor_after_a_reset(host: HostedPbx) -> None:
    def looks() -> bool:
        return host.pbx.calls.faults is not None

    late = {"fault": "cdr-late", "seconds": 1}
    told = [looks()]
    for wanted in ({"fault": "reset"}, late):
        inject(host, wanted)
        told.append(looks())
    inject(host)
    told.append(looks())
    inject(host, late)
    host.reset()
    assert [*told, looks()] == [False, False, True, False, False]
