"""What a PBX file says of opening hours: when a schedule is open, which days are holidays, and where calls go then."""

from collections.abc import Callable, Iterator
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pbxsim.config.destinations import DestinationEntry
from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import mappings, texts
from pbxsim.kit.values import Name
from pbxsim.pbx.hours import BadTiming, Days, Schedule, Timing

TIMING: Final = "a timing as GotoIfTime has it, times,weekdays,days,months: 08:00-17:00,mon-fri"
DAYS: Final = "a day, 2026-12-24 or 12-24 for each year, or two of one form with / between them"
ELSEWHERE: Final = "somewhere else: these opening hours would say the same again"


class HoursEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Opening hours in the PBX's `time_zone`: a call goes where they say at the moment when it comes there."""

    name: Name
    open: Annotated[DestinationEntry, Meta(description="Where calls go while it is open.")]
    closed: Annotated[DestinationEntry, Meta(description="Where calls go otherwise.")]
    times: Annotated[
        tuple[str, ...],
        Meta(
            description="When it is open: timings of Asterisk's GotoIfTime, `08:00-17:00,mon-fri` or with days of the"
            " month and months behind; & joins ranges, and each includes its end: 17:00 is open for its whole minute."
        ),
    ] = ()
    holidays: Annotated[
        tuple[str, ...],
        Meta(
            description="Days on which it is not: 2026-12-24, each year's 12-24, or from one to another: 12-24/01-01."
        ),
    ] = ()
    holiday: Annotated[
        DestinationEntry | None, Meta(description="Where calls go on holidays; absent: as when closed.")
    ] = None

    def schedule(self) -> Schedule:
        """Make the switch's own of it."""
        return Schedule(
            name=self.name,
            open=self.open.step(),
            closed=self.closed.step(),
            holiday=self.holiday.step() if self.holiday else None,
            open_at=tuple(Timing.parse(text) for text in self.times),
            holidays=tuple(Days.parse(text) for text in self.holidays),
        )


def hours_faults(plain: object) -> Iterator[Finding]:
    """Find timings and days that are none, and opening hours that send callers to themselves."""
    yield from _bad(plain, "hours.*.times.*", Timing.parse, TIMING)
    yield from _bad(plain, "hours.*.holidays.*", Days.parse, DAYS)
    for path, entry in mappings(plain, "hours.*"):
        for period in ("open", "closed", "holiday"):
            for way, name in texts(entry, f"{period}.hours"):
                if name == entry.get("name"):
                    yield Finding((*path, *way), name, ELSEWHERE)


def _bad(plain: object, place: str, read: Callable[[str], object], expected: str) -> Iterator[Finding]:
    for path, text in texts(plain, place):
        try:
            read(text)
        except BadTiming:
            yield Finding(path, text, expected)
