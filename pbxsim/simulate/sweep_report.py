"""What came of a sweep: as a table with bars for a terminal, as CSV of every day, as a picture (SVG).

Days differ, so beside the mean there is what one day in ten falls short of, and what one in ten exceeds: the nearest
rank among the days, with nothing between two of them made up.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from pbxsim.clock.instant import SECOND, iso_seconds
from pbxsim.simulate.summary import percent, spelt_span
from pbxsim.simulate.sweep import TOTAL
from pbxsim.sinks.cdr_export import csv_lines, harmless

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pbxsim.simulate.sweep import Outcome, Row, Swept

_HEAD: Final = (
    *("offered", "service level", "worst of 10", "best of 10"),
    *("speed of answer", "abandon rate", "occupancy", ""),
)
_LEGEND: Final = (
    "Means of all days; service level: answered within the queue's `service_level`, of all offered. One day in ten is",
    "no better than `worst of 10`, one in ten no worse than `best of 10`. The bars are the mean service level.",
)
_BAR: Final = 40
_WIDTH, _HEIGHT, _MARGIN = 720, 420, 60
_COLOURS: Final = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#0a7ea4", "#bf3989", "#57606a")


def _whose(swept: Swept) -> str:
    return "all queues" if swept.queue == TOTAL else f"queue {swept.queue}"


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _ranked(values: Sequence[float | None], share: float) -> float | None:
    """Give the value at that share of the days, from 0 to 1, by nearest rank."""
    known = sorted(value for value in values if value is not None)
    return known[max(0, ceil(share * len(known)) - 1)] if known else None


def levels(row: Row) -> tuple[float | None, float | None, float | None]:
    """Give the service level of these days: the mean, what one day in ten does not exceed, what nine do not."""
    found = [outcome.service_level for outcome in row.outcomes]
    return _mean(found), _ranked(found, 0.1), _ranked(found, 0.9)


def table(swept: Swept) -> Iterator[str]:
    """Give the lines of the table."""
    wish, days = swept.wish, swept.wish.days
    of = f"{wish.calls} calls" if wish.lasts is None else f"{spelt_span(wish.lasts)} of traffic"
    seeds = f"{days} days with the seeds {swept.seed} to {swept.seed + days - 1}"
    yield f"{wish.file}: {of} from {iso_seconds(swept.began)}, {seeds}; {_whose(swept)}"
    yield ""
    places = [vary.place for vary in wish.varied]
    rows = [[*places, *_HEAD], *(_cells(row) for row in swept.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        aligned = [cell.rjust(width) for cell, width in zip(cells[:-1], widths[:-1], strict=True)]
        yield "  ".join([*aligned, cells[-1]]).rstrip()
    yield ""
    yield from _LEGEND


def _cells(row: Row) -> list[str]:
    mean, worst, best = levels(row)
    days = row.outcomes
    answered = sum(day.answered for day in days)
    offered = sum(day.offered for day in days)
    return [
        *(_spelt(value) for value in row.values),
        f"{offered / len(days):.1f}",
        *(percent(share) for share in (mean, worst, best)),
        "-" if not answered else f"{sum(day.wait for day in days) / answered / SECOND:.1f} s",
        percent(sum(day.abandoned for day in days) / offered if offered else None),
        percent(_mean([day.occupancy for day in days])),
        "#" * round((mean or 0) * _BAR),
    ]


def _spelt(value: object) -> str:
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def csv(swept: Swept) -> Iterator[bytes]:
    """Spell every day as a line of a CSV file."""
    figures = ("offered", "answered", "abandoned", "in_level", "wait_seconds", "occupancy")
    yield csv_lines([[*(vary.place for vary in swept.wish.varied), "seed", *figures]])
    for row in swept.rows:
        yield csv_lines(
            [*(harmless(_spelt(value)) for value in row.values), str(swept.seed + number), *_figures(day)]
            for number, day in enumerate(row.outcomes)
        )


def _figures(day: Outcome) -> list[str]:
    occupancy = "" if day.occupancy is None else f"{day.occupancy:.6f}"
    counted = (day.offered, day.answered, day.abandoned, day.in_level)
    return [*map(str, counted), f"{day.wait / SECOND:.6f}", occupancy]


# -- the picture ------------------------------------------------------------------------------------------------------


def svg(swept: Swept) -> Iterator[bytes]:
    """Draw service level against the first place that is varied, a line for each combination of the others.

    A band goes from one day in ten to nine in ten.
    """
    first = swept.wish.varied[0]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif"'
        f' font-size="12" fill="#24292f">\n<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>\n'
    ).encode()
    yield from _axes(first.place, [_spelt(value) for value in first.values], _whose(swept))
    for number, (name, rows) in enumerate(_series(swept).items()):
        yield from _line(rows, _COLOURS[number % len(_COLOURS)], name, number)
    yield b"</svg>\n"


def _series(swept: Swept) -> dict[str, list[Row]]:
    others = [vary.place for vary in swept.wish.varied[1:]]
    series: dict[str, list[Row]] = {}
    for row in swept.rows:
        name = ", ".join(f"{place}={_spelt(value)}" for place, value in zip(others, row.values[1:], strict=True))
        series.setdefault(name, []).append(row)
    return series


def _x(place: int, count: int) -> float:
    return _MARGIN + (_WIDTH - 2 * _MARGIN) * (place / (count - 1) if count > 1 else 0.5)


def _y(share: float) -> float:
    return _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * share


def _text(x: float, y: float, text: str, anchor: str = "middle") -> bytes:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>\n'.encode()


def _axes(place: str, values: list[str], whose: str) -> Iterator[bytes]:
    for tenth in range(0, 11, 2):
        y = _y(tenth / 10)
        yield f'<path d="M{_MARGIN} {y:.1f}H{_WIDTH - _MARGIN}" stroke="#d0d7de"/>\n'.encode()
        yield _text(_MARGIN - 8, y + 4, f"{tenth * 10} %", "end")
    every = ceil(len(values) / 20)
    for number in range(0, len(values), every):
        yield _text(_x(number, len(values)), _HEIGHT - _MARGIN + 18, values[number])
    yield _text(_WIDTH / 2, _HEIGHT - 14, place)
    yield _text(_WIDTH / 2, 24, f"service level, {whose}")


def _line(rows: list[Row], colour: str, name: str, number: int) -> Iterator[bytes]:
    known = [(place, found) for place, found in enumerate(map(levels, rows)) if None not in found]
    points = [(_x(place, len(rows)), *(_y(share or 0) for share in found)) for place, found in known]
    below = [f"{x:.1f},{worst:.1f}" for x, _, worst, _ in points]
    above = [f"{x:.1f},{best:.1f}" for x, _, _, best in reversed(points)]
    yield f'<polygon points="{" ".join(below + above)}" fill="{colour}" opacity="0.15"/>\n'.encode()
    mean = " ".join(f"{x:.1f},{mean:.1f}" for x, mean, _, _ in points)
    yield f'<polyline points="{mean}" fill="none" stroke="{colour}" stroke-width="2"/>\n'.encode()
    for x, y, _, _ in points:
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>\n'.encode()
    if name:
        y = _y(0) - 10 - 14 * number  # below, where the lines of a call centre that works seldom are
        place = f'x="{_WIDTH - _MARGIN - 8}" y="{y:.1f}" text-anchor="end"'
        yield f'<text {place} fill="{colour}">{escape(name)}</text>\n'.encode()
