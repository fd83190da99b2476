"""What stands in headers of HTTP."""

from __future__ import annotations

import pytest

from pbxsim.kit.headers import is_media_type, is_origin


@pytest.mark.parametrize(
    "text", ["text/html", "application/json; charset=utf-8", "text/html;charset=UTF-8", 'a/b; x="y z"; q=1', "a/b+json"]
)
def test_these_are_media_types(text: str) -> None:
    assert is_media_type(text)


@pytest.mark.parametrize(
    "text", ["", "json", "a/b\r\nX: y", "a/b\n", "a/b; charset", "a/\u00e9", "a /b", "a/b/c", 'a/b; x="\t"', "a/b;"]
)
def test_these_are_none(text: str) -> None:
    assert not is_media_type(text)


@pytest.mark.parametrize("text", ["https://www.example.com", "http://localhost:3000", "http://[::1]:80"])
def test_these_are_origins(text: str) -> None:
    assert is_origin(text)


@pytest.mark.parametrize(
    "text",
    ["", "www.example.com", "https://a/", "https://a?b", "https://a#b", "https://a b", "https://\u00e9", "http://"],
)
def test_these_are_no_origins(text: str) -> None:
    assert not is_origin(text)
