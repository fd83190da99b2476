"""A seeded share of the million, and faults put in on purpose, each of which is found and made small."""

from __future__ import annotations

import sys
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.request import urlopen

import pytest

from tests.fuzz.__main__ import left
from tests.fuzz.campaign import MOST_GROWTH_MB, Campaign, Tally
from tests.fuzz.edge import LIVEZ, Edge
from tests.fuzz.sent import Sent, from_words
from tests.fuzz.server import running
from tests.fuzz.vendors import VENDORS

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel what a server spends, in /proc"),
]

SHARE: Final = 8_192
"""Inputs: ten seconds on an idle machine, and few enough for a busy one."""
BREAKING: Final = (sys.executable, "-m", "tests.fuzz.breaking")
GUILTY: Final = Sent(
    path=b"/webapi.php", query=b"klic=VUMGIVEN0001&cislo=%2B420777123456&styp=1", headers=((b"Accept", b"*/*"),)
)


def test_a_server_bears_a_share_of_the_million(tmp_path: Path) -> None:
    tally = Tally()
    with running(tmp_path) as server, closing(Campaign(server, tally)) as campaign:
        assert not campaign.send(Sent(path=b"/readyz"))
        before, open_before = server.resident_mb(), server.descriptors()
        campaign.run(SHARE, seed=0)
        tally.findings.extend(left(server, campaign, before, open_before))
    assert tally.findings == []
    assert sum(tally.inputs.values()) >= SHARE
    assert {vendor.name for vendor in VENDORS} <= tally.inputs.keys()
    assert {200, 400, 401, 404, 405, 415, 501} <= tally.statuses.keys()  # what is right comes through, and what is not


def test_a_connection_whose_time_was_over_is_no_missing_reply(tmp_path: Path) -> None:
    with running(tmp_path, options=("--keep-alive", "0.2")) as server, closing(Edge(server.port)) as edge:
        assert [answer.status for answer in edge.answers([LIVEZ])] == [200]
        while 'pbxsim_connections_cut_total{limit="between"} 1.0' not in _metrics(server.port):
            pass
        assert [answer.status for answer in edge.answers([LIVEZ, LIVEZ])] == [200, 200]


def _metrics(port: int) -> str:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as reply:
        return str(reply.read(), "utf-8")


def test_a_fault_is_found_and_what_shows_it_made_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZZ_FAULT", "exception")
    tally = Tally()
    with running(tmp_path, BREAKING) as server, closing(Campaign(server, tally)) as campaign:
        campaign.look([Sent(path=b"/webapi.php", query=b"klic=VUMGIVEN0001"), GUILTY, Sent(path=b"/livez")])
        found = tally.findings[0]
        words = found.again.split("--again ")[1].split('"')[0]
        assert "an error in the log" in campaign.send(from_words(words))
    assert len(tally.findings) == 1
    assert "an error in the log" in found.what
    least = from_words(words).wire()
    assert b"styp" in least
    assert b"klic" not in least
    assert b"Accept" not in least


def test_a_reply_that_takes_a_second_of_processor_time_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FUZZ_FAULT", "slow")
    with running(tmp_path, BREAKING) as server, closing(Campaign(server, Tally())) as campaign:
        assert campaign.send(Sent(path=b"/webapi.php", query=b"klic=VUMGIVEN0001")) == ""
        assert "s of processor time" in campaign.send(GUILTY)


def test_memory_that_grows_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FUZZ_FAULT", "leak")
    with running(tmp_path, BREAKING) as server, closing(Campaign(server, Tally())) as campaign:
        before, open_before = server.resident_mb(), server.descriptors()
        campaign.look([GUILTY] * int(MOST_GROWTH_MB + 20))
        found = left(server, campaign, before, open_before)
    assert [finding.what.split(" is ")[0] for finding in found] == ["memory"]
