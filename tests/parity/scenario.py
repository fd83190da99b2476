"""How a scenario is told: who is there, what the dialplan does, and what happens at which second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.pbx.call import CallerId, CallKind, DetailedOrder, RecordingWish
from pbxsim.pbx.dialplan import Destination, ToExtension, ToHunt, ToTrunk
from pbxsim.pbx.extension import Diversion

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.stage import Stage

Step: TypeAlias = "Callable[[Stage], None]"
"""What happens at one moment."""

DIALER = CallerId("000", "Dialer")
"""What a click-to-call shows unless it is said otherwise."""


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone: what it does when it is rung, call by call, in the words of a PBX file; `calls` at most at once."""

    turns: tuple[dict[str, Any], ...] = ()
    calls: int = 2
    is_registered: bool = True


class QueueTold(msgspec.Struct, frozen=True, kw_only=True):
    """The scenario's queue: its members by their telephones, and what else a PBX file says of it.

    `answers`: the dialplan answers before Queue().
    """

    members: str
    rules: dict[str, Any] = {}
    penalties: dict[str, int] = {}
    is_dynamic: bool = False
    answers: bool = True


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A scenario. `did` is the telephone, or `queue`, to which the public number leads; it lasts so many seconds.

    `told_otherwise` is a ruling by which something is told otherwise here than it was to the real ones.
    """

    number: int
    title: str
    steps: tuple[tuple[float, Any], ...]  # a second, and a Step
    phones: dict[str, Phone]
    queue: QueueTold | None = None
    did: str = ""
    groups: dict[str, tuple[str, float]] = {}
    callers: dict[str, dict[str, Any]] = {}
    lasts: float = 20
    told_otherwise: str = ""


# -- telephones --------------------------------------------------------------------------------------------------------


def answers(after: float = 2, *, talks: float | None = None) -> Phone:
    """Answer after so many seconds; hang up after so many more, or never."""
    return in_turn(_answer(after, talks))


def never_answers() -> Phone:
    """Ring until somebody gives up."""
    return in_turn({"outcome": "no answer"})


def busy(after: float = 0) -> Phone:
    """Say 486."""
    return in_turn({"outcome": "busy", "ring": after})


def rejects(after: float = 1) -> Phone:
    """Say 603."""
    return in_turn({"outcome": "reject", "ring": after})


def fails(cause: int) -> Phone:
    """Say at once what amounts to that hangup cause."""
    return in_turn({"outcome": "fail", "ring": 0, "cause": cause})


def in_turn(*turns: dict[str, Any], calls: int = 2) -> Phone:
    """Do one thing for the first call, and another for the next."""
    return Phone(turns=turns, calls=calls)


def _answer(after: float, talks: float | None) -> dict[str, Any]:
    return {"outcome": "answer", "ring": after, "talk": "never" if talks is None else talks}


ANSWERS_2 = _answer(2, None)
REJECTS_1: dict[str, Any] = {"outcome": "reject", "ring": 1}
UNREGISTERED = Phone(is_registered=False)


def answer_turn(after: float, talks: float) -> dict[str, Any]:
    """Tell one turn of `in_turn`."""
    return _answer(after, talks)


# -- what happens ------------------------------------------------------------------------------------------------------


def connect(
    first: str,
    second: str,
    *,
    first_rings: float = 30,
    second_rings: float = 30,
    limit: float = 0,
    shows: tuple[CallerId, CallerId] = (DIALER, DIALER),
    records: bool = False,
) -> Step:
    """Click to call: ring the first, then connect it to the second. Nothing happens where there is no such number."""

    def step(stage: Stage) -> None:
        order = DetailedOrder(
            vendor="parity",
            first=stage.destination(first),
            src=stage.number(first),
            dst=stage.number(second),
            second=stage.number(second),
            context="plan",
            clid=CallerId(shows[1].number, shows[0].name),
            first_shows=shows[0],
            second_shows=shows[1],
            first_timeout=seconds(first_rings),
            second_timeout=seconds(second_rings),
            talk_limit=seconds(limit),
            recording=RecordingWish(file="parity.wav", regardless=True) if records else None,
        )
        stage.pbx.calls.originate(order)

    return step


def dial(who: str, to: str, *, rings: float = 30) -> Step:
    """Have a telephone of ours dial."""
    return lambda stage: _places(stage, who, stage.number(to), None, rings)


def dial_group(who: str) -> Step:
    """Have a telephone of ours dial the scenario's ring group."""
    return lambda stage: _places(stage, who, "group", ToHunt("group", "group group"), 30)


