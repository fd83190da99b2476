"""What a start prints of who can reach the server."""

from __future__ import annotations

import pytest

from pbxsim.web.banner import reach


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_of_the_loopback_nothing_is_said(host: str) -> None:
    assert reach(host, needs_token=False) == ()


@pytest.mark.parametrize(
    ("host", "token", "told"),
    [
        (
            "0.0.0.0",
            True,
            "all addresses of this machine can use the vendors' interfaces, and the control API with the",
        ),
        ("", False, "all addresses of this machine can use the vendors' interfaces, and the control API without a"),
        ("192.0.2.7", True, "192.0.2.7 can use the vendors' interfaces, and the control API with the"),
    ],
)
def test_beyond_it_one_line_says_who_can_reach_what(host: str, token: bool, told: str) -> None:
    (line,) = reach(host, needs_token=token)
    assert line.startswith(f"Whoever reaches {told} token")
