"""Legs that ring for one channel: which is it, and what becomes of the others."""

from __future__ import annotations

import pytest

from pbxsim.engines.asterisk.legs import OTHER_HALF, Legs
from pbxsim.pbx.cause import HangupCause
from pbxsim.testing.office import Office, extension

BUSY, REJECTED, GONE = HangupCause.USER_BUSY, HangupCause.CALL_REJECTED, HangupCause.SUBSCRIBER_ABSENT


@pytest.fixture
def legs() -> Legs:
    return Legs("office")


def test_ids_have_one_length_and_are_found(legs: Legs) -> None:
    office = Office(extension("100"), extension("101"))
    channel = office.call("100", "101").legs[0]
    made = legs.dialled(channel, count=12)
    assert len({len(leg.id) for leg in made}) == 1
    assert len({leg.id for leg in made}) == 12
    assert all(legs.find(leg.id + OTHER_HALF) is leg for leg in made)
    assert legs.of(channel) is made[0]
    assert legs.all_of(channel) == made


def test_the_first_that_answers_is_the_channel_and_the_end_of_the_others_is_nothing(legs: Legs) -> None:
    channel = Office(extension("100")).call("100").legs[0]
    first, second, third = legs.dialled(channel, count=3)
    assert legs.over(first, BUSY) is None
    assert legs.of(channel) is second, "what is asked of the channel from now on is asked of one that is there"
    assert legs.won(third) == [second]
    assert (legs.of(channel), third.is_wanted, second.is_wanted) == (third, True, False)
    assert legs.over(third, HangupCause.NORMAL_CLEARING) is HangupCause.NORMAL_CLEARING
    assert legs.over(second, HangupCause.ANSWERED_ELSEWHERE) is None
    assert list(legs) == []


@pytest.mark.parametrize(
    ("causes", "amount_to"), [((BUSY, GONE), BUSY), ((REJECTED, BUSY), BUSY), ((GONE, REJECTED), REJECTED)]
)
def test_when_all_have_failed_somebody_busy_counts_most(
    legs: Legs, causes: tuple[HangupCause, HangupCause], amount_to: HangupCause
) -> None:
    channel = Office(extension("100")).call("100").legs[0]
    first, second = legs.dialled(channel, count=2)
    assert legs.over(first, causes[0]) is None
    assert legs.over(second, causes[1]) is amount_to