def _places(stage: Stage, who: str, to: str, target: Destination | None, rings: float) -> None:
    line = stage.line(who)
    own = line.extension
    order = DetailedOrder(
        vendor="parity",
        kind=CallKind.INCOMING,
        first=ToExtension(own.internal, own),
        src=own.internal,
        dst=to,
        second=to,
        second_to=target,
        context="plan",
        second_shows=CallerId(own.internal, own.owner),
        second_timeout=seconds(rings),
    )
    stage.handset.call_in(order, line=line)


def call_in(caller: int = 1, *, rings: float = 30, to: int = 1) -> Step:
    """Have somebody outside call a public number; nothing happens where nobody has that number."""

    def step(stage: Stage) -> None:
        number, dialled = f"602{stage.number_of:02d}{caller}", f"8{stage.number_of:02d}{to}"
        directory = stage.pbx.directory
        if dialled not in directory.dids:
            return
        order = DetailedOrder(
            vendor="parity",
            kind=CallKind.INCOMING,
            first=ToTrunk(number, tuple(directory.trunks.values())),
            src=number,
            dst=dialled,
            second=dialled,
            context="from-trunk",
            second_shows=CallerId(number),
            second_timeout=seconds(rings),
        )
        stage.handset.call_in(order)

    return step


def hang_up(who: str) -> Step:
    """Put the receiver down."""
    return lambda stage: stage.handset.hang_up(stage.line(who))


def hang_up_channel(who: str) -> Step:
    """Have a client hang up that telephone's channel (AMI's Hangup)."""
    return lambda stage: stage.pbx.calls.hang_up_channel(stage.line(who).channels[0])


def hold(who: str) -> Step:
    """Put the other one on hold."""
    return lambda stage: stage.handset.hold(stage.line(who))


def unhold(who: str) -> Step:
    """Come back from hold."""
    return lambda stage: stage.handset.unhold(stage.line(who))


def transfer(who: str, to: str) -> Step:
    """Hand the call on, blind."""
    return lambda stage: stage.handset.transfer(stage.line(who), stage.number(to))


def consult(who: str, to: str) -> Step:
    """Hold the call and ask somebody else first."""

    def step(stage: Stage) -> None:
        stage.handset.consult(stage.line(who), stage.number(to))

    return step


def complete(who: str) -> Step:
    """Connect the held party to the one who was asked."""
    return lambda stage: stage.handset.complete(stage.line(who))


def do_not_disturb(who: str) -> Step:
    """Refuse every call from now on."""
    return lambda stage: stage.handset.do_not_disturb(stage.line(who), on=True)


def divert(who: str, to: str) -> Step:
    """Have every call rung elsewhere from now on."""
    return lambda stage: stage.handset.divert(stage.line(who), Diversion(always=stage.number(to)))


def spy(who: str, on: str) -> Step:
    """Ring a telephone, and have it listen to another."""

    def step(stage: Stage) -> None:
        order = DetailedOrder(
            vendor="parity",
            kind=CallKind.SPY,
            first=stage.destination(who),
            src=stage.number(who),
            dst=stage.number(on),
            context="plan",
            clid=CallerId("000", "Spy"),
            first_shows=CallerId("000", "Spy"),
            spied_line=stage.line(on),
        )
        stage.pbx.calls.originate(order)

    return step


def pause(who: str) -> Step:
    """Have an agent pause."""
    return lambda stage: stage.pbx.agents.pause(stage.agent(who))


def remove(who: str) -> Step:
    """Have a client take a member out of the queue."""
    return lambda stage: stage.pbx.queues.remove(stage.queue, stage.agent(who))


def look(stage: Stage) -> None:
    """Look at channels and telephones."""
    stage.look()
