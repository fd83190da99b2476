"""What simulated telephones press in a call, and when: digits of a caller's plan, and those of a person's hand.

One timer for each leg, set for the next digit. Not here: who takes a digit (pbx/digits.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from pbxsim.pbx import digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dtmf import Keystrokes


class Fingers(msgspec.Struct):
    """What is going to be pressed on one leg: `planned` from when it is up, `due` at these instants, soonest first."""

    planned: Keystrokes = ()
    due: list[tuple[Instant, str]] = []
    timer: TimerId = 0


class Keypad:
    """Presses digits on the legs of one PBX. `fingers` belong to a leg, and are kept beside its fate."""

    def __init__(self, control: CallControl) -> None:
        self._control = control
        self._clock = control.clock

    @classmethod
    def timed_actions(cls) -> tuple[Callable[[Keypad, tuple[Channel, Fingers]], None], ...]:
        """Give what it has the PBX's clock call."""
        return (cls._press_next,)

    def came_up(self, channel: Channel, fingers: Fingers) -> None:
        """Begin with what was planned for when the leg is up; it is begun only once."""
        planned, fingers.planned = fingers.planned, ()
        self.press(channel, fingers, planned)

    def press(self, channel: Channel, fingers: Fingers, strokes: Keystrokes) -> None:
        """Press these digits from now on, among those that are to be pressed already."""
        if strokes:
            now = self._clock.now
            fingers.due = sorted([*fingers.due, *((now + after, digit) for after, digit in strokes)], key=_instant)
            self._set(channel, fingers)

    def forget(self, fingers: Fingers) -> None:
        """Press nothing more."""
        fingers.planned, fingers.due = (), []
        self._cancel(fingers)

    def _cancel(self, fingers: Fingers) -> None:
        if fingers.timer:
            self._clock.cancel(fingers.timer)
            fingers.timer = 0

    def _set(self, channel: Channel, fingers: Fingers) -> None:
        self._cancel(fingers)
        if fingers.due:
            call = channel.call
            due = fingers.due[0][0]
            fingers.timer = self._clock.call_at(
                due, call.number, call.next_step(), self._press_next, (channel, fingers)
            )

    def _press_next(self, pressing: tuple[Channel, Fingers]) -> None:
        channel, fingers = pressing
        fingers.timer = 0
        _, digit = fingers.due.pop(0)
        self._set(channel, fingers)  # first of all: the digit may end the call, and what was to be pressed with it
        digits.press(self._control, channel, digit)


def _instant(stroke: tuple[Instant, str]) -> Instant:
    return stroke[0]
