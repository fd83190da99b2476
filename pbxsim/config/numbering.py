"""What a PBX file says of numbers: numbering plans, contexts, what a context does with a number, public numbers."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pbxsim.config.destinations import DestinationEntry
from pbxsim.kit.values import Id, Name, Number, Pattern
from pbxsim.pbx.routes import Context, Did, OutboundRoute, Step

ANSWERS: Final = (
    "The dialplan answers a caller before it dials, whoever is rung then; false: a caller hears ringing until somebody"
    " answers."
)
"""What `answers` is wherever a call is led on (Answer() before Dial())."""

NO_PLAN = "default"
"""The numbering plan of a file that names none."""


class DialplanEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A numbering plan: within it an internal number is unique. It is also the context of that name."""

    name: Name
    id: Annotated[Id | None, Meta(description="Absent: the first one that is free.")] = None


class StepEntry(DestinationEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of a number that fits: exactly one of these."""

    route: Annotated[Name | None, Meta(description="Leave by this outbound route.")] = None
    answers: Annotated[bool, Meta(description=ANSWERS)] = False

    @lru_cache(4096)  # noqa: B019 - an entry never changes, and a PBX that is reset often has it read each time
    def step(self) -> Step:
        """Make the switch's own of it."""
        return msgspec.structs.replace(super().step(), route=self.route or "", answers=self.answers)


class ContextEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What numbers mean to whoever dials in it. Tried in turn: entries, the dialplan's extensions, routes, includes."""

    name: Name
    entries: Annotated[
        dict[Pattern, StepEntry],
        Meta(description="What a number that fits the pattern leads to; the most specific pattern wins."),
    ] = {}
    dialplan: Annotated[Name, Meta(description="Whose internal numbers can be dialled; absent: none.")] = ""
    routes: Annotated[
        tuple[Name, ...] | None, Meta(description="Outbound routes, in this order; absent: all of the file.")
    ] = None
    includes: Annotated[tuple[Name, ...], Meta(description="Contexts that are asked when nothing here fits.")] = ()

    def context(self, routes: Mapping[str, OutboundRoute]) -> Context:
        """Make the switch's own of it; `routes` are all of the file, by name."""
        return Context(
            name=self.name,
            dialplan=self.dialplan,
            entries=tuple((pattern, entry.step()) for pattern, entry in self.entries.items()),
            routes=tuple(routes.values() if self.routes is None else (routes[name] for name in self.routes)),
            includes=self.includes,
        )


class DidEntry(DestinationEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A public number of the PBX that is no extension's, and where a call to it leads: exactly one of these."""

    number: Number
    answers: Annotated[bool, Meta(description=ANSWERS)] = False
    context: Annotated[Name | None, Meta(description="Context or dialplan; absent: the file's first dialplan.")] = None

    def did(self, first_dialplan: str) -> Did:
        """Make the switch's own of it."""
        step = msgspec.structs.replace(self.step(), answers=self.answers)
        return Did(number=self.number, context=self.context or first_dialplan, step=step)
