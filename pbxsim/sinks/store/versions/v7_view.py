"""Version 7 of the schema: in SQLite what follows from other columns is a view's, and is computed by whoever reads it.

SQLite computes a table's generated columns at each INSERT, too, only to throw them away: a third of what a row took.
So the table of what is written is `cdr_written`, and `cdr` is that with what follows from it, column for column as it
was. Rows can be deleted from it by hand, as before; PostgreSQL, MariaDB and MySQL have one table still.

A view that somebody made of `cdr` reads the new one from then on. No view can have an index: one that somebody made of
what follows goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sqlalchemy import Connection

WRITTEN: Final = "cdr_written"
"""The table behind the view, in SQLite."""

_BEGAN: Final = "(CASE WHEN linked_us = 0 THEN start_us ELSE linked_us END)"
_OF_CALL: Final = f"({_BEGAN} / 1000000) || '.' || serial"
_FOLLOWING: Final = {  # a cast says the type that the column had: whoever compares with another finds what they found
    "channel": (
        "CAST(CASE WHEN first_serial = 0 THEN ''"
        " ELSE 'SIP/' || first_peer || '-' || printf('%08x', first_serial) END AS TEXT)"
    ),
    "dstchannel": (
        "CAST(CASE WHEN second_serial = 0 THEN ''"
        " ELSE 'SIP/' || second_peer || '-' || printf('%08x', second_serial) END AS TEXT)"
    ),
    "duration": "CAST((end_us - start_us) / 1000000 AS BIGINT)",
    "billsec": "CAST(CASE WHEN answer_us = 0 THEN 0 ELSE (end_us - answer_us) / 1000000 END AS BIGINT)",
    "calldate": "strftime('%Y-%m-%d %H:%M:%S', start_us / 1000000 + utc_offset, 'unixepoch')",
    "clid": "CAST('\"' || clid_name || '\" <' || clid_number || '>' AS TEXT)",
    "uniqueid": (
        f"CAST(CASE WHEN made_us = 0 THEN {_OF_CALL} ELSE (made_us / 1000000) || '.' || first_serial END AS TEXT)"
    ),
    "linkedid": f"CAST({_OF_CALL} AS TEXT)",
    "sequence": "id",
}
_ORDER: Final = (
    *("pbx", "id", "src", "dst", "dcontext", "channel", "dstchannel", "duration", "billsec", "disposition"),
    *("amaflags", "accountcode", "userfield", "CustomCDR1", "CustomCDR2", "CustomCDR3", "CustomCDR4"),
    *("recording_path", "recording_name", "callno", "start_us", "answer_us", "end_us", "cause", "first_serial"),
    *("second_serial", "direction", "vendor", "trunk", "clid_number", "clid_name", "first_peer", "second_peer"),
    *("serial", "utc_offset", "calldate", "made_us", "linked_us", "talk_us", "caller", "called", "lastapp"),
    *("lastdata", "clid", "uniqueid", "linkedid", "sequence"),
)


def apply(connection: Connection) -> None:
    """Take the generated columns from SQLite's table of records, and make the view; no row is touched."""
    if connection.dialect.name != "sqlite":
        return
    run = connection.exec_driver_sql
    views = run("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY rowid").all()
    for name, _ in views:  # of others: a column that they ask for cannot be dropped
        run(f"DROP VIEW {_quoted(name)}")
    indexes = run("SELECT i.name, c.name FROM pragma_index_list('cdr') AS i, pragma_index_info(i.name) AS c").all()
    for name in sorted({index for index, column in indexes if column in _FOLLOWING}):
        run(f"DROP INDEX {_quoted(name)}")
    for name in _FOLLOWING:
        run(f"ALTER TABLE cdr DROP COLUMN {name}")
    run(f"ALTER TABLE cdr RENAME TO {WRITTEN}")
    columns = ", ".join(f"{_FOLLOWING[name]} AS {name}" if name in _FOLLOWING else name for name in _ORDER)
    run(f"CREATE VIEW cdr AS SELECT {columns} FROM {WRITTEN}")
    run(
        "CREATE TRIGGER cdr_delete INSTEAD OF DELETE ON cdr"
        f" BEGIN DELETE FROM {WRITTEN} WHERE pbx = OLD.pbx AND id = OLD.id; END"
    )
    for _, sql in views:
        run(sql)


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
