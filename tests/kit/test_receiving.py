"""What may be said of a server that is told of things."""

from __future__ import annotations

import pytest

from pbxsim.kit.receiving import delivery_faults, is_url, server_faults
from pbxsim.kit.vendor import NOT_SHOWN
from pbxsim.pbx.notice import Retry


@pytest.mark.parametrize(
    "address", ["http://a", "https://crm.example.com:8443/x/?a=b&c=%20", "http://[::1]:80/", "http://192.0.2.1?{ref}"]
)
def test_http_and_https_urls_can_be_told(address: str) -> None:
    assert is_url(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "crm.example.com",
        "ftp://a/",
        "http://",
        "http://a/#b",
        "http://a/ b",
        "http://a/\n",
        "http://a/\u00f1",
        "http://a:99999/",
        "http://a:0/",
        "http://[::1/",
        "mailto:ana@example.com",
    ],
)
def test_anything_else_cannot(address: str) -> None:
    assert not is_url(address)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/x?s=1", "https://[::ffff:a9fe:a9fe]:8443/", "http://2852039166/"]
)
def test_a_server_that_is_never_connected_to_is_a_fault_that_does_not_show_the_url(url: str) -> None:
    ((path, value),) = [(fault.path, fault.value) for fault in server_faults(url, "p.url")]
    assert (path, value) == ("p.url", NOT_SHOWN)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/", "http://crm.lan/", "no url"])
def test_any_other_server_is_none(url: str) -> None:
    assert list(server_faults(url, "p.url")) == []


@pytest.mark.parametrize(
    ("timeout", "retry", "paths"),
    [
        (5, Retry(), []),
        (300, Retry(give_up=0, factor=1, first=0.1, longest=0.1), []),
        (0, Retry(), ["p.timeout"]),
        (301, Retry(), ["p.timeout"]),
        (float("nan"), Retry(), ["p.timeout"]),
        (5, Retry(first=0), ["p.retry.first"]),
        (5, Retry(give_way=-1), ["p.retry.give_way"]),
        (5, Retry(give_way=0), []),
        (5, Retry(first=float("inf"), longest=float("inf")), ["p.retry.first", "p.retry.longest"]),
        (5, Retry(factor=0.9), ["p.retry.factor"]),
        (5, Retry(first=10, longest=9), ["p.retry.longest"]),
        (5, Retry(give_up=-1), ["p.retry.give_up"]),
        (5, Retry(give_up=float("nan")), ["p.retry.give_up"]),
    ],
)
def test_nobody_is_waited_for_for_ever_or_less_than_no_time(timeout: float, retry: Retry, paths: list[str]) -> None:
    assert [fault.path for fault in delivery_faults(timeout, retry, "p")] == paths
