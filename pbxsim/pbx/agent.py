"""Call-centre agents: who they are, on which line they work, whether they pause."""

from __future__ import annotations

from hmac import compare_digest
from typing import TYPE_CHECKING

from pbxsim.native import mypyc_attr
from pbxsim.pbx.errors import AgentRefused
from pbxsim.pbx.events import AgentChanged
from pbxsim.pbx.extension import DeviceState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.extension import Line


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Agent:
    """Somebody who takes a queue's calls. `line` is where the agent is logged in, None when logged out."""

    __slots__ = ("dialplan_id", "is_paused", "line", "name", "number", "pause_reason", "pin")

    def __init__(self, *, number: str, name: str, pin: str, dialplan_id: int = 1) -> None:
        self.number = number
        self.name = name
        self.pin = pin
        self.dialplan_id = dialplan_id
        self.line: Line | None = None
        self.is_paused = False
        self.pause_reason = ""

    @property
    def is_logged_in(self) -> bool:
        """Tell whether the agent works from a line now."""
        return self.line is not None

    @property
    def device_state(self) -> DeviceState:
        """See the agent through the line; one who is logged out cannot be reached."""
        return self.line.device_state if self.line is not None else DeviceState.UNAVAILABLE

    @property
    def location(self) -> str:
        """Name the interface under which a queue knows the agent: a Local channel into the numbering plan."""
        return f"Local/{self.number}@extensions-dialplanid-{self.dialplan_id}"


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Agents:
    """The agents of a PBX, by number. Clients prove themselves with `authorized`; the verbs take the agent it gave."""

    def __init__(self, agents: Iterable[Agent], bus: EventBus) -> None:
        self._agents = {agent.number: agent for agent in agents}
        self._bus = bus

    def __iter__(self) -> Iterator[Agent]:
        return iter(self._agents.values())

    def add(self, agent: Agent) -> None:
        """Take in somebody who was not in the PBX file, logged out. Raises ValueError where the number is taken."""
        if agent.number in self._agents:
            raise ValueError(agent.number)
        self._agents[agent.number] = agent

    def numbered(self, number: str) -> Agent | None:
        """Find the agent with that number, for a client that has proved itself otherwise."""
        return self._agents.get(number)

    def authorized(self, number: str, pin: str) -> Agent:
        """Find the agent by number and PIN, comparing the PIN in constant time. Raises AgentRefused."""
        agent = self._agents.get(number)
        if not compare_digest((agent.pin if agent else "").encode(), pin.encode()) or agent is None:
            raise AgentRefused
        return agent

    def log_in(self, agent: Agent, line: Line) -> None:
        """Have the agent work from that line; a second log-in moves the agent there."""
        agent.line = line
        self._bus.emit(AgentChanged(agent, "login"))

    def log_out(self, agent: Agent) -> None:
        """End the agent's work, and any pause. Queue memberships stay."""
        agent.line = None
        agent.is_paused = False
        agent.pause_reason = ""
        self._bus.emit(AgentChanged(agent, "logout"))

    def pause(self, agent: Agent, reason: str = "") -> None:
        """Keep calls from the agent, who stays logged in."""
        agent.is_paused = True
        agent.pause_reason = reason
        self._bus.emit(AgentChanged(agent, "pause"))

    def unpause(self, agent: Agent) -> None:
        """Give the agent calls again."""
        agent.is_paused = False
        agent.pause_reason = ""
        self._bus.emit(AgentChanged(agent, "unpause"))
