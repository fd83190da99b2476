"""The traps that vendors declare: each cites what it is about, and can be set."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from pbxsim.discovery import find_vendors
from pbxsim.kit.trap import Careful
from pbxsim.traps.every_vendor import TRAPS

if TYPE_CHECKING:
    from pbxsim.kit.vendor import Vendor

VENDORS = find_vendors()


@pytest.mark.parametrize("vendor", VENDORS.values(), ids=list(VENDORS))
def test_each_trap_cites_a_statement_and_forces_errors_that_there_are(vendor: Vendor) -> None:
    readme = (files(f"pbxsim.vendors.{vendor.name}") / "README.md").read_text("utf-8")
    assert vendor.traps()
    for trap in vendor.traps():
        assert re.search(rf"^- \*\*{trap.statement}\*\* ", readme, re.MULTILINE), trap.name
        for error in trap.errors:
            assert set(re.findall(r"\{(\w+)\}", vendor.errors[error])) <= trap.filled.keys()


def test_all_traps_have_names_of_their_own_and_those_to_be_noticed_are_refusals() -> None:
    for traps in (TRAPS, *(vendor.traps() + TRAPS for vendor in VENDORS.values())):
        assert len({trap.name for trap in traps}) == len(traps)
        assert all(trap.errors or trap.faults for trap in traps if trap.careful is Careful.NOTICES)
