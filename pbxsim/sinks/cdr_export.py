"""Call records as they leave pbxsim: as documents, and as a CSV file that is safe to open in a spreadsheet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import iso_seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator

    from pbxsim.pbx.cdr import Cdr

_ROWS: Final = 500
_NUMBER: Final = re.compile(r"\+?[0-9]+\Z")
_FORMULA: Final = tuple(
    "=+-@\t\r\n\0＝＋－＠"
)  # OWASP, "CSV Injection": what a spreadsheet takes for a formula's beginning


AMA_FLAGS: Final = "DOCUMENTATION"
"""What Asterisk writes unless a channel is told otherwise (channel.h, AST_AMA_DOCUMENTATION)."""


class CdrShown(msgspec.Struct, frozen=True, gc=False):
    """A record. Times are whole seconds; `answer` null where the first channel was never up.

    The last eight are Asterisk's own names; `dcontext` and `userfield` are `context` and `reference` again.
    """

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
    linkedid: str
    sequence: int
    lastapp: str
    lastdata: str
    dcontext: str
    clid: str
    amaflags: str
    userfield: str


def shown(cdr: Cdr) -> CdrShown:
    """Spell a record out. There may be ten thousand: fields go by position, and no name of theirs is looked at."""
    answer, context, reference = cdr.answer, cdr.context, cdr.reference
    return CdrShown(
        cdr.id,
        cdr.call,
        cdr.vendor,
        iso_seconds(cdr.start),
        iso_seconds(answer) if answer else None,
        iso_seconds(cdr.end),
        cdr.src,
        cdr.dst,
        cdr.disposition,
        cdr.duration,
        cdr.billsec,
        cdr.cause,
        cdr.custom,
        cdr.direction,
        cdr.channel or None,
        cdr.dst_channel or None,
        cdr.unique_id,
        context or None,
        cdr.trunk or None,
        cdr.account or None,
        reference or None,
        _recording(cdr) if cdr.recording_file else None,
        cdr.linked_id,
        cdr.id,
        cdr.last_app,
        cdr.last_data,
        context,
        cdr.clid,
        AMA_FLAGS,
        reference,
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


async def csv_pieces(cdrs: AsyncIterator[Cdr]) -> AsyncIterator[bytes]:
    """Spell records as a CSV file while they come, in the same pieces."""
    yield csv_lines([_columns()])
    some: list[list[str]] = []
    async for cdr in cdrs:
        some.append(_cells(cdr))
        if len(some) == _ROWS:
            yield csv_lines(some)
            some = []
    if some:
        yield csv_lines(some)


def _columns() -> list[str]:
    names = [field for field in CdrShown.__struct_fields__ if field != "custom"]
    place = CdrShown.__struct_fields__.index("custom")
    return names[:place] + [f"custom{number}" for number in range(1, 5)] + names[place:]


def _cells(cdr: Cdr) -> list[str]:
    row = msgspec.structs.asdict(shown(cdr))
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
