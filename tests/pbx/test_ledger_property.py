"""Charges are the change of credit, to the last millionth, for any sequence of calls and crashes.

A crash throws the PBX away at any moment. What is left is what a store holds: whatever came of one action lasts whole
or not at all, and what was still on its way to the disk is a tail of the actions. The next PBX is built from the rest.
What a call should have cost is worked out here once more, from its record, the numbers that say how long the parties
ring, and the tariff, in fractions.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.pbx.account import Account, ChargeBasis, Rate, Tariff
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.events import CdrClosed, CreditChanged
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import START, Office, extension, line

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr

NAMES: Final = ("shop", "bank")
OPENING: Final = {"shop": 10_000_000, "bank": 0}


class Transaction(msgspec.Struct):
    """What one action brought: records, entries, and the highest numbers by then."""

    now: int
    calls: int
    channels: int
    cdrs: list[Cdr]
    entries: list[LedgerEntry]


class Order(msgspec.Struct, frozen=True):
    """A call that was asked for: what a record does not say of it."""

    first: str
    second: str
    basis: ChargeBasis
    account: str


# -- what a call costs, worked out once more ----------------------------------------------------------------------

Leg: TypeAlias = tuple[str, int]


def _cost(tariff: Tariff, number: str, spent: int) -> int | None:
    """Work out a leg's price in millionths; None where calls to that number are free."""
    fitting = sorted((rate for rate in tariff.rates if number.startswith(rate.prefix)), key=lambda one: len(one.prefix))
    if not fitting or (fitting[-1].per_minute, fitting[-1].connection) == (0, 0):
        return None
    rate = fitting[-1]
    charged = max(spent, rate.minimum_seconds)
    while charged % rate.step_seconds:
        charged += 1
    exact = Fraction(charged * rate.per_minute, 60) + rate.connection
    return int(exact + Fraction(1, 2))  # half up, nothing is negative


def _legs(order: Order, cdr: Cdr) -> list[Leg]:
    """Work out the legs that went out and were answered: number and full seconds of each."""
    talked = (cdr.end - cdr.talk) // SECOND if cdr.talk else None
    found: list[tuple[str, int | None]] = []
    if _is_outside(order.first):
        answers = order.first[3] == "1"
        up = (cdr.end - cdr.start - int(order.first[4:6]) * SECOND) // SECOND if answers else -1
        found.append((order.first, (up if up >= 0 else None) if order.basis is ChargeBasis.LEG else talked))
    if _is_outside(order.second):
        found.append((order.second, talked))
    return [(number, spent) for number, spent in found if spent is not None]


def _is_outside(number: str) -> bool:
    return len(number) == 9


def expected(order: Order, cdr: Cdr, tariff: Tariff) -> Counter[tuple[str, int, int]]:
    """Work out what a call's record costs: how often which number, seconds and price."""
    priced = [(number, spent, _cost(tariff, number, spent)) for number, spent in _legs(order, cdr)]
    return Counter((number, spent, cost) for number, spent, cost in priced if cost is not None)


# -- a PBX that is thrown away and built again --------------------------------------------------------------------


