"""A PBX built from what an earlier run left goes on where that one stopped."""

from __future__ import annotations

import msgspec

from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.ledger import EntryKind
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import START, Office, extension
from tests.saved import left_by

TARIFF = Tariff("by the second", (Rate(per_minute=60 * UNIT),))


def _office(saved: Saved, *accounts: str, credit: int = 100 * UNIT) -> Office:
    return Office(
        extension("100"),
        extension("101"),
        accounts=[
            Account(name=name, credit=credit, tariff=TARIFF, changed_at=max(START, saved.now)) for name in accounts
        ],
        saved=saved,
    )


def _after_two_calls() -> Saved:
    office = _office(Saved(), "shop", "bank")
    for _ in range(2):
        office.call("100", "990100010", account=office.pbx.accounts["shop"])
        office.finish()
    return left_by(office)


def test_nothing_saved_is_a_pbx_as_its_file_says() -> None:
    assert Saved().is_empty
    assert not _after_two_calls().is_empty
    office = _office(Saved(), "shop")
    assert office.pbx.accounts["shop"].credit == 100 * UNIT
    assert office.call("100", "101").number == 1


def test_calls_channels_and_records_are_numbered_on() -> None:
    saved = _after_two_calls()
    office = _office(saved, "shop", "bank")
    call = office.call("100", "990100001")
    office.finish()
    assert (call.number, office.cdr(call).id) == (3, 3)
    assert (office.cdr(call).first_serial, office.cdr(call).second_serial) == (5, 6)


def test_the_records_of_the_earlier_run_are_still_there() -> None:
    saved = _after_two_calls()
    office = _office(saved, "shop", "bank")
    assert tuple(office.cdrs()) == saved.cdrs
    assert office.pbx.calls.find(1) is None


def test_credit_goes_on_from_its_last_balance_and_the_ledger_from_its_last_entry() -> None:
    saved = _after_two_calls()
    office = _office(saved, "shop", "bank")
    shop = office.pbx.accounts["shop"]
    assert (shop.credit, shop.changed_at) == (80 * UNIT, saved.entries[-1].at)
    assert [entry.kind for entry in office.pbx.ledger.of("shop")] == ["opening", "charge", "charge"]
    office.call("100", "990100005", account=shop)
    office.finish()
    newest = next(office.pbx.ledger.of("shop", newest_first=True))
    assert (newest.id, newest.balance, newest.call) == (5, 75 * UNIT, 3)


def test_an_account_that_the_file_has_since_then_begins_now() -> None:
    saved = _after_two_calls()
    office = _office(saved, "shop", "bank", "new", credit=7 * UNIT)
    (opening,) = office.pbx.ledger.of("new")
    assert (opening.id, opening.kind, opening.balance, opening.at) == (5, EntryKind.OPENING, 7 * UNIT, saved.now)
    assert office.pbx.accounts["shop"].credit == 80 * UNIT


def test_an_account_that_the_file_no_longer_has_keeps_its_entries_and_has_its_credit_when_it_comes_back() -> None:
    saved = _after_two_calls()
    without = _office(saved, "bank")
    assert list(without.pbx.accounts) == ["bank"]
    assert [entry.id for entry in without.pbx.ledger.of("shop")] == [1, 3, 4]
    assert _office(saved, "bank", "shop").pbx.accounts["shop"].credit == 80 * UNIT


def test_a_balance_outlives_the_entries_that_a_store_has_let_go() -> None:
    saved = msgspec.structs.replace(_after_two_calls(), entries=())
    office = _office(saved, "shop")
    shop = office.pbx.accounts["shop"]
    assert shop.credit == 80 * UNIT
    assert office.pbx.ledger.balance_at(shop, saved.now) == (80 * UNIT, saved.balances["shop"][1])
    assert office.pbx.ledger.top_up(shop, UNIT, at=office.clock.now).balance == 81 * UNIT


def test_what_an_earlier_run_left_is_told_to_nobody_again() -> None:
    office = _office(_after_two_calls(), "shop", "bank")
    assert office.heard == []
