"""Menus (IVR): a caller hears what there is to choose from, presses digits, and is sent where they lead.

A menu is to the dialplan what this context would be in Asterisk's extensions.conf, by the menu's own name:

    exten => s,1,Answer()
     same => n,Background(<the menu's name>)
     same => n,WaitExten(<response_timeout>)
    exten => <digits>,1,...        ; with include => for internal numbers that can be dialled straight
    exten => i,1,...               ; `invalid`
    exten => t,1,...               ; `timeout`

The first digit ends what is said. As long as a longer number could still come of what was pressed, the next digit is
waited for, `digit_timeout` at most; then, or as soon as none could, what was pressed is looked up. Nothing pressed at
all within `response_timeout` behind the announcement is `t`, what leads nowhere is `i`; without such an entry the call
is hung up. `tries` is how often the menu is heard before either is gone to, as a Goto(s,1) there would have it.
Sources: Asterisk's main/pbx.c (__ast_pbx_run, collect_digits, ast_matchmore_extension), main/pbx_builtins.c
(pbx_builtin_background, pbx_builtin_waitexten); TIMEOUT(digit) and TIMEOUT(response) are 5 s and 10 s there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx import clearing, dialing
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Destination, Refused, ToExtension, ToHunt
from pbxsim.pbx.dtmf import DIGITS
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.events import MenuEntered, MenuLeft
from pbxsim.pbx.menu_visit import MenuVisit, Why

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.directory import Directory
    from pbxsim.pbx.hunt import HandedOn
    from pbxsim.pbx.routes import Step

START: Final = "s"
INVALID: Final = "i"
TIMEOUT: Final = "t"
SAYS: Final = "BackGround"
"""The application that says what there is to choose from, spelt as Asterisk registers it, and so in its records."""

WAITS: Final = "WaitExten"
"""The application that waits for the first digit then."""

_DIALLABLE: Final = frozenset(DIGITS)


class Menu(msgspec.Struct, frozen=True, kw_only=True):
    """A menu. `digits` is what each choice, of one digit or several, leads to; steps are taken in `context`.

    Internal numbers of `dialplan` can be dialled straight; empty: none. `say` is how long the announcement takes,
    `response_timeout` how long the first digit is waited for behind it, `digit_timeout` each further one. It is heard
    `tries` times at most, 1 or more; then `invalid` and `timeout` are where whoever pressed the wrong thing, or
    nothing, is sent; None: hung up.
    """

    name: str
    context: str
    digits: Mapping[str, Step] = {}
    dialplan: str = ""
    say: Duration = 0
    response_timeout: Duration = 10 * SECOND
    digit_timeout: Duration = 5 * SECOND
    tries: int = 1
    invalid: Step | None = None
    timeout: Step | None = None


class Stay(Entity, eq=False):
    """A caller in a menu."""

    call: Call
    channel: Channel
    visit: MenuVisit


class MenuHunt:
    """Implements `Hunt` and `DigitTaker` for one menu. It rings nobody itself: whoever is sent on is its no more."""

    has_room = True

    def __init__(self, control: CallControl, directory: Directory, menu: Menu) -> None:
        self.menu = menu
        self._control = control
        self._clock = control.clock
        self._straight = _internal_numbers(directory, menu.dialplan) if menu.dialplan else {}
        numbers = (*menu.digits, *self._straight)
        self._begun = frozenset(number[:length] for number in numbers for length in range(1, len(number)))
        self._stays: dict[int, Stay] = {}

    @property
    def name(self) -> str:
        """Name it as a dialplan leads here."""
        return f"menu {self.menu.name}"

    def start(self, call: Call, number: str) -> None:
        """Answer the caller, and say what there is to choose from."""
        del number
        self._control.stop_timer(call)
        dialing.answer(self._control, call)
        if call.is_over or call.first is None:
            return
        call.cause = None
        call.first.digit_taker = self
        stay = self._stays[call.number] = Stay(call, call.first, MenuVisit(self.menu.name, self._clock.now))
        self._say(stay)

    def pressed(self, channel: Channel, digit: str) -> None:
        """Take a digit: wait for another one if a longer number may come of it, else go where it leads."""
        stay = self._stays[channel.call.number]
        stay.visit.digits += digit
        if stay.visit.digits in self._begun:
            self._wait(stay, self.menu.digit_timeout, self._no_more_digits)
        else:
            self._look_up(stay)

    # -- what it says and waits for ---------------------------------------------------------------------------------

    def _say(self, stay: Stay) -> None:
        call, visit = stay.call, stay.visit
        call.noted().entered(visit)
        self._came_to(call, SAYS, self.menu.name, dst=START)
        if MenuEntered in self._control.bus.wanted:
            self._control.bus.emit(MenuEntered(call, visit.menu, visit.attempt))
        if self.menu.say:
            self._wait(stay, self.menu.say, self._said)
        else:
            self._wait_for_digit(stay)

    def _said(self, stay: Stay) -> None:
        stay.call.timer = 0
        self._wait_for_digit(stay)

    def _wait_for_digit(self, stay: Stay) -> None:
        self._came_to(stay.call, WAITS, f"{self.menu.response_timeout / SECOND:g}")
        self._wait(stay, self.menu.response_timeout, self._nothing_pressed)

    def _no_more_digits(self, stay: Stay) -> None:
        stay.call.timer = 0
        self._look_up(stay)

    def _nothing_pressed(self, stay: Stay) -> None:
        stay.call.timer = 0
        self._again(stay, TIMEOUT, Why.TIMEOUT, self.menu.timeout)

    def _wait(self, stay: Stay, span: Duration, then: Callable[[Stay], None]) -> None:
        call = stay.call
        self._control.stop_timer(call)
        call.timer = self._clock.call_at(self._clock.now + span, call.number, call.next_step(), then, stay)

    def _look_up(self, stay: Stay) -> None:
        digits = stay.visit.digits
        step = self.menu.digits.get(digits)
        if step is not None:
            self._take(stay, digits, Why.CHOSEN, step)
        elif digits in self._straight:
            self._send(stay, digits, Why.CHOSEN, self._straight[digits])
        else:
            self._again(stay, INVALID, Why.INVALID, self.menu.invalid)

    def _again(self, stay: Stay, exten: str, why: Why, step: Step | None) -> None:
        """Say it all again, or once that was done often enough, go to the entry `i` or `t`, if there is one."""
        visit = stay.visit
        if visit.attempt < self.menu.tries:
            self._left(stay.call, visit, why, self.name)
            stay.visit = MenuVisit(visit.menu, self._clock.now, visit.attempt + 1)
            self._say(stay)
        elif step is not None:
            self._take(stay, exten, why, step)
        else:
            self._let_go(stay, why)
            clearing.end(self._control, stay.call, HangupCause.NORMAL_CLEARING)

    # -- where it goes on -------------------------------------------------------------------------------------------

    def _take(self, stay: Stay, exten: str, why: Why, step: Step) -> None:
        if step.hangup:
            self._came_to(stay.call, "Hangup", str(step.hangup), dst=exten)
            self._let_go(stay, why)
            clearing.end(self._control, stay.call, HangupCause(step.hangup))
        else:
            self._send(stay, exten, why, self._control.dialplan.follow(step, exten, self.menu.context))

    def _send(self, stay: Stay, exten: str, why: Why, to: Destination) -> None:
        call, is_refused = stay.call, isinstance(to, Refused)
        app, data = ("Goto", f"{self.menu.context},{to.number},1") if is_refused else ("Dial", "")
        self._came_to(call, app, data, dst=exten, to=to)
        self._let_go(stay, why, to.name if isinstance(to, ToHunt) else to.number)
        dialing.ring(self._control, call, to, call.shows, call.order.second_timeout)

    def _came_to(self, call: Call, app: str, data: str, *, dst: str = "", to: Destination | None = None) -> None:
        at, after = self._clock.now, self._control.channels_made
        call.noted().came_to(Passage(app=app, data=data, at=at, after=after, dst=dst, context=self.menu.name, to=to))

    def _let_go(self, stay: Stay, why: Why, led_to: str = "") -> None:
        """Have the caller be in this menu no more."""
        call = stay.call
        del self._stays[call.number]
        self._control.stop_timer(call)
        stay.channel.digit_taker = None
        call.hunt = None
        self._left(call, stay.visit, why, led_to)

    def _left(self, call: Call, visit: MenuVisit, why: Why, led_to: str) -> None:
        visit.why, visit.led_to = why, led_to
        if MenuLeft in self._control.bus.wanted:
            self._control.bus.emit(MenuLeft(call, visit.menu, visit.digits, why, led_to))

    # -- what only those who ring somebody hear ---------------------------------------------------------------------

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Forget the call: the caller has gone."""
        stay = self._stays.get(call.number)
        if stay is not None:
            self._let_go(stay, Why.GONE)

    def leg_failed(self, call: Call, channel: Channel) -> None:
        """Nobody is rung here, so that nobody fails."""

    def timed_out(self, call: Call) -> None:
        """Nobody is rung here."""

    def answered(self, call: Call, channel: Channel) -> Duration:
        """Nobody is rung here."""
        del call, channel
        return 0

    def connecting(self, call: Call) -> None:
        """Nobody is rung here."""


def _internal_numbers(directory: Directory, dialplan: str) -> dict[str, ToExtension]:
    """Give the extensions of a dialplan whose numbers can be pressed."""
    return {
        extension.internal: ToExtension(extension.internal, extension)
        for extension in directory.extensions
        if extension.dialplan == dialplan and _DIALLABLE.issuperset(extension.internal)
    }
