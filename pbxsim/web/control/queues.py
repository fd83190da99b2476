"""Queues, their members and who waits."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.web.control.request import NamedPage, behind
from pbxsim.web.control.response import Response
from pbxsim.web.control.words import DEVICE_STATES, moment_or_none

if TYPE_CHECKING:
    from pbxsim.pbx.queue import Member, Queue, Waiter
    from pbxsim.web.control.request import ControlRequest


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


def listed(ask: ControlRequest) -> Response:
    """List all queues, in the PBX file's order."""
    page = ask.filters(NamedPage)
    ask.host.driver.catch_up()
    queues = behind(ask.host.pbx.queues, lambda queue: queue.name, page.after)
    shown = [_shown(queue) for queue in islice(queues, page.limit)]
    return ask.page(shown, page, shown[-1].name if shown else "")


def _shown(queue: Queue) -> QueueShown:
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
