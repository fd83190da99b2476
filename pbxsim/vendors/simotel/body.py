"""What the JSON body says: which text stands in which parameter, and what cannot be one.

`read_originate` reads a call's parameters; what every service reads the same way (`require`, `as_text`, `as_whole`,
`unknown_hints`) is here too. Not here: what the parameters mean (the module of the service).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.params import has_control
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel.errors import Failure, NamedFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

REQUIRED: Final = ("caller", "callee", "context", "caller_id")  # in the order of the vendor's table
PARAMETERS: Final = (*REQUIRED, "trunk_name", "timeout", "call_limit")
DEFAULT_TIMEOUT: Final[Duration] = 30 * SECOND

_LONGEST_TEXT: Final = 255
_LONGEST_TIME: Final = 86_400  # a day, in seconds
_MOST_DIGITS: Final = 9  # of a time sent as text, leading zeros included
_MOST_HINTS: Final = 10
_LONGEST_NAME: Final = 64  # of an unknown parameter, in a hint


class Originate(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was asked for. `trunk_name` is empty where there is none; `call_limit` is 0 for no limit."""

    caller: str
    callee: str
    context: str
    caller_id: str
    trunk_name: str
    timeout: Duration
    call_limit: Duration


def read_fields(body: bytes) -> dict[str, object]:
    """Read the body: a JSON object. No body at all, and the `[]` that PHP makes of an empty array, are one too.

    Raises Refusal. Of a key that comes twice the last counts.
    """
    if not body.strip():
        return {}
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(Failure.UNPARSABLE, f"the body is no JSON: {error}") from error
    if document == []:
        return {}
    if not isinstance(document, dict):
        raise Refusal(Failure.UNPARSABLE, "the body is JSON, but no object")
    return document


def unknown_hints(fields: dict[str, object], known: Sequence[str]) -> tuple[str, ...]:
    """Say something about parameters that the vendor does not know; `known` are those that it does."""
    unknown = islice((name for name in fields if name not in known), _MOST_HINTS)
    return parameter_hints((name[:_LONGEST_NAME] for name in unknown), known)


def require(fields: dict[str, object], names: Iterable[str]) -> None:
    """See that all of these parameters came; absent, null and "" are the same. Raises Refusal naming the first."""
    for name in names:
        if fields.get(name) in (None, ""):
            raise Refusal(NamedFailure(Failure.FIELD_MISSING, name))


def read_originate(fields: dict[str, object]) -> Originate:
    """Check the parameters: first whether one is missing, in the order of the table, then whether each can be used.

    Raises Refusal.
    """
    require(fields, REQUIRED)
    texts = {name: as_text(name, fields.get(name)) for name in (*REQUIRED, "trunk_name")}
    timeout = _seconds("timeout", fields.get("timeout"), least=1)
    call_limit = _seconds("call_limit", fields.get("call_limit"), least=0)
    return Originate(
        **texts,
        timeout=DEFAULT_TIMEOUT if timeout is None else timeout * SECOND,
        call_limit=(call_limit or 0) * SECOND,
    )


def as_text(name: str, value: object) -> str:
    """Give a parameter as text, empty for null. A whole number is its digits: typed clients send 557 for "557".

    Raises Refusal for another type, a control character, and more than 255 characters.
    """
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise useless(name, "text expected")
    if has_control(value):
        raise useless(name, "it holds a control character")
    if len(value) > _LONGEST_TEXT:
        raise useless(name, f"longer than {_LONGEST_TEXT} characters")
    return value


def _seconds(name: str, value: object, *, least: int) -> int | None:
    """Give a number of seconds, sent as a whole number or as a text of digits; None where there is none."""
    if value is None or value == "":
        return None
    number = as_whole(value)
    if not least <= number <= _LONGEST_TIME:
        raise useless(name, f"whole seconds from {least} to {_LONGEST_TIME} expected")
    return number


def as_whole(value: object) -> int:
    """Give a whole number, written as one or as digits (30, 30.0, "30"); -1 for anything else."""
    if isinstance(value, bool):
        return -1
    if isinstance(value, float):
        return int(value) if value.is_integer() else -1
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else -1
    return value if isinstance(value, int) else -1


def useless(name: str, why: str) -> Refusal:
    """Make the refusal of a parameter that came and cannot be used; the journal says which and why."""
    return Refusal(Failure.OPERATION_FAILED, f"parameter {name!r} cannot be used: {why}")
