"""Operators come into queues, pause and leave: what is answered, and whose telephone rings afterwards."""

from __future__ import annotations

import pytest

from pbxsim.pbx.channel import ChannelState
from pbxsim.vendors.simotel.settings import LenientField, Settings
from tests.vendors.simotel.client import ACCOUNT, failure
from tests.vendors.simotel.companion import Companion

FAILED = failure("Requested operation failed")
SAMPLE = {"queue": "999", "agent": "557"}
SOURCE = {"source": "557"}


def said(message: str) -> bytes:
    """Spell what was done as the vendor shows it."""
    return (
        b'{\n    "success": 1,\n    "message": "",\n    "data": {\n        "message": "%s",\n        "ok": 1\n    }\n}'
        % message.encode()
    )


# -- what is answered -------------------------------------------------------------------------------------------------


@pytest.mark.cites("S204")
def test_the_samples_are_answered_with_the_vendors_bytes() -> None:
    client = Companion()
    seen = [client.post("pbx/queues/addagent", **SAMPLE, **SOURCE, penalty="1").body]
    seen += [client.post(f"pbx/queues/{verb}agent", **SAMPLE).body for verb in ("pause", "resume", "remove")]
    told = ("Added successfully", "Paused successfully", "UnPaused successfully", "Removed successfully")
    assert seen == [said(message) for message in told]


@pytest.mark.cites("S203", "S204")
@pytest.mark.parametrize(
    ("verb", "names"),
    [
        ("add", ("queue", "source", "agent")),
        ("remove", ("queue", "agent")),
        ("pause", ("queue", "agent")),
        ("resume", ("queue", "agent")),
    ],
)
def test_the_first_missing_parameter_is_named(verb: str, names: tuple[str, ...]) -> None:
    client = Companion()
    for empty in ({}, dict.fromkeys(names, ""), dict.fromkeys(names)):
        assert client.post(f"pbx/queues/{verb}agent", **empty).body == failure(f"Field '{names[0]}':value is missing")
    for name in names:
        reply = client.post(f"pbx/queues/{verb}agent", **{other: "557" for other in names if other != name})
        assert (reply.status, reply.body) == (200, failure(f"Field '{name}':value is missing"))


@pytest.mark.cites("R201")
def test_clients_that_leave_out_the_source_are_served_where_the_pbx_file_says_so() -> None:
    assert Companion().post("pbx/queues/addagent", **SAMPLE).body == failure("Field 'source':value is missing")
    client = Companion(
        Settings(accounts=(ACCOUNT,), dialplan="simotel", lenient_fields=(LenientField.SOURCE,)),
    )
    assert client.post("pbx/queues/addagent", **SAMPLE).body == said("Added successfully")
    assert client.members("999") == [("557", 0, False)]
    assert client.post("pbx/queues/addagent", queue="999").body == failure("Field 'source':value is missing")


@pytest.mark.cites("S204")
@pytest.mark.parametrize(("sent", "penalty"), [("1", 1), (7, 7), ("", 0), (None, 0), ("0", 0), ("007", 7)])
def test_the_penalty_is_a_number_or_digits_and_nought_without_one(sent: object, penalty: int) -> None:
    client = Companion()
    client.post("pbx/queues/addagent", **SAMPLE, **SOURCE, penalty=sent)
    assert client.members("999") == [("557", penalty, False)]


@pytest.mark.cites("R208")
@pytest.mark.parametrize("penalty", ["-1", "high", "1.5", True, 2.5, [1], {"a": 1}, "9" * 10, "٣", -1])
def test_a_penalty_that_is_none_fails_the_operation(penalty: object) -> None:
    client = Companion()
    reply = client.post("pbx/queues/addagent", **SAMPLE, **SOURCE, penalty=penalty)
    assert (reply.body, client.members("999")) == (FAILED, [])
    assert reply.hints[0].startswith("parameter 'penalty' cannot be used: ")


