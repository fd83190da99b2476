"""Lists come in pages, and a full page leads to the next."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.web.control.paging import PIECE, NamedPage, linked, listing, named_listing
from pbxsim.web.control.spelt import HangsOn, Spelt

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from pbxsim.web.control.response import Response

NAMES = ("a", "b", "c")


async def page(after: str = "", limit: int = 10) -> Response:
    """Give a page of the names, in capitals."""
    return await named_listing(NAMES, NamedPage(limit=limit, after=after), str.upper, name=str)


def whole(response: Response) -> bytes:
    """Give a body that may be in pieces."""
    assert isinstance(response.body, bytes | tuple)
    return response.body if isinstance(response.body, bytes) else b"".join(response.body)


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
async def test_a_page_begins_behind_a_name(after: str, limit: int, body: bytes, more_after: str | None) -> None:
    response = await page(after, limit)
    assert (response.body, response.more_after) == (body, more_after)


async def test_no_more_entries_are_read_than_are_shown() -> None:
    entries = iter(range(1, 10))
    assert (await listing(entries, 3, str, key=int)).more_after == "3"
    assert next(entries) == 4


async def test_a_full_page_leads_to_the_next_with_all_that_was_asked() -> None:
    response = linked(await page(limit=2), "/list", {"limit": "2", "pbx": "a b"})
    assert response.headers == (("Link", '</list?limit=2&pbx=a+b&after=b>; rel="next"'),)
    again = linked(await page("a", 2), "/list", {"after": "a", "limit": "2"})
    assert again.headers == (("Link", '</list?after=c&limit=2>; rel="next"'),)


async def test_the_last_page_leads_nowhere() -> None:
    assert linked(await page(), "/list", {}).headers == ()


@pytest.mark.parametrize("number", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1])
async def test_a_list_of_several_pieces_is_spelt_as_if_it_were_one(number: int) -> None:
    response = await listing(range(number), 10_000, str, key=int)
    assert whole(response) == msgspec.json.encode([str(entry) for entry in range(number)])


def test_others_have_their_turn_while_a_long_list_is_spelt() -> None:
    shown: list[int] = []
    answering = listing(range(2 * PIECE + 1), 10_000, shown.append, key=int)
    answering.send(None)
    assert shown == [*range(PIECE)]
    answering.send(None)
    assert shown == [*range(2 * PIECE)]
    with pytest.raises(StopIteration):
        answering.send(None)
    assert shown == [*range(2 * PIECE + 1)]


def test_an_entry_that_is_known_no_more_when_its_piece_is_spelt_is_left_out() -> None:
    known = set(range(3 * PIECE))
    answering = listing(range(3 * PIECE), 10_000, int, key=int, is_known=lambda entry: entry in known)
    answering.send(None)
    known -= {0, PIECE, *range(2 * PIECE, 3 * PIECE)}
    answering.send(None)
    with pytest.raises(StopIteration) as answered:
        answering.send(None)
    assert whole(answered.value.value) == msgspec.json.encode([*range(PIECE), *range(PIECE + 1, 2 * PIECE)])


def turns_of(answering: Coroutine[None, None, Response]) -> tuple[int, bytes]:
    """Give how often others have their turn until a list is there, and the list."""
    for turns in count():
        try:
            answering.send(None)
        except StopIteration as answered:
            return turns, whole(answered.value)
    raise AssertionError


async def test_of_what_is_as_it_was_ten_times_as_much_is_looked_at_in_a_turn() -> None:
    spelt = Spelt(str, HangsOn[int]("real", "imag"))
    entries = [*range(12 * PIECE)]
    told = msgspec.json.encode([str(entry) for entry in entries])
    for turns in (11, 1):
        assert turns_of(listing(entries, 10_000, str, key=int, spelt=spelt)) == (turns, told)
