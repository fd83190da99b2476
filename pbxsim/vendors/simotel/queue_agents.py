"""`pbx/queues/{add,remove,pause,resume}agent` and their batch forms: operators come into queues, pause, and leave.

Not here: who an operator is (operators.py) and which queue a number means (queue_numbers.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, as_whole, require, unknown_hints, useless
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.operators import find_operator, map_operator, unmap_operator, working_line
from pbxsim.vendors.simotel.queue_numbers import find_queue
from pbxsim.vendors.simotel.settings import LenientField

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.queue import Member, Queue
    from pbxsim.vendors.simotel.settings import Settings
    from pbxsim.vendors.simotel.site import Service, Site

_MOST_HINTS: Final = 10


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked for one operator in one queue, as text; `source` and `penalty` are empty but for an addition."""

    queue: str
    agent: str
    source: str
    penalty: str


class Verb(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked: its required parameters in the order of the vendor's table, the optional ones, what is said.

    `carry_out` does it and raises Refusal where it cannot be.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...]
    said: str
    carry_out: Callable[[Wish, Site], None]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Name all parameters."""
        return self.required + self.optional


_Item: TypeAlias = "dict[str, object]"


def one(verb: Verb) -> Service:
    """Make the service that does this for one operator."""

    def answer(fields: dict[str, object], site: Site) -> Reply:
        hints = unknown_hints(fields, verb.parameters)
        try:
            verb.carry_out(_read(fields, verb, site.settings), site)
        except Refusal as refusal:
            raise Refusal(refusal.error, *refusal.hints, *hints) from refusal
        return wire.done({"message": verb.said, "ok": 1}, hints=hints)

    return answer


def many(verb: Verb) -> Service:
    """Make the service that does this for several operators; the first missing parameter refuses them all."""

    def answer(fields: dict[str, object], site: Site) -> Reply:
        wishes = [_read_item(place, item, verb, site.settings) for place, item in enumerate(_items(fields))]
        hints = list(unknown_hints(fields, ("agents",)))
        results = [_tried(wish, verb, site, hints) for wish in wishes]
        all_ok = int(all(result["ok"] == 1 for result in results))
        return wire.done({"Data": results, "ok": all_ok}, hints=tuple(hints[:_MOST_HINTS]))

    return answer


def _tried(wish: Wish, verb: Verb, site: Site, hints: list[str]) -> dict[str, object]:
    """Do it for one of several and say how it went, the keys in the order of the vendor's samples: the alphabet's."""
    message, ok = verb.said, 1
    try:
        verb.carry_out(wish, site)
    except Refusal as refusal:
        message, ok = wire.message(refusal, site.settings.texts), 0
        hints += [f"agent {wish.agent[:64]!r}: {hint}" for hint in refusal.hints]
    if "source" not in verb.required:
        return {"agent": wish.agent, "message": message, "ok": ok, "queue": wish.queue}
    added = {site.settings.batchaddagent_key: wish.agent, "message": message, "ok": ok, "penalty": wish.penalty}
    return added | {"queue": wish.queue, "source": wish.source}


def _items(fields: dict[str, object]) -> list[_Item]:
    require(fields, ("agents",))
    items = fields["agents"]
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise useless("agents", "a list of objects expected")
    return items


def _read_item(place: int, item: _Item, verb: Verb, settings: Settings) -> Wish:
    try:
        return _read(item, verb, settings)
    except Refusal as refusal:
        raise Refusal(refusal.error, *refusal.hints, f"in agents[{place}]") from refusal


def _read(fields: _Item, verb: Verb, settings: Settings) -> Wish:
    if LenientField.SOURCE in settings.lenient_fields and fields.get("source") in (None, ""):
        fields = fields | {"source": fields.get("agent")}
    require(fields, verb.required)
    texts = {name: as_text(name, fields.get(name)) for name in verb.parameters}
    if texts.get("penalty") and as_whole(texts["penalty"]) < 0:
        raise useless("penalty", "a whole number expected, 0 or more")
    return Wish(
        queue=texts["queue"],
        agent=texts["agent"],
        source=texts.get("source", ""),
        penalty=texts.get("penalty", ""),
    )


# -- what is done -----------------------------------------------------------------------------------------------------


def _add(wish: Wish, site: Site) -> None:
    queue, line, agent = _queue(wish, site), working_line(wish.source, site), find_operator(wish.agent, site)
    if agent is not None and queue.member(agent) is not None:
        raise _failed(f"agent {agent.number} is in queue {queue.name} already: removeagent comes first")
    agent = map_operator(agent, wish.agent, line, site)
    site.pbx.queues.add(queue, agent, int(wish.penalty or 0))


def _remove(wish: Wish, site: Site) -> None:
    queue, agent, _ = _membership(wish, site)
    site.pbx.queues.remove(queue, agent)
    unmap_operator(agent, site)


def _pause(wish: Wish, site: Site) -> None:
    queue, agent, member = _membership(wish, site)
    if member.is_paused:
        raise _failed(f"agent {agent.number} pauses in queue {queue.name} already")
    site.pbx.queues.pause(queue, agent)


def _resume(wish: Wish, site: Site) -> None:
    queue, agent, member = _membership(wish, site)
    if not member.is_paused:
        raise _failed(f"agent {agent.number} does not pause in queue {queue.name}")
    if member.paused_here:
        site.pbx.queues.unpause(queue, agent)
    if agent.is_paused:
        site.pbx.agents.unpause(agent)


def _queue(wish: Wish, site: Site) -> Queue:
    queue = find_queue(wish.queue, site.pbx)
    if queue is None:
        raise _failed(f"there is no queue {wish.queue[:64]!r}")
    return queue


def _membership(wish: Wish, site: Site) -> tuple[Queue, Agent, Member]:
    queue, agent = _queue(wish, site), find_operator(wish.agent, site)
    if agent is None:
        raise _failed(f"there is no agent {wish.agent[:64]!r}, and nobody works on an extension of that number")
    member = queue.member(agent)
    if member is None:
        raise _failed(f"agent {agent.number} is not in queue {queue.name}")
    return queue, agent, member


def _failed(hint: str) -> Refusal:
    return Refusal(Failure.OPERATION_FAILED, hint)


_MEMBER: Final = ("queue", "agent")
ADD: Final = Verb(
    required=("queue", "source", "agent"), optional=("penalty",), said="Added successfully", carry_out=_add
)
REMOVE: Final = Verb(required=_MEMBER, optional=(), said="Removed successfully", carry_out=_remove)
PAUSE: Final = Verb(required=_MEMBER, optional=(), said="Paused successfully", carry_out=_pause)
RESUME: Final = Verb(required=_MEMBER, optional=(), said="UnPaused successfully", carry_out=_resume)
