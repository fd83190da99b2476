"""`pbx/queues/{add,remove,pause,resume}agent` and their batch forms: operators come into queues, pause, and leave.

Not here: who an operator is (operators.py) and which queue a number means (queue_numbers.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, as_whole, read_fields, require, unknown_hints, useless
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.operators import find_operator, map_operator, unmap_operator, working_line
from pbxsim.vendors.simotel.queue_numbers import find_queue
from pbxsim.vendors.simotel.settings import LenientField

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.queue import Member, Queue
    from pbxsim.vendors.simotel.settings import Settings
    from pbxsim.vendors.simotel.state import State

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
    carry_out: Callable[[Wish, State], None]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Name all parameters."""
        return self.required + self.optional

    def one(self, request: Request, state: State) -> Reply:
        """Do it for one operator. Raises Refusal."""
        fields = read_fields(request.body)
        hints = unknown_hints(fields, self.parameters)
        try:
            self.carry_out(_read(fields, self, state.settings), state)
        except Refusal as refusal:
            raise Refusal(refusal.error, *refusal.hints, *hints) from refusal
        return wire.done({"message": self.said, "ok": 1}, hints=hints)

    def many(self, request: Request, state: State) -> Reply:
        """Do it for several operators; the first missing parameter refuses them all. Raises Refusal."""
        fields = read_fields(request.body)
        wishes = [_read_item(place, item, self, state.settings) for place, item in enumerate(_items(fields))]
        hints = list(unknown_hints(fields, ("agents",)))
        results = [_tried(wish, self, state, hints) for wish in wishes]
        all_ok = int(all(result["ok"] == 1 for result in results))
        return wire.done({"Data": results, "ok": all_ok}, hints=tuple(hints[:_MOST_HINTS]))


_Item: TypeAlias = "dict[str, object]"


def _tried(wish: Wish, verb: Verb, state: State, hints: list[str]) -> dict[str, object]:
    """Do it for one of several and say how it went, the keys in the order of the vendor's samples: the alphabet's."""
    message, ok = verb.said, 1
    try:
        verb.carry_out(wish, state)
    except Refusal as refusal:
        message, ok = wire.message(refusal, state.settings.texts), 0
        hints += [f"agent {wish.agent[:64]!r}: {hint}" for hint in refusal.hints]
    if "source" not in verb.required:
        return {"agent": wish.agent, "message": message, "ok": ok, "queue": wish.queue}
    added = {state.settings.batchaddagent_key: wish.agent, "message": message, "ok": ok, "penalty": wish.penalty}
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


def _add(wish: Wish, state: State) -> None:
    queue, line, agent = _queue(wish, state), working_line(wish.source, state), find_operator(wish.agent, state)
    if agent is not None and queue.member(agent) is not None:
        raise _failed(f"agent {agent.number} is in queue {queue.name} already: removeagent comes first")
    agent = map_operator(agent, wish.agent, line, state)
    state.pbx.queues.add(queue, agent, int(wish.penalty or 0))


def _remove(wish: Wish, state: State) -> None:
    queue, agent, _ = _membership(wish, state)
    state.pbx.queues.remove(queue, agent)
    unmap_operator(agent, state)


def _pause(wish: Wish, state: State) -> None:
    queue, agent, member = _membership(wish, state)
    if member.is_paused:
        raise _failed(f"agent {agent.number} pauses in queue {queue.name} already")
    state.pbx.queues.pause(queue, agent)


def _resume(wish: Wish, state: State) -> None:
    queue, agent, member = _membership(wish, state)
    if not member.is_paused:
        raise _failed(f"agent {agent.number} does not pause in queue {queue.name}")
    if member.paused_here:
        state.pbx.queues.unpause(queue, agent)
    if agent.is_paused:
        state.pbx.agents.unpause(agent)


def _queue(wish: Wish, state: State) -> Queue:
    queue = find_queue(wish.queue, state.pbx)
    if queue is None:
        raise _failed(f"there is no queue {wish.queue[:64]!r}")
    return queue


def _membership(wish: Wish, state: State) -> tuple[Queue, Agent, Member]:
    queue, agent = _queue(wish, state), find_operator(wish.agent, state)
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
