"""The call centre: queues, their members and who waits; agents, logged in where, paused or not.

Agents' PINs are nobody's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.web.control.paging import NamedPage, named_listing
from pbxsim.web.control.response import DEVICE_STATES, Response, moment_or_none

if TYPE_CHECKING:
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Member, Queue, Waiter


class MemberShown(msgspec.Struct, frozen=True, kw_only=True):
    """An agent in a queue."""

    agent: str
    name: str
    penalty: int
    membership: str
    paused: bool
    device_state: str
    calls_taken: int
    last_call: str | None


class WaiterShown(msgspec.Struct, frozen=True, kw_only=True):
    """A caller in a queue; position 1 is next."""

    position: int
    channel: str
    unique_id: str
    caller_number: str
    caller_name: str
    joined: str


class QueueShown(msgspec.Struct, frozen=True, kw_only=True):
    """A queue with the figures of Asterisk's app_queue; times in seconds."""

    name: str
    strategy: str
    weight: int
    max_waiting: int
    service_level: int
    completed: int
    abandoned: int
    completed_in_level: int
    service_level_percent: float
    hold_time: int
    talk_time: int
    members: list[MemberShown]
    waiters: list[WaiterShown]


class AgentShown(msgspec.Struct, frozen=True, kw_only=True):
    """An agent; `line` is the telephone at which the agent works now."""

    number: str
    name: str
    logged_in: bool
    line: str | None
    paused: bool
    pause_reason: str | None
    device_state: str
    queues: list[str]


async def queues(host: HostedPbx, query: NamedPage) -> Response:
    """List all queues, in the PBX file's order."""
    return await named_listing(host.pbx.queues, query, queue_shown, name=lambda queue: queue.name)


async def agents(host: HostedPbx, query: NamedPage) -> Response:
    """List all agents, in the PBX file's order."""
    pbx = host.pbx
    return await named_listing(
        pbx.agents, query, lambda agent: agent_shown(pbx, agent), name=lambda agent: agent.number
    )


def queue_shown(queue: Queue) -> QueueShown:
    """Show a queue as it stands."""
    figures = queue.figures
    return QueueShown(
        name=queue.name,
        strategy=queue.strategy,
        weight=queue.weight,
        max_waiting=queue.max_waiting,
        service_level=queue.service_level,
        completed=figures.completed,
        abandoned=figures.abandoned,
        completed_in_level=figures.completed_in_level,
        service_level_percent=figures.service_level_percent(),
        hold_time=figures.hold_time,
        talk_time=figures.talk_time,
        members=[_member(member) for member in queue.members],
        waiters=[_waiter(position, waiter) for position, waiter in enumerate(queue.waiters, start=1)],
    )


def _member(member: Member) -> MemberShown:
    agent = member.agent
    return MemberShown(
        agent=agent.number,
        name=agent.name,
        penalty=member.penalty,
        membership=member.membership,
        paused=member.is_paused,
        device_state=DEVICE_STATES[agent.device_state],
        calls_taken=member.calls_taken,
        last_call=moment_or_none(member.last_call),
    )


def _waiter(position: int, waiter: Waiter) -> WaiterShown:
    return WaiterShown(
        position=position,
        channel=waiter.channel,
        unique_id=waiter.unique_id,
        caller_number=waiter.caller_number,
        caller_name=waiter.caller_name,
        joined=iso(waiter.joined_at),
    )


def agent_shown(pbx: Pbx, agent: Agent) -> AgentShown:
    """Show an agent as it stands."""
    return AgentShown(
        number=agent.number,
        name=agent.name,
        logged_in=agent.is_logged_in,
        line=agent.line.user if agent.line is not None else None,
        paused=agent.is_paused,
        pause_reason=agent.pause_reason or None,
        device_state=DEVICE_STATES[agent.device_state],
        queues=[queue.name for queue in pbx.queues if queue.member(agent) is not None],
    )
