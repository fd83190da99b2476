"""Several operators at once: a result for each, in the vendor's bytes."""

from __future__ import annotations

import json

import pytest

from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.settings import BatchKey, LenientField, Settings
from tests.vendors.simotel.client import ACCOUNT, failure
from tests.vendors.simotel.companion import Companion

AGENTS = [{"queue": "10000", "agent": "570"}, {"queue": "10000", "agent": "553"}]
ADDED = [one | {"source": one["agent"], "penalty": ""} for one in AGENTS]


def results(message: str) -> bytes:
    """Spell the reply to the samples as the vendor shows it."""
    each = (
        b'            {\n                "agent": "%s",\n                "message": "%s",\n                "ok": 1,\n'
        b'                "queue": "10000"\n            }'
    )
    both = b",\n".join(each % (agent, message.encode()) for agent in (b"570", b"553"))
    return (
        b'{\n    "success": 1,\n    "message": "",\n    "data": {\n        "Data": [\n'
        + both
        + b'\n        ],\n        "ok": 1\n    }\n}'
    )


def additions(key: str) -> bytes:
    """Spell the reply to the sample of batchaddagent."""
    each = (
        b'            {\n                "%s": "%s",\n                "message": "Added successfully",\n'
        b'                "ok": 1,\n                "penalty": "",\n                "queue": "10000",\n'
        b'                "source": "%s"\n            }'
    )
    both = b",\n".join(each % (key.encode(), agent, agent) for agent in (b"570", b"553"))
    return (
        b'{\n    "success": 1,\n    "message": "",\n    "data": {\n        "Data": [\n'
        + both
        + b'\n        ],\n        "ok": 1\n    }\n}'
    )


@pytest.mark.cites("S206", "R209")
def test_the_samples_are_answered_with_the_vendors_bytes() -> None:
    client = Companion()
    assert client.post("pbx/queues/batchaddagent", agents=ADDED).body == additions("agents")
    assert client.members("10000") == [("570", 0, False), ("553", 0, False)]
    assert client.post("pbx/queues/batchpauseagent", agents=AGENTS).body == results("Paused successfully")
    assert client.members("10000") == [("570", 0, True), ("553", 0, True)]
    assert client.post("pbx/queues/batchresumeagent", agents=AGENTS).body == results("UnPaused successfully")
    assert client.members("10000") == [("570", 0, False), ("553", 0, False)]
    assert client.post("pbx/queues/batchremoveagent", agents=AGENTS).body == results("Removed successfully")
    assert client.members("10000") == []


@pytest.mark.cites("R209")
def test_the_pbx_file_may_have_the_key_of_the_pages_older_edition() -> None:
    client = Companion(Settings(accounts=(ACCOUNT,), dialplan="simotel", batchaddagent_key=BatchKey.AGENT))
    assert client.post("pbx/queues/batchaddagent", agents=ADDED).body == additions("agent")


@pytest.mark.cites("S206")
def test_all_who_were_added_ring() -> None:
    client = Companion()
    client.post("pbx/queues/batchaddagent", agents=ADDED)
    client.calls_in("10000")
    assert sorted(client.ringing()) == ["sip553", "sip570"]


@pytest.mark.cites("R210")
def test_who_cannot_be_added_does_not_hinder_the_others() -> None:
    client = Companion(
        Settings(accounts=(ACCOUNT,), dialplan="simotel", texts={Failure.OPERATION_FAILED: "no"}),
    )
    stranger = {"queue": "10000", "agent": "1", "source": "1", "penalty": 5}
    reply = client.post("pbx/queues/batchaddagent", agents=[stranger, *ADDED])
    told = json.loads(reply.body)
    assert (told["success"], told["data"]["ok"]) == (1, 0)
    assert told["data"]["Data"][0] == {
        "agents": "1",
        "message": "no",
        "ok": 0,
        "penalty": "5",
        "queue": "10000",
        "source": "1",
    }
    assert [one["ok"] for one in told["data"]["Data"]] == [0, 1, 1]
    assert reply.hints == ("agent '1': source '1' is no extension here",)
    assert client.members("10000") == [("570", 0, False), ("553", 0, False)]


@pytest.mark.cites("R210")
def test_of_twice_the_same_operator_the_second_fails() -> None:
    client = Companion()
    reply = client.post("pbx/queues/batchaddagent", agents=[*ADDED, ADDED[0]])
    assert [one["ok"] for one in json.loads(reply.body)["data"]["Data"]] == [1, 1, 0]
    assert len(client.members("10000")) == 2


@pytest.mark.cites("R210")
@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({"agent": "553"}, failure("Field 'queue':value is missing")),
        ({"queue": "10000", "agent": ""}, failure("Field 'source':value is missing")),
        ({"queue": "10000", "source": "553", "agent": None}, failure("Field 'agent':value is missing")),
        ({"queue": "10000", "source": "553", "agent": []}, failure("Requested operation failed")),
        (
            {"queue": "10000", "source": "553", "agent": "553", "penalty": "low"},
            failure("Requested operation failed"),
        ),
    ],
)
def test_a_parameter_that_is_missing_or_useless_in_one_refuses_them_all(
    item: dict[str, object], expected: bytes
) -> None:
    client = Companion()
    reply = client.post("pbx/queues/batchaddagent", agents=[ADDED[0], item])
    assert (reply.body, client.members("10000")) == (expected, [])
    assert reply.hints[-1] == "in agents[1]"


@pytest.mark.cites("S206")
@pytest.mark.parametrize("verb", ["add", "remove", "pause", "resume"])
def test_the_list_is_required(verb: str) -> None:
    client = Companion()
    for fields in ({}, {"agents": None}, {"agents": ""}):
        reply = client.post(f"pbx/queues/batch{verb}agent", **fields)
        assert reply.body == failure("Field 'agents':value is missing")


@pytest.mark.cites("R210")
@pytest.mark.parametrize("agents", [{}, "570", 570, True, ["570"], [AGENTS], [None], {"0": AGENTS[0]}])
def test_what_is_no_list_of_objects_fails(agents: object) -> None:
    reply = Companion().post("pbx/queues/batchpauseagent", agents=agents)
    assert (reply.body, reply.hints) == (
        failure("Requested operation failed"),
        ("parameter 'agents' cannot be used: a list of objects expected",),
    )


@pytest.mark.cites("R210")
def test_of_nobody_there_is_nothing_to_do() -> None:
    reply = Companion().post("pbx/queues/batchpauseagent", agents=[])
    assert json.loads(reply.body)["data"] == {"Data": [], "ok": 1}


@pytest.mark.cites("R201")
def test_the_source_may_be_left_out_where_the_pbx_file_says_so() -> None:
    client = Companion(Settings(accounts=(ACCOUNT,), dialplan="simotel", lenient_fields=(LenientField.SOURCE,)))
    reply = client.post("pbx/queues/batchaddagent", agents=AGENTS)
    assert reply.body == additions("agents")


def test_the_journal_is_told_at_most_ten_reasons() -> None:
    reply = Companion().post("pbx/queues/batchpauseagent", agents=[{"queue": "1", "agent": "2"}] * 50)
    assert len(reply.hints) == 10
