"""The log of requests: how much it keeps of what strangers send, and what that does to memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.request_log import LONGEST_HINT, MOST_HEADERS, MOST_HINTS
from pbxsim.kit.reply import Reply
from pbxsim.kit.request import Request
from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import Notice
from tests.web.town import ACME, plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pbxsim.hosting.request_log import RequestRecord, RequestShown

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
STATM: Final = Path("/proc/self/statm")
PAGE: Final = 4_096
MOST_GROWTH: Final = 200_000_000


def _headers(turn: int) -> Request:
    return Request("GET", "/x", headers={f"X-{turn}-{at}": "a" * 8_000 for at in range(120)})


def _long_form(turn: int) -> Request:
    return Request("POST", "/acme/api", f"secret=wrong&turn={turn}", headers=FORM, body=b"x=" + b"a" * 1_000_000)


def _query(turn: int) -> Request:
    return Request("GET", "/acme/api", "&".join(f"{turn}-{at}=" for at in range(1_000))[:7_000])


def _form(turn: int) -> Request:
    body = "&".join(f"{turn}-{at}=1" for at in range(2_000))[:13_000]
    return Request("POST", "/acme/api", headers=FORM, body=body.encode())


def _just_kept_whole(turn: int) -> Request:
    body = "&".join(f"{turn}-{at}=" + "a" * 950 for at in range(8))
    return Request("POST", "/acme/api", headers=FORM, body=body.encode())


ATTACKS: Final[tuple[Callable[[int], Request], ...]] = (_headers, _long_form, _query, _form)


def hosted() -> HostedPbx:
    """Make the small PBX of the town, its clock held."""
    return HostedPbx(plan(), {"acme": ACME}, rate=0)


def attack(host: HostedPbx, request: Request) -> None:
    """Send what a stranger sends."""
    if request.path == "/acme/api":
        host.answer("acme", request, ())
    else:
        host.requests.missed(request, Reply(body=b"404", status=404))


def shown(host: HostedPbx) -> RequestShown:
    """Show the one request there was."""
    (record,) = host.requests.records()
    return host.requests.shown(record)


def test_long_headers_are_cut_and_say_how_long_they_were() -> None:
    host = hosted()
    attack(host, _headers(1))
    headers = shown(host).headers
    assert headers["X-1-0"] == "a" * 1_024 + "… (cut: 8000 characters)"
    assert headers["…"] == f"… (cut: {120 - (len(headers) - 1)} more)"
    assert sum(map(len, headers.values())) < 10_000


def test_of_many_headers_the_first_are_kept_and_that_of_the_bodys_type() -> None:
    host = hosted()
    headers = {f"X-{at}": "1" for at in range(100)} | FORM
    attack(host, Request("POST", "/acme/api", headers=headers, body=b"from=100"))
    seen = shown(host)
    assert (len(seen.headers), seen.headers["Content-Type"]) == (MOST_HEADERS + 1, FORM["Content-Type"])
    assert seen.params == {"from": "100"}


def test_ordinary_requests_are_kept_as_they_came() -> None:
    host = hosted()
    headers = {f"X-{at}": "v" * 100 for at in range(40)} | FORM
    attack(host, Request("POST", "/acme/api", "a=" + "b" * 7_000, headers=headers, body=b"from=" + b"1" * 9_000))
    seen = shown(host)
    assert seen.headers == headers
    assert seen.params == {"a": "b" * 7_000, "from": "1" * 9_000}


def test_a_secret_of_a_request_that_is_cut_is_in_no_reply() -> None:
    host = hosted()
    request = Request("GET", "/acme/api", "do=echo", headers={"X-Acme-Token": "t0p" * 700, "X": "a" * 9_000})
    record = host.requests.end("acme", request, Reply(body=b"you said " + b"t0p" * 700))
    assert shown(host).reply == "you said ***"
    assert b"t0p" not in record.reply


def test_hints_are_cut_in_length_and_number() -> None:
    host = hosted()
    host.answer("acme", Request("GET", "/acme/api"), tuple("h" * 1_000 for _ in range(MOST_HINTS + 5)))
    hints = shown(host).hints
    assert hints[0] == "h" * LONGEST_HINT + "… (cut: 1000 characters)"
    assert (len(hints), hints[-1]) == (MOST_HINTS + 1, "… (cut: 5 more)")


@pytest.mark.slow
def test_requests_are_forgotten_where_they_take_too_many_bytes() -> None:
    host = HostedPbx(plan(limits="limits: {request_bytes: 1000000, journal_bytes: 2000000}"), {"acme": ACME}, rate=0)
    for turn in range(300):
        attack(host, ATTACKS[turn % len(ATTACKS)](turn))
        assert host.requests.kept_bytes <= 1_000_000
        assert host.journal.kept_bytes <= 2_000_000
    records = list(host.requests.records())
    assert len(records) == len(host.requests)
    assert [record.seq for record in records] == list(range(301 - len(records), 301))
    assert host.requests.kept_bytes == sum(record.taken for record in records)
    assert 30 < len(records) < 300
    assert host.journal.last == len(host.journal) + host.journal.dropped


def test_as_many_requests_are_kept_as_the_file_says() -> None:
    host = HostedPbx(plan(limits="limits: {request_entries: 3, journal_entries: 4}"), {"acme": ACME}, rate=0)
    for turn in range(10):
        attack(host, _query(turn))
    assert [record.seq for record in host.requests.records()] == [8, 9, 10]
    assert [entry.seq for entry in host.journal.entries()] == [17, 18, 19, 20]


def fill() -> None:
    """Fill the logs of a PBX with every attack, and its outbox; read it all; print by how much memory has grown."""
    host = hosted()
    attack(host, _query(0))
    before = _resident()
    turn = 0
    while turn < 200 or host.requests.counted == len(host.requests) or not host.journal.dropped:
        turn += 1
        attack(host, ATTACKS[turn % len(ATTACKS)](turn) if turn <= 200 else _just_kept_whole(turn))
    while not host.outbox.dropped:
        notice = Notice(receiver="acme:x", event="x", url="http://127.0.0.1:9/", body=b"x" * 2_000 + b"%d" % turn)
        host.pbx.events.emit(NoticePosted(notice))
    for record in host.requests.records():
        host.requests.shown(record)
    sys.stdout.write(f"{_resident() - before}\n")


def _seqs(records: Iterable[RequestRecord]) -> list[int]:
    return [record.seq for record in records]


@pytest.mark.parametrize("after", [0, 3, 4, 5, 7, 11, 12, 13, 99])
def test_requests_are_found_by_their_numbers_though_the_oldest_are_forgotten(after: int) -> None:
    host = HostedPbx(plan(limits="limits: {request_entries: 9}"), {"acme": ACME}, rate=0)
    for turn in range(12):
        host.answer("acme", _query(turn), ())
    kept = range(4, 13)
    log = host.requests
    assert _seqs(log.records(after=after)) == [seq for seq in kept if seq > after]
    assert _seqs(log.newest(before=after)) == [seq for seq in reversed(kept) if not after or seq < after]
    assert [record is not None for record in (log.found(after),)] == [after in kept]


def _resident() -> int:
    return int(STATM.read_text().split()[1]) * PAGE


@pytest.mark.slow
@pytest.mark.skipif(not STATM.exists(), reason="this system does not tell a process's resident memory in /proc")
def test_with_all_logs_full_memory_has_grown_by_less_than_200_mb() -> None:
    code = "from tests.hosting.test_request_log import fill; fill()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)
    assert 0 < int(done.stdout) < MOST_GROWTH
