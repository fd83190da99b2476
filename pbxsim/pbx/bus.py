"""The one event stream: ordered, synchronous, aware of who listens: an event nobody wants is never built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.events import Event

_E = TypeVar("_E", bound="Event")


class EventBus:
    """Calls subscribers in the order in which they came, at once, on the caller's own stack.

    A subscriber appends to a buffer of its own and returns; it never awaits and should never raise. One that raises is
    put down in `failures` and passed over: a bad listener cannot break a call.
    """

    __slots__ = ("_listeners", "failures", "wanted")

    def __init__(self) -> None:
        self.wanted: set[type[Event]] = set()
        self.failures: list[tuple[Event, Exception]] = []
        self._listeners: dict[type[Event], list[Callable[[Never], None]]] = {}

    def subscribe(self, kind: type[_E], listener: Callable[[_E], None]) -> None:
        """Have `listener` called for each event of exactly this kind."""
        self._listeners.setdefault(kind, []).append(listener)
        self.wanted.add(kind)

    def emit(self, event: Event) -> None:
        """Tell everyone who wants it. Ask `kind in bus.wanted` before building a costly one."""
        for listener in self._listeners.get(type(event), ()):
            try:
                listener(event)  # type: ignore[arg-type]  # `subscribe` saw that they fit
            except Exception as error:
                self.failures.append((event, error))
