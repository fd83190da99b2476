"""Rows of what a PBX puts in its buffer: a tuple of plain texts, numbers and bytes for each, in the order of COLUMNS.

Those of records are made column by column (columns.py): there are many of them, they are wide, and mostly alike.

Not here: the statements that take them (statements.py), what comes back from the database (reading.py).
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
from msgspec.structs import astuple

from pbxsim.kit.civil import utc_offset
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.sinks.store.columns import Columns, transposed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.sinks.delivery import Delivery
    from pbxsim.sinks.store.columns import Row

Work: TypeAlias = "list[tuple[str, Sequence[Row]]]"
"""What is done in one transaction: in order, the name of a statement and the rows it is executed with."""

CDR: Final = "cdr"
LEDGER: Final = "ledger"
WEBHOOK: Final = "webhook"
EXTENSIONS: Final = "extensions"
OUTROUTE: Final = "outroute"
ASTDB: Final = "astdb"
TABLES: Final = (CDR, LEDGER, WEBHOOK, EXTENSIONS, OUTROUTE, ASTDB)

NOW: Final = ("pbx", "now")
"""Family and key under which the database has the PBX's clock at the last change of its AstDB."""

MOVED: Final = "moved"
REPLAYED: Final = "replayed"
WITHOUT: Final = {table: f"without {table}" for table in TABLES}
"""Names of the statements that remove all rows of a PBX."""

CARRIED: Final = "carried"
"""Makes each account's last old booking its opening, so that bookings still add up to the balance."""

OLD: Final = {table: f"old {table}" for table in (CDR, LEDGER, WEBHOOK)}
"""Names of the statements that remove what is older than a moment, but for the newest: numbers go on from that."""

_CDR: Final = {  # column: which field of a Cdr it has
    "id": "id",
    "callno": "call",
    "start_us": "start",
    "answer_us": "answer",
    "end_us": "end",
    "cause": "cause",
    "serial": "serial",
    "first_serial": "first_serial",
    "second_serial": "second_serial",
    "src": "src",
    "dst": "dst",
    "dcontext": "context",
    "disposition": "disposition",
    "direction": "direction",
    "vendor": "vendor",
    "trunk": "trunk",
    "accountcode": "account",
    "clid_number": "clid_number",
    "clid_name": "clid_name",
    "first_peer": "first_peer",
    "second_peer": "second_peer",
    "userfield": "reference",
    "recording_path": "recording_folder",
    "recording_name": "recording_file",
    "caller": "caller",
    "called": "called",
    "lastapp": "last_app",
    "lastdata": "last_data",
    "made_us": "made",
    "linked_us": "linked_at",
    "talk_us": "talk",
}
_CUSTOM: Final = ("CustomCDR1", "CustomCDR2", "CustomCDR3", "CustomCDR4")
_LEDGER: Final = {  # column: where an entry has it (`_value_` is an enum's plain value, which any driver takes at once)
    "id": "id",
    "at_us": "at",
    "amount": "amount",
    "balance": "balance",
    "callno": "call",
    "seconds": "seconds",
    "account": "account",
    "kind": "kind._value_",
    "number_dialled": "number",
    "userfield": "reference",
}
_WEBHOOK: Final = {
    "id": "id",
    "callno": "notice.call",
    "posted_us": "posted_at",
    "due_us": "due",
    "redelivered": "redelivered",
    "receiver": "notice.receiver",
    "event": "notice.event",
    "method": "notice.method",
    "url": "notice.url",
    "content_type": "notice.content_type",
    "body": "notice.body",
    "state": "state._value_",
}

COLUMNS: Final = {
    CDR: ("pbx", *_CDR, *_CUSTOM, "utc_offset"),
    LEDGER: ("pbx", *_LEDGER),
    WEBHOOK: ("pbx", *_WEBHOOK, "tries"),
    EXTENSIONS: (
        *("pbx", "id", "internal", "public_number", "public_numbers", "name", "dialplan"),
        *("sip_username", "sip_usernames", "callerid"),
    ),
    OUTROUTE: ("pbx", "id", "name", "patterns", "trunks", "prepend", "strip"),
    ASTDB: ("pbx", "family", "keyname", "value"),
    MOVED: ("recording_path", "recording_name", "pbx", "id"),
    REPLAYED: ("pbx", "spill", "frame"),
    OLD[CDR]: ("pbx", "end_us", "id"),
    CARRIED: ("pbx", "pbx", "at_us"),
    OLD[LEDGER]: ("pbx", "at_us", "pbx", "at_us"),
    OLD[WEBHOOK]: ("pbx", "posted_us", "id"),
} | dict.fromkeys(WITHOUT.values(), ("pbx",))
"""The columns of each statement's rows."""

CDR_FIELDS: Final = tuple(_CDR.values())
"""A Cdr's fields in the order of the columns behind `pbx`; then come the four of `custom`, and what is no field."""

LEDGER_FIELDS: Final = tuple(path.partition(".")[0] for path in _LEDGER.values())
"""A LedgerEntry's fields in the order of the columns behind `pbx`."""

