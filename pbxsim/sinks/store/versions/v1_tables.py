"""Version 1 of the schema: the tables.

Names are those of Asterisk's CDR columns and of VoIPSUN's documentation (`extensions`, `outroute`, `CustomCDR1` to 4,
`srcExtenId` and `outrouteId` being the `id` there), and need no quotes in any of the databases. What follows from other
columns is not stored but generated, so that it cannot differ from them: PostgreSQL computes it when a row is written,
the others when it is read. Moments are whole microseconds since 1970 in UTC (`*_us`); `calldate` is the same in civil
form, in UTC. Money is in millionths of the currency unit. The name of the PBX is part of each key, for one store may
serve several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.mysql import LONGBLOB, MEDIUMTEXT
from sqlalchemy.sql import quoted_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from sqlalchemy import Connection

TEXT: Final = Text().with_variant(MEDIUMTEXT(), "mysql")
_BYTES: Final = LargeBinary().with_variant(LONGBLOB(), "mysql")
_OPTIONS: Final = {
    "mysql_charset": "utf8mb4",
    "mysql_collate": "utf8mb4_bin",
    "mysql_engine": "InnoDB",
    "sqlite_with_rowid": False,  # rows come in the order of their keys: one tree to write instead of two
}

_JOINED: Final = {"sqlite": ("({})", " || "), "postgresql": ("({})", " || "), "mysql": ("concat({})", ", ")}
_HEX: Final = {
    "sqlite": "printf('%08x', {0})",
    "postgresql": "lpad(to_hex({0}), greatest(8, length(to_hex({0}))), '0')",
    "mysql": "lower(lpad(hex({0}), greatest(8, length(hex({0}))), '0'))",
}
AS_TEXT: Final = {"sqlite": "CAST({} AS TEXT)", "postgresql": "CAST({} AS TEXT)", "mysql": "CAST({} AS CHAR)"}
SECONDS: Final = {"sqlite": "({} / 1000000)", "postgresql": "({} / 1000000)", "mysql": "({} DIV 1000000)"}
CIVIL: Final = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%S', {}, 'unixepoch')",
    "postgresql": "(timestamp '1970-01-01 00:00:00' + {} * interval '1 second')",
    "mysql": "timestampadd(SECOND, {}, '1970-01-01 00:00:00')",
}
_CUSTOM: Final = tuple(quoted_name(f"CustomCDR{number}", quote=False) for number in (1, 2, 3, 4))
_ORDER: Final = (
    *("pbx", "id", "calldate", "clid", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp", "lastdata"),
    *("duration", "billsec", "disposition", "amaflags", "accountcode", "uniqueid", "userfield"),
    *(*_CUSTOM, "recording_path", "recording_name"),
)


def apply(connection: Connection) -> None:
    """Create the tables."""
    metadata(connection.dialect.name).create_all(connection, checkfirst=False)


def metadata(dialect: str) -> MetaData:
    """Describe the tables, in SQLAlchemy's name for a database: `sqlite`, `postgresql` or `mysql`."""
    tables = MetaData()
    Table("cdr", tables, *_in_order([*_key(), *_cdr(), *_generated(dialect)]), **options())
    Table("ledger", tables, *_key(), *_ledger(), **options())
    Table("webhook", tables, *_key(), *_webhook(), **options())
    Table("extensions", tables, *_key(), *_extensions(), **options())
    Table("outroute", tables, *_key(), *_outroute(), **options())
    Table("replayed", tables, _pbx(), _word("spill"), _number("frame"), **options())
    return tables


def options() -> Mapping[str, Any]:
    """Give what every table of ours is made with."""
    return _OPTIONS


def _in_order(columns: list[Column[Any]]) -> list[Column[Any]]:
    """Put Asterisk's columns first, in Asterisk's order, for whoever looks at the whole table."""
    return sorted(columns, key=lambda column: _ORDER.index(column.name) if column.name in _ORDER else len(_ORDER))


def _pbx() -> Column[str]:
    return Column("pbx", String(63), primary_key=True)


def _key() -> tuple[Column[str], Column[int]]:
    return _pbx(), Column("id", BigInteger, primary_key=True, autoincrement=False)


