"""A reply that webhooks overtake, on the wire: a client that blocks, a server of its own that is told meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from pbxsim.replay import replay
from pbxsim.testing import PbxServer, Receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pbxsim.testing.client import Pbx
    from pbxsim.testing.receiver import Received

FILE = """
name: shop
dialplans: [{name: main}]
extensions: [{internal: "100", dialplan: main}]
vendors:
  voipsun: {users: [{username: crm, password: change-me}]}
  simotel:
    accounts: [{mode: token, api_key: change-me-too}]
    events: {enabled: true, version: G4, method: POST, address: "${RECEIVER}/pbx", chosen: [NewState, Cdr]}
"""
CALL = urlencode(
    {
        "username": "crm",
        "password": "change-me",
        "action": "originate",
        "srcExtenInternalNum": "100",
        "dstNum": "990103020",
    }
)
EVENTS = ["Ringing", "InUse", "Idle", "ANSWERED"]  # at 0, 3, 26 and 26 s


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a server for webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def pbx(tmp_path: Path, receiver: Receiver) -> Iterator[Pbx]:
    """Give a PBX with a held clock."""
    file = tmp_path / "shop.yaml"
    file.write_text(FILE, encoding="utf-8")
    with PbxServer(file, receiver=receiver) as pbx:
        yield pbx


def overtake(pbx: Pbx, webhooks: int, **more: object) -> None:
    """Have the first reply overtaken."""
    pbx.ask("PUT", "/faults", {"faults": [{"fault": "overtaken", "webhooks": webhooks, "nth": 1, **more}]})


def call(pbx: Pbx) -> None:
    """Place a call, and wait for the reply."""
    with urlopen(f"{pbx.url}/api/api.php?{CALL}", timeout=10) as reply:
        assert reply.read() == b'{"success":"true"}'


def told(receiver: Receiver) -> list[str]:
    """Say what came."""
    return [each.json.get("state") or each.json["disposition"] for each in receiver.received]


@pytest.mark.slow
@pytest.mark.parametrize(("webhooks", "second"), [(1, "00"), (2, "03"), (3, "26"), (4, "26")])
def test_a_reply_comes_when_so_many_webhooks_were_answered_and_the_clock_goes_on_for_that(
    pbx: Pbx, receiver: Receiver, webhooks: int, second: str
) -> None:
    overtake(pbx, webhooks)
    call(pbx)
    # Those of one instant may be on their way together: at most one is behind the one that was waited for.
    assert EVENTS[:webhooks] == told(receiver)[:webhooks]
    assert len(told(receiver)) <= webhooks + 1
    assert pbx.now == f"2026-01-01T00:00:{second}.000000Z"
    pbx.advance(60)
    assert told(receiver) == EVENTS


@pytest.mark.slow
def test_only_the_nth_reply_is_overtaken(pbx: Pbx, receiver: Receiver) -> None:
    overtake(pbx, 4)
    call(pbx)
    call(pbx)
    assert pbx.now == "2026-01-01T00:00:26.000000Z"
    (fault,) = pbx.ask("GET", "/faults")
    assert (fault["met"], fault["struck"]) == (2, 1)


@pytest.mark.slow
def test_a_reply_waits_for_no_more_than_comes_and_no_longer_than_the_faults_seconds(pbx: Pbx) -> None:
    overtake(pbx, 9)
    call(pbx)
    assert pbx.now == "2026-01-01T00:00:26.000000Z"
    pbx.reset()
    overtake(pbx, 9, seconds=2.5)
    call(pbx)
    assert pbx.now == "2026-01-01T00:00:00.000000Z"


def test_a_webhook_that_is_refused_counts_as_tried(pbx: Pbx, receiver: Receiver) -> None:
    receiver.fail_next(1)
    overtake(pbx, 1)
    call(pbx)
    assert len(receiver.received) == 1


@pytest.mark.slow
@pytest.mark.parametrize("end", ["reset", "taken away"])
def test_a_reply_waits_no_more_once_that_is_over(pbx: Pbx, receiver: Receiver, end: str) -> None:
    came, go_on = threading.Event(), threading.Event()

    def busy(_request: Received) -> int:
        came.set()
        go_on.wait(5)
        return 200

    receiver.handler = busy
    overtake(pbx, 4)
    client = threading.Thread(target=call, args=(pbx,))
    client.start()
    assert came.wait(5)
    if end == "reset":
        pbx.reset()
    else:
        pbx.ask("DELETE", "/faults")
    go_on.set()
    client.join(5)
    assert not client.is_alive()
    assert pbx.now == "2026-01-01T00:00:00.000000Z"


@pytest.mark.slow
def test_a_clock_that_runs_is_waited_for(pbx: Pbx, receiver: Receiver) -> None:
    pbx.set_rate(100)
    overtake(pbx, 2)
    call(pbx)
    assert told(receiver)[:2] == EVENTS[:2]


@pytest.mark.slow  # it waits for three seconds, as whoever cannot answer meanwhile has to
def test_a_client_that_answers_no_webhook_while_it_waits_gets_its_reply_all_the_same(
    pbx: Pbx, receiver: Receiver
) -> None:
    answered = threading.Event()
    receiver.handler = lambda _request: 200 if answered.wait(8) else 500
    overtake(pbx, 1)
    call(pbx)
    assert pbx.now == "2026-01-01T00:00:00.000000Z"
    answered.set()


@pytest.mark.slow
def test_what_an_overtaken_reply_moved_can_be_had_again(pbx: Pbx, tmp_path: Path) -> None:
    overtake(pbx, 4)
    call(pbx)
    journal = tmp_path / "journal.jsonl"
    journal.write_bytes(pbx.journal(replayable=True))
    file = tmp_path / "served.yaml"
    file.write_text(FILE.replace("${RECEIVER}", pbx.vendors["simotel"]["events"]["address"][:-4]), encoding="utf-8")
    assert "came to the same" in replay(journal, str(file))
