"""What Simotel keeps on one PBX: the ids of its calls, and whom it has logged in."""

from __future__ import annotations

from tests.vendors.simotel.companion import Companion


def test_two_calls_of_one_moment_have_ids_of_their_own() -> None:
    client = Companion()
    assert client.call().order.reference != client.call().order.reference


def test_an_operator_whom_it_logged_in_is_remembered_until_the_last_queue_is_left() -> None:
    client = Companion()
    state = client.interface.state  # type: ignore[attr-defined]  # Simotel's own interface
    for queue in ("999", "10000"):
        client.post("pbx/queues/addagent", queue=queue, source="557", agent="3001")
    client.post("pbx/queues/removeagent", queue="999", agent="3001")
    assert state.mapped == {"3001"}
    client.post("pbx/queues/removeagent", queue="10000", agent="3001")
    assert state.mapped == set()


def test_whoever_was_logged_in_before_is_none_of_its_operators() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="552", agent="2001")
    assert client.interface.state.mapped == set()  # type: ignore[attr-defined]  # Simotel's own interface
