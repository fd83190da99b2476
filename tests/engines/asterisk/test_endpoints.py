"""A line is two endpoints of Asterisk's; which of them is rung, the contact of its telephone says."""

from __future__ import annotations

import pytest

from pbxsim.engines.asterisk.endpoints import endpoint_at, user_of

BROWSER = "sip:csm8spe6@127.0.0.1:49392;transport=WS;x-ast-orig-host=2vgt47jibrh2.invalid:0"
"""As Asterisk tells of JsSIP."""


@pytest.mark.parametrize(
    ("contact", "endpoint"),
    [
        (BROWSER, "sip100"),
        ("sip:sip100@127.0.0.1:49392;transport=ws", "sip100"),
        ("<sip:sip100@127.0.0.1:49392;transport=wss>", "sip100"),
        ("sip:sip100@127.0.0.1:5062;ob", "sip100@udp"),
        ("sip:sip100@127.0.0.1:5062;transport=udp", "sip100@udp"),
        ("sip:sip100@127.0.0.1:5062;transport=wsomething", "sip100@udp"),
        ("", "sip100@udp"),
    ],
)
def test_a_browser_is_rung_by_the_endpoint_of_browsers(contact: str, endpoint: str) -> None:
    assert endpoint_at("sip100", contact) == endpoint


@pytest.mark.parametrize("endpoint", ["sip100", "sip100@udp"])
def test_both_endpoints_are_the_same_line(endpoint: str) -> None:
    assert user_of(endpoint) == "sip100"
