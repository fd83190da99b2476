"""An outbox with its PBX, clock and receivers, for the tests: post in few words, read what was told to whom."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND, seconds
from pbxsim.pbx.events import NoticePosted
from pbxsim.pbx.notice import Notice, Receiver, Retry
from pbxsim.sinks.delivery import Delivery
from pbxsim.sinks.outbox.outbox import Outbox
from pbxsim.sinks.store.port import NullStore
from pbxsim.testing.office import START, Office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pbxsim.sinks.store.port import RecordStore
    from tests.receivers import WebReceiver


class PaperStore:
    """A store for the tests: what is posted lasts when `settle` is called, or at once; a copy, as in a real one."""

    def __init__(self, *, at_once: bool = True) -> None:
        self.at_once = at_once
        self.is_silent = False
        self.rows: dict[int, Delivery] = {}
        self.asked: list[tuple[str, int]] = []
        self._unwritten: list[Delivery] = []
        self._listener: Callable[[Sequence[Delivery]], None] = lambda deliveries: None

    def attach(self, pbx: object, recorded: object = None) -> None:
        """Need nothing of it."""

    def post(self, delivery: Delivery) -> None:
        """Keep it until it lasts."""
        self._unwritten.append(delivery)
        if self.at_once:
            self.settle()

    def settle(self) -> None:
        """Let all that was posted last."""
        written, self._unwritten = self._unwritten, []
        for delivery in written:
            self.tried(delivery)
        self._listener(written)

    def tried(self, delivery: Delivery) -> None:
        """Write it as it is now."""
        self.rows[delivery.id] = deepcopy(delivery)

    def on_lasting(self, listener: Callable[[Sequence[Delivery]], None]) -> None:
        """Tell that one."""
        self._listener = listener

    def on_lost(self, remembered: Callable[[], Iterable[Delivery]]) -> None:
        """Never lose anything."""

    def begin_anew(self) -> None:
        """Have nothing that was lost."""

    async def pending(self, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Read what waits."""
        self.asked.append((receiver, after))
        if self.is_silent:
            raise OSError("the disk is gone")
        found = [each for each in self.all() if each.notice.receiver == receiver and each.id > after]
        return [each for each in found if each.state == "pending"][:limit]

    async def find(self, delivery: int) -> Delivery | None:
        """Read one."""
        return next((each for each in self.all() if each.id == delivery), None)

    def all(self) -> list[Delivery]:
        """Read everything, in order."""
        return [deepcopy(row) for _, row in sorted(self.rows.items())]

    async def settled(self) -> None:
        """Let all last."""
        self.settle()

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self._unwritten.clear()

    def unclear(self) -> None:
        """Be asked for nothing of the kind here."""
        raise AssertionError


class PostOffice:
    """One PBX with a paused clock and an outbox. `hook` is the web receiver that notices go to by default."""

    def __init__(self, hook: WebReceiver) -> None:
        self.hook = hook
        self.office = Office()
        self.clock = self.office.clock
        self.driver = ClockDriver(self.clock, rate=0)
        self.driver.start()
        self._open: list[Outbox] = []
        self._barriers: dict[int, Any] = {}

    def open(
        self,
        *receivers: Receiver,
        record_store: RecordStore | None = None,
        starts: bool = True,
        **more: Any,  # noqa: ANN401 - Outbox's own
    ) -> Outbox:
        """Open an outbox; without receivers it has one, named `acme`."""
        outbox = Outbox(
            self.office.pbx, receivers or [self.receiver()], record_store or NullStore(), self.driver, **more
        )
        self._open.append(outbox)
        self.driver.barriers.append(outbox.tried)
        if starts:
            outbox.start()
        return outbox

    def receiver(self, name: str = "acme", path: str = "/hook", **more: Any) -> Receiver:  # noqa: ANN401 - Receiver's own
        """Configure the web receiver; a busy machine is no receiver that hangs, so it may take its time."""
        told = {"vendor": "acme", "address": self.hook.url + path, "timeout": 10.0, "retry": Retry(), **more}
        return Receiver(name=name, **told)

    def post(self, event: str = "Cdr", *, to: str = "acme", url: str | None = None, **more: Any) -> None:  # noqa: ANN401 - Notice's own
        """Have something told."""
        notice = Notice(receiver=to, event=event, url=url or f"{self.hook.url}/hook?e={event}", **more)
        self.office.pbx.events.emit(NoticePosted(notice))
        assert not self.office.pbx.events.failures

    def post_at(self, second: float, event: str = "Cdr", **more: Any) -> None:  # noqa: ANN401 - Notice's own
        """Have something told at that second of the clock."""
        step = len(self._barriers) + 1
        self._barriers[step] = event
        self.clock.call_at(START + seconds(second), 1, step, lambda _: self.post(event, **more), None)

    async def advance(self, by: float) -> None:
        """Move the clock, and wait for the tries."""
        await self.driver.advance(seconds(by))

    @property
    def now(self) -> float:
        """Give the seconds since the start."""
        return (self.clock.now - START) / SECOND

    async def close(self) -> None:
        """Close everything."""
        for outbox in self._open:
            await outbox.close()
        self.driver.close()


def at(delivery: Delivery) -> list[float]:
    """Give the seconds at which a delivery was tried."""
    return [(made.at - START) / SECOND for made in delivery.tries]


def only(outbox: Outbox) -> Delivery:
    """Give the one delivery that there is."""
    (delivery,) = outbox.known()
    return delivery


def first_of(outbox: Outbox) -> Delivery:
    """Give the first delivery."""
    return next(iter(outbox.known()))


def states(outbox: Outbox) -> list[str]:
    """Give the states of all deliveries in order."""
    return [delivery.state.value for delivery in outbox.known()]


def errors(delivery: Delivery) -> list[str]:
    """Give what was wrong at each try."""
    return [made.error for made in delivery.tries]


def delivery_to(url: str, **more: Any) -> tuple[Delivery, Receiver]:  # noqa: ANN401 - Notice's own
    """Make a delivery to a URL, and its receiver."""
    notice = Notice(receiver="acme", event="Cdr", url=url, **more)
    return Delivery(id=1, notice=notice, posted_at=START, due=START), Receiver(name="acme", vendor="acme", address=url)