@pytest.mark.cites("R208")
@pytest.mark.parametrize(
    ("verb", "fields", "hint"),
    [
        ("add", SAMPLE | SOURCE | {"queue": "998"}, "there is no queue '998'"),
        ("add", SAMPLE | {"source": "999"}, "source '999' is no extension here"),
        ("add", SAMPLE | {"source": "100"}, "source '100' is no extension here"),
        ("remove", SAMPLE, "agent 557 is not in queue 999"),
        ("pause", {"queue": "999", "agent": "2001"}, "agent 2001 is not in queue 999"),
        ("resume", {"queue": "sales", "agent": "2001"}, "agent 2001 does not pause in queue sales"),
        ("pause", {"queue": "998", "agent": "557"}, "there is no queue '998'"),
        ("remove", {"queue": "998", "agent": "557"}, "there is no queue '998'"),
        ("resume", {"queue": "998", "agent": "557"}, "there is no queue '998'"),
    ],
)
def test_what_cannot_be_done_fails_and_the_journal_says_why(verb: str, fields: dict[str, object], hint: str) -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="10000", agent="557", source="557")
    reply = client.post(f"pbx/queues/{verb}agent", **fields)
    assert (reply.status, reply.body, reply.hints) == (200, FAILED, (hint,))
    assert client.members("999") == []


@pytest.mark.cites("R208")
def test_nobody_of_that_number_is_no_agent() -> None:
    for number in ("557", "9"):
        reply = Companion().post("pbx/queues/pauseagent", queue="999", agent=number)
        hint = f"there is no agent '{number}', and nobody works on an extension of that number"
        assert (reply.body, reply.hints) == (FAILED, (hint,))


@pytest.mark.cites("R208")
def test_twice_the_same_fails_the_second_time() -> None:
    client = Companion()
    for verb, hint in (
        ("add", "agent 557 is in queue 999 already: removeagent comes first"),
        ("pause", "agent 557 pauses in queue 999 already"),
        ("resume", "agent 557 does not pause in queue 999"),
        ("remove", "agent 557 is not in queue 999"),
    ):
        fields = SAMPLE | (SOURCE if verb == "add" else {})
        first, second = (client.post(f"pbx/queues/{verb}agent", **fields) for _ in range(2))
        assert (first.code, second.body, second.hints) == ("", FAILED, (hint,))


def test_a_parameter_of_another_name_is_told_to_the_journal() -> None:
    client = Companion()
    reply = client.post("pbx/queues/addagent", **SAMPLE, **SOURCE, penelty="1")
    assert reply.hints == ("parameter 'penelty' is not documented: did you mean 'penalty'?",)
    reply = client.post("pbx/queues/pauseagent", queue="999", Agent="557")
    assert (reply.body, reply.hints[-1]) == (
        failure("Field 'agent':value is missing"),
        "parameter 'Agent' is written 'agent': case counts",
    )


# -- whose telephone rings --------------------------------------------------------------------------------------------


@pytest.mark.cites("S204", "R205")
def test_an_operator_who_is_added_is_rung_for_who_waits_and_for_who_comes() -> None:
    client = Companion()
    client.calls_in("10000")
    assert client.ringing() == []
    client.post("pbx/queues/addagent", queue="10000", source="570", agent="570", penalty="1")
    assert client.ringing() == ["sip570"]


@pytest.mark.cites("S204", "R206")
def test_an_operator_who_pauses_is_not_rung_until_the_pause_ends() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="10000", source="570", agent="570")
    client.post("pbx/queues/pauseagent", queue="10000", agent="570")
    client.calls_in("10000")
    assert client.ringing() == []
    client.post("pbx/queues/resumeagent", queue="10000", agent="570")
    assert client.ringing() == ["sip570"]


@pytest.mark.cites("R206")
def test_a_pause_in_one_queue_is_none_in_another() -> None:
    client = Companion()
    for queue in ("10000", "999"):
        client.post("pbx/queues/addagent", queue=queue, source="570", agent="570")
    client.post("pbx/queues/pauseagent", queue="10000", agent="570")
    client.calls_in("10000")
    assert client.ringing() == []
    client.calls_in("999")
    assert client.ringing() == ["sip570"]


@pytest.mark.cites("R206")
def test_resuming_ends_a_pause_that_somebody_else_set_for_all_queues() -> None:
    client = Companion()
    agents = client.office.pbx.agents
    ben = agents.authorized("2001", "1234")
    agents.pause(ben, "lunch")
    assert client.post("pbx/queues/pauseagent", queue="sales", agent="2001").body == FAILED
    assert client.post("pbx/queues/resumeagent", queue="sales", agent="2001").body == said("UnPaused successfully")
    assert client.members("sales") == [("2001", 2, False)]


