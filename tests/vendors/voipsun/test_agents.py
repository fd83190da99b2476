"""Agents: logging in and out, pauses, queues, and how an agent is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import Registration
from pbxsim.vendors.voipsun.settings import Quirks, Settings
from tests.vendors.voipsun.client import FIXTURES, SUCCESS, USER, Client, documented_error

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.queue import Queue

AGENT = {"agentNumber": "1000", "agentPin": "1234"}
QUEUE = {**AGENT, "queueName": "FrontaIT"}


def _agent(client: Client) -> Agent:
    return next(agent for agent in client.office.pbx.agents if agent.number == "1000")


def _queue(client: Client) -> Queue:
    return client.office.pbx.queues.named("FrontaIT")


def _log_in(client: Client, user: str = "sip100") -> None:
    assert client.body("agentlogin", **AGENT, srcSipUsername=user) == SUCCESS


def _says(reason: str) -> bytes:
    return f'{{"success":"true","reason":"Agent 1000 is logged {reason}"}}'.encode()


# -- log in, log out, pause -------------------------------------------------------------------------------------------


@pytest.mark.cites("S26")
def test_an_agent_works_from_the_line_named(client: Client) -> None:
    assert client.body("agentlogin", **AGENT, srcExtenInternalNum="100") == SUCCESS

    assert _agent(client).line is client.line("sip100")


@pytest.mark.cites("R26")
def test_of_several_accounts_the_first_registered_one_is_taken(client: Client) -> None:
    client.line("sip103a").registration = Registration()
    client.ask("agentlogin", **AGENT, srcExtenInternalNum="103")
    assert _agent(client).line is client.line("sip103b")

    client.line("sip103b").registration = Registration()
    client.ask("agentlogin", **AGENT, srcExtenInternalNum="103")
    assert _agent(client).line is client.line("sip103a")


@pytest.mark.cites("R26", "R8")
def test_logging_in_anew_moves_the_agent(client: Client) -> None:
    _log_in(client)
    _log_in(client, "sip103b")

    assert _agent(client).line is client.line("sip103b")


@pytest.mark.cites("S27")
def test_an_agent_who_logs_out_works_from_no_line(client: Client) -> None:
    _log_in(client)

    reply = client.ask("agentlogout", **AGENT)

    assert (reply.body, reply.hints) == (SUCCESS, ())
    assert _agent(client).line is None


@pytest.mark.cites("S28", "S29")
def test_a_pause_begins_and_ends_and_the_agent_stays_logged_in(client: Client) -> None:
    _log_in(client)

    paused = client.ask("agentpause", **AGENT)
    assert (paused.body, paused.hints, _agent(client).is_paused) == (SUCCESS, (), True)
    unpaused = client.ask("agentunpause", **AGENT)
    assert (unpaused.body, unpaused.hints) == (SUCCESS, ())
    assert not _agent(client).is_paused
    assert _agent(client).is_logged_in


@pytest.mark.cites("R28")
def test_what_is_so_already_is_a_success_with_a_hint(client: Client) -> None:
    assert client.ask("agentlogout", **AGENT).hints == ("agent 1000 was not logged in",)
    assert client.ask("agentunpause", **AGENT).hints == ("agent 1000 was not on pause",)
    assert client.ask("agentpause", **AGENT).hints == ("agent 1000 is not logged in",)
    assert _agent(client).is_paused
    assert client.body("agentlogout", **AGENT) == SUCCESS
    assert not _agent(client).is_paused


# -- queues -----------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S30")
def test_an_agent_joins_a_queue_with_a_penalty(client: Client) -> None:
    reply = client.ask("agentadd", **QUEUE, penalty="3")

    assert (reply.body, reply.hints) == (SUCCESS, ())
    (member,) = _queue(client).members
    assert (member.agent, member.penalty, member.membership) == (_agent(client), 3, "dynamic")


@pytest.mark.cites("R29")
def test_a_missing_penalty_is_0_with_a_hint_and_a_member_gets_the_new_one(client: Client) -> None:
    reply = client.ask("agentadd", **QUEUE)
    assert (reply.body, reply.hints) == (SUCCESS, ("penalty was not given: 0",))
    assert [member.penalty for member in _queue(client).members] == [0]

    client.ask("agentadd", **QUEUE, penalty="2")
    assert [member.penalty for member in _queue(client).members] == [2]


@pytest.mark.cites("S31")
def test_an_agent_leaves_a_queue(client: Client) -> None:
    client.ask("agentadd", **QUEUE, penalty="1")

    reply = client.ask("agentremove", **QUEUE)

    assert (reply.body, reply.hints) == (SUCCESS, ())
    assert _queue(client).members == []


@pytest.mark.cites("R30")
def test_leaving_a_queue_that_one_is_not_in_is_a_success_with_a_hint(client: Client) -> None:
    reply = client.ask("agentremove", **QUEUE)

    assert (reply.body, reply.hints) == (SUCCESS, ("agent 1000 was not in queue FrontaIT",))


@pytest.mark.cites("S44", "R34")
def test_a_queue_that_is_not_there_is_named_in_the_error(client: Client) -> None:
    other = {**AGENT, "queueName": 'Fronta "Z"'}

    assert client.body("agentadd", **other) == documented_error(600, FrontaABC='Fronta \\"Z\\"')
    assert client.body("agentremove", **other) == documented_error(610, FrontaABC='Fronta \\"Z\\"')


# -- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.cites("S42", "S43", "S44", "S45")
@pytest.mark.parametrize(
    ("action", "code", "further"),
    [
        ("agentlogin", 500, {"srcExtenInternalNum": "100"}),
        ("agentlogout", 550, {}),
        ("agentpause", 580, {}),
        ("agentunpause", 590, {}),
        ("agentadd", 601, {"queueName": "FrontaIT", "penalty": "1"}),
        ("agentremove", 611, {"queueName": "FrontaIT"}),
        ("agentstatus", 620, {}),
    ],
)
@pytest.mark.parametrize(("number", "pin"), [("1000", "4321"), ("9999", "1234"), ("1000", "12345"), ("1000 ", "1234")])
def test_a_wrong_number_or_pin_is_refused(
    client: Client, action: str, code: int, further: dict[str, str], number: str, pin: str
) -> None:
    assert client.body(action, agentNumber=number, agentPin=pin, **further) == documented_error(code)


@pytest.mark.cites("R3")
def test_a_missing_queue_is_told_before_a_wrong_pin(client: Client) -> None:
    wrong = {"agentNumber": "1000", "agentPin": "0", "queueName": "Jina"}

    assert client.ask("agentadd", **wrong).code == "600"
    assert client.ask("agentremove", **wrong).code == "610"


# -- status -----------------------------------------------------------------------------------------------------------


def _free(_client: Client) -> None:
    pass


def _in_use(client: Client) -> None:
    client.talk()


def _busy(client: Client) -> None:
    client.talk()
    client.talk()


def _unavailable(client: Client) -> None:
    line = client.line("sip100")
    line.registration = msgspec.structs.replace(line.registration, status="UNREACHABLE")


def _ringing(client: Client) -> None:
    client.office.phones["100"].never_answers()
    client.talk()


def _on_hold(client: Client) -> None:
    client.talk()
    client.office.handset.hold(client.line("sip100"))


def _not_free(client: Client) -> None:
    client.rest("sip100", ChannelState.RESERVED)


STATES: list[tuple[Callable[[Client], None], str, int | None]] = [
    (_free, "Line is free", None),
    (_in_use, "Line is In use", 632),
    (_busy, "Line is busy", 636),
    (_unavailable, "Line is unavailable", 631),
    (_ringing, "Line is ringing", 633),
    (_on_hold, "Line is On hold", 634),
    (_not_free, "Line is not free", 635),
]


def _with_quirk(quirk: str) -> Client:
    return Client(Settings(users=(USER,), quirks=msgspec.convert({"agentstatus": quirk}, Quirks)))


@pytest.mark.cites("S32", "R27")
@pytest.mark.parametrize(("bring_about", "look", "_code"), STATES)
def test_an_agents_status_says_how_the_line_is(
    client: Client, bring_about: Callable[[Client], None], look: str, _code: int | None
) -> None:
    _log_in(client)
    bring_about(client)

    assert client.body("agentstatus", **AGENT) == _says(f"in. {look}")


@pytest.mark.cites("S32", "R27")
@pytest.mark.parametrize(("index", "state"), list(enumerate(STATES)))
def test_as_documented_the_reply_is_the_manuals_to_the_byte(
    index: int, state: tuple[Callable[[Client], None], str, int | None]
) -> None:
    printed = (FIXTURES / "22-agentstatus.replies").read_bytes().splitlines()
    client = _with_quirk("documented")
    _log_in(client)
    state[0](client)

    assert client.replay("22-agentstatus").body == printed[index]


@pytest.mark.cites("S32", "R27")
def test_a_logged_out_agent_has_no_line_to_tell_of(client: Client) -> None:
    assert client.body("agentstatus", **AGENT) == _says("out.")
    assert _with_quirk("errno").body("agentstatus", **AGENT) == _says("out.")
    printed = (FIXTURES / "22-agentstatus.replies").read_bytes().splitlines()
    assert _with_quirk("documented").body("agentstatus", **AGENT) == printed[7]


@pytest.mark.cites("S45", "R27")
@pytest.mark.parametrize(("bring_about", "look", "code"), STATES)
def test_as_errors_all_states_but_free_have_a_code(
    bring_about: Callable[[Client], None], look: str, code: int | None
) -> None:
    client = _with_quirk("errno")
    _log_in(client)
    bring_about(client)

    assert client.body("agentstatus", **AGENT) == (documented_error(code) if code else _says(f"in. {look}"))


@pytest.mark.cites("S45", "R27")
@pytest.mark.parametrize("quirk", ["valid", "documented", "errno"])
def test_a_line_that_is_not_registered_is_unreachable_whatever_the_quirk(quirk: str) -> None:
    client = _with_quirk(quirk)
    _log_in(client, "sip104")

    assert client.body("agentstatus", **AGENT) == documented_error(630)


@pytest.mark.cites("R37")
def test_a_line_that_rings_while_it_talks_is_not_free(client: Client) -> None:
    _log_in(client)
    client.talk()
    client.office.phones["100"].never_answers()
    client.talk()

    assert client.body("agentstatus", **AGENT) == _says("in. Line is not free")