_FIELDS: Final = Cdr.__struct_fields__

_PLAIN: Final = {one: one.value for kind in (Disposition, Direction, HangupCause) for one in kind}
"""An enum's plain value, which any driver takes at once."""

_RECORDING: Final = COLUMNS[CDR].index("recording_name")

_entry = attrgetter(*_LEDGER.values())
_delivery = attrgetter(*_WEBHOOK.values())


def of_cdrs(pbx: str, cdrs: Sequence[Cdr], where: ZoneInfo | None = None) -> Columns:
    """Give the rows of one or more records of a PBX whose clocks go by that time zone; None: UTC."""
    fields = dict(zip(_FIELDS, transposed(map(astuple, cdrs), len(_FIELDS)), strict=True))
    for name in ("cause", "disposition", "direction"):
        fields[name] = tuple(map(_PLAIN.__getitem__, fields[name]))
    same = len(cdrs)
    offsets = (0,) * same if where is None else tuple(utc_offset(start, where) for start in fields["start"])
    return Columns(((pbx,) * same, *map(fields.__getitem__, CDR_FIELDS), *zip(*fields["custom"], strict=True), offsets))


def have_recordings(records: Columns) -> bool:
    """Tell whether one of these records names a recording."""
    return any(records.columns[_RECORDING])


def of_astdb(pbx: str, entries: Mapping[tuple[str, str], str]) -> list[Row]:
    """Give the rows of what is remembered, by family and key."""
    return [(pbx, family, key, value) for (family, key), value in entries.items()]


def of_moved(pbx: str, cdrs: Iterable[Cdr]) -> list[Row]:
    """Give the rows that say where recordings lie now."""
    return [(cdr.recording_folder, cdr.recording_file, pbx, cdr.id) for cdr in cdrs]


def of_entries(pbx: str, entries: Iterable[LedgerEntry]) -> list[Row]:
    """Give the rows of bookings."""
    return [(pbx, *_entry(entry)) for entry in entries]


def of_deliveries(pbx: str, deliveries: Iterable[Delivery]) -> list[Row]:
    """Give the rows of deliveries as they are now."""
    return [(pbx, *_delivery(delivery), _tries(delivery)) for delivery in deliveries]


def _tries(delivery: Delivery) -> str:
    if not delivery.tries:
        return "[]"
    try:
        return msgspec.json.encode(delivery.tries).decode()
    except UnicodeEncodeError:  # a lone surrogate: half a character, which no reply can really hold
        tries = [
            msgspec.structs.replace(one, reply=mended(one.reply), error=mended(one.error)) for one in delivery.tries
        ]
        return msgspec.json.encode(tries).decode()


def of_directory(pbx: str, directory: Directory) -> Work:
    """Give what it takes to have the directory in the database as it is now, and nothing else."""
    return [
        (WITHOUT[EXTENSIONS], [(pbx,)]),
        (WITHOUT[OUTROUTE], [(pbx,)]),
        (EXTENSIONS, _extensions(pbx, directory)),
        (OUTROUTE, _routes(pbx, directory)),
    ]


def _extensions(pbx: str, directory: Directory) -> list[Row]:
    return [
        (
            pbx,
            extension.id,
            extension.internal,
            extension.public[0] if extension.public else "",
            ",".join(extension.public),
            extension.owner,
            extension.dialplan,
            extension.lines[0].user if extension.lines else "",
            ",".join(line.user for line in extension.lines),
            extension.caller_id,
        )
        for extension in directory.extensions
    ]


def _routes(pbx: str, directory: Directory) -> list[Row]:
    return [
        (
            pbx,
            route.id,
            route.name,
            ",".join(route.patterns),
            ",".join(trunk.name for trunk in route.trunks),
            route.prepend,
            route.strip,
        )
        for route in directory.routes
    ]


def of_old(pbx: str, before: Instant, *, last_cdr: int, last_delivery: int) -> Work:
    """Give what it takes to remove what is older than a moment. Pending deliveries stay, and the last of everything."""
    return [
        (OLD[CDR], [(pbx, before, last_cdr)]),
        (CARRIED, [(pbx, pbx, before)]),
        (OLD[LEDGER], [(pbx, before, pbx, before)]),
        (OLD[WEBHOOK], [(pbx, before, last_delivery)]),
    ]


def mended(text: str, *, keeps_nul: bool = True) -> str:
    """Replace what no database holds: lone surrogates, and where NUL cannot be kept, that (both by U+FFFD)."""
    whole = text.encode("utf-8", "replace").decode() if not _is_whole(text) else text
    return whole if keeps_nul else whole.replace("\x00", "�")


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def mended_row(row: Row, *, keeps_nul: bool) -> Row:
    """Mend every text of a row."""
    return tuple(mended(value, keeps_nul=keeps_nul) if isinstance(value, str) else value for value in row)


def count(work: Work) -> int:
    """Count the rows of what is to be done."""
    return sum(len(rows) for _, rows in work)
