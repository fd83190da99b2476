"""The statements by which a store writes, compiled once by SQLAlchemy into the driver's own SQL.

Each is executed with rows as rows.py makes them. All are such that doing them twice is as good as once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, column, delete, func, literal_column, select, table, update
from sqlalchemy.dialects import mysql, postgresql, sqlite

from pbxsim.pbx.ledger import EntryKind
from pbxsim.sinks.delivery import DeliveryState
from pbxsim.sinks.store import rows
from pbxsim.sinks.store.schema import written

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Select, Table, TableClause
    from sqlalchemy.sql.dml import UpdateBase

_KEYS: Final = {rows.WEBHOOK: ["pbx", "id"], rows.REPLAYED: ["pbx"], rows.ASTDB: ["pbx", "family", "keyname"]}
_DELIVERY_CHANGES: Final = ("due_us", "redelivered", "state", "tries")


def compiled(dialect: Dialect) -> dict[str, str]:
    """Give the SQL of every statement, by the names in rows.py."""
    tables = written(dialect.name)
    into = {name: _in_order(name, tables[name]) for name in (*rows.TABLES, rows.REPLAYED)}
    statements = {name: _added(into[name], dialect) for name in rows.TABLES}
    statements[rows.WEBHOOK] = _put(into[rows.WEBHOOK], dialect, _DELIVERY_CHANGES)
    statements[rows.REPLAYED] = _put(into[rows.REPLAYED], dialect, ("spill", "frame"))
    statements[rows.ASTDB] = _put(into[rows.ASTDB], dialect, ("value",))
    statements |= {rows.MOVED: _moved(tables[rows.CDR]), rows.OLD[rows.CDR]: _old_cdrs(tables[rows.CDR])}
    for name, removal in rows.WITHOUT.items():
        statements[removal] = delete(tables[name]).where(tables[name].c.pbx == bindparam("of_pbx"))
    statements[rows.OLD[rows.WEBHOOK]] = _old_deliveries(tables[rows.WEBHOOK])
    ledger = tables[rows.LEDGER]
    statements |= {rows.CARRIED: _carried(ledger), rows.OLD[rows.LEDGER]: _old_bookings(ledger)}
    return {name: str(statement.compile(dialect=dialect)) for name, statement in statements.items()}


def _in_order(name: str, described: Table) -> TableClause:
    """Describe a table by the columns that rows have, in their order, which the parameters then have too."""
    known = described.c
    return table(described.name, *(column(known[one].name, known[one].type) for one in rows.COLUMNS[name]))


def _added(into: TableClause, dialect: Dialect) -> UpdateBase:
    """Insert, unless there is a row with that key."""
    if dialect.name == "mysql":  # not INSERT IGNORE, which would cut what is too long and say nothing
        return mysql.insert(into).on_duplicate_key_update({"pbx": into.c.pbx})
    if dialect.name == "postgresql":
        return postgresql.insert(into).on_conflict_do_nothing()
    return sqlite.insert(into).on_conflict_do_nothing()


def _put(into: TableClause, dialect: Dialect, changes: tuple[str, ...]) -> UpdateBase:
    """Insert, or change those columns of the row with that key."""
    if dialect.name == "mysql":
        inserted = mysql.insert(into)
        return inserted.on_duplicate_key_update({name: inserted.inserted[name] for name in changes})
    upsert = postgresql.insert(into) if dialect.name == "postgresql" else sqlite.insert(into)
    return upsert.on_conflict_do_update(
        index_elements=_KEYS[into.name], set_={name: upsert.excluded[name] for name in changes}
    )


def _moved(cdr: Table) -> UpdateBase:
    key = (cdr.c.pbx == bindparam("of_pbx")) & (cdr.c.id == bindparam("of_id"))
    return update(cdr).where(key).values(recording_path=bindparam("path"), recording_name=bindparam("name"))


def _old_cdrs(cdr: Table) -> UpdateBase:
    is_old = (cdr.c.end_us < bindparam("before")) & (cdr.c.id < bindparam("last"))
    return delete(cdr).where((cdr.c.pbx == bindparam("of_pbx")) & is_old)


def _old_deliveries(webhook: Table) -> UpdateBase:
    is_old = (webhook.c.posted_us < bindparam("before")) & (webhook.c.id < bindparam("last"))
    is_finished = webhook.c.state != literal_column(f"'{DeliveryState.PENDING.value}'")
    return delete(webhook).where((webhook.c.pbx == bindparam("of_pbx")) & is_old & is_finished)


def _carried(ledger: Table) -> UpdateBase:
    opening = {
        "kind": literal_column(f"'{EntryKind.OPENING.value}'"),
        "amount": ledger.c.balance,
        "callno": literal_column("0"),
        "seconds": literal_column("0"),
        "number_dialled": literal_column("''"),
        "userfield": literal_column("''"),
    }
    is_last = (ledger.c.pbx == bindparam("of_pbx")) & ledger.c.id.in_(_last_old_bookings(ledger))
    return update(ledger).where(is_last).values(opening)


def _old_bookings(ledger: Table) -> UpdateBase:
    is_old = (ledger.c.pbx == bindparam("of_pbx")) & (ledger.c.at_us < bindparam("of_before"))
    return delete(ledger).where(is_old & ledger.c.id.not_in(_last_old_bookings(ledger)))


def _last_old_bookings(ledger: Table) -> Select[tuple[int]]:
    """Find each account's last booking before a moment; as a table of its own, else MySQL would not change that one."""
    is_old = (ledger.c.pbx == bindparam("pbx")) & (ledger.c.at_us < bindparam("before"))
    last = select(func.max(ledger.c.id).label("id")).where(is_old).group_by(ledger.c.account).subquery("last_old")
    return select(last.c.id)