def _word(name: str) -> Column[str]:
    return Column(name, TEXT, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _cdr() -> list[Column[Any]]:
    return [
        *map(_number, ("callno", "start_us", "answer_us", "end_us", "cause", "first_serial", "second_serial")),
        *map(_word, ("src", "dst", "dcontext", "disposition", "direction", "vendor", "trunk", "accountcode")),
        *map(_word, ("clid_number", "clid_name", "first_peer", "second_peer", "userfield")),
        *map(_word, ("recording_path", "recording_name", *_CUSTOM)),
        Column("amaflags", Integer, nullable=False, server_default=text("3")),  # DOCUMENTATION, as Asterisk writes it
    ]


def _generated(dialect: str) -> list[Column[Any]]:
    """Describe what follows from other columns: see Cdr's properties, whose values these are."""
    seconds = SECONDS[dialect]
    start = seconds.format("start_us")
    as_text = AS_TEXT[dialect]
    expressions: dict[str, tuple[Any, str]] = {
        "calldate": (DateTime(), CIVIL[dialect].format(start)),
        "duration": (BigInteger(), seconds.format("(end_us - start_us)")),
        "billsec": (
            BigInteger(),
            f"CASE WHEN answer_us = 0 THEN 0 ELSE {seconds.format('(end_us - answer_us)')} END",
        ),
        "uniqueid": (TEXT, joined(dialect, as_text.format(start), "'.'", as_text.format("first_serial"))),
        "channel": (TEXT, _channel(dialect, "first")),
        "dstchannel": (TEXT, _channel(dialect, "second")),
        "clid": (TEXT, _clid(dialect)),
        "lastapp": (TEXT, "CASE WHEN second_serial = 0 THEN '' ELSE 'Dial' END"),
        "lastdata": (TEXT, dialled(dialect)),
    }
    is_stored = dialect == "postgresql"  # it knows no other kind before release 18
    return [Column(name, kind, Computed(sql, persisted=is_stored)) for name, (kind, sql) in expressions.items()]


def joined(dialect: str, *parts: str) -> str:
    """Write a chain of texts."""
    joined, separator = _JOINED[dialect]
    return joined.format(separator.join(parts))


def _channel(dialect: str, party: str) -> str:
    name = joined(dialect, "'SIP/'", f"{party}_peer", "'-'", _HEX[dialect].format(f"{party}_serial"))
    return f"CASE WHEN {party}_serial = 0 THEN '' ELSE {name} END"


def _clid(dialect: str) -> str:
    """Write `"name" <number>`, or the one of them that there is (Asterisk's main/callerid.c, ast_callerid_merge)."""
    both = joined(dialect, "'\"'", "clid_name", "'\" <'", "clid_number", "'>'")
    return f"CASE WHEN clid_name = '' THEN clid_number WHEN clid_number = '' THEN clid_name ELSE {both} END"


def dialled(dialect: str) -> str:
    """Write what Dial was given."""
    by_trunk = joined(dialect, "'SIP/'", "trunk", "'/'", "dst")
    line = joined(dialect, "'SIP/'", "second_peer")
    return f"CASE WHEN second_serial = 0 THEN '' WHEN second_peer = trunk THEN {by_trunk} ELSE {line} END"


def _ledger() -> list[Column[Any]]:
    return [
        *map(_number, ("at_us", "amount", "balance", "callno", "seconds")),
        *map(_word, ("account", "kind", "number_dialled", "userfield")),
    ]


def _webhook() -> list[Column[Any]]:
    """Describe a delivery; `tries` is JSON: a list of objects at, status, reply, error, took."""
    return [
        *map(_number, ("callno", "posted_us", "due_us", "redelivered")),
        *map(_word, ("receiver", "event", "method", "url", "content_type", "state", "tries")),
        Column("body", _BYTES, nullable=False),
    ]


def _extensions() -> list[Column[Any]]:
    """Describe an extension. Where it has several public numbers or SIP users: the first, and all with commas."""
    names = ("internal", "public_number", "public_numbers", "name", "dialplan", "sip_username", "sip_usernames")
    return [*map(_word, names), _word("callerid")]


def _outroute() -> list[Column[Any]]:
    return [*map(_word, ("name", "patterns", "trunks", "prepend")), _number("strip")]
