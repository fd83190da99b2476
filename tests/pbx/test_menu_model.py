"""What a menu does with digits at any moments, compared with Asterisk's own loop, written down again as a loop.

The model reads a list of digits with their times as pbx_builtin_background, pbx_builtin_waitexten and collect_digits do
(main/pbx_builtins.c, main/pbx.c), with a clock of its own and no events; the switch has to come to the same, then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.menu import Menu
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension
from pbxsim.testing.referee import Referee

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pbxsim.clock.instant import Duration

_NUMBERS: Final = st.text("012*", min_size=1, max_size=3)
_SPANS: Final = st.integers(1, 12)
_PRESSES: Final = st.lists(st.tuples(st.integers(0, 60), st.sampled_from("012*9")), max_size=8)


class Loop:
    """Asterisk's loop over one menu; `end` is when and where it leaves it: digits, `i`, or `t`."""

    def __init__(self, menu: Menu, numbers: Sequence[str], presses: Sequence[tuple[Duration, str]]) -> None:
        self._menu = menu
        self._numbers = numbers
        self._presses = list(presses)
        self._now: Duration = 0

    def end(self) -> tuple[Duration, str]:
        """Run it."""
        exten = self._once()
        for _ in range(1, self._menu.tries):
            if exten in ("i", "t"):
                exten = self._once()
        return self._now, exten

    def _once(self) -> str:
        digit = self._wait(self._menu.say) or self._wait(self._menu.response_timeout)  # Background, then WaitExten
        if digit is None:
            return "t"
        pressed = digit
        while any(number.startswith(pressed) and number != pressed for number in self._numbers):
            digit = self._wait(self._menu.digit_timeout)
            if digit is None:
                break
            pressed += digit
        return pressed if pressed in self._numbers else "i"

    def _wait(self, span: Duration) -> str | None:
        """Wait for a digit, and take it where one comes in time."""
        if self._presses and self._presses[0][0] < self._now + span:
            at, digit = self._presses.pop(0)
            self._now = max(self._now, at)
            return digit
        self._now += span
        return None


@settings(max_examples=200, deadline=None)
@given(
    choices=st.sets(_NUMBERS, min_size=1, max_size=4),
    people=st.sets(st.text("012", min_size=1, max_size=3), max_size=3),
    spans=st.tuples(st.integers(0, 9), _SPANS, _SPANS),
    tries=st.integers(1, 3),
    presses=_PRESSES,
)
def test_a_menu_goes_where_asterisks_loop_goes_and_when(
    choices: set[str],
    people: set[str],
    spans: tuple[int, int, int],
    tries: int,
    presses: list[tuple[int, str]],
) -> None:
    say, response, digit = (span * SECOND for span in spans)
    menu = Menu(
        name="hall",
        context="main",
        dialplan="main",
        digits={number: Step(play_seconds=1) for number in sorted(choices)},
        say=say,
        response_timeout=response,
        digit_timeout=digit,
        tries=tries,
    )
    # each in a millisecond of its own, so that no digit comes at the very moment at which a wait is over
    strokes = tuple((at * SECOND + 1_000 * place, digit) for place, (at, digit) in enumerate(sorted(presses), 1))
    office = _office(menu, people)
    referee = Referee(office.pbx, office.engine)
    order = office.order("777", "700", first_to=office.incoming_order("777", "700").first, context="main")
    call = office.handset.call_in(order, presses=strokes)
    assert call is not None
    left: dict[str, object] = {}
    while (due := office.clock.next_due()) is not None and not left:
        office.clock.run_until(due)
        referee.check()
        last = call.known.menus[-1] if call.known.menus else None
        if last is not None and last.why is not None:
            left = {"at": office.clock.now - call.started_at, "exten": _exten(last.why, last.digits)}
    ended, exten = Loop(menu, [*sorted(choices), *people], strokes).end()
    assert left == {"at": ended, "exten": exten}
    office.pbx.calls.hang_up(call, HangupCause.NORMAL_CLEARING)
    office.finish()


def _office(menu: Menu, people: set[str]) -> Office:
    entries: Mapping[str, Step] = {"700": Step(menu="hall")}
    lines = [extension(number) for number in sorted(people)]
    for index, one in enumerate(lines):
        one.lines[0].user = f"user{index}"
    return Office(
        *lines,
        contexts=[Context(name="main", dialplan="main", entries=tuple(entries.items()))],
        menus=[menu],
    )


def _exten(why: str, digits: str) -> str:
    return {"invalid": "i", "timeout": "t"}.get(why, digits)
