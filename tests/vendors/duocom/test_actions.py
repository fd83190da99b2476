"""Which program is at which path."""

from __future__ import annotations

import pytest

from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.actions import ACTIONS


@pytest.mark.cites("S16")
@pytest.mark.parametrize("program", ["webcallservice", "api_consumos", "api_control_llamadas", "apimascaras"])
def test_both_brands_have_the_same_program(program: str) -> None:
    ours, sister = (
        [path for path in ACTIONS if path.startswith(f"/cgi-bin/{brand}/") and path.endswith(program)]
        for brand in ("oficinaweb", "telefacil2")
    )
    assert len(ours) == len(sister) == 1
    assert ACTIONS[ours[0]] is ACTIONS[sister[0]]


@pytest.mark.cites("R1")
def test_the_vendor_owns_the_paths_of_the_table() -> None:
    assert vendor.paths == tuple(ACTIONS)
    assert ACTIONS["/webcallservice"] is ACTIONS["/cgi-bin/oficinaweb/oficinaweb_webcallservice"]
