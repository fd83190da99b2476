"""The referee whistles: what may not be is found, whoever brought it about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import CallStarted, CdrClosed, LegDialed, LegEnded
from pbxsim.testing.office import Office, extension
from pbxsim.testing.referee import Referee

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.call import Call


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
