"""Whom a notice may go to."""

from __future__ import annotations

import pytest

from pbxsim.pbx.notice import MAIL, Notice, Receiver
from pbxsim.sinks.outbox.target import fault


def judged(url: str, address: str, **more: str) -> str:
    """Give the fault of a notice for a receiver at that address."""
    notice = Notice(receiver="a", event="e", url=url, **more)  # type: ignore[arg-type]  # only texts are given
    return fault(notice, Receiver(name="a", vendor="v", address=address))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://h/x?y=1", "http://h/z"),
        ("http://h:80/", "http://H"),
        ("https://h/", "https://h:443/"),
        ("http://h./", "http://h/"),
        ("http://u:p@h/", "http://h/"),
        ("http://[::1]:8/", "http://[::1]:8/{number}"),
    ],
)
def test_whatever_is_at_the_configured_server_may_be_told(url: str, address: str) -> None:
    assert judged(url, address) == ""


@pytest.mark.parametrize(
    ("url", "address", "told"),
    [
        ("http://i/", "http://h/", "it is for http://i:80, and its receiver is at http://h:80 now"),
        ("http://h:81/", "http://h/", "it is for http://h:81, and its receiver is at http://h:80 now"),
        ("https://h/", "http://h/", "it is for https://h:443, and its receiver is at http://h:80 now"),
        ("http://h@i/", "http://h/", "it is for http://i:80, and its receiver is at http://h:80 now"),
        ("http://[::1]/", "http://h/", "it is for http://[::1]:80, and its receiver is at http://h:80 now"),
        ("file:///etc/passwd", "http://h/", "its URL is no http or https URL"),
        ("http://[::1/", "http://h/", "its URL is no http or https URL"),
        ("http://h:99999/", "http://h/", "its URL is no http or https URL"),
        ("http:///x", "http://h/", "its URL is no http or https URL"),
        ("http://h/", "smtp:", "its receiver's address is no http or https URL"),
        ("http://h/ x", "http://h/", "its URL has characters that no URL has"),
        ("http://h/\r\nX: y", "http://h/", "its URL has characters that no URL has"),
        ("http://h/\n", "http://h/", "its URL has characters that no URL has"),
        ("http://h/ě", "http://h/", "its URL has characters that no URL has"),
    ],
)
def test_nobody_else_may_be_told(url: str, address: str, told: str) -> None:
    assert judged(url, address) == told


def test_neither_method_nor_content_type_brings_a_header_of_its_own() -> None:
    assert judged("http://h/", "http://h/", method="GET /\r\nX: y") == "its method is none of HTTP's"
    told = judged("http://h/", "http://h/", content_type="text/plain\r\nX: y")
    assert told == "its content type has characters that no header has"


def test_an_e_mail_is_for_a_receiver_of_e_mails() -> None:
    assert judged("mailto:a@b.c", "smtp:", method=MAIL) == ""
    assert judged("mailto:a@b.c", "http://h/", method=MAIL) == "its receiver takes no e-mail"


def test_somebody_who_is_not_configured_is_told_nothing() -> None:
    assert fault(Notice(receiver="a", event="e", url="http://h/"), None) == "no receiver of that name is configured"
