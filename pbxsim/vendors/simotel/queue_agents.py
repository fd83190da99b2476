"""`pbx/queues/{add,remove,pause,resume}agent` and their batch forms: operators come into queues, pause, and leave.

An operator's number, mapped to an extension, is an agent who is logged in on its line (README, rulings R205 to R207).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.agent import Agent
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, as_whole, read_fields, require, useless
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.numbers import find_extension, find_queue
from pbxsim.vendors.simotel.settings import LenientField

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.extension import Extension, Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Member, Queue
    from pbxsim.vendors.simotel.settings import Settings
    from pbxsim.vendors.simotel.state import State

_MOST_HINTS: Final = 10


class _Wish(msgspec.Struct, frozen=True, kw_only=True):
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
    carry_out: Callable[[_Wish, State], None]

    @property
    def parameters(self) -> tuple[str, ...]:
        """Name all parameters."""
        return self.required + self.optional

    def one(self, request: Request, state: State) -> Reply:
        """Do it for one operator. Raises Refusal."""
        fields = read_fields(request.body)
        hints = parameter_hints(fields, self.parameters)
        try:
            self.carry_out(_read(fields, self, state.settings), state)
        except Refusal as refusal:
            refusal.hints += hints
            raise
        return wire.done({"message": self.said, "ok": 1}, hints=hints)

    def many(self, request: Request, state: State) -> Reply:
        """Do it for several operators; the first missing parameter refuses them all. Raises Refusal."""
        fields = read_fields(request.body)
        wishes = [_read_item(place, item, self, state.settings) for place, item in enumerate(_items(fields))]
        hints = list(parameter_hints(fields, ("agents",)))
        results = [_tried(wish, self, state, hints) for wish in wishes]
        all_ok = int(all(result["ok"] == 1 for result in results))
        return wire.done({"Data": results, "ok": all_ok}, hints=tuple(hints[:_MOST_HINTS]))


_Item: TypeAlias = "dict[str, object]"


def _tried(wish: _Wish, verb: Verb, state: State, hints: list[str]) -> dict[str, object]:
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


def _read_item(place: int, item: _Item, verb: Verb, settings: Settings) -> _Wish:
    try:
        return _read(item, verb, settings)
    except Refusal as refusal:
        refusal.hints += (f"in agents[{place}]",)
        raise


def _read(fields: _Item, verb: Verb, settings: Settings) -> _Wish:
    if LenientField.SOURCE in settings.lenient_fields and fields.get("source") in (None, ""):
        fields = fields | {"source": fields.get("agent")}
    require(fields, verb.required)
    texts = {name: as_text(name, fields.get(name)) for name in verb.parameters}
    if texts.get("penalty") and as_whole(texts["penalty"]) < 0:
        raise useless("penalty", "a whole number expected, 0 or more")
    return _Wish(
        queue=texts["queue"],
        agent=texts["agent"],
        source=texts.get("source", ""),
        penalty=texts.get("penalty", ""),
    )


# -- what is done -----------------------------------------------------------------------------------------------------


def _add(wish: _Wish, state: State) -> None:
    queue, line, agent = _queue(wish, state), _working_line(wish.source, state), _find_operator(wish.agent, state)
    if agent is not None and queue.member(agent) is not None:
        raise _failed(f"agent {agent.number} is in queue {queue.name} already: removeagent comes first")
    agent = _map_operator(agent, wish.agent, line, state)
    state.pbx.queues.add(queue, agent, int(wish.penalty or 0))


def _remove(wish: _Wish, state: State) -> None:
    queue, agent, _ = _membership(wish, state)
    state.pbx.queues.remove(queue, agent)
    _unmap_operator(agent, state)


def _pause(wish: _Wish, state: State) -> None:
    queue, agent, member = _membership(wish, state)
    if member.is_paused:
        raise _failed(f"agent {agent.number} pauses in queue {queue.name} already")
    state.pbx.queues.pause(queue, agent)


def _resume(wish: _Wish, state: State) -> None:
    queue, agent, member = _membership(wish, state)
    if not member.is_paused:
        raise _failed(f"agent {agent.number} does not pause in queue {queue.name}")
    if member.paused_here:
        state.pbx.queues.unpause(queue, agent)
    if agent.is_paused:
        state.pbx.agents.unpause(agent)


def _queue(wish: _Wish, state: State) -> Queue:
    queue = find_queue(wish.queue, state.pbx)
    if queue is None:
        raise _failed(f"there is no queue {wish.queue[:64]!r}")
    return queue


def _membership(wish: _Wish, state: State) -> tuple[Queue, Agent, Member]:
    queue, agent = _queue(wish, state), _find_operator(wish.agent, state)
    if agent is None:
        raise _failed(f"there is no agent {wish.agent[:64]!r}, and nobody works on an extension of that number")
    member = queue.member(agent)
    if member is None:
        raise _failed(f"agent {agent.number} is not in queue {queue.name}")
    return queue, agent, member


def _failed(hint: str) -> Refusal:
    return Refusal(Failure.OPERATION_FAILED, hint)


# -- who is meant by `agent` and `source` ------------------------------------------------------------------------------


def _find_operator(number: str, state: State) -> Agent | None:
    """Find the agent of that number, else one who is logged in on the extension of that number."""
    agent = state.pbx.agents.numbered(number)
    if agent is not None:
        return agent
    extension = find_extension(number, state.settings, state.pbx)
    return next(iter(_operators_at(extension, state.pbx)), None) if extension is not None else None


def _operators_at(extension: Extension, pbx: Pbx) -> list[Agent]:
    """Give the agents who are logged in on one of the extension's lines."""
    return [agent for agent in pbx.agents if agent.line is not None and agent.line.extension is extension]


def _working_line(source: str, state: State) -> Line:
    """Find the line on which an operator of that extension works: the first that is registered. Raises Refusal."""
    extension = find_extension(source, state.settings, state.pbx)
    if extension is None or not extension.lines:
        raise Refusal(Failure.OPERATION_FAILED, f"source {source[:64]!r} is no extension here")
    return next((line for line in extension.lines if line.is_registered), extension.lines[0])


def _map_operator(agent: Agent | None, number: str, line: Line, state: State) -> Agent:
    """Have an operator work on the line's extension, taking on whoever has no agent yet."""
    if agent is None:
        plan = state.pbx.directory.dialplans.get(line.extension.dialplan)
        agent = Agent(number=number, name=number, pin="", dialplan_id=plan.id if plan else 1)
        state.pbx.agents.add(agent)
    if agent.line is None or agent.line.extension is not line.extension:
        state.pbx.agents.log_in(agent, line)
        state.map(agent.number)
    return agent


def _unmap_operator(agent: Agent, state: State) -> None:
    """End the work of an operator whom this interface mapped and who is in no queue any more."""
    if agent.number in state.mapped and not any(queue.member(agent) for queue in state.pbx.queues):
        state.unmap(agent.number)
        state.pbx.agents.log_out(agent)


_MEMBER: Final = ("queue", "agent")
ADD: Final = Verb(
    required=("queue", "source", "agent"), optional=("penalty",), said="Added successfully", carry_out=_add
)
REMOVE: Final = Verb(required=_MEMBER, optional=(), said="Removed successfully", carry_out=_remove)
PAUSE: Final = Verb(required=_MEMBER, optional=(), said="Paused successfully", carry_out=_pause)
RESUME: Final = Verb(required=_MEMBER, optional=(), said="UnPaused successfully", carry_out=_resume)
