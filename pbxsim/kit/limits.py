"""How much of one request is read. What a client sends beyond that is left out, as PHP leaves it out, never an error.

Sources of the defaults: PHP's `max_input_vars` (1,000) and `max_multipart_body_parts` (those and 20 files); 8 kB, the
longest header line that Apache and nginx take. PHP has no limit for a name or a value but the body's; ours are far
above what any vendor documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    from collections.abc import Iterable


class RequestLimits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of one request is read. What comes beyond is left out, and the request log says so."""

    parameters: Annotated[
        int, Meta(ge=1, le=100_000, description="Parameters of a query, and as many of a form, as `max_input_vars`.")
    ] = 1_000
    parameter_name: Annotated[int, Meta(ge=32, le=65_536, description="Characters of a parameter's name.")] = 256
    parameter_value: Annotated[int, Meta(ge=256, le=1_048_576, description="Characters of its value.")] = 65_536
    parts: Annotated[
        int, Meta(ge=1, le=100_000, description="Parts of a multipart form, as `max_multipart_body_parts`.")
    ] = 1_020
    part_header: Annotated[int, Meta(ge=256, le=65_536, description="Bytes of one part's header.")] = 8_192
    part_parameters: Annotated[
        int, Meta(ge=2, le=1_000, description="Parameters in it; a form has a name, and a file's.")
    ] = 32
    headers: Annotated[
        int, Meta(ge=32, le=1_000, description="Headers; a request with more is refused with 400. See `header_line`.")
    ] = 128
    header_line: Annotated[
        int,
        Meta(
            ge=1_024,
            le=65_536,
            description="Bytes of the request line, of a header's name and value; a request with more is refused with"
            " 400. Which PBX is meant is known only later: the most that any PBX of a server allows counts.",
        ),
    ] = 8_190


USUAL: Final = RequestLimits()

MOST_TOLD: Final = 10
"""Hints of one kind that a request gets: a client that makes a hundred mistakes makes ten first."""

LONGEST_TOLD: Final = 64
"""Characters of a parameter's name in a hint."""


def widest(limits: Iterable[RequestLimits]) -> RequestLimits:
    """Give limits of which each is the most that one of these allows; the usual ones where there are none."""
    each = [msgspec.structs.astuple(one) for one in limits]
    return (
        RequestLimits(**dict(zip(RequestLimits.__struct_fields__, map(max, *each, each[0]), strict=True)))
        if each
        else USUAL
    )