@pytest.mark.cites("S204")
def test_an_operator_who_is_removed_is_not_rung() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="10000", source="570", agent="570")
    client.post("pbx/queues/removeagent", queue="10000", agent="570")
    client.calls_in("10000")
    assert client.ringing() == []


@pytest.mark.cites("S204")
def test_the_lower_penalty_is_rung_first() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="557", agent="557", penalty="2")
    client.post("pbx/queues/addagent", queue="999", source="570", agent="570", penalty="1")
    client.calls_in("999")
    assert client.ringing() == ["sip570"]


# -- who an operator is -----------------------------------------------------------------------------------------------


@pytest.mark.cites("S205", "R205")
def test_an_operators_number_may_be_another_than_that_of_the_extension() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="557", agent="3001")
    assert client.members("999") == [("3001", 0, False)]
    client.calls_in("999")
    assert client.ringing() == ["sip557"]
    for agent in ("3001", "557"):  # the operator's number and the extension's mean the same operator
        client.post("pbx/queues/pauseagent", queue="999", agent=agent)
        assert client.members("999") == [("3001", 0, True)]
        client.post("pbx/queues/resumeagent", queue="999", agent=agent)


@pytest.mark.cites("R205")
def test_an_agent_of_the_pbx_file_keeps_number_and_telephone() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="552", agent="552")
    assert client.members("999") == [("2001", 0, False)]
    client.calls_in("999")
    assert client.ringing() == ["sip552"]
    client.post("pbx/queues/removeagent", queue="999", agent="552")
    client.post("pbx/queues/removeagent", queue="sales", agent="552")
    (ben,) = client.office.pbx.agents
    assert ben.line is client.office.phones["552"].line


@pytest.mark.cites("R205")
def test_an_agent_of_the_pbx_file_moves_to_the_extension_that_is_named() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="553", agent="2001")
    client.calls_in("999")
    assert client.ringing() == ["sip553"]


@pytest.mark.cites("R205")
def test_of_several_telephones_the_first_that_is_registered_rings() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="571", agent="571")
    client.calls_in("999")
    assert client.ringing() == ["b571"]


@pytest.mark.cites("R207")
def test_an_operator_who_leaves_the_last_queue_is_mapped_no_more() -> None:
    client = Companion()
    for queue in ("999", "10000"):
        client.post("pbx/queues/addagent", queue=queue, source="570", agent="570")
    operator = client.office.pbx.agents.numbered("570")
    assert operator is not None
    at_work = []
    for queue in ("999", "10000"):
        client.post("pbx/queues/removeagent", queue=queue, agent="570")
        at_work.append(operator.is_logged_in)
    assert at_work == [True, False]
    client.post("pbx/queues/addagent", queue="999", source="553", agent="570")
    assert client.office.pbx.agents.numbered("570") is operator
    assert client.ringing() == []
    client.calls_in("999")
    assert client.ringing() == ["sip553"]


@pytest.mark.cites("R205")
def test_an_operators_location_is_in_the_numbering_plan_of_the_extension() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="570", agent="570")
    (member,) = client.office.pbx.queues.named("999").members
    assert (member.agent.location, member.membership) == ("Local/570@extensions-dialplanid-1", "dynamic")


@pytest.mark.cites("R204")
@pytest.mark.parametrize("queue", ["sales", "0219000"])
def test_a_queue_that_has_a_name_is_named_by_it_or_by_a_number_that_leads_there(queue: str) -> None:
    client = Companion()
    assert client.post("pbx/queues/addagent", queue=queue, source="557", agent="557").code == ""
    assert client.members("sales") == [("2001", 2, False), ("557", 0, False)]


def test_a_talk_outlives_the_removal_of_its_operator() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="570", agent="570")
    call = client.calls_in("999")
    assert client.ringing() == ["sip570"]
    client.office.phones["570"].picks_up()
    client.post("pbx/queues/removeagent", queue="999", agent="570")
    client.post("pbx/queues/addagent", queue="999", source="570", agent="570")
    client.office.advance(10)
    assert call.second is not None
    assert (call.second.state, len(client.office.phones["570"].line.channels)) == (ChannelState.UP, 1)
