"""Lists come in pages: which part is asked for, and where the next one begins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import dropwhile, islice
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar
from urllib.parse import urlencode

import msgspec

from pbxsim.web.control.response import Response, document

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx

T = TypeVar("T")


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


def listing(entries: Iterable[T], limit: int, show: Callable[[T], object], key: Callable[[T], object]) -> Response:
    """Show the first `limit` entries; where there are so many, there may be more behind the last one's `key`."""
    part = list(islice(entries, limit))
    shown = document([show(entry) for entry in part])
    return shown if len(part) < limit else msgspec.structs.replace(shown, more_after=str(key(part[-1])))


def named_listing(
    entries: Iterable[T], page: NamedPage, show: Callable[[T], object], name: Callable[[T], str]
) -> Response:
    """Show a page of a list whose entries have names."""
    return listing(_behind(entries, name, page.after), page.limit, show, name)


def discreet(response: Response, host: HostedPbx) -> Response:
    """Give a listing without any of the secrets that the server knows."""
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
