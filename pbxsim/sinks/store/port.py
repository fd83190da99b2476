"""The port through which a PBX's records reach a store, and what stands there for a PBX that has none.

The other side of it is buffer.py. Everything that is put down here lasts in the order in which it was; what was put
down between two turns of the event loop becomes lasting together or not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.delivery import Delivery


Recorded: TypeAlias = Callable[[], Awaitable[None]]
"""Waits until all recordings so far are where their records say."""


class NotStored(Exception):
    """The store cannot write at present; says why. What it has not written is kept, and written when it can."""


class RecordStore(Protocol):
    """Where one PBX puts what must last."""

    def attach(self, pbx: Pbx, recorded: Recorded | None = None) -> None:
        """Take down from now on each record, each change of credit and each recording that moves.

        The directory is written as it is now, and so are records and openings that are not there yet. `recorded`
        returns when the recordings of all calls that have ended are there: no record lasts before its recording.
        """
        ...

    def post(self, delivery: Delivery) -> None:
        """Take down a new delivery. Once it lasts, `on_lasting` hears of it."""
        ...

    def tried(self, delivery: Delivery) -> None:
        """Take down what became of a delivery since."""
        ...

    def on_lasting(self, listener: Callable[[Sequence[Delivery]], None]) -> None:
        """Have `listener` called, in the event loop, with new deliveries as soon as they last, in order."""
        ...

    def on_lost(self, remembered: Callable[[], Iterable[Delivery]]) -> None:
        """Have `remembered` asked for all deliveries that it knows where the store has lost what it had."""
        ...

    async def pending(self, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Give a receiver's pending deliveries behind an id, in order. Raises NotStored."""
        ...

    async def find(self, delivery: int) -> Delivery | None:
        """Give one delivery. Raises NotStored."""
        ...

    async def settled(self) -> None:
        """Return when all that was put here before is lasting. Raises NotStored."""
        ...

    def clear(self) -> None:
        """Forget everything of this PBX: it begins anew. What was put here before is not written any more."""
        ...

    def unclear(self) -> None:
        """Be as before `clear`, where nothing else of the event loop has run since: what was attached then is again."""
        ...

    def begin_anew(self) -> None:
        """Put down all that the PBX remembers, for nothing of it is stored."""
        ...


class NullStore:
    """Implements `RecordStore` where nothing is stored: what is put here lasts as long as this process."""

    def __init__(self) -> None:
        self._listener: Callable[[Sequence[Delivery]], None] | None = None

    def attach(self, pbx: Pbx, recorded: Recorded | None = None) -> None:
        """Take nothing down: the PBX's own memory is all there is."""

    def post(self, delivery: Delivery) -> None:
        """Say at once that it lasts."""
        if self._listener is not None:
            self._listener((delivery,))

    def tried(self, delivery: Delivery) -> None:
        """Take nothing down."""

    def on_lasting(self, listener: Callable[[Sequence[Delivery]], None]) -> None:
        """Have `listener` called with each new delivery."""
        self._listener = listener

    def on_lost(self, remembered: Callable[[], Iterable[Delivery]]) -> None:
        """Lose nothing, for nothing is kept."""

    async def pending(self, receiver: str, after: int, limit: int) -> list[Delivery]:
        """Give nothing: whoever posts keeps it."""
        return []

    async def find(self, delivery: int) -> Delivery | None:
        """Give nothing."""
        return None

    async def settled(self) -> None:
        """Return at once."""

    def clear(self) -> None:
        """Forget nothing, for nothing was kept."""

    def unclear(self) -> None:
        """Bring nothing back, for nothing was kept."""

    def begin_anew(self) -> None:
        """Put nothing down: the PBX's own memory is all there is."""
