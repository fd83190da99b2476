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
            ("all addresses of this machine ", "with the token only"),
        ),
        ("", False, ("all addresses of this machine ", "without a token")),
        ("192.0.2.7", True, ("192.0.2.7 ", "with the token only")),
    ],
)
def test_beyond_it_one_line_says_who_can_reach_what(host: str, token: bool, told: tuple[str, ...]) -> None:
    (line,) = reach(host, needs_token=token)
    assert line.startswith("Whoever reaches ")
    assert all(part in line for part in told)
