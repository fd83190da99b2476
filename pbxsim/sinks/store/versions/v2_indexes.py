"""Version 2 of the schema: indexes by which we look up an account's bookings and a receiver's pending deliveries.

Few, because each is written with every row; that of `CustomCDR1`, which was among them, comes when a store is large
(indexes.py), and what has it keeps it. Texts have any length: PostgreSQL indexes them by hash, the others only by the
beginnings of long ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Index

from pbxsim.sinks.store.versions import v1_tables

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BEGINNING: Final = 191  # characters of four bytes: what the smallest key of InnoDB holds


def apply(connection: Connection) -> None:
    """Create the indexes on the tables of version 1."""
    tables = v1_tables.metadata(connection.dialect.name).tables
    ledger, webhook = tables["ledger"].c, tables["webhook"].c
    indexes = [
        Index("ledger_account", ledger.account, postgresql_using="hash", mysql_length=_BEGINNING),
        Index("webhook_state", webhook.pbx, webhook.state, webhook.id, mysql_length={"state": 16}),
    ]
    for index in indexes:
        index.create(connection)
