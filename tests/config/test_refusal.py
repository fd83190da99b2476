"""A refused file: all that is wrong with it, told at once."""

from __future__ import annotations

from msgspec import UNSET

from pbxsim.config.refusal import MOST_FAULTS
from tests.config.paper import places, told

ACME_KEYS = "a key that is known here (did you mean greeting?): users, greeting"


def test_form_keys_references_and_vendors_are_told_in_one_go() -> None:
    faults = told(
        """
        zebra: 1
        seed: many
        seed: 2
        accounts: [{name: firm, tariff: none}, {name: shop}]
        extensions:
          - {internal: 100, user: a}
          - {internal: "101", dialplan: branch}
        cdrs: [{id: 1, start: 2020-02-30, src: "1", dst: "2"}]
        vendors:
          acme:
            greting: hi
            users: [{name: eva, account: shop}, {name: jan, account: nobody}]
        """
    )
    assert [(line, path) for line, path, _, _ in faults] == [
        (2, "zebra"),
        (3, "seed"),
        (4, "seed"),
        (5, "accounts[0].tariff"),
        (7, "extensions[0].internal"),
        (8, "extensions[1].dialplan"),
        (9, "cdrs[0].start"),
        (12, "vendors.acme.greting"),
        (13, "vendors.acme.users[1].account"),
    ]
    assert faults[2][3] == "each key once: it stands in line 3 already"
    assert faults[7] == (12, "vendors.acme.greting", "hi", ACME_KEYS)
    assert faults[8] == (13, "vendors.acme.users[1].account", "nobody", "an account of this file")


def test_what_a_vendor_misses_only_because_it_went_with_a_fault_is_not_told() -> None:
    assert told(
        """
        accounts: [{name: firm, credit: lots}, {name: shop, tariff: none}]
        vendors: {acme: {users: [{name: eva, account: firm}, {name: jan, account: shop}]}}
        """
    ) == [
        (2, "accounts[0].credit", "lots", 'an amount of money, as "12.50"'),
        (2, "accounts[1].tariff", "none", "a tariff of this file"),
    ]


def test_a_vendor_that_is_not_known_is_told_with_those_that_are() -> None:
    assert told("vendors: {acne: {}, zebra: {}}") == [
        (2, "vendors.acne", {}, "a vendor that is known here (did you mean acme?): acme"),
        (2, "vendors.zebra", {}, "a vendor that is known here: acme"),
    ]


def test_a_vendors_settings_are_held_to_the_vendors_own_type() -> None:
    assert told("vendors: {acme: {users: [{name: 5}], greeting: [hi]}}") == [
        (2, "vendors.acme.users[0].name", 5, 'text: write "5" in quotes'),
        (2, "vendors.acme.users[0].account", UNSET, "text; it is missing"),
        (2, "vendors.acme.greeting", ["hi"], "text"),
    ]
    assert told("vendors: {acme: }") == [(2, "vendors.acme", None, "a mapping")]


def test_a_vendor_whose_own_settings_are_broken_keeps_its_opinion_to_itself() -> None:
    assert places("vendors: {acme: {users: [{name: a}, {name: b, account: nobody}]}}") == [
        (2, "vendors.acme.users[0].account")
    ]


def test_a_key_that_is_no_text_is_a_fault_though_all_else_is_right() -> None:
    assert told("contexts: [{name: a, entries: {557: {play: 1}}}]") == [
        (2, 'contexts[0].entries["557"]', 557, 'a key that is text: write "557"')
    ]


def test_a_hundred_faults_are_enough() -> None:
    faults = told(f"extensions: [{', '.join(f'{{internal: {number}}}' for number in range(1, 200))}]")
    assert len(faults) == MOST_FAULTS
    assert faults[-1][1] == "extensions[99].internal"
