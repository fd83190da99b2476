"""The actions of call-centre agents: log in and out, pause, join and leave queues, and how an agent is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.errors import ExtensionNotFound
from pbxsim.pbx.extension import DeviceState
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.lines import AGENT_LINE
from pbxsim.vendors.voipsun.parameters import whole_number

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.dialplan import ToExtension
    from pbxsim.pbx.extension import Line
    from pbxsim.vendors.voipsun.state import State

_LOOK_CODES: Final = {
    "Line is unavailable": 631,
    "Line is In use": 632,
    "Line is ringing": 633,
    "Line is On hold": 634,
    "Line is not free": 635,
    "Line is busy": 636,
}


def agent_login(request: Request, state: State) -> Reply:
    """S26: have an agent work from a line."""
    agent = _agent(request, state)
    params = request.params
    found = AGENT_LINE.find(AGENT_LINE.given(params), params, state.pbx.directory)
    state.pbx.agents.log_in(agent, _working_line(found))
    return wire.success()


def agent_logout(request: Request, state: State) -> Reply:
    """S27: end an agent's work."""
    agent = _agent(request, state)
    hints = () if agent.is_logged_in else (f"agent {agent.number} was not logged in",)
    state.pbx.agents.log_out(agent)
    return wire.success(None, *hints)


def agent_pause(request: Request, state: State) -> Reply:
    """S28: put an agent on pause."""
    agent = _agent(request, state)
    state.pbx.agents.pause(agent)
    hints = () if agent.is_logged_in else (f"agent {agent.number} is not logged in",)
    return wire.success(None, *hints)


def agent_unpause(request: Request, state: State) -> Reply:
    """S29: end an agent's pause."""
    agent = _agent(request, state)
    hints = () if agent.is_paused else (f"agent {agent.number} was not on pause",)
    state.pbx.agents.unpause(agent)
    return wire.success(None, *hints)


def agent_add(request: Request, state: State) -> Reply:
    """S30: put an agent into a queue, or give a member another penalty."""
    queue = state.pbx.queues.named(request.params.text("queueName"))
    agent = _agent(request, state)
    penalty = request.params.text("penalty")
    state.pbx.queues.add(queue, agent, whole_number(penalty) or 0)
    hints = () if penalty else ("penalty was not given: 0",)
    return wire.success(None, *hints)


def agent_remove(request: Request, state: State) -> Reply:
    """S31: take an agent out of a queue."""
    queue = state.pbx.queues.named(request.params.text("queueName"))
    agent = _agent(request, state)
    hints = () if queue.member(agent) else (f"agent {agent.number} was not in queue {queue.name}",)
    state.pbx.queues.remove(queue, agent)
    return wire.success(None, *hints)


def agent_status(request: Request, state: State) -> Reply:
    """S32: tell whether an agent is logged in, and how the agent's line is."""
    agent, quirk = _agent(request, state), state.settings.quirks.agentstatus
    reason = f"Agent {agent.number} is logged out."
    if agent.line is not None:
        look = _look(agent.line)
        if quirk == "errno" and look in _LOOK_CODES:
            raise Refusal(_LOOK_CODES[look])
        reason = f"Agent {agent.number} is logged in. {look}"
    return wire.agent_report(reason, as_printed=quirk == "documented")


def _look(line: Line) -> str:
    state = wire.device_state(line)
    if state is DeviceState.UNAVAILABLE and not line.is_registered:
        raise Refusal(630)
    return wire.LOOKS[state]


def _agent(request: Request, state: State) -> Agent:
    params = request.params
    return state.pbx.agents.authorized(params.text("agentNumber"), params.text("agentPin"))


def _working_line(found: ToExtension) -> Line:
    """Choose among an extension's lines the first that is registered, else the first."""
    if not found.lines:
        raise Refusal(AGENT_LINE.codes[ExtensionNotFound])
    return next((line for line in found.lines if line.is_registered), found.lines[0])
