"""Version 4 of the schema: what was set while a PBX ran, as Asterisk's database (main/db.c) keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Column, MetaData, String, Table

from pbxsim.sinks.store.versions import v1_tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

LONGEST: Final = 255
"""How many characters a key has at most: as many as MariaDB has room for in an index beside the other two."""


def apply(connection: Connection) -> None:
    """Create the table."""
    metadata = MetaData()
    table(metadata)
    metadata.create_all(connection, checkfirst=False)


def table(metadata: MetaData) -> Table:
    """Describe the table: `value` is JSON."""
    return Table(
        "astdb",
        metadata,
        Column("pbx", String(63), primary_key=True),
        Column("family", String(63), primary_key=True),
        Column("keyname", String(LONGEST), primary_key=True),
        Column("value", v1_tables.TEXT, nullable=False),
        **v1_tables.options(),
    )
