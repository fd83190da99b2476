"""Credentials of servers outside: what becomes of those in a URL, and how they are sent."""

from __future__ import annotations

import pytest

from pbxsim.pbx.notice import Receiver
from pbxsim.sinks.outbound.credentials import authorization, basic, without_credentials


def test_basic_credentials_are_those_of_the_rfc() -> None:
    assert basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        ("http://u:p@h/x@y?z=@", "http://h/x@y?z=@"),
        ("http://u@v@h/", "http://h/"),
        ("http://h/a@b", "http://h/a@b"),
        ("http://[::1/", "http://[::1/"),
    ],
)
def test_a_url_without_its_credentials(url: str, bare: str) -> None:
    assert without_credentials(url) == bare


@pytest.mark.parametrize(
    ("username", "password", "address", "sent"),
    [
        ("u", "p", "http://h/", "Basic dTpw"),
        ("", "", "http://h/", ""),
        ("", "", "http://u%3A@h/", "Basic dTo6"),
        ("u", "", "http://x:y@h/", "Basic dTo="),
        ("", "", "http://[::1/", ""),
    ],
)
def test_credentials_are_the_receivers_or_those_of_its_address(
    username: str, password: str, address: str, sent: str
) -> None:
    receiver = Receiver(name="a", vendor="v", address=address, username=username, password=password)
    assert authorization(receiver) == sent
