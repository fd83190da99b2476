"""Agents: proving who they are, where they work, whether they pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.agent import Agent
from pbxsim.pbx.errors import AgentRefused
from pbxsim.pbx.events import AgentChanged
from pbxsim.pbx.extension import DeviceState
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from pbxsim.pbx.agent import Agents


@pytest.fixture
def anna() -> Agent:
    return Agent(number="2001", name="Anna", pin="1234", dialplan_id=5)


@pytest.fixture
def office(anna: Agent) -> Office:
    return Office(extension("100"), extension("101"), agents=[anna, Agent(number="2002", name="Bedřich", pin="ě☎")])


@pytest.fixture
def agents(office: Office) -> Agents:
    return office.pbx.agents


def _changes(office: Office) -> list[str]:
    return [event.change for event in office.heard if isinstance(event, AgentChanged)]


def test_an_agent_is_let_in_with_number_and_pin(agents: Agents, anna: Agent) -> None:
    assert agents.authorized("2001", "1234") is anna
    assert agents.authorized("2002", "ě☎").name == "Bedřich"
    assert [agent.number for agent in agents] == ["2001", "2002"]


@pytest.mark.parametrize(
    ("number", "pin"), [("2001", ""), ("2001", "12345"), ("2001", "123"), ("9999", "1234"), ("9999", ""), ("", "")]
)
def test_a_wrong_pin_and_an_unknown_number_are_refused_alike(agents: Agents, number: str, pin: str) -> None:
    with pytest.raises(AgentRefused) as refusal:
        agents.authorized(number, pin)
    assert refusal.value.args == ()


def test_an_agent_who_comes_later_is_found_by_number_and_no_number_is_given_twice(agents: Agents, anna: Agent) -> None:
    carl = Agent(number="570", name="Carl", pin="")
    agents.add(carl)
    assert (agents.numbered("570"), agents.numbered("2001"), agents.numbered("9999")) == (carl, anna, None)
    assert list(agents)[-1] is carl
    with pytest.raises(ValueError, match="570"):
        agents.add(Agent(number="570", name="Another", pin=""))


def test_an_agent_without_a_line_is_logged_out_and_unavailable(anna: Agent) -> None:
    assert not anna.is_logged_in
    assert anna.device_state is DeviceState.UNAVAILABLE
    assert anna.location == "Local/2001@extensions-dialplanid-5"


def test_a_logged_in_agent_is_seen_through_the_line(office: Office, agents: Agents, anna: Agent) -> None:
    agents.log_in(anna, office.phones["100"].line)
    assert anna.is_logged_in
    states = [anna.device_state]
    office.phones["100"].never_answers()
    office.incoming("605000111", "100")
    states.append(anna.device_state)
    office.handset.unregister(office.phones["100"].line)
    states.append(anna.device_state)
    assert states == [DeviceState.NOT_IN_USE, DeviceState.RINGING, DeviceState.UNAVAILABLE]


def test_a_second_log_in_moves_the_agent(office: Office, agents: Agents, anna: Agent) -> None:
    agents.log_in(anna, office.phones["100"].line)
    agents.log_in(anna, office.phones["101"].line)
    assert anna.line is office.phones["101"].line
    assert _changes(office) == ["login", "login"]


def test_a_pause_has_a_reason_and_ends_with_unpause(office: Office, agents: Agents, anna: Agent) -> None:
    agents.log_in(anna, office.phones["100"].line)
    agents.pause(anna, "oběd")
    assert (anna.is_paused, anna.pause_reason, anna.is_logged_in) == (True, "oběd", True)
    agents.unpause(anna)
    assert (anna.is_paused, anna.pause_reason, anna.is_logged_in) == (False, "", True)
    assert _changes(office) == ["login", "pause", "unpause"]


def test_a_new_pause_has_a_reason_of_its_own(agents: Agents, anna: Agent) -> None:
    agents.pause(anna, "oběd")
    agents.pause(anna)
    assert (anna.is_paused, anna.pause_reason) == (True, "")


def test_logging_out_ends_the_pause_too(office: Office, agents: Agents, anna: Agent) -> None:
    agents.log_in(anna, office.phones["100"].line)
    agents.pause(anna, "oběd")
    agents.log_out(anna)
    assert (anna.line, anna.is_paused, anna.pause_reason) == (None, False, "")
    assert _changes(office) == ["login", "pause", "logout"]
