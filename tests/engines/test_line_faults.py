"""What a line of an engine's section must not say, at each engine with real telephones."""

from __future__ import annotations

import pytest

from pbxsim.engines.asterisk.checks import faults as at_asterisk
from pbxsim.engines.sip.checks import faults as at_sip
from pbxsim.kit.finding import spelt

NAMES: dict[str, tuple[str, ...]] = {"the SIP user of a line": ("sip100", "sip101"), "a trunk": ()}


@pytest.mark.parametrize(("section", "faults"), [("asterisk", at_asterisk), ("sip", at_sip)])
def test_a_line_that_is_simulated_has_no_telephone(section: str, faults: type) -> None:
    lines = [{"line": "sip100", "simulated": True, "telephone": "pyvoip"}, {"line": "sip101", "telephone": "pyvoip"}]
    found = [(spelt(each.path), each.value, each.expected) for each in faults({section: {"lines": lines}}, NAMES)]
    assert found == [(f"{section}.lines[0].telephone", "pyvoip", "no telephone where the line is simulated")]


@pytest.mark.parametrize("settings", [{"tls_port": 5060}, {"port": 5070, "tls_port": 5070}])
def test_sip_over_tls_has_a_port_of_its_own(settings: dict[str, int]) -> None:
    found = [(spelt(each.path), each.value, each.expected) for each in at_sip({"sip": settings}, NAMES)]
    assert found == [("sip.tls_port", settings["tls_port"], "another port than sip.port")]


@pytest.mark.parametrize("settings", [{}, {"tls_port": None}, {"tls_port": 5061}, {"port": 5070, "tls_port": 5060}])
def test_and_may_have_any_other(settings: dict[str, int]) -> None:
    assert list(at_sip({"sip": settings}, NAMES)) == []
