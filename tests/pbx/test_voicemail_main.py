"""Hearing one's messages at a telephone: the PIN, what can be pressed, and what is so when the call is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import digits
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import CdrQuery, RecordRules
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call


class Desk(Office):
    """100 with a mailbox of three messages of 5 s, the first of which was heard; 101 without; and a referee."""

    def __init__(self, pin: str = "47") -> None:
        hundred = msgspec.structs.replace(extension("100"), mailbox="100")
        for line in hundred.lines:
            line.extension = hundred
        super().__init__(
            hundred,
            extension("101"),
            contexts=[Context(name="in", dialplan="main", entries=(("8", Step(voicemail="100")),))],
            mailboxes=[Mailbox(number="100", pin=pin, rules=MailboxRules(greeting=0))],
            records=RecordRules(),
        )
        self.referee = Referee(self.pbx, self.engine)
        for _ in range(3):
            call = self.calls_in("605000001", "8")
            self.advance(5)
            self.pbx.calls.hang_up(call)
        self.pbx.voicemail.mark(1, is_heard=True)

    def dials_in(self, by: str = "100", *pressed: str) -> Call:
        """Have a telephone dial its mailbox, and press these one second apart."""
        call = self.handset.dial(self.phones[by].line, "*97")
        for digit in pressed:
            self.advance(1)
            assert call.first is not None
            digits.press(self.pbx.calls, call.first, digit)
            self.referee.check()
        return call

    def box(self) -> dict[int, bool]:
        """Tell which messages there are, and whether they count as heard."""
        return {message.id: message.is_heard for message in self.pbx.voicemail.messages()}


@pytest.mark.parametrize(
    ("pressed", "left"),
    [
        ("47#1#", {1: True, 2: True, 3: False}),  # the first new one is heard
        ("47#16#", {1: True, 2: True, 3: True}),
        ("47#17#", {1: True, 3: False}),
        ("47#177#", {1: True, 2: True, 3: False}),  # not after all
        ("47#1657#", {1: True, 2: True}),
        ("47#1647#", {1: True, 3: True}),
        ("47#1447#", {1: True, 3: False}),  # before the first one is none
        ("47#1667#", {2: True, 3: True}),  # old ones come last
        ("47#16669#", {1: True, 2: True, 3: True}),  # behind the last: what to press is said again
        ("47#9#", {1: True, 2: False, 3: False}),
        ("47#*", {1: True, 2: False, 3: False}),
        ("48#47#1#", {1: True, 2: True, 3: False}),  # another try
    ],
)
def test_what_was_heard_is_old_and_what_was_deleted_gone_when_the_call_is_over(
    pressed: str, left: dict[int, bool]
) -> None:
    desk = Desk()
    call = desk.dials_in("100", *pressed[:-1])
    assert desk.box() == {1: True, 2: False, 3: False}  # not before
    assert call.first is not None
    digits.press(desk.pbx.calls, call.first, pressed[-1])
    desk.referee.check()
    assert (call.state, call.cause) == (CallState.ENDED, HangupCause.NORMAL_CLEARING)
    assert desk.box() == left
    desk.finish()


@pytest.mark.parametrize("pressed", ["48#48#48#", "#" * 3, "4711#" * 3])
def test_three_wrong_pins_end_the_call(pressed: str) -> None:
    desk = Desk()
    call = desk.dials_in("100", *pressed)
    assert call.is_over
    assert desk.box() == {1: True, 2: False, 3: False}


def test_a_mailbox_without_a_pin_cannot_be_opened() -> None:
    desk = Desk(pin="")
    assert desk.dials_in("100", *"###").is_over


def test_who_has_no_mailbox_is_told_so() -> None:
    desk = Desk()
    call = desk.dials_in("101")
    assert call.state is CallState.TALKING
    desk.advance(3)
    assert call.is_over
    desk.referee.check()


@pytest.mark.parametrize(("pressed", "after"), [("", 13), ("4", 10), ("47#", 13), ("47#1", 15)])
def test_who_presses_nothing_is_hung_up(pressed: str, after: int) -> None:
    desk = Desk()
    call = desk.dials_in("100", *pressed)
    desk.advance(after - 0.1)
    assert call.state is CallState.TALKING
    desk.advance(0.1)
    assert (call.is_over, call.ended_by) == (True, None)
    desk.referee.check()


def test_hanging_up_is_enough() -> None:
    desk = Desk()
    desk.dials_in("100", *"47#1")
    desk.phones["100"].hangs_up()
    desk.referee.check()
    assert desk.box() == {1: True, 2: True, 3: False}
    (record,) = desk.archive.find(CdrQuery(dst="*97"))
    assert (record.last_app, record.last_data, record.disposition) == (
        "VoiceMailMain",
        "100@default",
        Disposition.ANSWERED,
    )
    assert record.billsec == 4


def test_a_message_that_somebody_else_throws_away_meanwhile_is_passed_over() -> None:
    desk = Desk()
    desk.dials_in("100", *"47#1")
    desk.pbx.voicemail.delete(3)
    desk.pbx.voicemail.delete(2)
    desk.phones["100"].hangs_up()
    assert desk.box() == {1: True}
    assert desk.pbx.events.failures == []


def test_the_longest_talk_holds_here_too() -> None:
    desk = Desk()
    desk.pbx.calls.longest_talk = 20 * SECOND
    call = desk.dials_in("100", *"47#1")
    for _ in range(4):
        desk.advance(4)
        if call.first is not None:
            digits.press(desk.pbx.calls, call.first, "5")
    assert call.is_over
    desk.finish()
