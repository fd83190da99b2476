"""Accounts by the control API: credit to the millionth, every change of it, paying in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.town import Town

CALL = "/acme/api?secret=s3cret!&from=100&to=990101010&account=till"  # rings a second, then talks for ten


async def credit(town: Town) -> str:
    """Give the till's credit."""
    text: str = (await town.get("/_pbxsim/accounts")).json[0]["credit"]
    return text


async def test_accounts_are_listed_with_credit_currency_and_tariff(town: Town) -> None:
    start = "2026-01-01T00:00:00.000000Z"
    assert (await town.get("/_pbxsim/accounts")).json == [
        {"name": "till", "credit": "5.00", "currency": "CZK", "tariff": "standard", "changed_at": start},
        {"name": "free calls", "credit": "0.00", "currency": None, "tariff": None, "changed_at": start},
    ]


async def test_accounts_come_in_pages(town: Town) -> None:
    first = await town.get("/_pbxsim/accounts?limit=1")
    assert [account["name"] for account in first.json] == ["till"]
    assert first.headers["Link"] == '</_pbxsim/accounts?limit=1&after=till>; rel="next"'
    second = await town.get("/_pbxsim/accounts?limit=1&after=till")
    assert [account["name"] for account in second.json] == ["free calls"]
    assert (await town.get("/_pbxsim/accounts?after=free+calls")).json == []


async def test_the_ledger_tells_each_change_and_the_balance_after_it(town: Town) -> None:
    assert (await town.get(CALL)).status == 200
    await town.advance(60)
    paid = await town.post("/_pbxsim/accounts/till/credit", {"amount": "5"})
    entries = (await town.get("/_pbxsim/accounts/till/ledger")).json
    nobody = {"call": None, "number": None, "seconds": None, "reference": None}
    assert entries == [
        {
            "id": 1,
            "at": "2026-01-01T00:00:00.000000Z",
            "kind": "opening",
            "amount": "5.00",
            "balance": "5.00",
            **nobody,
        },
        {
            "id": 3,
            "at": "2026-01-01T00:00:14.000000Z",
            "kind": "charge",
            "amount": "-0.166667",
            "balance": "4.833333",
            "call": 1,
            "number": "990101010",
            "seconds": 10,
            "reference": "R1",
        },
        {
            "id": 4,
            "at": "2026-01-01T00:01:00.000000Z",
            "kind": "top_up",
            "amount": "5.00",
            "balance": "9.833333",
            **nobody,
        },
    ]
    assert (paid.status, paid.json) == (201, entries[-1])
    (till, _) = (await town.get("/_pbxsim/accounts")).json
    assert (till["credit"], till["changed_at"]) == ("9.833333", "2026-01-01T00:01:00.000000Z")


async def test_the_ledger_comes_in_pages(town: Town) -> None:
    for amount in ("1", "2", "3"):
        await town.post("/_pbxsim/accounts/till/credit", {"amount": amount})
    first = await town.get("/_pbxsim/accounts/till/ledger?limit=2")
    assert [entry["amount"] for entry in first.json] == ["5.00", "1.00"]
    assert first.headers["Link"] == '</_pbxsim/accounts/till/ledger?limit=2&after=3>; rel="next"'
    rest = await town.get("/_pbxsim/accounts/till/ledger?limit=3&after=3")
    assert [entry["amount"] for entry in rest.json] == ["2.00", "3.00"]
    assert "Link" not in rest.headers
    assert (await town.get("/_pbxsim/accounts/till/ledger?after=5")).json == []


@pytest.mark.parametrize(
    ("amount", "then"),
    [("0.000001", "5.000001"), ("-7.25", "-2.25"), ("+0.1", ""), ("12.3", "17.30"), ("007", "12.00"), ("-5", "0.00")],
)
async def test_an_amount_is_taken_to_the_millionth_or_not_at_all(town: Town, amount: str, then: str) -> None:
    answered = await town.post("/_pbxsim/accounts/till/credit", {"amount": amount})
    assert answered.status == (201 if then else 400)
    assert await credit(town) == (then or "5.00")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"amount": 5},
        {"amount": 0.1},
        {"amount": ""},
        {"amount": "0.0000001"},
        {"amount": "1e3"},
        {"amount": "1,5"},
        {"amount": "５"},
        {"amount": "5\n"},
        {"amount": "1000000000000000"},
        {"amount": "5", "currency": "CZK"},
    ],
)
async def test_what_is_no_amount_is_refused_and_changes_nothing(town: Town, body: dict[str, object]) -> None:
    answered = await town.post("/_pbxsim/accounts/till/credit", body)
    assert (answered.status, answered.headers["Content-Type"]) == (400, "application/problem+json")
    assert await credit(town) == "5.00"


async def test_an_amount_of_nothing_and_one_that_no_account_holds_are_refused(town: Town) -> None:
    for amount in ("0", "-0.00", "999999999999.5"):
        answered = await town.post("/_pbxsim/accounts/till/credit", {"amount": amount})
        assert answered.status == 422, amount
    assert await credit(town) == "5.00"
    assert len((await town.get("/_pbxsim/accounts/till/ledger")).json) == 1


async def test_an_account_that_is_not_there_is_404(town: Town) -> None:
    assert (await town.get("/_pbxsim/accounts/none/ledger")).json["detail"] == "there is no account 'none'"
    assert (await town.post("/_pbxsim/accounts/none/credit", {"amount": "1"})).status == 404
    assert (await town.get("/_pbxsim/accounts/free%20calls/ledger")).status == 200


async def test_a_top_up_is_a_command_in_the_journal_and_then_an_event(town: Town) -> None:
    await town.post("/_pbxsim/accounts/till/credit", {"amount": "1.5"})
    command, told = (await town.get("/_pbxsim/journal")).json[-2:]
    assert (command["kind"], command["data"]) == ("control", {"does": "top up", "account": "till", "amount": "1.50"})
    assert (told["kind"], told["data"]["kind"], told["data"]["millionths"]) == ("credit-changed", "top_up", 1_500_000)


async def test_a_reset_gives_the_credit_back_that_the_file_says(town: Town) -> None:
    await town.post("/_pbxsim/accounts/till/credit", {"amount": "1"})
    await town.post("/_pbxsim/reset")
    assert await credit(town) == "5.00"
    assert [entry["id"] for entry in (await town.get("/_pbxsim/accounts/till/ledger")).json] == [1]


async def test_the_ledger_is_to_be_had_from_its_newest_entry_back(town: Town) -> None:
    for amount in ("1", "2", "3"):
        await town.post("/_pbxsim/accounts/till/credit", {"amount": amount})
    first = await town.get("/_pbxsim/accounts/till/ledger?order=newest&limit=2")
    assert [entry["amount"] for entry in first.json] == ["3.00", "2.00"]
    assert first.headers["Link"] == '</_pbxsim/accounts/till/ledger?order=newest&limit=2&after=4>; rel="next"'
    rest = await town.get("/_pbxsim/accounts/till/ledger?order=newest&after=4")
    assert [entry["amount"] for entry in rest.json] == ["1.00", "5.00"]
    assert (await town.get("/_pbxsim/accounts/till/ledger?order=newest&after=1")).json == []
