"""Snapshots over HTTP: with calls in progress and webhooks that wait; restored here, elsewhere, and with a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.testing import ControlRefused, PbxServer, Receiver, Snapshot
from tests.testing.conftest import originate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pbxsim.testing import Pbx

pytestmark = pytest.mark.slow  # each starts a server, and waits for webhooks

FILE = """
name: shop
seed: 4
dialplans: [{name: main}]
extensions:
  - {internal: "101", dialplan: main, user: one, records: true, public: ["222333444"]}
  - {internal: "102", dialplan: main, user: two, calls: 5}
agents: [{number: "1", name: Jana, pin: "1", line: one}, {number: "2", name: Eva, pin: "2", line: two}]
queues: [{name: orders, members: [{agent: "1"}, {agent: "2"}], wrap_up: 5}]
dids: [{number: "222333555", queue: orders, context: main}]
phones: {default: {ring: {uniform: [1, 9]}, talk: {exponential: 30}}}
vendors:
  voipsun: {users: [{username: voipsun, password: c4nary-password}]}
  simotel:
    dialplan: main
    accounts: [{mode: token, api_key: c4nary-key}]
    events: {address: "${RECEIVER}/hook?token=c4nary-token", username: hook, password: c4nary-hook}
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Give a receiver of webhooks."""
    with Receiver() as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Give a PBX file."""
    path = tmp_path / "shop.yaml"
    path.write_text(FILE, "utf-8")
    return str(path)


def begin(pbx: Pbx) -> None:
    """Have a morning begin: calls at all stages."""
    for number in range(6):
        pbx.incoming(f"77712345{number}", "222333555" if number % 2 else "222333444")
        pbx.advance(4)


def go_on(pbx: Pbx) -> None:
    """Have the rest of it happen."""
    live = [call for call in pbx.calls if call.state != "ended"]
    for call in live[:1]:
        pbx.hang_up(call)
    for number in range(4):
        pbx.incoming(f"60212345{number}", "222333555")
        pbx.advance(7.5)
    assert pbx.run_until_idle()


def told(pbx: Pbx, since: int) -> dict[str, Any]:
    """Give all that it came to; of the recordings those of records from number `since` on."""
    webhooks = [
        {**each, "tries": [{**one, "took_ms": 0} for one in each["tries"]]} for each in pbx.listed("/webhooks", "id")
    ]
    return {
        "journal": pbx.journal(),
        "records": pbx.cdrs_csv(),
        "queues": pbx.queues,
        "requests": list(pbx.listed("/requests", "seq")),
        "webhooks": webhooks,
        "recordings": [pbx.recording(cdr) for cdr in pbx.cdrs if cdr.recording and cdr.id >= since],
    }


def bodies(receiver: Receiver) -> list[tuple[str, bytes, int | None]]:
    """Give what came, and empty the receiver."""
    came = [(each.path, each.body, each.delivery) for each in receiver.received]
    receiver.reset()
    return came


def test_restored_it_goes_on_as_if_it_had_never_stopped_webhooks_and_all(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver) as pbx:
        begin(pbx)
        snapshot, since = pbx.snapshot(), len(pbx.cdrs) + 1
        assert any(call.state != "ended" for call in pbx.calls)
        bodies(receiver)
        go_on(pbx)
        expected, sent = told(pbx, since), bodies(receiver)
        pbx.reset(99)
        go_on(pbx)
        bodies(receiver)
        pbx.restore(Snapshot(snapshot.document))
        go_on(pbx)
        assert told(pbx, since) == expected
        assert expected["recordings"]
        assert bodies(receiver) == sent
        assert len(sent) > 20
    with PbxServer(file, receiver=receiver) as other:
        other.restore(snapshot)
        go_on(other)
        assert other.journal() == expected["journal"]
        assert other.cdrs_csv() == expected["records"]
        assert bodies(receiver) == sent


def test_a_webhook_that_waits_to_be_tried_again_waits_in_the_snapshot_too(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver) as pbx:
        receiver.fail_next(50)
        pbx.incoming("777123456", "222333444")
        pbx.advance(2)
        snapshot = pbx.snapshot()
        assert len(pbx.webhooks[0].tries) > 1
        bodies(receiver)
        pbx.advance(120)
        sent = bodies(receiver)
        assert [number for _, _, number in sent][:3] == [1, 2, 3]
        pbx.restore(snapshot)
        assert [hook.state for hook in pbx.webhooks] == ["pending"] * len(pbx.webhooks)
        pbx.advance(120)
        assert bodies(receiver) == sent
        assert {hook.state for hook in pbx.webhooks} == {"delivered"}


def test_no_credential_is_in_it(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver) as pbx:
        originate(pbx, srcExtenInternalNum="101", customCDR1="c4nary-password", cookie="c4nary-key")
        begin(pbx)
        assert b"c4nary" not in pbx.snapshot().document


def test_a_copy_with_other_credentials_goes_back_to_it_too(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver) as pbx:
        begin(pbx)
        snapshot = pbx.snapshot()
        copy = pbx.copy()
        copy.set_rate(0)
        copy.restore(snapshot)
        go_on(copy)
        go_on(pbx)
        assert copy.journal() == pbx.journal()
        assert copy.vendors["voipsun"]["users"][0]["password"] != "c4nary-password"


@pytest.mark.parametrize("document", ["{}", "[]", "", '{"format": "x"}'])
def test_what_is_no_snapshot_is_refused(file: str, receiver: Receiver, document: str) -> None:
    with PbxServer(file, receiver=receiver) as pbx:
        with pytest.raises(ControlRefused) as refused:
            pbx.restore(Snapshot(document.encode()))
        assert refused.value.status == 400


def test_a_snapshot_of_another_file_is_refused_and_nothing_changes(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver) as pbx, PbxServer("documented") as other:
        begin(pbx)
        before = pbx.journal()
        with pytest.raises(
            ControlRefused, match="422 body: this snapshot cannot be restored: it is of a PBX with another"
        ):
            pbx.restore(other.snapshot())
        assert pbx.journal() == before


def test_a_clock_that_runs_goes_on_from_the_snapshots_instant(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver, clock=1) as pbx:
        pbx.incoming("777123456", "222333444")
        pbx.set_rate(0)
        now, snapshot = pbx.now, pbx.snapshot()
        pbx.advance(3_600)
        pbx.set_rate(1000)
        pbx.restore(snapshot)
        pbx.wait_for("cdrs", src="777123456")
        assert pbx.now > now


def test_with_a_store_what_came_after_it_is_forgotten_there_too(file: str, receiver: Receiver, tmp_path: Path) -> None:
    database = str(tmp_path / "calls.sqlite3")
    with PbxServer(file, receiver=receiver, db=database, clock=1) as pbx:
        pbx.set_rate(0)
        begin(pbx)
        pbx.advance(300)
        kept, snapshot = pbx.cdrs, pbx.snapshot()
        go_on(pbx)
        assert len(pbx.cdrs) > len(kept)
        pbx.restore(snapshot)
    with PbxServer(file, receiver=receiver, db=database, clock=1) as again:
        assert again.cdrs == kept


def test_a_snapshot_is_an_ordinary_json_document(file: str, receiver: Receiver) -> None:
    with PbxServer(file, receiver=receiver) as pbx:
        begin(pbx)
        document = msgspec.json.decode(pbx.snapshot().document)
        assert (document["pbx"], document["seed"], document["now"]) == ("shop", 4, pbx.now)
        assert msgspec.json.decode(pbx.snapshot().document) == document
