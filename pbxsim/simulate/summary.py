"""The figures of a simulated call centre as a table of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, Duration, Instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.call_centre_figures import CallCentreFigures, Tally

_HEAD: Final = (
    *("queue", "offered", "answered", "abandoned", "overflowed", "waiting"),
    *("service level", "speed of answer", "abandon rate", "occupancy"),
)
_LEGEND: Final = (
    "service level: answered within the queue's `service_level`, of all offered; speed of answer: mean wait of the",
    "answered; occupancy: share of the logged-in agents' time spent on calls of queues and wrapping up. A call that",
    "overflows from one queue to another is offered to both, and counts once in the total.",
)


def _row(name: str, tally: Tally, occupancy: float | None) -> list[str]:
    speed = tally.speed_of_answer
    return [
        name,
        *(str(count) for count in (tally.offered, tally.answered, tally.abandoned, tally.overflowed, tally.waiting)),
        percent(tally.service_level),
        "-" if speed is None else f"{speed:.1f} s",
        percent(tally.abandon_rate),
        percent(occupancy),
    ]


def percent(share: float | None) -> str:
    """Spell a share, to a tenth of a percent; `-` where there is none."""
    return "-" if share is None else f"{share:.1%}"


def table(pbx: Pbx, figures: CallCentreFigures, until: Instant) -> Iterator[str]:
    """Give the lines of the table: a queue each, then the total; occupancy is until that instant."""
    rows = [list(_HEAD), *_rows(pbx, figures, until)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        yield "  ".join(
            [name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))]
        )
    yield ""
    yield from _LEGEND


def _rows(pbx: Pbx, figures: CallCentreFigures, until: Instant) -> Iterator[list[str]]:
    for queue in pbx.queues:
        yield _row(queue.name, figures.queues[queue.name], figures.occupancy(until, queue))
    yield _row("total", figures.total, figures.occupancy(until))


def spelt_span(duration: Duration) -> str:
    """Spell a length of time, cut to seconds: `8:00:00 h`."""
    hours, rest = divmod(duration // SECOND, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d} h"
