"""The one event stream: ordered, synchronous, aware of who listens: an event nobody wants is never built."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Never, Self, TypeAlias, TypeVar

from pbxsim.native import copied_whole, mypyc_attr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.pbx.events import Event

    _Listener: TypeAlias = Callable[[Never], None]
    _MakeListener: TypeAlias = Callable[[type["Event"]], _Listener]

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


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Topic:
    """A kind of event that every call brings, and those who hear of it now: looked up once, and not at each event.

    Whoever tells asks for `listeners` first: where there are none, an event need not be built.
    """

    __slots__ = ("failures", "listeners")

    def __init__(self, listeners: tuple[_Listener, ...], failures: list[tuple[Event, Exception]]) -> None:
        self.listeners = listeners
        self.failures = failures

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy it with all that it holds; the methods that it calls are those of the copies."""
        return copied_whole(self, memo)

    def tell(self, event: Event) -> None:
        """Tell everyone, as `EventBus.emit` does."""
        for listener in self.listeners:
            try:
                listener(event)  # type: ignore[arg-type]  # `subscribe` saw that they fit
            except Exception as error:
                self.failures.append((event, error))


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class EventBus:
    """Calls subscribers stage by stage, at once, on the caller's own stack.

    A subscriber appends to a buffer of its own and returns; it never awaits and should never raise. One that raises is
    put down in `failures` and passed over: a bad listener cannot break a call. It is a bound method of an object that
    belongs to the PBX, never a closure: a PBX that is copied whole (`copy.deepcopy`) must speak to its own alone.
    """

    __slots__ = ("_listeners", "_staged", "_topics", "_unmade", "failures", "wanted")

    def __init__(self) -> None:
        self.wanted: set[type[Event]] = set()
        self.failures: list[tuple[Event, Exception]] = []
        self._unmade: dict[type[Event], tuple[Stage, _MakeListener]] = {}
        self._staged: dict[type[Event], list[tuple[Stage, _Listener]]] = {}
        self._listeners: dict[type[Event], tuple[_Listener, ...]] = {}
        self._topics: dict[type[Event], Topic] = {}

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        """Copy it with all that it holds; the methods that it calls are those of the copies."""
        return copied_whole(self, memo)

    def subscribe(self, kind: type[_E], listener: Callable[[_E], None], stage: Stage = Stage.TELLING) -> None:
        """Have `listener` called for each event of exactly this kind."""
        staged = self._staged.get(kind)
        if staged is None:
            staged = self._staged[kind] = []
        staged.append((stage, listener))
        if len(staged) == 1:  # the first, or all others have left
            self.wanted.add(kind)
        self._changed(kind)

    def subscribe_to(self, kinds: Mapping[type[Event], object], listener_of: _MakeListener, stage: Stage) -> None:
        """Have a listener of its own called for each of these kinds, made by `listener_of` when the first event comes.

        For who hears of nearly all kinds, of which few happen. A kind has one such listener.
        """
        assert self._unmade.keys().isdisjoint(kinds)
        self._unmade.update(dict.fromkeys(kinds, (stage, listener_of)))
        self.wanted.update(kinds)
        for kind in kinds:
            self._changed(kind)

    def unsubscribe(self, kind: type[_E], listener: Callable[[_E], None]) -> None:
        """Have `listener` called no more; an event that is being told now may still reach it.

        Of several subscriptions of one listener the first to be called ends. Raises ValueError if there is none.
        """
        staged = self._in_order(kind)
        del staged[[known for _, known in staged].index(listener)]
        if not staged:
            self.wanted.discard(kind)
        self._changed(kind)

    def topic(self, kind: type[Event]) -> Topic:
        """Give that kind as a topic, for who tells such events again and again; always the same."""
        known = self._topics.get(kind)
        if known is None:
            known = self._topics[kind] = Topic(self.listeners(kind), self.failures)
        return known

    def listeners(self, kind: type[Event]) -> tuple[_Listener, ...]:
        """Give those who hear of that kind, in the order in which they are called."""
        known = self._listeners.get(kind)
        return self._listen(kind) if known is None else known

    def emit(self, event: Event) -> None:
        """Tell everyone who wants it. Ask `kind in bus.wanted` before building a costly one."""
        try:
            listeners = self._listeners[type(event)]
        except KeyError:
            listeners = self._listen(type(event))
        for listener in listeners:
            try:
                listener(event)  # type: ignore[arg-type]  # `subscribe` saw that they fit
            except Exception as error:
                self.failures.append((event, error))

    def _changed(self, kind: type[Event]) -> None:
        self._listeners.pop(kind, None)
        topic = self._topics.get(kind)
        if topic is not None:
            topic.listeners = self._listen(kind)

    def _listen(self, kind: type[Event]) -> tuple[_Listener, ...]:
        """Keep what `emit` needs: a tuple, so that nobody who comes or goes meanwhile disturbs it.

        It is made when the first such event comes: of most kinds none does before the PBX is reset, and a test waits
        for each reset.
        """
        listeners = self._listeners[kind] = tuple([listener for _, listener in self._in_order(kind)])
        return listeners

    def _in_order(self, kind: type[Event]) -> list[tuple[Stage, _Listener]]:
        staged = self._staged.setdefault(kind, [])
        unmade = self._unmade.pop(kind, None)
        if unmade is not None:
            staged.append((unmade[0], unmade[1](kind)))
        staged.sort(key=_stage)  # stable: who came first stays first
        return staged


def _stage(staged: tuple[Stage, object]) -> Stage:
    return staged[0]
