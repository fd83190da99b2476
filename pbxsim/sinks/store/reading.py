"""What comes back from the database: everything of an earlier run, and deliveries that somebody asks for."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import msgspec
from sqlalchemy import func, select

from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.pbx.notice import Notice
from pbxsim.pbx.remembering import NUMBERS, NumbersSaid
from pbxsim.pbx.saved import Saved
from pbxsim.sinks.capacity import RECORDS
from pbxsim.sinks.delivery import Delivery, DeliveryState, Try
from pbxsim.sinks.store import rows
from pbxsim.sinks.store.conditions import Conditions
from pbxsim.sinks.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.account import Money
    from pbxsim.pbx.cdr import CdrQuery

NUMBERS_SKIPPED: Final = 10_000
"""How many call numbers and channel serials a new run leaves out: those of calls that were alive when the last one was
killed are in no record, and in a webhook or a reply perhaps; nobody is to meet them again on another call."""

KEPT_DELIVERIES: Final = 10_000
"""How many finished deliveries, the newest, are given to a new run, and how many pending ones, the oldest."""

_FEW: Final = 5_000  # records that are sought and sorted, for each page of them anew

_RECENT: Final = 200_000
"""Among how many of the newest records the highest numbers are looked for."""

_PENDING: Final = DeliveryState.PENDING.value


async def saved(connection: AsyncConnection, pbx: str, newest: int) -> Saved:
    """Gather what an earlier run of a PBX left: of each account's bookings the newest, of records some of these."""
    cdrs = await _cdrs(connection, pbx, min(newest, RECORDS))
    balances = await _balances(connection, pbx)
    entries = [entry for account in balances for entry in await _entries(connection, pbx, account, newest)]
    last_cdr, last_call, last_channel, ended_at = await _highest(connection, pbx)
    last_notice, told_at = await _last_delivery(connection, pbx)
    last_call = max(last_call, await _last_call_told_of(connection, pbx))
    database = await _database(connection, pbx)
    if not (last_cdr or balances or last_notice or database):
        return Saved()
    changed_at = int(database.pop(rows.NOW, "0"))
    given = _given(database)
    return Saved(
        cdrs=tuple(cdrs),
        stored=await _count(connection, pbx) - len(cdrs) if len(cdrs) == RECORDS else 0,
        entries=tuple(sorted(entries, key=lambda entry: entry.id)),
        balances=balances,
        now=max([1, ended_at, told_at, changed_at, *(at for _, at in balances.values())]),
        last_call=max(last_call + NUMBERS_SKIPPED, given.call),
        last_channel=max(last_channel + NUMBERS_SKIPPED, given.channel),
        last_cdr=last_cdr,
        last_entry=await _last_entry(connection, pbx),
        last_notice=last_notice,
        database=database,
    )


async def deliveries(connection: AsyncConnection, pbx: str) -> list[Delivery]:
    """Give the oldest pending and the newest finished deliveries of a PBX, in order of id."""
    webhook = TABLES[rows.WEBHOOK].c
    ours = _select(rows.WEBHOOK).where(webhook.pbx == pbx)
    waiting = ours.where(webhook.state == _PENDING).order_by(webhook.id).limit(KEPT_DELIVERIES)
    finished = ours.where(webhook.state != _PENDING).order_by(webhook.id.desc()).limit(KEPT_DELIVERIES)
    found = [*await _all(connection, waiting), *await _all(connection, finished)]
    return sorted(map(_delivery, found), key=lambda delivery: delivery.id)


async def pending(connection: AsyncConnection, pbx: str, receiver: str, after: int, limit: int) -> list[Delivery]:
    """Give a receiver's pending deliveries behind an id, in order."""
    webhook = TABLES[rows.WEBHOOK].c
    waiting = _select(rows.WEBHOOK).where(
        webhook.pbx == pbx, webhook.state == _PENDING, webhook.receiver == receiver, webhook.id > after
    )
    return [_delivery(row) for row in await _all(connection, waiting.order_by(webhook.id).limit(limit))]


async def delivery(connection: AsyncConnection, pbx: str, number: int) -> Delivery | None:
    """Give one delivery."""
    webhook = TABLES[rows.WEBHOOK].c
    found = await _all(connection, _select(rows.WEBHOOK).where(webhook.pbx == pbx, webhook.id == number))
    return _delivery(found[0]) if found else None


