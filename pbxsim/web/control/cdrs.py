"""Call records: as JSON, and as a CSV file that is safe to open in a spreadsheet.

`from` and `to` bound the start of a call, both inclusive; `since` its end: what has been recorded since that moment.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Final, Literal

import msgspec

from pbxsim.clock.instant import iso_seconds
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, CdrQuery
from pbxsim.web.control.answer import Answer
from pbxsim.web.control.ask import Page, moment

if TYPE_CHECKING:
    from pbxsim.web.control.ask import Ask
    from pbxsim.web.host import HostedPbx

_ROWS: Final = 500
_NUMBER: Final = re.compile(r"\+?[0-9]+\Z")
_FORMULA: Final = tuple(
    "=+-@\t\r\n\0＝＋－＠"
)  # OWASP, "CSV Injection": what a spreadsheet takes for a formula's beginning
Outcome = Literal["ANSWERED", "NO ANSWER", "BUSY", "FAILED"]


class CdrFilter(Page, kw_only=True):
    """Which records; all that is given must fit."""

    from_: str | None = msgspec.field(name="from", default=None)
    to: str | None = None
    since: str | None = None
    src: str | None = None
    dst: str | None = None
    disposition: Outcome | None = None
    custom1: str | None = None


class CsvFilter(CdrFilter, kw_only=True):
    """Which records; without a limit all of them."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 1_000_000_000


class CdrShown(msgspec.Struct, frozen=True, kw_only=True):
    """A record. Times are whole seconds; `answer` null where the parties were never connected."""

    id: int
    call: int
    vendor: str
    start: str
    answer: str | None
    end: str
    src: str
    dst: str
    disposition: str
    duration: int
    billsec: int
    cause: int
    custom: tuple[str, str, str, str]
    direction: str
    channel: str | None
    dstchannel: str | None
    uniqueid: str
    context: str | None
    trunk: str | None
    account: str | None
    reference: str | None
    recording: str | None


def listed(ask: Ask) -> Answer:
    """List records in the order of their ids."""
    page = ask.filters(CdrFilter)
    cdrs = [_shown(cdr) for cdr in islice(_found(ask.host, page), page.limit)]
    return ask.page(cdrs, page, cdrs[-1].id if cdrs else 0)


def as_csv(ask: Ask) -> Answer:
    """Send records as a CSV file (RFC 4180), in the order of their ids."""
    page = ask.filters(CsvFilter)
    found = list(islice(_found(ask.host, page), page.limit))
    return Answer(
        body=csv_of(found),
        content_type="text/csv; charset=utf-8; header=present",
        headers=(("Content-Disposition", 'attachment; filename="cdrs.csv"'),),
    )


def _found(host: HostedPbx, page: CdrFilter) -> Iterator[Cdr]:
    host.driver.catch_up()
    query = CdrQuery(
        src=page.src,
        dst=page.dst,
        dispositions=None if page.disposition is None else frozenset({Disposition(page.disposition)}),
        custom1=page.custom1,
        since=moment("from", page.from_),
        until=moment("to", page.to),
        after=page.after,
    )
    ended_since = moment("since", page.since)
    return (cdr for cdr in host.pbx.cdrs.find(query) if ended_since is None or cdr.end >= ended_since)


def _shown(cdr: Cdr) -> CdrShown:
    return CdrShown(
        id=cdr.id,
        call=cdr.call,
        vendor=cdr.vendor,
        start=iso_seconds(cdr.start),
        answer=iso_seconds(cdr.answer) if cdr.answer else None,
        end=iso_seconds(cdr.end),
        src=cdr.src,
        dst=cdr.dst,
        disposition=cdr.disposition.value,
        duration=cdr.duration,
        billsec=cdr.billsec,
        cause=cdr.cause,
        custom=cdr.custom,
        direction=cdr.direction.value,
        channel=cdr.channel or None,
        dstchannel=cdr.dst_channel or None,
        uniqueid=cdr.unique_id,
        context=cdr.context or None,
        trunk=cdr.trunk or None,
        account=cdr.account or None,
        reference=cdr.reference or None,
        recording=_recording(cdr),
    )


def _recording(cdr: Cdr) -> str | None:
    if not cdr.recording_file:
        return None
    return f"{cdr.recording_folder.rstrip('/')}/{cdr.recording_file}" if cdr.recording_folder else cdr.recording_file


def csv_of(cdrs: list[Cdr]) -> Iterator[bytes]:
    """Spell records as a CSV file, piece by piece."""
    yield csv_lines([_columns()])
    for start in range(0, len(cdrs), _ROWS):
        yield csv_lines(_cells(cdr) for cdr in cdrs[start : start + _ROWS])


def _columns() -> list[str]:
    names = [field for field in CdrShown.__struct_fields__ if field != "custom"]
    place = CdrShown.__struct_fields__.index("custom")
    return names[:place] + [f"custom{number}" for number in range(1, 5)] + names[place:]


def _cells(cdr: Cdr) -> list[str]:
    row = msgspec.structs.asdict(_shown(cdr))
    row |= {f"custom{number}": text for number, text in enumerate(cdr.custom, start=1)}
    return ["" if row[column] is None else harmless(str(row[column])) for column in _columns()]


def harmless(cell: str) -> str:
    """Keep a cell from being taken for a formula, by an apostrophe before it; a telephone number stays what it is."""
    return f"'{cell}" if cell.startswith(_FORMULA) and not _NUMBER.match(cell) else cell


def csv_lines(rows: Iterable[list[str]]) -> bytes:
    """Spell rows as lines of a CSV file (RFC 4180)."""
    import csv
    from io import StringIO

    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(errors="replace")
