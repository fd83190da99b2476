"""The outbox of one PBX: takes down what is to be told, and sees that it reaches each receiver in order.

A notice is delivered only after it lasts (sinks/store/port.py), at least once: whoever is cut off between sending and
noting that it was received sends it again after the next start, with the same number in its `X-Pbxsim-Delivery`.
Nothing of this waits in the switch, and nothing that a receiver does changes what the switch does.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from pbxsim.kit.later import LaterModule
from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import Retry
from pbxsim.sinks.capacity import DELIVERY_BYTES
from pbxsim.sinks.delivery import Delivery, DeliveryState
from pbxsim.sinks.outbox.cache import DeliveryCache
from pbxsim.sinks.outbox.held_back import HeldBack
from pbxsim.sinks.outbox.notice_faults import FaultySending
from pbxsim.sinks.outbox.pending import DeliveryContext
from pbxsim.sinks.outbox.transport import Dispatch
from pbxsim.sinks.store.port import NullStore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pbxsim.pbx.notice import Receiver
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.outbox import worker as working
    from pbxsim.sinks.outbox.notice_faults import NoticeFaults
    from pbxsim.sinks.outbox.pending import ClockPort
    from pbxsim.sinks.outbox.smtp import RecordingSource, SmtpServer
    from pbxsim.sinks.outbox.worker import ReceiverWorker
    from pbxsim.sinks.store.port import RecordStore
else:
    working = LaterModule("pbxsim.sinks.outbox.worker")

_log: Final = logging.getLogger("pbxsim")
LOADED: Final = 1_000
"""Where fewer pending deliveries come from an earlier run, these are all; where there are more, the store is asked."""

_GRACE: Final = 2.0  # seconds of the world's time for tries that are being made when the outbox closes


class Outbox:
    """Delivers a PBX's notices to `receivers`.

    `driver` drives the PBX's clock. `smtp` takes e-mails, with `recordings` attached. `deliveries` are those that an
    earlier run left: settled ones, and of those that are pending at least the oldest 1,000. `first` is the number of
    the first new one. Of those behind `lasting` the record store has yet to say that they last. `is_more_stored`: there
    may be pending ones that only the store has, even if these are few.
    Counted since the start: `posted`, `delivered`, `failed`, `dropped`, `tries`.
    """

    def __init__(
        self,
        pbx: Pbx,
        receivers: Iterable[Receiver],
        record_store: RecordStore,
        driver: ClockPort,
        *,
        smtp: SmtpServer | None = None,
        recordings: RecordingSource | None = None,
        deliveries: Sequence[Delivery] = (),
        first: int = 1,
        lasting: int | None = None,
        is_more_stored: bool = False,
        most_bytes: int = DELIVERY_BYTES,
    ) -> None:
        self.posted = self.delivered = self.failed = self.dropped = self.tries = 0
        self.lasting = first - 1 if lasting is None else lasting  # the number of the last one that the store has
        self._clock = pbx.clock
        self._record_store = record_store
        self._receivers = {receiver.name: receiver for receiver in receivers}
        self._dispatch = Dispatch(self._receivers, pbx.name, smtp, recordings)
        self._sending = FaultySending(self._dispatch.send)
        self._held_back = HeldBack(pbx.clock, driver, self._give_held_back)
        self.faults: NoticeFaults | None = None  # who decides what goes wrong on purpose, where something does
        self.changed: dict[int, None] | None = None  # the numbers of those that came or changed, while somebody looks
        self._cache = DeliveryCache(first - 1, self._is_held, most_bytes)
        self._to_overtake: set[int] = set()  # deliveries that the next one is to overtake
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_cleared = False
        self._closing: asyncio.Task[None] | None = None
        self._context = DeliveryContext(
            clock=pbx.clock,
            driver=driver,
            record_store=record_store,
            is_stored=not isinstance(record_store, NullStore),
            most_bytes=most_bytes // max(1, len(self._receivers)),
            known=self._cache.known,
            send=self._sending.send,
            tried=self._on_tried,
            dropped=self._on_dropped,
        )
        self._workers: dict[str, ReceiverWorker] = {}
        self._resume(deliveries, is_more_stored=is_more_stored)
        record_store.on_lasting(self._on_lasting)
        record_store.on_lost(self.known)
        pbx.events.subscribe(NoticePosted, self._on_posted)

    @property
    def waiting(self) -> dict[str, int]:
        """Count what is not settled yet, by receiver; those for whom nothing ever came are left out."""
        return {name: worker.waiting for name, worker in self._workers.items()}

    def vendor(self, receiver: str) -> str:
        """Tell whose receiver that is; where it is not configured any more, its name begins with the vendor's."""
        found = self._receivers.get(receiver)
        return receiver.partition(":")[0] if found is None else found.vendor

    @property
    def met(self) -> tuple[str, ...]:
        """Name the receivers for whom something ever came, in the order in which that was."""
        return tuple(self._workers)

    def meet(self, receivers: Iterable[str]) -> None:
        """Keep an order for each of these from now on, as if something had come for them in this order."""
        for name in receivers:
            self._worker(name)

    def post_again(self) -> None:
        """Put down once more what had been posted and did not last yet: the record store knows nothing of it."""
        for delivery in list(self.known(self.lasting)):
            self._record_store.post(delivery)

    @property
    def has_more_stored(self) -> bool:
        """Tell whether the store may have deliveries that wait and are not remembered."""
        return any(worker.pending.has_more_stored for worker in self._workers.values())

    @property
    def remembered(self) -> int:
        """Count the deliveries that are in memory."""
        return len(self._cache)

    @property
    def kept_bytes(self) -> int:
        """Count the bytes that these take."""
        return self._cache.kept_bytes

    @property
    def last_number(self) -> int:
        """Give the number of the newest delivery, 0 where there was none yet."""
        return self._cache.last

    # -- running --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Deliver from now on, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        for worker in self._workers.values():
            worker.start(self._loop)

    async def tried(self) -> None:
        """Return when all that lasts and is due by now was tried, or waits behind something that is due later.

        A receiver that hangs is waited for until its time is over; what is put in meanwhile is not waited for.
        """
        now, last = self._clock.now, self._cache.last
        for worker, goal in [(worker, worker.pending.given) for worker in self._workers.values()]:
            await worker.through(goal, last, now)

    def clear(self) -> None:
        """Deliver nothing any more: the PBX begins anew. Tries that are being made are broken off."""
        self._is_cleared = True
        tasks = self._stop()
        for task in tasks:
            task.cancel()
        is_busy = tasks or self._dispatch.is_open  # else there is nothing to wait for, as in most tests
        if is_busy and self._loop is not None and self._closing is None:
            self._closing = self._loop.create_task(self._close(tasks, 0))

    async def close(self) -> None:
        """Stop delivering; what is being tried has two seconds to end. What waits is in the store, if there is one."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(self._stop(), _GRACE))
        await asyncio.shield(self._closing)

    def _stop(self) -> list[asyncio.Task[None]]:
        self._held_back.clear()
        return [task for worker in self._workers.values() if (task := worker.stop()) is not None]

    async def _close(self, tasks: list[asyncio.Task[None]], grace: float) -> None:
        if tasks:
            await asyncio.wait(tasks, timeout=grace)
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        await self._dispatch.close()

    # -- what is to be told ---------------------------------------------------------------------------------------

    def known(self, after: int = 0) -> Iterator[Delivery]:
        """Give the deliveries that are remembered and have a higher number, in order: 10,000, and all that wait.

        They are fewer where they would take too much memory.
        """
        return self._cache.behind(after)

    def found(self, delivery: int) -> Delivery | None:
        """Find a delivery that is remembered, by its number."""
        return self._cache.get(delivery)

    async def redeliver(self, delivery: int) -> Delivery | None:
        """Send a delivery once more, at the end of its receiver's order; one that is pending, as soon as it is first.

        Gives it, or None where there is none of that number.
        """
        found = self._cache.get(delivery) or await self._record_store.find(delivery)
        if found is None or self._is_cleared:
            return None
        found = self._cache.known(found)
        found.redelivered += 1
        self._worker(found.notice.receiver).give_again(found)
        self._record_store.tried(found)
        self._mark(found)
        return found

    def _resume(self, deliveries: Sequence[Delivery], *, is_more_stored: bool) -> None:
        pending: dict[str, list[Delivery]] = {name: [] for name in self._receivers} if deliveries else {}
        for delivery in deliveries:
            if delivery.state is DeliveryState.PENDING and delivery.id <= self.lasting:
                pending.setdefault(delivery.notice.receiver, []).append(delivery)
        is_all = not is_more_stored and sum(map(len, pending.values())) < LOADED
        for name, waiting in pending.items():
            self._worker(name).pending.resume(waiting, self.lasting + 1, is_all=is_all)
        for delivery in deliveries:
            self._cache.loosen(self._cache.known(delivery))

    def _on_posted(self, event: NoticePosted) -> None:
        if self._is_cleared:
            return
        now = self._clock.now
        delivery = Delivery(id=self._cache.last + 1, notice=event.notice, posted_at=now, due=now)
        self.posted += 1
        if self.faults is not None:
            self._disturb(delivery, self.faults)
        self._cache.add(delivery)
        self._mark(delivery)
        self._record_store.post(delivery)

    def _mark(self, delivery: Delivery) -> None:
        if self.changed is not None:
            self.changed[delivery.id] = None

    def _disturb(self, delivery: Delivery, faults: NoticeFaults) -> None:
        fault = faults.on_notice(self.vendor(delivery.notice.receiver), delivery.notice)
        if fault is None:
            return
        if fault.kind == "late":
            delivery.due += fault.span
        elif fault.kind == "out of order":
            delivery.due += fault.span
            self._to_overtake.add(delivery.id)
        else:
            self._sending.expect(delivery, fault)

    def _on_lasting(self, deliveries: Sequence[Delivery]) -> None:
        if not self._is_cleared:
            for delivery in deliveries:
                self.lasting = delivery.id
                self._give(self._cache.known(delivery))
                self._cache.loosen(delivery)

    def _give(self, delivery: Delivery) -> None:
        """Put a delivery into its receiver's order, before one that it overtakes on purpose."""
        receiver = delivery.notice.receiver
        if delivery.id in self._to_overtake:
            self._to_overtake.remove(delivery.id)
            if self._held_back.has_room(receiver):
                self._held_back.put(delivery)
                return
            delivery.due = delivery.posted_at
        self._worker(receiver).give(delivery)
        self._held_back.overtaken(receiver)

    def _give_held_back(self, delivery: Delivery) -> None:
        self._worker(delivery.notice.receiver).give_behind(delivery)

    def _is_held(self, delivery: Delivery) -> bool:
        worker = self._workers.get(delivery.notice.receiver)
        return delivery in self._held_back or (worker is not None and worker.pending.holds(delivery))

    def _worker(self, name: str) -> ReceiverWorker:
        worker = self._workers.get(name)
        if worker is None:
            receiver = self._receivers.get(name)
            retry = receiver.retry if receiver is not None else Retry()
            worker = self._workers[name] = working.ReceiverWorker(name, retry, 1 + len(self._workers), self._context)
            if self._loop is not None:
                worker.start(self._loop)
        return worker

    def _on_tried(self, delivery: Delivery) -> None:
        self.tries += 1
        self.delivered += delivery.state is DeliveryState.DELIVERED
        self.failed += delivery.state is DeliveryState.FAILED
        self._record_store.tried(delivery)
        self._cache.loosen(delivery)
        self._mark(delivery)

    def _on_dropped(self, delivery: Delivery) -> None:
        if not self.dropped:
            _log.warning("%s has more waiting than there is room for: the oldest are dropped", delivery.notice.receiver)
        self.dropped += 1
        self._cache.loosen(delivery)
        self._mark(delivery)
