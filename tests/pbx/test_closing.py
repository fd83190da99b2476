"""What a call costs when it is over: which legs, which seconds, whose credit."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.account import UNIT, Account, ChargeBasis, Rate, Tariff
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.cdr import Cdr, Direction, RecordRules
from pbxsim.pbx.directory import OutboundRoute, Trunk
from pbxsim.pbx.events import CallEnded, CdrClosed, CreditChanged
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.testing.office import START, Office, extension, line

TARIFF = Tariff(
    "standard",
    (
        Rate(prefix="9901", per_minute=60),  # one millionth a second
        Rate(prefix="9907", per_minute=60, connection=1_000),
        Rate(prefix="9902", per_minute=60, connection=1_000),
        Rate(prefix="605", per_minute=60),
    ),
)


class Till:
    """An office, and the account that pays for its calls."""

    def __init__(self, credit: int = UNIT) -> None:
        self.account = Account(name="shop", credit=credit, tariff=TARIFF, changed_at=0)
        self.office = Office(extension("100"), extension("101", line("desk"), line("mobile")), accounts=[self.account])

    def charges(
        self, first: str, second: str, basis: ChargeBasis, *, reference: str = "R7"
    ) -> list[tuple[str, int, int]]:
        """Place a call, see it to its end, and give what was charged: number, seconds, amount."""
        call = self.office.call(first, second, account=self.account, charge_basis=basis, reference=reference)
        self.office.finish()
        assert self.office.cdr(call).account == "shop"
        charged = self.charged()
        assert self.account.credit == UNIT - sum(charge.cost for charge in charged)
        assert all(charge.call == call.number for charge in charged)
        return [(charge.number, charge.seconds, charge.cost) for charge in charged]

    def charged(self) -> list[LedgerEntry]:
        """Give the legs that were charged to the account."""
        return self.office.pbx.ledger.charges("shop")


@pytest.fixture
def till() -> Till:
    return Till()


LEG, CONVERSATION = ChargeBasis.LEG, ChargeBasis.CONVERSATION


@pytest.mark.parametrize(
    ("first", "second", "basis", "charged"),
    [
        ("990102000", "990103010", LEG, [("990102000", 13, 13), ("990103010", 10, 10)]),
        ("990102000", "990103010", CONVERSATION, [("990102000", 10, 10), ("990103010", 10, 10)]),
        ("100", "990103010", LEG, [("990103010", 10, 10)]),
        ("990102010", "100", LEG, [("990102010", 10, 10)]),
        ("990102000", "990305000", LEG, [("990102000", 30, 30)]),
        ("990102000", "990305000", CONVERSATION, []),
        ("990102000", "990205000", LEG, [("990102000", 5, 5)]),
        ("990102000", "990205000", CONVERSATION, []),
        ("990202000", "990103010", LEG, []),
        ("100", "990205000", LEG, []),
        ("100", "101", LEG, []),
        ("100", "990700000", LEG, [("990700000", 14400, 15_400)]),
        ("990702000", "7", LEG, [("990702000", 0, 1_000)]),
        ("990702000", "7", CONVERSATION, []),
    ],
)
def test_legs_that_went_out_and_were_answered_are_charged(
    till: Till, first: str, second: str, basis: ChargeBasis, charged: list[tuple[str, int, int]]
) -> None:
    assert till.charges(first, second, basis) == charged


def test_free_legs_are_answered_and_not_charged() -> None:
    till = Till()
    till.account.tariff = Tariff("free", (Rate(prefix="9901", minimum_seconds=60),))
    assert till.charges("990102000", "990103010", LEG) == []
    assert CreditChanged not in till.office.kinds_heard()
    assert till.account.changed_at == 0


def test_seconds_begun_are_not_charged_but_minutes_begun_are() -> None:
    till = Till()
    call = till.office.call("100", "990100000", account=till.account)
    till.office.advance(59.999999)
    till.office.pbx.calls.hang_up(call)
    assert [charge.seconds for charge in till.charged()] == [59]
    till.account.tariff = Tariff("minutes", (Rate(prefix="9901", per_minute=60, step_seconds=60),))
    call = till.office.call("100", "990100000", account=till.account)
    till.office.advance(61)
    till.office.pbx.calls.hang_up(call)
    assert till.charged()[1].cost == 120


def test_a_charge_is_told_with_its_reference_after_the_end_and_before_the_record(till: Till) -> None:
    till.charges("100", "990103010", LEG, reference="REF-9")
    (told,) = [event for event in till.office.heard if isinstance(event, CreditChanged)]
    assert told.entry == LedgerEntry(
        id=2,  # the first is the credit that the account began with
        at=START + 13 * SECOND,
        account="shop",
        kind=EntryKind.CHARGE,
        amount=-10,
        balance=UNIT - 10,
        call=1,
        number="990103010",
        seconds=10,
        reference="REF-9",
    )
    assert till.office.kinds_heard()[-3:] == [CallEnded, CreditChanged, CdrClosed]
    assert till.account.changed_at == told.entry.at


def test_a_caller_from_outside_pays_for_itself(till: Till) -> None:
    till.office.phones["100"].answers(talks=9)
    assert till.office.incoming("605000111", "100", account=till.account) is not None
    till.office.finish()
    assert till.charged() == []


def test_a_call_without_an_account_costs_nobody_anything(till: Till) -> None:
    call = till.office.call("990102000", "990103010")
    till.office.finish()
    assert till.account.credit == UNIT
    assert till.office.cdr(call).account == ""


def test_the_credit_may_fall_below_nothing_by_what_a_call_costs() -> None:
    till = Till(credit=3)
    till.office.call("100", "990103010", account=till.account)
    till.office.finish()
    assert till.account.credit == -7
    assert not till.account.can_call("990103010")


def test_the_leg_is_charged_by_the_number_that_went_out_on_the_trunk() -> None:
    trunk = Trunk(id=1, name="upc")
    route = OutboundRoute(id=1, name="out", patterns=("_0X.",), trunks=(trunk,), strip=1)
    account = Account(name="shop", credit=UNIT, tariff=TARIFF, changed_at=0)
    office = Office(extension("100"), trunks=[trunk], routes=[route], accounts=[account])
    office.call("100", "0990103010", account=account)
    office.finish()
    assert [(charge.number, charge.cost) for charge in office.pbx.ledger.charges("shop")] == [("990103010", 10)]


@pytest.mark.slow
@given(st.integers(0, 99), st.integers(1, 999), st.integers(0, 99), st.sampled_from(ChargeBasis))
def test_the_charges_are_the_credit_that_is_gone(ring: int, talk: int, first_ring: int, basis: ChargeBasis) -> None:
    till = Till()
    till.charges(f"9901{first_ring:02d}000", f"9901{ring:02d}{talk:03d}", basis)


@pytest.mark.parametrize(
    ("first", "second", "direction", "trunk"),
    [
        ("100", "101", Direction.LOCAL, ""),
        ("100", "990100001", Direction.OUTGOING, "upc"),
        ("990100001", "100", Direction.OUTGOING, "upc"),
        ("990100001", "990100001", Direction.OUTGOING, "upc"),
        ("100", "7", Direction.LOCAL, ""),
    ],
)
def test_a_record_says_which_way_the_call_went(first: str, second: str, direction: Direction, trunk: str) -> None:
    office = Office(extension("100"), extension("101"))
    office.phones["101"].answers(talks=1)
    call = office.call(first, second)
    office.finish()
    assert (office.cdr(call).direction, office.cdr(call).trunk) == (direction, trunk)


def test_of_two_trunks_the_record_names_the_second_partys() -> None:
    one, other = Trunk(id=1, name="one"), Trunk(id=2, name="other")
    routes = [
        OutboundRoute(id=1, name="short", patterns=("_9901XXXXX",), trunks=(one,)),
        OutboundRoute(id=2, name="long", patterns=("_009901XXXXX",), trunks=(other,), strip=2),
    ]
    office = Office(extension("100"), trunks=[one, other], routes=routes)
    call = office.call("990100001", "00990100002")
    office.finish()
    assert office.cdr(call).trunk == "other"


NUMBERS = ("101", "990102003", "990202000", "990302000", "990402000", "990602000", "990702003")


@pytest.mark.parametrize("second", NUMBERS)
@pytest.mark.parametrize("clid", [None, CallerId("5", "Five"), CallerId("", "Nobody")])
@pytest.mark.parametrize("shows", [CallerId(), CallerId("6", "Six")])
def test_a_plain_call_has_the_record_that_its_row_would_make(
    second: str, clid: CallerId | None, shows: CallerId
) -> None:
    """With `after_dial` all records are made of rows."""
    by_itself, by_rows = (_records(second, clid, shows, RecordRules(after_dial=rows)) for rows in (False, True))
    assert by_itself == by_rows
    assert len(by_itself) > 1


def _records(second: str, clid: CallerId | None, shows: CallerId, rules: RecordRules) -> list[Cdr]:
    """Have an order and a caller from outside; gives their records but for their ids."""
    till = Till()
    office = till.office
    office.pbx.calls.records = rules
    custom = ("a", "b", "c", "d")
    order = office.order(
        "100", second, second_shows=shows, account=till.account, reference="R7", custom=custom, talk_limit=7 * SECOND
    )
    office.pbx.calls.originate(msgspec.structs.replace(order, clid=clid))
    office.incoming("605000001", "100")
    office.finish()
    return [msgspec.structs.replace(cdr, id=0) for cdr in office.cdrs() if cdr.last_app == "Dial"]
