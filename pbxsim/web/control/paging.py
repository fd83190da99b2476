"""Lists come in pages: which part is asked for, and where the next one begins; a long page is spelt in pieces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar
from urllib.parse import urlencode

import msgspec

from pbxsim.web.control.response import Response, encoded

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.web.control.spelt import Spelt

T = TypeVar("T")

PIECE: Final = 50
"""So many entries are shown in a go, a millisecond or two; after each piece of a longer list others have their turn."""


_HOLDS: Final = 10  # pieces that are as they were take as long as one that has to be spelt


class Page(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list: at most `limit` entries behind the one numbered `after`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class OrderedPage(Page, kw_only=True):
    """Which part of a list that is also to be had from its other end: with `newest` what is behind `after` is older."""

    order: Literal["oldest", "newest"] = "oldest"


class NamedPage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list whose entries have names: at most `limit` entries behind the one named `after`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    after: str = ""


async def listing(
    entries: Iterable[T],
    limit: int,
    show: Callable[[T], object],
    key: Callable[[T], object],
    *,
    host: HostedPbx | None = None,
    is_known: Callable[[T], bool] | None = None,
    spelt: Spelt[T] | None = None,
) -> Response:
    """Show the first `limit` entries; where there are so many, there may be more behind the last one's `key`.

    With a `host`, without any of the secrets that its server knows. A long list is spelt in pieces, each entry as it
    stands then; one that by then `is_known` no more is left out. Of such a list it is remembered how it was `spelt`.
    """
    part = list(islice(entries, limit))
    more_after = str(key(part[-1])) if len(part) == limit else None
    if len(part) <= PIECE:
        return Response(body=_piece(part, show, host), more_after=more_after)
    parts = [part[start : start + PIECE] for start in range(0, len(part), PIECE)][::-1]
    del part  # ten thousand records take their time to be let go of, too
    pieces: list[bytes] = []
    held = 0
    while parts:
        if held >= _HOLDS:
            await asyncio.sleep(0)  # noqa: TID251 - no time passes: whoever else is ready goes first
            held = 0
        some = parts.pop()
        if some := some if is_known is None else list(filter(is_known, some)):
            within, is_quick = (_piece(some, show, host)[1:-1], False) if spelt is None else spelt.piece(some)
            held += 1 if is_quick else _HOLDS
            pieces += (b"," if pieces else b"[", within)
    if spelt is not None:
        spelt.complete()
    return Response(body=(*(pieces or [b"["]), b"]"), more_after=more_after)


def _piece(entries: list[T], show: Callable[[T], object], host: HostedPbx | None) -> bytes:
    piece = encoded([show(entry) for entry in entries])
    return piece if host is None else host.secrets.json(piece)


async def named_listing(
    entries: Iterable[T],
    page: NamedPage,
    show: Callable[[T], object],
    name: Callable[[T], str],
    *,
    host: HostedPbx | None = None,
    spelt: Spelt[T] | None = None,
) -> Response:
    """Show a page of a list whose entries have names."""
    return await listing(_behind(entries, name, page.after), page.limit, show, name, host=host, spelt=spelt)


def discreet(response: Response, host: HostedPbx) -> Response:
    """Give a document without any of the secrets that the server knows."""
    assert isinstance(response.body, bytes)
    return msgspec.structs.replace(response, body=host.secrets.json(response.body))


def linked(response: Response, path: str, params: Mapping[str, str]) -> Response:
    """Give the response with a Link (RFC 8288) to the next page, where there may be one."""
    if response.more_after is None:
        return response
    query = urlencode({**params, "after": response.more_after})
    return msgspec.structs.replace(response, headers=(*response.headers, ("Link", f'<{path}?{query}>; rel="next"')))


def _behind(entries: Iterable[T], name: Callable[[T], str], after: str) -> Iterator[T]:
    """Give the entries behind the one of that name; all of them where no name is given, none where nothing has it."""
    rest = iter(entries)
    if after:
        rest = dropwhile(lambda entry: name(entry) != after, rest)
        next(rest, None)
    return rest