async def replayed(connection: AsyncConnection, pbx: str) -> tuple[str, int]:
    """Give the spill file of a PBX that was taken into the database last, and the number of its last frame there."""
    notes = TABLES[rows.REPLAYED].c
    found = (await connection.execute(select(notes.spill, notes.frame).where(notes.pbx == pbx))).first()
    return (found[0], found[1]) if found else ("", 0)


@cache
def _select(name: str) -> Select[Any]:
    """Begin a statement that reads rows of a table; to name all its columns takes a tenth of a report's time."""
    columns = TABLES[name].c
    return select(*(columns[column] for column in rows.COLUMNS[name][1:]))


async def _all(connection: AsyncConnection, statement: Select[Any]) -> Sequence[Row[Any]]:
    found: Sequence[Row[Any]] = (await connection.execute(statement)).all()
    return found


async def _cdrs(connection: AsyncConnection, pbx: str, newest: int) -> list[Cdr]:
    cdr = TABLES[rows.CDR].c
    found = await _all(connection, _select(rows.CDR).where(cdr.pbx == pbx).order_by(cdr.id.desc()).limit(newest))
    return [_cdr(row) for row in reversed(found)]


async def record(connection: AsyncConnection, pbx: str, number: int) -> Cdr | None:
    """Give one record."""
    cdr = TABLES[rows.CDR].c
    found = await _all(connection, _select(rows.CDR).where(cdr.pbx == pbx, cdr.id == number))
    return _cdr(found[0]) if found else None


async def page(
    connection: AsyncConnection, pbx: str, query: CdrQuery, between: tuple[int, int], most: int
) -> list[Cdr]:
    """Give the first `most` records between two ids, in the query's order: all that fit it, and perhaps others."""
    cdr, fitting = TABLES[rows.CDR].c, Conditions(query, connection.dialect.name)
    in_order = _select(rows.CDR).order_by(cdr.id.desc() if query.newest_first else cdr.id).limit(most)
    if fitting.leaves_many:
        found = await _all(connection, _sought(in_order, pbx, between, fitting))
        if not found or found[0][-1] <= _FEW:
            return [_cdr(row[:-1]) for row in found]
    return [_cdr(row) for row in await _all(connection, in_order.where(*fitting.within(pbx, *between), *fitting.all()))]


def _sought(in_order: Select[Any], pbx: str, between: tuple[int, int], fitting: Conditions) -> Select[Any]:
    """Have them sought by what is asked, and sorted. The last column says how many there are, up to one too many.

    With so many it is better to look at each record in its order than to sort them for each page anew.
    """
    cdr = TABLES[rows.CDR].c
    some = select(cdr.id).where(*fitting.within(pbx, *between, by_key=False), *fitting.all()).limit(_FEW + 1).cte()
    number = select(func.count()).select_from(some).scalar_subquery()
    return in_order.add_columns(number).where(cdr.pbx == pbx, cdr.id.in_(select(some.c.id)))


async def nth(
    connection: AsyncConnection, pbx: str, number: int, between: tuple[int, int], *, newest_first: bool
) -> int:
    """Give the id of the record of that number, from 1, of those between two ids; 0: there are not so many."""
    cdr = TABLES[rows.CDR].c
    above, below = between
    ours = select(cdr.id).where(cdr.pbx == pbx, cdr.id > above, cdr.id < below)
    in_order = ours.order_by(cdr.id.desc() if newest_first else cdr.id)
    return int(await connection.scalar(in_order.limit(1).offset(number - 1)) or 0)


async def _count(connection: AsyncConnection, pbx: str) -> int:
    """Count the records: in an expression, the name has SQLite look through its smallest index and not at each row."""
    ours = func.coalesce(TABLES[rows.CDR].c.pbx, "") == pbx
    return int(await connection.scalar(select(func.count()).select_from(TABLES[rows.CDR]).where(ours)) or 0)


async def _highest(connection: AsyncConnection, pbx: str) -> tuple[int, int, int, Instant]:
    """Give the highest record, call and channel, and the latest end. Who ended long ago has none of the highest."""
    cdr = TABLES[rows.CDR].c
    of_cdr = select(cdr.id, cdr.callno, cdr.serial, cdr.first_serial, cdr.second_serial, cdr.end_us).where(
        cdr.pbx == pbx
    )
    recent = of_cdr.order_by(cdr.id.desc()).limit(_RECENT).subquery().c
    columns = (recent.id, recent.callno, recent.serial, recent.first_serial, recent.second_serial, recent.end_us)
    found = (await connection.execute(select(*(func.coalesce(func.max(column), 0) for column in columns)))).one()
    number, call, serial, first, second, end = map(int, found)
    return number, call, max(serial, first, second), end


