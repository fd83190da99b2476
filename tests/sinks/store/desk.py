"""Where the tests of the store open one, put things in a buffer, and look into the database behind its back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import text

from pbxsim.hosting.saved import saved_of
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.events import CdrClosed, CreditChanged, RecordingMoved
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.pbx.notice import Notice
from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.sinks.delivery import Delivery
from pbxsim.sinks.store.engine import make_engine
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store
from pbxsim.testing.office import START, Office, extension

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pbxsim.pbx.saved import Saved
    from pbxsim.sinks.store.buffer import WriteBuffer

PBX = "office"


def cdr(number: int, **said: Any) -> Cdr:  # noqa: ANN401 - what the fields of the struct hold; so below
    """Make a record like any other, but for what is said."""
    plain: dict[str, Any] = {
        "id": number,
        "call": number + 100,
        "vendor": "voipsun",
        "start": START + number,
        "answer": START + number + 3_000_000,
        "end": START + number + 9_500_000,
        "src": "101",
        "dst": "602123456",
        "disposition": Disposition.ANSWERED,
        "cause": HangupCause.NORMAL_CLEARING,
        "direction": Direction.OUTGOING,
        "first_peer": "sip101",
        "serial": 2 * number,
        "first_serial": 2 * number,
        "second_peer": "upc",
        "second_serial": 2 * number + 1,
        "trunk": "upc",
    }
    return Cdr(**(plain | said))


def entry(number: int, account: str = "duocom", amount: int = -1_000_000, balance: int = 0, **said: Any) -> LedgerEntry:  # noqa: ANN401
    """Make a charge like any other."""
    plain: dict[str, Any] = {"at": START + number, "kind": EntryKind.CHARGE, "call": 7, "number": "602", "seconds": 60}
    return LedgerEntry(id=number, account=account, amount=amount, balance=balance, **(plain | said))


def delivery(number: int, receiver: str = "simotel", **said: Any) -> Delivery:  # noqa: ANN401
    """Make a delivery like any other, pending."""
    body = b'{"event_name":"Cdr"}'
    notice = Notice(
        receiver=receiver, event="Cdr", call=number, method="POST", url="http://127.0.0.1/x?y=%d", body=body
    )
    plain: dict[str, Any] = {"posted_at": START + number, "due": START + number}
    return Delivery(id=number, notice=notice, **(plain | said))


def _office(saved: Saved = NOTHING_SAVED) -> Office:
    return Office(extension("101", public=["222333444"]), extension("102"), saved=saved)


class Desk:
    """One store after the other on one database, as one run of pbxsim follows another.

    Each store, when it is closed, must have taken every batch at once, unless `has_odd_rows` says that a test gives it
    rows that cannot be stored as they are: a batch that fails is written row by row, which would hide why it failed.
    """

    def __init__(self, url: str, spill: Path) -> None:
        place = StorePlace.parse(url)
        assert place is not None
        self.url = url
        self.place = place
        self.spill = spill
        self.has_odd_rows = False
        self.store: Store | None = None
        self.office: Office | None = None

    async def open(self, office: Office | None = None, **settings: Any) -> WriteBuffer:  # noqa: ANN401
        """Open a store, load the PBX, attach it to its buffer, and give the buffer."""
        saved, _ = await self.load(**settings)
        self.office = office or _office(saved)
        assert self.store is not None
        buffer = self.store.buffer(PBX)
        buffer.attach(self.office.pbx)
        return buffer

    def begin_anew(self) -> None:
        """Reset the PBX."""
        assert self.store is not None
        buffer = self.store.buffer(PBX)
        buffer.clear()
        self.office = _office()
        buffer.attach(self.office.pbx)

    def take_over(self) -> None:
        """Have the PBX begin anew by a file that has changed, going on from where it is."""
        assert self.store is not None
        assert self.office is not None
        self.office = _office(saved_of(self.office.pbx, 0))
        self.store.buffer(PBX).attach(self.office.pbx)

    async def load(self, newest: int = 1000, **settings: Any) -> tuple[Saved, list[Delivery]]:  # noqa: ANN401
        """Close what is open, open a store, and give what an earlier run left."""
        await self.close()
        self.store = await Store.open(self.place, StoreSettings(spill=self.spill, **settings))
        return await self.store.load(PBX, newest)

    async def prepare(self) -> None:
        """Have a store make its tables, and close it."""
        buffer = await self.open()
        await buffer.settled()
        await self.close()

    async def close(self) -> None:
        """Close the store, if one is open."""
        if self.store is not None:
            store, self.store = self.store, None
            await store.close()
            assert self.has_odd_rows or store.health.rows_retried == 0

    def use(self, **place: Any) -> None:  # noqa: ANN401
        """Change something of where the database is said to be."""
        self.place = msgspec.structs.replace(self.place, **place)

    def tell(self, *said: Cdr | LedgerEntry) -> None:
        """Have the PBX say that a record was closed or a credit changed, all at once."""
        assert self.office is not None
        for one in said:
            self.office.pbx.events.emit(CdrClosed(one) if isinstance(one, Cdr) else CreditChanged(one))
        assert self.office.pbx.events.failures == []

    def move(self, moved: Cdr) -> None:
        """Have the PBX say that a recording was moved."""
        assert self.office is not None
        self.office.pbx.events.emit(RecordingMoved(moved))

    async def rows(self, statement: str, **values: object) -> Sequence[tuple[Any, ...]]:
        """Ask the database, past the store."""
        engine = make_engine(self.place)
        try:
            async with engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(text(statement), values)]
        finally:
            await engine.dispose()

    async def do(self, *statements: str) -> None:
        """Change the database, past the store."""
        engine = make_engine(self.place)
        try:
            async with engine.begin() as connection:
                for statement in statements:
                    await connection.execute(text(statement))
        finally:
            await engine.dispose()
