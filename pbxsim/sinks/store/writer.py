"""The one writer of a store: takes what the buffers have, has it last, and catches up after a failure.

Everything that lies in a buffer when its turn comes is one transaction, so what the PBX did between two turns of the
event loop is never split. What the database does not take goes to disk (spill.py), in order, and from there into the
database when that is back; meanwhile everything goes to disk behind it. What the disk does not take either stays here.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Final

from pbxsim.kit.later import LaterModule
from pbxsim.sinks.store import rows
from pbxsim.sinks.store.errors import DatabaseFailed, SpillFailed, StoreUnreachable
from pbxsim.sinks.store.port import NotStored
from pbxsim.sinks.store.waiters import Waiters

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pbxsim.sinks.store import spill as spilling
    from pbxsim.sinks.store.buffer import Batch, WriteBuffer
    from pbxsim.sinks.store.database import Database
    from pbxsim.sinks.store.health import StoreHealth
    from pbxsim.sinks.store.location import StorePlace
    from pbxsim.sinks.store.rows import Work
    from pbxsim.sinks.store.settings import StoreSettings
    from pbxsim.sinks.store.spill import Spill
else:
    spilling = LaterModule("pbxsim.sinks.store.spill")

_log: Final = logging.getLogger("pbxsim.store")

KEPT_ROWS: Final = 100_000
"""How many rows stay in memory when neither database nor disk takes them; what comes then is lost."""

PATIENCE: Final = 2.0  # seconds after which `settled` gives up when neither takes them
FIRST_CONNECTION: Final = 0.3
"""How many seconds a fresh store waits before it loads SQLAlchemy, unless somebody asks: a server is to start first.

