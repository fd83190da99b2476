"""The referee whistles: what may not be is found, whoever brought it about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallStarted, CdrClosed, LegDialed, LegEnded
from pbxsim.testing.office import Office, extension
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"))


@pytest.fixture
def referee(office: Office) -> Referee:
    return Referee(office.pbx, office.engine)


@pytest.fixture
def call(office: Office, referee: Referee) -> Call:
    """Have two talk."""
    call = office.call("100", "990100000")
    office.advance(5)
    referee.check()
    return call


def test_a_call_from_first_to_last_is_in_order(office: Office, referee: Referee, call: Call) -> None:
    office.pbx.calls.hang_up(call)
    office.finish()
    referee.check()
    assert referee.records == 1


def _lose_a_channel(office: Office, call: Call) -> None:
    office.phones["100"].line.channels.clear()


def _use_a_trunk(office: Office, call: Call) -> None:
    office.directory.trunks["upc"].in_use += 1


def _forget_the_call(office: Office, call: Call) -> None:
    del office.pbx.calls.live[call.number]


def _end_a_leg_only(office: Office, call: Call) -> None:
    call.legs[0].state = ChannelState.DOWN


def _set_a_timer(office: Office, call: Call) -> None:
    office.clock.call_at(office.clock.now + 1, 1 << 30, 1, print, "")


def _give_a_leg_away(office: Office, call: Call) -> None:
    other = office.call("101", "990100000")
    call.legs[0].call = other


def _outlive(office: Office, call: Call) -> None:
    office.clock.cancel(call.timer)
    call.timer = 0
    office.advance(5 * 3600)


BROKEN = [
    _lose_a_channel,
    _use_a_trunk,
    _forget_the_call,
    _end_a_leg_only,
    _set_a_timer,
    _give_a_leg_away,
    _outlive,
]


@pytest.mark.parametrize("break_it", BROKEN, ids=lambda break_it: str(break_it.__name__).strip("_"))
def test_what_does_not_fit_together_is_found(
    office: Office, referee: Referee, call: Call, break_it: Callable[[Office, Call], None]
) -> None:
    break_it(office, call)
    with pytest.raises(AssertionError):
        referee.check()


@pytest.mark.parametrize("kind", [CallStarted, LegDialed, LegEnded, CdrClosed], ids=lambda kind: str(kind.__name__))
def test_what_is_told_twice_is_found(office: Office, referee: Referee, call: Call, kind: type) -> None:
    office.pbx.calls.hang_up(call)
    again = next(event for event in office.heard if type(event) is kind)
    office.pbx.events.emit(again)
    with pytest.raises(AssertionError):
        referee.check()


def _answer_before_it_began(cdr: Cdr) -> None:
    msgspec.structs.force_setattr(cdr, "answer", cdr.start - SECOND)


def _lose_the_talk(cdr: Cdr) -> None:
    msgspec.structs.force_setattr(cdr, "talk", 0)


def _talk_later(cdr: Cdr) -> None:
    msgspec.structs.force_setattr(cdr, "talk", cdr.talk + 1)


def _name_another_channel(cdr: Cdr) -> None:
    msgspec.structs.force_setattr(cdr, "second_serial", cdr.second_serial + 1)


def _say_not_answered(cdr: Cdr) -> None:
    msgspec.structs.force_setattr(cdr, "disposition", Disposition.NO_ANSWER)


def _recorded(style: RecordStyle, spoil: Callable[[Cdr], None]) -> Referee:
    """Have two talk on a PBX whose every record is spoilt before anybody reads it."""
    office = Office(extension("100"), extension("101"), records=RecordRules(style=style))
    office.pbx.events.subscribe(CdrClosed, lambda told: spoil(told.cdr))
    referee = Referee(office.pbx, office.engine)
    call = office.call("100", "990100000")
    office.advance(5)
    office.pbx.calls.hang_up(call)
    office.finish()
    return referee


@pytest.mark.parametrize("style", RecordStyle)
def test_records_that_nobody_spoilt_are_in_order(style: RecordStyle) -> None:
    _recorded(style, lambda _: None).check()


@pytest.mark.parametrize(
    ("style", "spoil"),
    [
        *((style, spoil) for style in RecordStyle for spoil in (_answer_before_it_began, _say_not_answered)),
        *((RecordStyle.ASTERISK, spoil) for spoil in (_lose_the_talk, _talk_later, _name_another_channel)),
    ],
)
def test_a_maker_that_writes_wrong_rows_is_found(style: RecordStyle, spoil: Callable[[Cdr], None]) -> None:
    referee = _recorded(style, spoil)
    with pytest.raises(AssertionError):
        referee.check()
