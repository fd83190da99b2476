"""What a request to the control API says, read strictly: its query, its body, the values in its path, and which PBX."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.kit.json_body import byte_order_mark
from pbxsim.web.control.response import Problem

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx, Hosts

S = TypeVar("S", bound=msgspec.Struct)

Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[^\x00-\x20\x7f]+$")]
"""A number as a client may give it: no blanks, no control characters."""


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No filters, or no command: whatever is given is too much."""


def pbx_meant(hosts: Hosts, params: Mapping[str, str]) -> HostedPbx:
    """Pick the PBX that `?pbx=` names; the first where it names none. Raises Problem 404."""
    name = params.get("pbx")
    if name is None:
        return hosts.first()
    host = hosts.named(name)
    if host is None:
        raise Problem(404, f"no PBX is named {name!r}; there are: {', '.join(hosts.names())}")
    return host


def query_of(params: Mapping[str, str], kind: type[S]) -> S:
    """Read a query. Raises Problem 400 for a name that is not known here, or a value that does not fit."""
    given = {name: value for name, value in params.items() if name != "pbx"}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Problem(400, f"query: {error}") from None


def body_of(body: bytes, decoder: msgspec.json.Decoder[S]) -> S:
    """Read a body, a JSON object; none at all is an empty one. Raises Problem 400 where it does not fit."""
    try:
        return decoder.decode(body or b"{}")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"body: {byte_order_mark(body) or error}") from None


def number_of(name: str, text: str) -> int:
    """Read a value in the path that is a number. Raises Problem 404: nothing has another kind of number."""
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Problem(404, f"{name} {text!r} is no number")
    return int(text)


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
