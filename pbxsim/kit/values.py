"""The single values of a PBX file: how numbers, names, times and money are written there, and what they become.

A type's `title` is how a fault and the JSON Schema describe its form.
"""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.pbx.account import Money, amount_of

_LONGEST_SPAN: Final = 31_536_000  # a year, in seconds: more is a mistake, and would run past the calendar's end
_MOST_MONEY: Final = 1_000_000_000_000

Name: TypeAlias = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^\S(.*\S)?$", title="a name, as text")]

PbxName: TypeAlias = Annotated[
    str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$", title="a name of letters, digits, dots and hyphens")
]

Lines: TypeAlias = Annotated[str, Meta(extra={"lines": True})]
"""Text that may have several lines: it stands in a body. Any other text may come into a header or a line of a log."""

Number: TypeAlias = Annotated[
    str, Meta(pattern=r"^\+?[0-9A-Za-z*#]{1,40}$", title="a telephone number, as text of digits, letters, * and #")
]

ExtensionName: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^\+?[0-9A-Za-z*#][0-9A-Za-z*#._-]{0,39}$",
        title="an extension, as text of digits, letters, * and #, also . _ -",
    ),
]
"""As in Asterisk's extensions.conf, where one that begins with `_` is a pattern."""

Party: TypeAlias = Annotated[
    str, Meta(pattern=r"^\S{0,80}$", title="a telephone number or address, as text without blanks")
]

SipUser: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9+_][A-Za-z0-9._+~!*'-]{0,63}$",
        title="a SIP user name: letters, digits, dots, hyphens, underscores, no blanks",
    ),
]

Pattern: TypeAlias = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=80,
        title="an Asterisk pattern, as text: _ first, then X (0-9), Z (1-9), N (2-9), [1-5], digits, at the end . or !;"
        " without _ it is the number itself",
    ),
]

Id: TypeAlias = Annotated[int, Meta(ge=1, le=2_147_483_647)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Seconds: TypeAlias = Annotated[float, Meta(ge=0, le=_LONGEST_SPAN, title="seconds, as a number")]
SomeSeconds: TypeAlias = Annotated[float, Meta(ge=1, le=_LONGEST_SPAN, title="seconds, as a number")]
WholeSeconds: TypeAlias = Annotated[int, Meta(ge=0, le=_LONGEST_SPAN, title="seconds, as a whole number")]
Moment: TypeAlias = Annotated[
    str,
    Meta(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
        r"(Z|[+-][0-9]{2}:[0-9]{2})?)?$",
        title="a moment in ISO 8601, as 2026-01-01T09:00:00Z, from 1970 to 2199",
    ),
]
Cause: TypeAlias = Annotated[int, Meta(ge=1, le=127, title="a Q.850 hangup cause, as a number")]

Amount: TypeAlias = (
    Annotated[float, Meta(ge=-_MOST_MONEY, le=_MOST_MONEY)]
    | Annotated[str, Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$", title='an amount of money, as "12.50"')]
)
Price: TypeAlias = (
    Annotated[float, Meta(ge=0, le=_MOST_MONEY)]
    | Annotated[str, Meta(pattern=r"^[0-9]{1,12}(\.[0-9]{1,6})?$", title='a price, as "1.20"')]
)

_FIRST: Final = parse_iso("1970-01-01")
_LAST: Final = parse_iso("2200-01-01")


def money(amount: float | str) -> Money:
    """Read an amount exactly, to the millionth: text as it stands, a number as it prints with six decimals."""
    return amount_of(amount if isinstance(amount, str) else f"{amount:.6f}")


def instant(moment: str) -> Instant:
    """Read a moment. Raises ValueError for one that no calendar has, or outside of 1970 to 2199."""
    found = parse_iso(moment)
    if not _FIRST <= found < _LAST:
        raise ValueError(moment)
    return found