What comes until it is connected lies on disk meanwhile, as if the database were away, unless it is for this run only.
"""

_FIRST_RETRY, _LONGEST_RETRY = 0.1, 5.0  # seconds
_REPLAYED_AT_ONCE: Final = 1 << 20  # bytes of spill


class Writer:
    """Writes for all buffers of a store. Lives in one event loop, between `start` and `close`."""

    def __init__(self, database: Database, place: StorePlace, settings: StoreSettings, health: StoreHealth) -> None:
        self._database = database
        self._place = place
        self._settings = settings
        self._health = health
        self._buffers: list[WriteBuffer] = []
        self._spills: dict[str, Spill] = {}
        self._kept: deque[Batch] = deque()
        self._loop = asyncio.get_running_loop()
        self._wanted = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._not_before = self._loop.time() + FIRST_CONNECTION
        self._had_turn_at = 0.0
        self._taken: list[Batch] = []  # what this turn has taken from the buffers, until it is stored or put aside
        self._turn = 0  # the last turn that took something
        self._lasting = 0  # the last turn of which all is lasting
        self._waiters = Waiters()
        self._retry = _FIRST_RETRY
        self._retry_at = self._not_before
        self._has_tried = asyncio.Event()  # to write, or to connect
        self._stuck_since: float | None = None
        self._is_closing = False
        self._is_doubted = False
        self._connecting: asyncio.Task[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write."""
        self._task = self._loop.create_task(self._run())
        self._loop.call_at(self._not_before, self._wanted.set)

    def add(self, buffer: WriteBuffer) -> None:
        """Write for one more buffer."""
        self._buffers.append(buffer)

    def spill(self, pbx: str) -> Spill:
        """Give the spill file of a PBX."""
        spill = self._spills.get(pbx)
        if spill is None:
            file = self._settings.spill / f"{self._place.digest}-{pbx}.spill"
            spill = self._spills[pbx] = spilling.Spill(file, self._settings.spill_mib << 20)
        return spill

    def wake(self) -> None:
        """Have a turn: at once after a pause, else so long after the last one that many rows share a transaction."""
        if self._timer is None:
            due = self._had_turn_at + self._settings.flush_ms / 1000
            if self._place.is_scratch and not self._database.is_connected:
                due = max(due, self._not_before)
            self._timer = self._loop.call_at(due, self._have_turn)

    @property
    def is_behind(self) -> bool:
        """Tell whether anything waits for the database to come back."""
        return bool(self._kept) or any(not spill.is_empty for spill in self._spills.values())

    async def settled(self) -> None:
        """Return when all that has been put into the buffers is lasting: in the database, if that works at all.

        Raises NotStored.
        """
        await self._lasts()
        if self.is_behind and not self._has_tried.is_set():  # it is on disk, and nobody has asked the database yet
            self._retry_at = 0.0
            self._wanted.set()
            await self._has_tried.wait()

    async def _lasts(self) -> None:
        ticket = self._turn + any(buffer.has_something for buffer in self._buffers)
        if ticket <= self._lasting:
            return
        if self._stuck_since is not None and self._loop.time() > self._stuck_since + PATIENCE:
            self.wake()
            raise NotStored(self._health.error)
        waiter = self._waiters.wait(ticket)
        self._have_turn()
        await waiter

    async def replay(self, pbx: str) -> None:
        """Take what an earlier process left on disk into the database. Raises DatabaseFailed, SpillFailed."""
        spill = self.spill(pbx)
        noted = await self._database.replayed(pbx)
        await asyncio.to_thread(spill.find, noted)
        if not spill.is_empty:
            _log.warning("store %s: writing %d rows that an earlier run had to leave on disk", self._place, spill.rows)
        while not spill.is_empty:
            await self._replay_some(pbx, spill)

    def look(self) -> None:
        """See soon whether the database can be written, even with nothing to write."""
        self._is_doubted = True
        self._wanted.set()

    def count(self) -> None:
        """Bring the figures of what waits up to date."""
        self._health.spilled = sum(spill.rows for spill in self._spills.values())
        kept = tuple(self._kept)  # in one step: a thread may be taking from it
        given = sum(batch.rows for batch in (*kept, *self._taken))
        self._health.waiting = given + sum(buffer.waiting for buffer in self._buffers)

    async def close(self) -> None:
        """Write what there is to write, once more also what could not be written, and end."""
        if self._connecting is not None:
            await self._connecting
        self._is_closing = True
        self._have_turn()
        if self._task is not None:
            await self._task
        if self._timer is not None:
            self._timer.cancel()
        if self._kept:
            self._lose(self._kept, "the store is closed")
        self._give_up()
        for spill in self._spills.values():
            spill.close()

    def _have_turn(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._had_turn_at = self._loop.time()
        self._wanted.set()

    async def _run(self) -> None:
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            is_last = self._is_closing
            try:
                await self._do_turn()
            except Exception as error:  # whatever it is, the next turn may do better, and somebody must hear of it
                _log.exception("store %s: a turn of the writer failed", self._place)
                self._failed(f"{type(error).__name__}: {error}")
                await self._put_aside(self._taken)
            if is_last:
                return

    async def _do_turn(self) -> None:
        batches = await self._take()
        is_early = not (self._database.is_connected or self._place.is_scratch or self._is_closing)
        if self.is_behind or (batches and is_early):
            if batches:
                await self._put_aside(batches)
            if self._database.is_connected:
                await self._catch_up()
            elif self._is_closing:
                await self._connect()
                await self._catch_up()
            elif self._connecting is None and self._loop.time() >= self._retry_at:
                self._connecting = self._loop.create_task(self._connect())
        elif batches or self._is_doubted or not self._health.is_writing:  # with nothing to write: see whether it could
            await self._write(batches)

    async def _take(self) -> list[Batch]:
        """Take what the buffers have, and see that its recordings are there: no record is to last before its own."""
        having = [buffer for buffer in self._buffers if buffer.has_something]
        if having:
            self._turn += 1
        for buffer in having:
            self._taken.append(buffer.take(self._turn))
        batches = list(self._taken)
        for batch in batches:
            if batch.recorded is not None:
                await batch.recorded()
        return batches

    async def _write(self, batches: list[Batch]) -> None:
        self._is_doubted = False
        work = batches[0].work if len(batches) == 1 else [one for batch in batches for one in batch.work]
        try:
            await self._database.write(work)
        except (DatabaseFailed, StoreUnreachable) as error:
            self._failed(str(error))
            await self._put_aside(batches)
        else:
            self._taken.clear()
            self._last(batches)
            self._works()
            if not self._see_whether_it_is_another():
                for batch in batches:
                    batch.buffer.is_in_database(batch)

    def _last(self, batches: Iterable[Batch]) -> None:
        """Tell everybody whom it concerns that these last."""
        for batch in batches:
            batch.buffer.lasts(batch)
        self._lasting = self._kept[0].turn - 1 if self._kept else self._turn
        self._waiters.last(self._lasting)

    def _failed(self, error: str) -> None:
        """Note that the database does not write, and when to try again; say it at the first time."""
        why = self._place.masked(error)
        if self._health.is_writing:
            _log.error(
                "store %s does not write: %s. Records go to %s until it does", self._place, why, self._settings.spill
            )
        self._health.is_writing, self._health.error = False, why
        self._has_tried.set()
        self._retry_at = self._loop.time() + self._retry
        self._loop.call_later(self._retry, self._wanted.set)
        self._retry = min(self._retry * 2, _LONGEST_RETRY)

    def _works(self) -> None:
        if not self._health.is_writing:
            _log.warning("store %s writes again, and has all that was kept for it", self._place)
        self._health.is_writing, self._health.error = True, ""
        self._has_tried.set()
        self._retry = _FIRST_RETRY

    async def _put_aside(self, batches: list[Batch]) -> None:
        """Put on disk what the database does not take, behind what is there; what the disk does not take is kept."""
        self._kept.extend(batches)
        self._taken = []
        try:
            spilled, problem = await asyncio.to_thread(self._spill_kept)
        except Exception as error:  # no thread can be started, or no file be opened even to import what starts one
            spilled, problem = [], error
        if problem is not None and not self._has_tried.is_set():
            self._retry_at = 0.0  # only the database is left to ask
        if problem is None:
            self._stuck_since = None
        elif self._stuck_since is None:
            self._stuck_since = self._loop.time()
            self._loop.call_later(PATIENCE, self._give_up)
            _log.error("store %s: nor can records be put on disk: %s. They are kept in memory", self._place, problem)
        self._last(spilled)
        self._lose_what_is_too_much(problem)

    def _spill_kept(self) -> tuple[list[Batch], Exception | None]:
        """In a thread: put on disk what is kept, from the first on. Gives what is there now, and what stopped it."""
        spilled: list[Batch] = []
        while self._kept:
            batch = self._kept[0]
            try:
                self.spill(batch.buffer.name).append(batch.work)
            except Exception as problem:  # whatever it is: what is on disk is told of, the rest is kept
                return spilled, problem
            spilled.append(self._kept.popleft())
        return spilled, None

    def _lose_what_is_too_much(self, problem: Exception | None) -> None:
        too_much: list[Batch] = []
        while len(self._kept) > 1 and sum(batch.rows for batch in self._kept) > KEPT_ROWS:
            too_much.append(self._kept.pop())
        if too_much:
            self._lose(too_much, str(problem))

    def _lose(self, batches: Collection[Batch], why: str) -> None:
        lost, turns = sum(batch.rows for batch in batches), {batch.turn for batch in batches}
        self._health.lost += lost
        _log.error("store %s: %d rows are lost: %s; %s", self._place, lost, self._health.error, why)
        self._waiters.fail(self._health.error, turns)

    def _give_up(self) -> None:
        """Have those hear of it who have waited long enough."""
        if self._stuck_since is not None or self._is_closing:
            self._waiters.fail(self._health.error)

    async def _connect(self) -> None:
        """Try to reach the database again, beside the turns: it may take its time to say no."""
        try:
            await self._database.connect()
        except Exception as error:  # whatever a driver raises: it is tried again
            self._failed(str(error) or type(error).__name__)
        finally:
            self._connecting = None
            self._wanted.set()

    async def _catch_up(self) -> None:
        """Write what waits on disk, then what is kept, in order; what comes meanwhile goes behind it."""
        try:
            for pbx, spill in list(self._spills.items()):
                while not spill.is_empty:
                    await self._replay_some(pbx, spill)
                    if meanwhile := await self._take():
                        await self._put_aside(meanwhile)
            while self._kept:
                await self._database.write(self._kept[0].work)
                self._last([self._kept.popleft()])
        except (DatabaseFailed, SpillFailed, StoreUnreachable) as error:
            self._failed(str(error))
        else:
            self._stuck_since = None
            self._works()
            self._see_whether_it_is_another()

    async def _replay_some(self, pbx: str, spill: Spill) -> None:
        frames = await asyncio.to_thread(spill.next, _REPLAYED_AT_ONCE)
        note: Work = [(rows.REPLAYED, [(pbx, spill.name, frames[-1].number)])]
        await self._database.write([*(one for frame in frames for one in frame.work), *note])
        await asyncio.to_thread(spill.taken, frames)
        self._health.lost, spill.lost = self._health.lost + spill.lost, 0

    def _see_whether_it_is_another(self) -> bool:
        """Have everything that the PBXs remember put into a database that has lost what it had; tell whether it has."""
        is_another = self._database.take_emptied()
        if is_another:
            _log.error("store %s had vanished and is made anew, with what the PBXs remember", self._place)
            for buffer in self._buffers:
                buffer.begin_anew()
        return is_another