async def _balances(connection: AsyncConnection, pbx: str) -> dict[str, tuple[Money, Instant]]:
    ledger = TABLES[rows.LEDGER].c
    last = select(func.max(ledger.id)).where(ledger.pbx == pbx).group_by(ledger.account)
    statement = select(ledger.account, ledger.balance, ledger.at_us).where(ledger.pbx == pbx, ledger.id.in_(last))
    return {
        account: (balance, at)
        for account, balance, at in map(tuple, await _all(connection, statement.order_by(ledger.id)))
    }


async def _database(connection: AsyncConnection, pbx: str) -> dict[tuple[str, str], str]:
    kept = TABLES[rows.ASTDB].c
    found = await _all(connection, select(kept.family, kept.keyname, kept.value).where(kept.pbx == pbx))
    return {(family, key): value for family, key, value in map(tuple, found)}


def _given(database: Mapping[tuple[str, str], str]) -> NumbersSaid:
    """Give the numbers up to which the run before may have given some."""
    said = database.get((NUMBERS, NUMBERS))
    return NumbersSaid(0, 0) if said is None else msgspec.json.decode(said, type=NumbersSaid)


async def _entries(connection: AsyncConnection, pbx: str, account: str, newest: int) -> list[LedgerEntry]:
    ledger = TABLES[rows.LEDGER].c
    ours = _select(rows.LEDGER).where(ledger.pbx == pbx, ledger.account == account)
    return [_entry(row) for row in await _all(connection, ours.order_by(ledger.id.desc()).limit(newest))]


async def _last_entry(connection: AsyncConnection, pbx: str) -> int:
    ledger = TABLES[rows.LEDGER].c
    return int(await connection.scalar(select(func.coalesce(func.max(ledger.id), 0)).where(ledger.pbx == pbx)) or 0)


async def _last_delivery(connection: AsyncConnection, pbx: str) -> tuple[int, Instant]:
    webhook = TABLES[rows.WEBHOOK].c
    statement = select(webhook.id, webhook.posted_us).where(webhook.pbx == pbx).order_by(webhook.id.desc()).limit(1)
    found = (await connection.execute(statement)).first()
    return (found[0], found[1]) if found else (0, 0)


async def _last_call_told_of(connection: AsyncConnection, pbx: str) -> int:
    """Give the highest call in the newest deliveries: one that a kill ended is in no record, but was told of."""
    webhook = TABLES[rows.WEBHOOK].c
    newest = select(webhook.callno).where(webhook.pbx == pbx).order_by(webhook.id.desc()).limit(_RECENT).subquery()
    return int(await connection.scalar(select(func.coalesce(func.max(newest.c.callno), 0))) or 0)


_DISPOSITIONS: Final = {one.value: one for one in Disposition}
_CAUSES: Final = {one.value: one for one in HangupCause}
_DIRECTIONS: Final = {one.value: one for one in Direction}


_READ: Final = {field: place for place, field in enumerate((*rows.CDR_FIELDS, "one", "two", "three", "four", "offset"))}
_IN_ORDER: Final = itemgetter(*({**_READ, "custom": len(_READ)}[field] for field in Cdr.__struct_fields__))


def _cdr(row: Sequence[Any]) -> Cdr:
    """Read a record, its fields by their places: there may be ten thousand at a start."""
    said = list(row)
    for field, known in (("cause", _CAUSES), ("disposition", _DISPOSITIONS), ("direction", _DIRECTIONS)):
        place = _READ[field]
        said[place] = known[said[place]]
    one = _READ["one"]
    return Cdr(*_IN_ORDER((*said, tuple(said[one : one + 4]))))


def _entry(row: Row[Any]) -> LedgerEntry:
    fields = dict(zip(rows.LEDGER_FIELDS, row, strict=True))
    fields["kind"] = EntryKind(fields["kind"])
    return LedgerEntry(**fields)


def _delivery(row: Row[Any]) -> Delivery:
    (number, call, posted_at, due, redelivered, receiver, event, method, url, content_type, body, state, tries) = tuple(
        row
    )
    return Delivery(
        id=number,
        notice=Notice(
            receiver=receiver,
            event=event,
            call=call,
            method=method,
            url=url,
            content_type=content_type,
            body=bytes(body),
        ),
        posted_at=posted_at,
        due=due,
        state=DeliveryState(state),
        tries=[Try(**one) for one in msgspec.json.decode(tries)],
        redelivered=redelivered,
    )
