"""What each action needs and may have, and what is said when that is missing or cannot be used."""

from __future__ import annotations

import pytest

from pbxsim.vendors.voipsun.actions import ACTIONS, COMMON
from tests.vendors.voipsun.client import FIXTURES, SUCCESS, Client, documented_error

AGENT = {"agentNumber": "1000", "agentPin": "1234"}
COMPLETE: dict[str, dict[str, str]] = {
    "originate": {"dstNum": "800123456", "srcExtenId": "5"},
    "dial": {"dstNum": "800123456", "outrouteId": "3", "context": "pospojeni"},
    "spying": {"srcExtenId": "5", "dstExtenId": "7"},
    "agentlogin": {**AGENT, "srcExtenId": "5"},
    "agentlogout": AGENT,
    "agentpause": AGENT,
    "agentunpause": AGENT,
    "agentadd": {**AGENT, "queueName": "FrontaIT"},
    "agentremove": {**AGENT, "queueName": "FrontaIT"},
    "agentstatus": AGENT,
    "queuestatus": {"queueName": "FrontaIT"},
    "moverecord": {"cdrId": "10000", "path": "/x"},
}


def test_the_actions_are_those_of_the_manual_in_its_order() -> None:
    pages = (FIXTURES / "manual.txt").read_text("utf-8").splitlines()
    documented = [line.split(" - ")[1] for line in pages if line.startswith("action - ")]

    assert list(ACTIONS) == documented


def test_each_action_has_the_parameters_that_the_manual_lists_for_it() -> None:
    pages = (FIXTURES / "manual.txt").read_text("utf-8").split("\naction - ")
    for page in pages[1:]:
        action, *lines = page.splitlines()
        ends = next(
            (index for index, line in enumerate(lines) if line.startswith(("http", "CHYB", "Příklad"))), len(lines)
        )
        listed = {line.split(" - ")[0] for line in lines[:ends] if " - " in line}
        assert set(ACTIONS[action.split(" - ")[0]].parameters) - set(COMMON) == listed


@pytest.mark.cites("S37", "R9")
@pytest.mark.parametrize(("action", "missing"), [(action, name) for action in COMPLETE for name in COMPLETE[action]])
def test_without_any_one_of_what_it_needs_an_action_is_not_carried_out(
    client: Client, action: str, missing: str
) -> None:
    rest = {name: value for name, value in COMPLETE[action].items() if name != missing}

    assert client.body(action, **rest) == documented_error(120)
    assert client.body(action, **rest, **{missing: ""}) == documented_error(120)
    assert any(missing in hint for hint in client.ask(action, **rest).hints)


@pytest.mark.cites("R6")
@pytest.mark.parametrize("action", ["originate", "dial"])
@pytest.mark.parametrize("value", ["0", "-5", "abc", "2.5", "86401", "30s", "999999999999"])
def test_a_ring_time_that_is_none_is_refused(client: Client, action: str, value: str) -> None:
    reply = client.ask(action, **COMPLETE[action], dstRingTimeout=value)

    assert reply.body == documented_error(120)
    assert reply.hints == ("dstRingTimeout is not a whole number from 1 to 86400",)
    assert client.body("originate", **COMPLETE["originate"], srcRingTimeout=value) == documented_error(120)
    assert client.office.pbx.calls.calls_started == 0


@pytest.mark.cites("R6")
@pytest.mark.parametrize("value", ["-1", "x", "1.0", "1000000"])
def test_a_penalty_that_is_none_is_refused(client: Client, value: str) -> None:
    assert client.body("agentadd", **COMPLETE["agentadd"], penalty=value) == documented_error(120)
    assert client.office.pbx.queues.named("FrontaIT").members == []


@pytest.mark.cites("R6", "S8")
@pytest.mark.parametrize("action", ["originate", "dial"])
def test_a_recorder_that_there_is_not_is_refused(client: Client, action: str) -> None:
    reply = client.ask(action, **COMPLETE[action], monitorType="MixMonitor")

    assert reply.body == documented_error(120)
    assert reply.hints == ("monitorType 'MixMonitor' is written 'mixmonitor': case counts",)


def test_an_empty_optional_value_is_as_good_as_none(client: Client) -> None:
    empty = dict.fromkeys(ACTIONS["originate"].optional, "")

    assert client.body("originate", **COMPLETE["originate"], **empty) == SUCCESS


@pytest.mark.cites("S34", "S37")
def test_a_recording_that_is_to_go_nowhere_is_not_moved(client: Client) -> None:
    reply = client.ask("moverecord", cdrId="10000")

    assert (reply.body, reply.hints) == (documented_error(120), ("one of filename, path is missing",))
