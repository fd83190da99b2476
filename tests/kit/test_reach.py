"""Whether an account can pay for a call, and which numbers a telephone would ring at."""

from __future__ import annotations

import pytest

from pbxsim.kit.reach import can_pay, reachable
from pbxsim.pbx.account import UNIT, Account, Money, Rate, Tariff
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused, ToExtension, ToPlayback, ToTrunk
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import START, Office, extension

TARIFF = Tariff("t", (Rate(per_minute=UNIT), Rate(prefix="800")))


def account(credit: Money) -> Account:
    """Make an account for which all but 800… costs something."""
    return Account(name="a", credit=credit, tariff=TARIFF, changed_at=START)


@pytest.mark.parametrize(("credit", "can"), [(1, True), (0, False), (-1, False)])
def test_a_paid_number_needs_some_credit(credit: Money, can: bool) -> None:
    paid, free = ToTrunk("777123456", ()), ToTrunk("800123456", ())
    assert can_pay(account(credit), paid) is can
    assert can_pay(account(credit), free, paid) is can
    assert can_pay(account(credit), free)


def test_what_stays_inside_or_is_refused_costs_nothing() -> None:
    own = ToExtension("777123456", extension("100"))
    assert can_pay(account(0), own, ToPlayback("1", 1), Refused("2", HangupCause.UNALLOCATED))


def test_only_numbers_at_which_a_telephone_would_ring_are_reachable() -> None:
    context = Context(name="from-web", dialplan="main", entries=(("500", Step(play_seconds=3)),))
    office = Office(extension("100", public=("299299000",)), contexts=(context,))
    numbers = ("100", "299299000", "500", "200", "777123456")
    assert list(reachable(office.pbx.dialplan, "from-web", numbers)) == ["100", "299299000"]
    assert list(reachable(office.pbx.dialplan, "main", numbers)) == ["100", "299299000", "777123456"]
