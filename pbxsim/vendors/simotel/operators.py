"""Simotel's operators: an operator's number, mapped to an extension, is an agent who is logged in on its line.

The switch knows agents and lines; here is who is meant by `agent` and `source` (README, rulings R205 to R207).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.agent import Agent
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.parties import find_extension

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Extension, Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.state import State


def find_operator(number: str, state: State) -> Agent | None:
    """Find the agent of that number, else one who is logged in on the extension of that number."""
    agent = state.pbx.agents.numbered(number)
    if agent is not None:
        return agent
    extension = find_extension(number, state.settings, state.pbx)
    return next(iter(operators_at(extension, state.pbx)), None) if extension is not None else None


def operators_at(extension: Extension, pbx: Pbx) -> list[Agent]:
    """Give the agents who are logged in on one of the extension's lines."""
    return [agent for agent in pbx.agents if agent.line is not None and agent.line.extension is extension]


def working_line(source: str, state: State) -> Line:
    """Find the line on which an operator of that extension works: the first that is registered. Raises Refusal."""
    extension = find_extension(source, state.settings, state.pbx)
    if extension is None or not extension.lines:
        raise Refusal(Failure.OPERATION_FAILED, f"source {source[:64]!r} is no extension here")
    return next((line for line in extension.lines if line.is_registered), extension.lines[0])


def map_operator(agent: Agent | None, number: str, line: Line, state: State) -> Agent:
    """Have an operator work on the line's extension, taking on whoever has no agent yet."""
    if agent is None:
        plan = state.pbx.directory.dialplans.get(line.extension.dialplan)
        agent = Agent(number=number, name=number, pin="", dialplan_id=plan.id if plan else 1)
        state.pbx.agents.add(agent)
    if agent.line is None or agent.line.extension is not line.extension:
        state.pbx.agents.log_in(agent, line)
        state.mapped.add(agent.number)
    return agent


def unmap_operator(agent: Agent, state: State) -> None:
    """End the work of an operator whom this interface mapped and who is in no queue any more."""
    if agent.number in state.mapped and not any(queue.member(agent) for queue in state.pbx.queues):
        state.mapped.discard(agent.number)
        state.pbx.agents.log_out(agent)
