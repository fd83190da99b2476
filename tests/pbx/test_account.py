"""Money: what a leg costs, to the millionth, and who has credit for a call."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.account import UNIT, Account, Rate, Tariff, amount_of, spell_amount

_rates = st.builds(
    lambda per_minute, connection, step, minimum: Rate(
        per_minute=per_minute, connection=connection, step_seconds=step, minimum_seconds=minimum
    ),
    per_minute=st.integers(0, 100 * UNIT),
    connection=st.integers(0, 100 * UNIT),
    step=st.integers(1, 300),
    minimum=st.integers(0, 300),
)
_spans = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("rate", "spent", "price"),
    [
        (Rate(per_minute=UNIT), 0, 0),
        (Rate(per_minute=UNIT), 60, UNIT),
        (Rate(per_minute=UNIT), 30, UNIT // 2),
        (Rate(per_minute=UNIT), 1, 16_667),
        (Rate(per_minute=1), 29, 0),
        (Rate(per_minute=1), 30, 1),  # half a millionth is rounded up
        (Rate(per_minute=1), 89, 1),
        (Rate(per_minute=1), 90, 2),
        (Rate(per_minute=UNIT, step_seconds=60), 0, 0),
        (Rate(per_minute=UNIT, step_seconds=60), 1, UNIT),
        (Rate(per_minute=UNIT, step_seconds=60), 60, UNIT),
        (Rate(per_minute=UNIT, step_seconds=60), 61, 2 * UNIT),
        (Rate(per_minute=UNIT, minimum_seconds=60), 0, UNIT),
        (Rate(per_minute=UNIT, minimum_seconds=60), 59, UNIT),
        (Rate(per_minute=UNIT, minimum_seconds=60), 90, 3 * UNIT // 2),
        (Rate(per_minute=UNIT, minimum_seconds=45, step_seconds=30), 3, UNIT),
        (Rate(connection=5), 0, 5),
        (Rate(connection=5), 1_000, 5),
        (Rate(per_minute=UNIT, connection=250_000), 120, 2 * UNIT + 250_000),
    ],
)
def test_a_leg_costs_the_connection_and_its_full_steps(rate: Rate, spent: int, price: int) -> None:
    assert rate.price(spent) == price


@given(_rates, _spans)
def test_a_price_is_exact_but_for_half_a_millionth(rate: Rate, spent: int) -> None:
    charged = max(spent, rate.minimum_seconds)
    charged += -charged % rate.step_seconds
    exact = rate.connection + Fraction(charged * rate.per_minute, 60)
    assert Fraction(-1, 2) < rate.price(spent) - exact <= Fraction(1, 2)
    assert isinstance(rate.price(spent), int)


@given(_rates, _spans, _spans)
def test_talking_longer_never_costs_less(rate: Rate, one: int, other: int) -> None:
    short, long = sorted((one, other))
    assert rate.price(short) <= rate.price(long)


@given(_rates, _spans)
def test_a_free_rate_costs_nothing_and_only_a_free_rate_never_costs(rate: Rate, spent: int) -> None:
    assert rate.price(spent) >= 0
    if rate.is_free:
        assert rate.price(spent) == 0
    else:
        assert rate.price(1_000_000) > 0


PRICES = Tariff(
    "standard", (Rate(prefix="00", per_minute=4), Rate(prefix="0042", per_minute=2), Rate(prefix="6", connection=1))
)


@pytest.mark.parametrize(
    ("number", "prefix"),
    [("0043", "00"), ("00", "00"), ("0042", "0042"), ("00420", "0042"), ("6", "6"), ("0", ""), ("600", "6")],
)
def test_the_longest_prefix_that_fits_decides(number: str, prefix: str) -> None:
    assert PRICES.rate(number).prefix == prefix
    assert Tariff("reversed", PRICES.rates[::-1]).rate(number).prefix == prefix


def test_a_number_that_no_prefix_fits_is_free() -> None:
    assert PRICES.rate("7").is_free
    assert Tariff("empty").rate("7").is_free
    assert Tariff("empty").rate("").is_free


def test_the_empty_prefix_is_for_all_others() -> None:
    tariff = Tariff("all", (*PRICES.rates, Rate(per_minute=9)))
    assert tariff.rate("7").per_minute == 9
    assert tariff.rate("6").connection == 1


@pytest.mark.slow
@given(st.lists(st.text("01", max_size=4), unique=True), st.text("01", max_size=6))
def test_no_other_rate_fits_better(prefixes: list[str], number: str) -> None:
    tariff = Tariff("any", tuple(Rate(prefix=prefix, per_minute=1) for prefix in prefixes))
    fitting = [prefix for prefix in prefixes if number.startswith(prefix)]
    found = tariff.rate(number)
    assert found.is_free == (not fitting)
    assert found.prefix == max(fitting, key=len, default="")


def _account(credit: int) -> Account:
    return Account(name="shop", credit=credit, tariff=PRICES, changed_at=5)


def test_an_account_is_what_it_was_made_with() -> None:
    account = Account(name="shop", credit=7, tariff=PRICES, changed_at=5, currency="CZK")
    assert (account.name, account.credit, account.tariff, account.changed_at) == ("shop", 7, PRICES, 5)
    assert account.currency == "CZK"


@pytest.mark.parametrize(
    ("credit", "number", "may"), [(1, "00", True), (0, "00", False), (-1, "00", False), (0, "7", True), (-9, "7", True)]
)
def test_a_call_needs_credit_unless_it_is_free(credit: int, number: str, may: bool) -> None:
    assert _account(credit).can_call(number) is may


@pytest.mark.parametrize(
    ("money", "text"),
    [(0, "0.00"), (1, "0.000001"), (-1, "-0.000001"), (UNIT, "1.00"), (-12_500_000, "-12.50"), (1_230_000, "1.23")],
)
def test_an_amount_is_spelt_exactly_and_with_two_decimals_at_least(money: int, text: str) -> None:
    assert spell_amount(money) == text


@pytest.mark.parametrize(("text", "money"), [("5", 5 * UNIT), ("-0.5", -500_000), ("007.000001", 7_000_001), ("-0", 0)])
def test_an_amount_is_read_exactly(text: str, money: int) -> None:
    assert amount_of(text) == money


@given(st.integers(-(10**18), 10**18))
def test_an_amount_that_is_spelt_reads_as_itself(money: int) -> None:
    assert amount_of(spell_amount(money)) == money
