"""What a report is asked for: conditions, a range of dates, whether likeness is enough, which page in which order."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import msgspec

from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel.body import Search, as_text, as_whole, read_conditions, read_fields, read_search, useless
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.reports.dates import ReportDates

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.settings import Settings

MOST_ROWS: Final = 10_000

_USUAL_COUNT: Final = 20
_LONGEST_NAME: Final = 64  # of a column, echoed

_Row = TypeVar("_Row")
Column: TypeAlias = Callable[[_Row], "int | str"]
Rank: TypeAlias = "list[int | str | _Backwards]"


class ReportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was asked for. `since` and `until` bound the start; `cuid` is empty unless one call is asked for.

    `sorting` are columns, each with 1 (ascending) or -1.
    """

    search: Search
    cuid: str
    since: Instant | None
    until: Instant | None
    start: int
    count: int
    sorting: dict[str, int]

    def names(self, cuid: str) -> bool:
        """Tell whether a call is the one asked for, if one is: an id is never merely alike."""
        return self.cuid in ("", cuid)

    def spans(self, moment: Instant) -> bool:
        """Tell whether a moment is in the range of dates."""
        return (self.since is None or moment >= self.since) and (self.until is None or moment <= self.until)

    def pagination(self, total: int) -> dict[str, object]:
        """Echo the page that was asked for, with the number of all rows that fit."""
        return {"start": self.start, "count": self.count, "sorting": self.sorting, "total": total}

    def rank(self, columns: dict[str, Column[_Row]]) -> Callable[[_Row], Rank]:
        """Give what tells a row's place: those of all rows, compared, are their order.

        `columns` say what a row has in a column; its last one orders rows that are equal, in the first one's direction.
        A column that rows have not orders nothing, as in the vendor's database.
        """
        ways = [(columns[name], way) for name, way in self.sorting.items() if name in columns]
        ways.append((columns[next(reversed(columns))], next(iter(self.sorting.values()))))
        return lambda row: [_rank(get(row), way) for get, way in ways]


def read_report(
    request: Request,
    settings: Settings,
    *,
    conditions: tuple[str, ...] = ("from", "to", "cuid"),
    order: str = "starttime",
) -> ReportQuery:
    """Read a request for a report. Required is what the vendor's tables mark so; dates are not beside a cuid.

    Raises Refusal.
    """
    fields = read_fields(request.body)
    cuid = as_text("conditions.cuid", read_conditions(fields).get("cuid")) if "cuid" in conditions else ""
    dates = _object(fields, "date_range")
    if not cuid:
        _require_dates(dates)
    search = read_search(fields, conditions, settings, also=("date_range", "pagination"))
    page, reader = _object(fields, "pagination"), ReportDates(settings.reports)
    return ReportQuery(
        search=search,
        cuid=cuid,
        since=_date(dates, "from", reader.earliest),
        until=_date(dates, "to", reader.latest),
        start=_number(page, "start", 0),
        count=_number(page, "count", _USUAL_COUNT, most=MOST_ROWS),
        sorting=_sorting(_object(page, "sorting")) or {order: -1},
    )


def _object(fields: dict[str, object], name: str) -> dict[str, object]:
    """Give an object within the body; absent, null, "", and the `[]` that PHP makes of an empty one are empty."""
    value = fields.get(name)
    if value is None or value == "" or value == []:
        return {}
    if not isinstance(value, dict):
        raise useless(name, "an object expected")
    return value


def _require_dates(dates: dict[str, object]) -> None:
    for end in ("from", "to"):
        if dates.get(end) in (None, ""):
            raise Refusal(Failure.FIELD_MISSING, filled={"name": f"date_range->{end}"})


def _date(dates: dict[str, object], end: str, read: Callable[[str], Instant]) -> Instant | None:
    text = as_text(f"date_range->{end}", dates.get(end))
    try:
        return read(text) if text else None
    except (ValueError, OverflowError):
        raise useless(f"date_range->{end}", "YYYY-MM-DD HH:MM expected, in the Gregorian calendar") from None


def _number(page: dict[str, object], name: str, usual: int, most: int = 999_999_999) -> int:
    value = page.get(name)
    if value is None or value == "":
        return usual
    number = as_whole(value)
    if not 0 <= number <= most:
        raise useless(f"pagination->{name}", f"a whole number from 0 to {most} expected")
    return number


def _sorting(asked: dict[str, object]) -> dict[str, int]:
    sorting = {}
    for column, way in asked.items():
        if str(way) not in ("1", "-1") or isinstance(way, bool) or len(column) > _LONGEST_NAME:
            raise useless("pagination->sorting", "columns with 1 or -1 expected")
        sorting[column] = int(str(way))
    return sorting


class _Backwards:
    """A text that is less than those that it is behind of."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __lt__(self, other: _Backwards) -> bool:
        return other.text < self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Backwards) and other.text == self.text


def _rank(value: int | str, way: int) -> int | str | _Backwards:
    if isinstance(value, int):
        return way * value
    return value if way > 0 else _Backwards(value)