class Firm:
    """A PBX whose every action is one transaction; `stored` are those that last."""

    def __init__(self, tariff: Tariff, style: RecordStyle = RecordStyle.ASTERISK) -> None:
        self._tariff = tariff
        self._records = RecordRules(style=style)
        self.stored: list[Transaction] = []
        self.orders: dict[int, Order] = {}
        self.topped_up: dict[int, int] = {}
        self.office = self._build()

    def _build(self) -> Office:
        saved = self._saved()
        accounts = [Account(name=name, credit=OPENING[name], tariff=self._tariff, changed_at=START) for name in NAMES]
        office = Office(
            extension("100"), extension("101", line("desk")), accounts=accounts, saved=saved, records=self._records
        )
        self._open = Transaction(office.clock.now, 0, 0, [], [])
        known = {entry.id for entry in saved.entries}
        opened = [entry for name in NAMES for entry in office.pbx.ledger.of(name) if entry.id not in known]
        self._open.entries += opened
        office.pbx.events.subscribe(CdrClosed, lambda told: self._open.cdrs.append(told.cdr))
        office.pbx.events.subscribe(CreditChanged, lambda told: self._open.entries.append(told.entry))
        self.office = office
        self.commit()
        return office

    def _saved(self) -> Saved:
        if not self.stored:
            return Saved()
        cdrs = [cdr for one in self.stored for cdr in one.cdrs]
        entries = [entry for one in self.stored for entry in one.entries]
        return Saved(
            cdrs=tuple(cdrs),
            entries=tuple(entries),
            balances={entry.account: (entry.balance, entry.at) for entry in entries},
            now=self.stored[-1].now,
            last_call=self.stored[-1].calls,
            last_channel=self.stored[-1].channels,
            last_cdr=max((cdr.id for cdr in cdrs), default=0),
            last_entry=max((entry.id for entry in entries), default=0),
        )

    def commit(self) -> None:
        """End the action: what it brought becomes one transaction."""
        pbx, done = self.office.pbx, self._open
        done.now, done.calls, done.channels = pbx.clock.now, pbx.calls.calls_started, pbx.calls.channels_made
        self.stored.append(done)
        self._open = Transaction(0, 0, 0, [], [])

    def crash(self, lost: int) -> None:
        """Throw the PBX away while its last `lost` actions were still on their way to the store."""
        self.stored = self.stored[: max(0, len(self.stored) - lost)]
        self._build()

    # -- what happens ---------------------------------------------------------------------------------------------

    def call(self, order: Order) -> None:
        """Place a call."""
        account = self.office.pbx.accounts[order.account]
        placed = self.office.call(order.first, order.second, account=account, charge_basis=order.basis)
        self.orders[placed.number] = order  # a number that a crash took back may be another call's now
        self.commit()

    def hang_up(self, which: int) -> None:
        """Hang up one of the calls in progress, after all that is due at this very instant."""
        self.advance(0)
        live: list[Call] = list(self.office.pbx.calls.live.values())
        if live:
            self.office.pbx.calls.hang_up(live[which % len(live)])
            self.commit()

    def advance(self, span: float) -> None:
        """Let time pass; each instant at which something is due is an action."""
        until = self.office.clock.now + seconds(span)
        while (due := self.office.clock.next_due()) is not None and due <= until:
            while not self.office.clock.run_until(due, budget=1):
                self.commit()
            self.commit()
        self.office.clock.run_until(until)

    def top_up(self, name: str, amount: int) -> None:
        """Pay in, or take away."""
        pbx = self.office.pbx
        entry = pbx.ledger.top_up(pbx.accounts[name], amount, at=pbx.clock.now)
        self.topped_up[entry.id] = amount
        self.commit()

    # -- what must be true of it -----------------------------------------------------------------------------------

    def check(self) -> None:
        """See that the store's entries, the ledger and the credit are one, and that each charge is its call's."""
        assert self.office.pbx.events.failures == []
        entries = [entry for one in self.stored for entry in one.entries]
        assert all(one.id < other.id for one, other in pairwise(entries)), "an entry's number was given twice"
        for name, account in self.office.pbx.accounts.items():
            of_it = [entry for entry in entries if entry.account == name]
            assert list(self.office.pbx.ledger.of(name)) == of_it
            assert sum(entry.amount for entry in of_it) == of_it[-1].balance == account.credit
            assert [entry.kind for entry in of_it].count(EntryKind.OPENING) == 1
            assert (of_it[0].kind, of_it[0].amount) == (EntryKind.OPENING, OPENING[name])
        assert {entry.id: entry.amount for entry in entries if entry.kind is EntryKind.TOP_UP}.items() <= (
            self.topped_up.items()
        )
        for one in self.stored:
            self._check_charges(one)

    def _check_charges(self, one: Transaction) -> None:
        """See that records and their charges come together, and that each charge is what its record costs."""
        cost: Counter[tuple[str, int, int, int, str]] = Counter()
        for cdr in one.cdrs:
            order = self.orders[cdr.call]
            for (number, spent, price), times in expected(order, cdr, self._tariff).items():
                cost[number, spent, price, cdr.call, order.account] += times
        charges = [entry for entry in one.entries if entry.kind is EntryKind.CHARGE]
        assert cost == Counter(
            (entry.number, entry.seconds, entry.cost, entry.call, entry.account) for entry in charges
        )
        assert all(entry.at == cdr.end for cdr in one.cdrs for entry in charges if entry.call == cdr.call)


