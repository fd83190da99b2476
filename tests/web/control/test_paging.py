"""Lists come in pages, and a full page leads to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.web.control.paging import NamedPage, linked, listing, named_listing

if TYPE_CHECKING:
    from pbxsim.web.control.response import Response

NAMES = ("a", "b", "c")


def page(after: str = "", limit: int = 10) -> Response:
    """Give a page of the names, in capitals."""
    return named_listing(NAMES, NamedPage(limit=limit, after=after), str.upper, name=str)


@pytest.mark.parametrize(
    ("after", "limit", "body", "more_after"),
    [
        ("", 10, b'["A","B","C"]', None),
        ("", 2, b'["A","B"]', "b"),
        ("", 3, b'["A","B","C"]', "c"),
        ("b", 1, b'["C"]', "c"),
        ("c", 1, b"[]", None),
        ("x", 10, b"[]", None),
    ],
)
def test_a_page_begins_behind_a_name(after: str, limit: int, body: bytes, more_after: str | None) -> None:
    response = page(after, limit)
    assert (response.body, response.more_after) == (body, more_after)


def test_no_more_entries_are_read_than_are_shown() -> None:
    entries = iter(range(1, 10))
    assert listing(entries, 3, str, key=int).more_after == "3"
    assert next(entries) == 4


def test_a_full_page_leads_to_the_next_with_all_that_was_asked() -> None:
    response = linked(page(limit=2), "/list", {"limit": "2", "pbx": "a b"})
    assert response.headers == (("Link", '</list?limit=2&pbx=a+b&after=b>; rel="next"'),)
    again = linked(page("a", 2), "/list", {"after": "a", "limit": "2"})
    assert again.headers == (("Link", '</list?after=c&limit=2>; rel="next"'),)


def test_the_last_page_leads_nowhere() -> None:
    assert linked(page(), "/list", {}).headers == ()
