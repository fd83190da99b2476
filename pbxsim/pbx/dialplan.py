"""What a number means to whoever dials it: an extension, a way out by trunks, something the PBX plays, or nothing.

Not here: dialling it (dialing.py), and what the telephone there then does (the engine).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias, final

import msgspec

from pbxsim.clock.instant import Duration, seconds
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.feature import feature_name
from pbxsim.pbx.numbers import matches, specificity

if TYPE_CHECKING:
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.extension import Extension, Line
    from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk

_HUNTS: Final = (
    "queue",
    "group",
    "menu",
    "component",
    "voicemail",
)  # fields of a Step, and the kinds of things they name
_REMEMBERED: Final = 20_000  # resolved numbers kept; the directory never changes, so an answer stays true


@final
class ToExtension(msgspec.Struct, frozen=True, eq=False):
    """Ring every registered line of this extension, or only `line` if it is given; the first to answer wins.

    With `answers` the dialplan answers a caller before it dials, here as in what follows.
    """

    number: str
    extension: Extension
    line: Line | None = None
    answers: bool = False

    @property
    def lines(self) -> list[Line]:
        """Give the lines that are meant, registered or not."""
        return self.extension.lines if self.line is None else [self.line]


@final
class ToTrunk(msgspec.Struct, frozen=True, eq=False):
    """Call `number` out by the first of these trunks that has room."""

    number: str
    trunks: tuple[Trunk, ...]
    answers: bool = False


@final
class ToPlayback(msgspec.Struct, frozen=True, eq=False):
    """The PBX itself answers, plays something for `length`, and hangs up."""

    number: str
    length: Duration
    answers: bool = False


@final
class ToHunt(msgspec.Struct, frozen=True, eq=False):
    """Hand the call to something that goes on with it by itself: `queue NAME`, `group NAME`, `menu NAME`, or
    `component NAME`, whose server says where to.
    """

    number: str
    name: str
    answers: bool = False


@final
class ToHours(msgspec.Struct, frozen=True, eq=False):
    """Go where the schedule `name` says when a call comes; its steps are taken in `context`."""

    number: str
    name: str
    context: str
    answers: bool = False


@final
class Refused(msgspec.Struct, frozen=True, eq=False):
    """Nothing rings: the call fails with this cause."""

    number: str
    cause: HangupCause
    answers: bool = False


Destination: TypeAlias = ToExtension | ToTrunk | ToPlayback | ToHunt | ToHours | Refused

_Tried: TypeAlias = set[tuple[str, str]]  # numbers asked in contexts: `dial` steps and includes may go in circles


class Dialplan:
    """Resolves numbers in contexts, and remembers the answers."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._known: dict[tuple[str, str], Destination] = {}

    def knows(self, context: str) -> bool:
        """Tell whether there is a context of that name."""
        return context in self._directory.contexts

    def resolve(self, number: str, context: str) -> Destination:
        """Tell what `number` means to someone who dials it in `context`.

        One of the PBX's own public numbers stays inside, whatever the context says. An unknown context, a number that
        nothing fits, or one that its trunks cannot be given is refused: no route to destination (3), unallocated number
        (1), invalid number format (28).
        """
        known = self._known.get((number, context))
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[number, context] = self._resolve(number, context)
        return known

    def _resolve(self, number: str, context: str) -> Destination:
        own = self._directory.public_or_none(number)
        if own is not None:
            return ToExtension(number, own)
        did = self._directory.dids.get(number)
        if did is not None:
            found = self._follow(did.step, number, self._directory.contexts[did.context], set())
            return found or Refused(number, HangupCause.UNALLOCATED)
        if context not in self._directory.contexts:
            return Refused(number, HangupCause.NO_ROUTE_DESTINATION)
        return self._in_context(number, context, set()) or Refused(number, HangupCause.UNALLOCATED)

    def follow(self, step: Step, number: str, context: str) -> Destination:
        """Tell where a step leads that is taken in that context for whoever dialled `number`; refused as by resolve."""
        entered = self._directory.contexts.get(context)
        if entered is None:
            return Refused(number, HangupCause.NO_ROUTE_DESTINATION)
        meant = step.dial or step.extension or number
        return self._follow(step, number, entered, set()) or Refused(meant, HangupCause.UNALLOCATED)

    def by_trunk(self, number: str, trunk: str) -> Destination:
        """Tell where `number` leads by that trunk; own public numbers stay inside, an unknown trunk leads nowhere."""
        own = self._directory.public_or_none(number)
        if own is not None:
            return ToExtension(number, own)
        found = self._directory.trunks.get(trunk)
        return _out(number, (found,)) if found else Refused(number, HangupCause.NO_ROUTE_DESTINATION)

    def by_route(self, number: str, route: OutboundRoute) -> Destination:
        """Tell where `number` leads by that outbound route, whatever its patterns are."""
        own = self._directory.public_or_none(number)
        return ToExtension(number, own) if own else _leave(number, route)

    def _in_context(self, number: str, name: str, tried: _Tried) -> Destination | None:
        context = self._directory.contexts.get(name)
        if context is None or (number, name) in tried:
            return None
        tried.add((number, name))
        step = _most_specific(number, context)
        if step is not None:
            return self._follow(step, number, context, tried)
        extension = self._directory.internal_or_none(number, context.dialplan)
        if extension is not None:
            return ToExtension(number, extension)
        features = self._directory.features if context.dialplan else ()
        feature = feature_name(features, number, context.dialplan) if features else ""
        return ToHunt(number, feature) if feature else self._outside(number, context, tried)

    def _outside(self, number: str, context: Context, tried: _Tried) -> Destination | None:
        for route in context.routes:
            for pattern in route.patterns:
                if matches(pattern, number):
                    return _leave(number, route)
        for include in context.includes:
            found = self._in_context(number, include, tried)
            if found is not None:
                return found
        return None

    def _follow(self, step: Step, number: str, context: Context, tried: _Tried) -> Destination | None:
        found = self._led(step, number, context, tried)
        if step.answers and found is not None:
            return msgspec.structs.replace(found, answers=True)
        return found

    def _led(self, step: Step, number: str, context: Context, tried: _Tried) -> Destination | None:
        if step.extension:
            extension = self._directory.internal_or_none(step.extension, context.dialplan)
            return ToExtension(step.extension, extension) if extension else None
        if step.dial:
            own = self._directory.public_or_none(step.dial)
            return ToExtension(step.dial, own) if own else self._in_context(step.dial, context.name, tried)
        for kind in _HUNTS:
            if name := getattr(step, kind):
                return ToHunt(number, f"{kind} {name}")
        if step.hours:
            return ToHours(number, step.hours, context.name)
        if step.route:
            return _leave(number, self._directory.route(step.route))
        if step.hangup:
            return Refused(number, HangupCause(step.hangup))
        return ToPlayback(number, seconds(step.play_seconds or 0))


def _leave(number: str, route: OutboundRoute) -> Destination:
    return _out(route.prepend + number[route.strip :], route.trunks, answers=route.answers)


def _out(number: str, trunks: tuple[Trunk, ...], *, answers: bool = False) -> Destination:
    """Leave by those of the trunks that can be given the number; where none can, it is refused (cause 28)."""
    able = tuple([trunk for trunk in trunks if trunk.can_dial(number)])
    return ToTrunk(number, able, answers) if able else Refused(number, HangupCause.INVALID_NUMBER_FORMAT)


def _most_specific(number: str, context: Context) -> Step | None:
    fitting = [(specificity(pattern), step) for pattern, step in context.entries if matches(pattern, number)]
    return min(fitting, key=lambda entry: entry[0])[1] if fitting else None