# -- any sequence --------------------------------------------------------------------------------------------------

_prices = st.one_of(st.just(0), st.integers(1, 5_000_000))


def _rates(*prefixes: str, per_minute: st.SearchStrategy[int] = _prices) -> st.SearchStrategy[Rate]:
    return st.builds(
        lambda prefix, price, connection, step, minimum: Rate(
            prefix=prefix, per_minute=price, connection=connection, step_seconds=step, minimum_seconds=minimum
        ),
        st.sampled_from(prefixes),
        per_minute,
        _prices,
        st.sampled_from([1, 1, 7, 30, 60]),
        st.sampled_from([0, 0, 5, 60]),
    )


tariffs = st.builds(
    lambda usual, others: Tariff("drawn", (usual, *others)),
    _rates("", "9901", per_minute=st.integers(1, 5_000_000)),
    st.lists(_rates("9", "99010", "990105", "9902", "99013"), max_size=4, unique_by=lambda rate: rate.prefix),
)
_outside = st.builds(
    lambda digit, ring, talk: f"990{digit}{ring:02d}{talk:03d}",
    st.sampled_from([1, 1, 1, 1, 1, 1, 2, 3, 4]),
    st.sampled_from([0, 1, 5, 13]),
    st.sampled_from([0, 1, 10, 59, 60, 61, 300]),
)
_parties = st.one_of(
    st.tuples(_outside, _outside),
    st.tuples(_outside, st.sampled_from(["100", "101", "7"])),  # nothing has the number 7
    st.tuples(st.sampled_from(["100", "101"]), _outside),
)
_orders = st.builds(
    lambda parties, basis, account: Order(parties[0], parties[1], basis, account),
    _parties,
    st.sampled_from(ChargeBasis),
    st.sampled_from(NAMES),
)
_spans = st.integers(0, 400).map(lambda halves: halves / 2)
steps_of_all_kinds = st.one_of(
    st.tuples(st.just("call"), _orders),
    st.tuples(st.just("call"), _orders),
    st.tuples(st.just("advance"), _spans),
    st.tuples(st.just("advance"), _spans),
    st.tuples(st.just("hang up"), st.integers(0, 9)),
    st.tuples(st.just("top up"), st.tuples(st.sampled_from(NAMES), st.integers(-9_999_999, 9_999_999))),
    st.tuples(st.just("crash"), st.integers(0, 9)),
)
Step: TypeAlias = "tuple[str, Order] | tuple[str, float] | tuple[str, int] | tuple[str, tuple[str, int]]"


def do(firm: Firm, step: Step) -> None:
    """Take a step."""
    match step:
        case ("call", Order() as order):
            firm.call(order)
        case ("advance", float(span)):
            firm.advance(span)
        case ("hang up", int(which)):
            firm.hang_up(which)
        case ("top up", (str(name), int(amount))):
            firm.top_up(name, amount)
        case ("crash", int(lost)):
            firm.crash(lost)
        case _:
            raise AssertionError(step)


@pytest.mark.slow
@pytest.mark.parametrize("style", RecordStyle)
@settings(max_examples=150, deadline=None)
@given(tariffs, st.lists(steps_of_all_kinds, min_size=8, max_size=60))
def test_the_charges_are_the_change_of_credit_whatever_happens(
    style: RecordStyle, tariff: Tariff, steps: list[Step]
) -> None:
    firm = Firm(tariff, style)
    for step in steps:
        do(firm, step)
        firm.check()
    firm.advance(20_000)
    firm.check()
    charges = [entry for one in firm.stored for entry in one.entries if entry.kind is EntryKind.CHARGE]
    event(f"charges: {min(len(charges), 3)}")


def test_a_call_that_ends_at_a_crash_is_charged_whole_or_not_at_all() -> None:
    for lost, credit in ((0, 9_750_000), (1, 10_000_000), (2, 10_000_000), (9, 10_000_000)):
        firm = Firm(Tariff("all", (Rate(per_minute=1_500_000),)))
        firm.call(Order("100", "990100010", ChargeBasis.LEG, "shop"))
        firm.advance(10.5)
        firm.crash(lost)
        firm.check()
        assert firm.office.pbx.accounts["shop"].credit == credit
