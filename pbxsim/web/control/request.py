"""A request to the control API, read strictly: which PBX, which filters, which command."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import dropwhile
from typing import TYPE_CHECKING, Annotated, Generic, TypeVar
from urllib.parse import urlencode

import msgspec

from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.web.control.response import Problem, Response, document

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx, Hosts
    from pbxsim.kit.request import Request

S = TypeVar("S", bound=msgspec.Struct)
Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B", bound=msgspec.Struct)
P = TypeVar("P", bound="Page | NamedPage")
T = TypeVar("T")


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No filters, or no command: whatever is given is too much."""


class Page(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list: at most `limit` entries behind the one numbered `after`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    after: Annotated[int, msgspec.Meta(ge=0)] = 0


class NamedPage(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which part of a list whose entries have names: at most `limit` entries behind the one named `after`."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    after: str = ""


Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]
"""A number as a client may give it: no blanks, no control characters."""


class ControlRequest(Generic[Q, B]):
    """What a client asks: of which PBX (`host`), with which `query` and `body`, decoded. `parts` are those of its path.

    Raises Problem 404 for a PBX that is not there, 400 for a query or a body that does not fit the route's types.
    """

    def __init__(self, request: Request, hosts: Hosts, parts: Mapping[str, str], query: type[Q], body: type[B]) -> None:
        self.request = request
        self.hosts = hosts
        self.parts = parts
        self.host = _picked(hosts, request.params)
        self.query = _query(request.params, query)
        self.body = _body(request.body, body)

    def number(self, name: str) -> int:
        """Read a part of the path that is a number. Raises Problem 404: nothing has another kind of number."""
        text = self.parts[name]
        if not (text.isascii() and text.isdecimal() and len(text) < 19):
            raise Problem(404, f"{name} {text!r} is no number")
        return int(text)

    def page(self: ControlRequest[P, B], entries: Sequence[object], last: object) -> Response:
        """Answer with a part of a list; where it is full there may be more, and a Link (RFC 8288) leads to it."""
        if len(entries) < self.query.limit:
            return document(entries)
        query = urlencode({**self.request.params, "after": str(last)})
        return document(entries, 200, ("Link", f'<{self.request.path}?{query}>; rel="next"'))


def _query(params: Mapping[str, str], kind: type[S]) -> S:
    """Read filters strictly: each name must be known, each value fit."""
    given = {name: value for name, value in params.items() if name != "pbx"}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, f"query: {error}") from None


def _body(content: bytes, kind: type[S]) -> S:
    """Read a JSON object strictly; no body at all is an empty one."""
    try:
        return msgspec.json.decode(content or b"{}", type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"body: {error}") from None


def behind(entries: Iterable[T], name: Callable[[T], str], after: str) -> Iterator[T]:
    """Give the entries behind the one of that name; all of them where no name is given, none where nothing has it."""
    rest = iter(entries)
    if after:
        rest = dropwhile(lambda entry: name(entry) != after, rest)
        next(rest, None)
    return rest


def moment(name: str, text: str | None) -> Instant | None:
    """Read a filter that is a moment. Raises Problem 400 for anything but ISO 8601."""
    if text is None:
        return None
    for spelling in (text, text.replace(" ", "+")):  # an unencoded `+01:00` arrives as a blank
        try:
            return parse_iso(spelling)
        except (ValueError, OverflowError):
            continue
    raise Problem(
        400, f"query: {name} is a moment in ISO 8601, like 2026-01-01T00:00:00Z, not {text!r}; parties are src and dst"
    )


def _picked(hosts: Hosts, params: Mapping[str, str]) -> HostedPbx:
    name = params.get("pbx")
    if name is None:
        return hosts.first()
    host = hosts.named(name)
    if host is None:
        raise Problem(404, f"no PBX is named {name!r}; there are: {', '.join(hosts.names())}")
    return host
