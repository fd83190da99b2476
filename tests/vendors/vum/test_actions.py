"""The table of key kinds: each has an action, and each of the page's parameters is its own or foreign to it."""

from __future__ import annotations

import pytest

from pbxsim.vendors.vum.actions import ACTIONS, PARAMETERS
from pbxsim.vendors.vum.settings import KeyKind

OWN = {
    KeyKind.GIVEN_FIRST: {"klic", "cislo"},
    KeyKind.OWN_FIRST: {"klic", "cislo"},
    KeyKind.CALLBACK: {"klic", "cislo", "cislo_kdo"},
    KeyKind.INFO: {"klic", "typ", "styp"},
}


@pytest.mark.cites("S1")
def test_each_kind_of_key_is_for_something_of_its_own() -> None:
    assert set(ACTIONS) == set(KeyKind)
    assert len({action.handler for action in ACTIONS.values()}) == len(KeyKind)


@pytest.mark.cites("R5")
@pytest.mark.parametrize("kind", KeyKind)
def test_every_parameter_of_the_page_is_a_kinds_own_or_foreign_to_it(kind: KeyKind) -> None:
    assert set(ACTIONS[kind].foreign) == set(PARAMETERS) - OWN[kind]
