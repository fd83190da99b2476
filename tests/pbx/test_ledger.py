"""The ledger: each change of credit is booked once, numbered, told, and never altered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.account import UNIT, Account, Tariff
from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.events import CreditChanged
from pbxsim.pbx.ledger import EntryKind, Ledger, LedgerEntry


class Books:
    """A ledger with two accounts that were just opened, and what is told of it."""

    def __init__(self, *, limit: int = 100, first: int = 1) -> None:
        self.shop = Account(name="shop", credit=5 * UNIT, tariff=Tariff(""), changed_at=10)
        self.bank = Account(name="bank", credit=0, tariff=Tariff(""), changed_at=10)
        bus = EventBus()
        self.told: list[LedgerEntry] = []
        bus.subscribe(CreditChanged, lambda event: self.told.append(event.entry))
        self.ledger = Ledger(bus, first=first, limit=limit)
        for account in (self.shop, self.bank):
            self.ledger.open(account, 10)

    def charge(self, cost: int, *, at: int, account: Account | None = None) -> LedgerEntry:
        """Have a leg charged, to the shop unless another is named."""
        return self.ledger.charge(
            account or self.shop, cost, at=at, call=7, number="605000111", seconds=61, reference="R7"
        )


@pytest.fixture
def books() -> Books:
    return Books()


def test_an_account_opens_with_an_entry_of_its_credit_and_nobody_is_told(books: Books) -> None:
    (opening,) = books.ledger.of("shop")
    assert opening == LedgerEntry(
        id=1, at=10, account="shop", kind=EntryKind.OPENING, amount=5 * UNIT, balance=5 * UNIT
    )
    assert [(entry.id, entry.amount, entry.balance) for entry in books.ledger.of("bank")] == [(2, 0, 0)]
    assert books.told == []
    assert (books.shop.credit, books.shop.changed_at) == (5 * UNIT, 10)


def test_a_charge_takes_from_the_credit_and_says_for_what(books: Books) -> None:
    entry = books.charge(1_500_001, at=20)
    assert entry == LedgerEntry(
        id=3,
        at=20,
        account="shop",
        kind=EntryKind.CHARGE,
        amount=-1_500_001,
        balance=3_499_999,
        call=7,
        number="605000111",
        seconds=61,
        reference="R7",
    )
    assert entry.cost == 1_500_001
    assert (books.shop.credit, books.shop.changed_at) == (3_499_999, 20)
    assert books.told == [entry]


@pytest.mark.parametrize("amount", [2 * UNIT, -9 * UNIT, 1])
def test_a_top_up_adds_to_the_credit_and_a_negative_one_takes_away(books: Books, amount: int) -> None:
    entry = books.ledger.top_up(books.bank, amount, at=30)
    assert entry == LedgerEntry(id=3, at=30, account="bank", kind=EntryKind.TOP_UP, amount=amount, balance=amount)
    assert (books.bank.credit, books.bank.changed_at) == (amount, 30)
    assert books.told == [entry]


def test_the_credit_is_already_changed_when_somebody_hears_of_it() -> None:
    bus = EventBus()
    account = Account(name="shop", credit=UNIT, tariff=Tariff(""), changed_at=0)
    ledger = Ledger(bus)
    heard: list[tuple[int, int, bool]] = []
    bus.subscribe(
        CreditChanged,
        lambda event: heard.append((account.credit, account.changed_at, event.entry in ledger.of("shop"))),
    )
    ledger.top_up(account, UNIT, at=3)
    assert heard == [(2 * UNIT, 3, True)]


def test_entries_are_given_in_order_or_from_the_newest_and_charges_alone(books: Books) -> None:
    books.charge(1, at=20)
    books.charge(2, at=20, account=books.bank)
    books.ledger.top_up(books.shop, 5, at=21)
    books.charge(3, at=22)
    assert [entry.id for entry in books.ledger.of("shop")] == [1, 3, 5, 6]
    assert [entry.id for entry in books.ledger.of("shop", newest_first=True)] == [6, 5, 3, 1]
    assert [entry.cost for entry in books.ledger.charges("shop")] == [1, 3]
    assert [entry.cost for entry in books.ledger.charges("bank")] == [2]
    assert list(books.ledger.of("nobody")) == books.ledger.charges("nobody") == []


def test_of_each_account_the_newest_entries_are_kept_and_the_credit_is_right_all_the_same() -> None:
    books = Books(limit=3)
    for at in range(20, 30):
        books.charge(1, at=at)
    books.charge(1, at=30, account=books.bank)
    assert [entry.at for entry in books.ledger.of("shop")] == [27, 28, 29]
    assert [entry.at for entry in books.ledger.of("bank")] == [10, 30]
    assert books.shop.credit == 5 * UNIT - 10
    assert len(books.told) == 11


@pytest.mark.parametrize(
    ("instant", "credit", "since"),
    [
        (9, 5 * UNIT, 10),  # before it began
        (10, 5 * UNIT, 10),
        (19, 5 * UNIT, 10),
        (20, 5 * UNIT - 4, 20),  # the later of two at one instant
        (29, 5 * UNIT - 4, 20),
        (30, 6 * UNIT - 4, 30),
        (99, 6 * UNIT - 4, 30),
    ],
)
def test_the_credit_at_an_instant_is_known_with_the_date_of_its_last_change(
    books: Books, instant: int, credit: int, since: int
) -> None:
    books.charge(1, at=20)
    books.charge(3, at=20)
    books.ledger.top_up(books.shop, UNIT, at=30)
    assert books.ledger.balance_at(books.shop, instant) == (credit, since)


def test_before_the_oldest_entry_that_is_kept_the_credit_is_what_that_one_changed() -> None:
    books = Books(limit=2)
    for at in range(20, 30):
        books.charge(1, at=at)
    assert books.ledger.balance_at(books.shop, 15) == (5 * UNIT - 8, 28)
    assert books.ledger.balance_at(books.shop, 28) == (5 * UNIT - 9, 28)


def test_an_account_without_an_entry_has_the_credit_it_has() -> None:
    ledger = Ledger(EventBus())
    assert ledger.balance_at(Account(name="x", credit=3, tariff=Tariff(""), changed_at=4), 1) == (3, 4)


def test_the_entries_of_an_earlier_run_come_first_and_numbers_go_on() -> None:
    books = Books()
    books.charge(1, at=20)
    bus = EventBus()
    told: list[CreditChanged] = []
    bus.subscribe(CreditChanged, told.append)
    ledger = Ledger(bus, first=books.ledger.next_entry)
    ledger.resume([*books.ledger.of("shop"), *books.ledger.of("bank")])
    assert told == []
    assert [entry.id for entry in ledger.of("shop")] == [1, 3]
    assert ledger.top_up(books.shop, 1, at=40).id == 4
    assert [entry.id for entry in ledger.of("shop")] == [1, 3, 4]


@pytest.mark.slow
@given(
    st.integers(-UNIT, UNIT),
    st.lists(st.tuples(st.sampled_from(["charge", "top up"]), st.integers(0, UNIT), st.integers(0, 3)), max_size=30),
)
def test_the_credit_is_the_sum_of_its_entries_at_any_instant(credit: int, steps: list[tuple[str, int, int]]) -> None:
    account = Account(name="shop", credit=credit, tariff=Tariff(""), changed_at=0)
    ledger = Ledger(EventBus())
    ledger.open(account, 0)
    at = 0
    for what, amount, pause in steps:
        at += pause
        if what == "charge":
            ledger.charge(account, amount, at=at, call=1, number="1", seconds=1, reference="")
        else:
            ledger.top_up(account, amount, at=at)
    entries = list(ledger.of("shop"))
    assert account.credit == sum(entry.amount for entry in entries) == entries[-1].balance
    assert account.changed_at == entries[-1].at
    for instant in range(at + 2):
        by_then = sum(entry.amount for entry in entries if entry.at <= instant)
        assert ledger.balance_at(account, instant)[0] == by_then
