"""The one event stream: ordered, synchronous, aware of who listens: an event nobody wants is never built."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Never, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.events import Event

_E = TypeVar("_E", bound="Event")


class Stage(IntEnum):
    """When a listener is called: all of one stage before any of the next, within a stage in the order of subscribing.

    JOURNAL takes down what happened before anything comes of it. RECORDS keep it: records, stores, recordings, figures.
    SWITCH goes on with calls by it, and may emit more. TELLING lets the world outside know, by notices of it.
    """

    JOURNAL = 0
    RECORDS = 1
    SWITCH = 2
    TELLING = 3


class EventBus:
    """Calls subscribers stage by stage, at once, on the caller's own stack.

    A subscriber appends to a buffer of its own and returns; it never awaits and should never raise. One that raises is
    put down in `failures` and passed over: a bad listener cannot break a call. It is a bound method of an object that
    belongs to the PBX, never a closure: a PBX that is copied whole (`copy.deepcopy`) must speak to its own alone.
    """

    __slots__ = ("_listeners", "_staged", "failures", "wanted")

    def __init__(self) -> None:
        self.wanted: set[type[Event]] = set()
        self.failures: list[tuple[Event, Exception]] = []
        self._staged: dict[type[Event], list[tuple[Stage, Callable[[Never], None]]]] = {}
        self._listeners: dict[type[Event], tuple[Callable[[Never], None], ...]] = {}

    def subscribe(self, kind: type[_E], listener: Callable[[_E], None], stage: Stage = Stage.TELLING) -> None:
        """Have `listener` called for each event of exactly this kind."""
        staged = self._staged.get(kind)
        if staged is None:  # as for most, at each reset of a PBX
            self._staged[kind] = [(stage, listener)]
            self._listeners[kind] = (listener,)
            self.wanted.add(kind)
            return
        staged.append((stage, listener))
        staged.sort(key=_stage)  # stable: who came first stays first
        self._listen(kind)

    def unsubscribe(self, kind: type[_E], listener: Callable[[_E], None]) -> None:
        """Have `listener` called no more; an event that is being told now may still reach it.

        Of several subscriptions of one listener the first to be called ends. Raises ValueError if there is none.
        """
        staged = self._staged.get(kind, [])
        del staged[[known for _, known in staged].index(listener)]
        self._listen(kind)

    def listeners(self, kind: type[Event]) -> tuple[Callable[[Never], None], ...]:
        """Give those who hear of that kind, in the order in which they are called."""
        return self._listeners.get(kind, ())

    def emit(self, event: Event) -> None:
        """Tell everyone who wants it. Ask `kind in bus.wanted` before building a costly one."""
        for listener in self._listeners.get(type(event), ()):
            try:
                listener(event)  # type: ignore[arg-type]  # `subscribe` saw that they fit
            except Exception as error:
                self.failures.append((event, error))

    def _listen(self, kind: type[Event]) -> None:
        """Keep what `emit` needs: a tuple, so that nobody who comes or goes meanwhile disturbs it."""
        self._listeners[kind] = tuple([listener for _, listener in self._staged[kind]])
        if self._listeners[kind]:
            self.wanted.add(kind)
        else:
            self.wanted.discard(kind)


def _stage(staged: tuple[Stage, object]) -> Stage:
    return staged[0]
