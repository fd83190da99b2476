"""What a PBX file says of callers from outside who call by themselves, over the day."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import HOUR, MINUTE
from pbxsim.engines.simulated.behaviour import Behaviour
from pbxsim.engines.simulated.phones_settings import SpanEntry, TalkEntry, drawn_or_fixed
from pbxsim.engines.simulated.traffic import DayCourse, Pressing, Source
from pbxsim.kit.values import Name, Number
from pbxsim.pbx.dtmf import KEYS
from pbxsim.pbx.routes import Trunk

TimeOfDay: TypeAlias = Annotated[
    str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", title="a time of day from 00:00 to 23:59, as 09:30")
]
PerHour: TypeAlias = Annotated[float, Meta(ge=0, le=1_000_000, title="calls per hour, as a number")]


class PressingEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something that callers press once they are answered, by a menu or by somebody."""

    digits: Annotated[
        str,
        Meta(
            pattern=KEYS,
            title="digits, *, #, A-D, and between them w for half a second or W for a whole one, as text",
            description="What is pressed; without a pause between them digits come at one moment.",
        ),
    ]
    after: Annotated[SpanEntry, Meta(description="From the answer to the first.")] = 0
    chance: Annotated[float, Meta(ge=0, le=1, title="a part of 1, as 0.25", description="How many callers do so.")] = 1

    def pressing(self) -> Pressing:
        """Make the engine's own of it."""
        return Pressing(keys=self.digits, after=drawn_or_fixed(self.after), chance=self.chance)


class TrafficEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Callers of one kind, who call one public number from the moment at which the PBX starts."""

    to: Annotated[Number, Meta(description="A public number of this file: one of `dids`, or an extension's.")]
    per_hour: Annotated[
        PerHour | Annotated[dict[TimeOfDay, PerHour], Meta(min_length=1)],
        Meta(description="Calls per hour on average: all day, or from each time of day (UTC) until the next."),
    ]
    name: Annotated[Name | None, Meta(description="What is drawn follows from it; absent: the number.")] = None
    trunk: Annotated[Name | None, Meta(description="By which they come in; absent: the first that has room.")] = None
    callers: Annotated[
        str,
        Meta(
            pattern=r"^\+?[0-9XZN]{1,40}$",
            title="the form of a number: digits, X (0-9), Z (1-9), N (2-9), as 6XXXXXXXX",
            description="Who calls.",
        ),
    ] = "7XXXXXXXX"
    patience: Annotated[
        SpanEntry | None, Meta(description="How long a caller waits before hanging up; absent: for ever.")
    ] = None
    talk: Annotated[TalkEntry, Meta(description="Talk until the caller hangs up; never: the other side does.")] = 30

    presses: Annotated[
        tuple[PressingEntry, ...],
        Meta(description="Each caller does one of these, or, where the chances add up to less than 1, none."),
    ] = ()

    @property
    def known_as(self) -> str:
        """Name the source."""
        return self.to if self.name is None else self.name

    def source(self, context: str, trunks: Mapping[str, Trunk]) -> Source:
        """Make the engine's own of it; `context` is where its number is looked up, `trunks` are all of the file."""
        return Source(
            name=self.known_as,
            to=self.to,
            context=context,
            trunks=tuple(trunks.values()) if self.trunk is None else (trunks[self.trunk],),
            course=self._course(),
            callers=self.callers,
            behaviour=Behaviour(
                talk=None if isinstance(self.talk, str) else drawn_or_fixed(self.talk),
                patience=None if self.patience is None else drawn_or_fixed(self.patience),
            ),
            presses=tuple(entry.pressing() for entry in self.presses),
        )

    def _course(self) -> DayCourse:
        if not isinstance(self.per_hour, dict):
            return DayCourse(((0, self.per_hour),))
        return DayCourse(tuple((_since_midnight(time), rate) for time, rate in sorted(self.per_hour.items())))


def _since_midnight(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * HOUR + int(minutes) * MINUTE
