"""What the JSON body says: which text stands in which parameter, what cannot be one, and what a search asks for.

Not here: what the parameters of a service mean (the module of the service).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.json_body import byte_order_mark
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.params import has_control
from pbxsim.kit.refusal import Refusal
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.settings import LenientField

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pbxsim.vendors.simotel.settings import Settings

_LONGEST_TEXT: Final = 255
_MOST_DIGITS: Final = 9  # of a time sent as text, leading zeros included
_YES_AND_NO: Final[dict[object, bool]] = {True: True, "true": True, "1": True, False: False, "false": False, "0": False}


def read_fields(body: bytes) -> dict[str, object]:
    """Read the body: a JSON object. No body at all, and the `[]` that PHP makes of an empty array, are one too.

    Raises Refusal. Of a key that comes twice the last counts.
    """
    if not body.strip():
        return {}
    try:
        document = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refusal(Failure.UNPARSABLE, f"the body is no JSON: {byte_order_mark(body) or error}") from error
    if document == []:
        return {}
    if not isinstance(document, dict):
        raise Refusal(Failure.UNPARSABLE, "the body is JSON, but no object")
    return document


def require(fields: dict[str, object], names: Iterable[str]) -> None:
    """See that all of these parameters came; absent, null and "" are the same. Raises Refusal naming the first."""
    for name in names:
        value = fields.get(name)
        if not value and value in (None, ""):
            raise Refusal(Failure.FIELD_MISSING, filled={"name": name})


def as_text(name: str, value: object) -> str:
    """Give a parameter as text, empty for null. A whole number is its digits: typed clients send 557 for "557".

    Raises Refusal for another type, a control character, and more than 255 characters.
    """
    if not isinstance(value, str):
        if value is None:
            return ""
        if not isinstance(value, int) or isinstance(value, bool):
            raise useless(name, "text expected")
        value = str(value)
    if not value.isprintable() and has_control(value):
        raise useless(name, "it holds a control character")
    if len(value) > _LONGEST_TEXT:
        raise useless(name, f"longer than {_LONGEST_TEXT} characters")
    return value


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


# -- searches ---------------------------------------------------------------------------------------------------------


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to look for: `conditions` by name, none of them empty; with `alike` a part of the value is enough."""

    alike: bool
    conditions: dict[str, str]
    hints: tuple[str, ...]

    def fits(self, name: str, *values: str) -> bool:
        """Tell whether one of an object's values is what the condition of that name asks for; no condition: yes."""
        wanted = self.conditions.get(name, "")
        if not wanted:
            return True
        if self.alike:
            return any(wanted.casefold() in value.casefold() for value in values)
        return wanted in values


def read_search(
    fields: dict[str, object], known: Sequence[str], settings: Settings, *, also: Sequence[str] = ()
) -> Search:
    """Read a search whose conditions may be `known`; `also` are the service's other parameters. Raises Refusal."""
    alike = _read_alike(fields, settings)
    conditions = read_conditions(fields)
    hints = parameter_hints(fields, (*also, "alike", "conditions")) + parameter_hints(conditions, known)
    return Search(
        alike=alike,
        conditions={name: as_text(f"conditions.{name}", conditions.get(name)) for name in known},
        hints=hints,
    )


def read_conditions(fields: dict[str, object]) -> dict[str, object]:
    """Give the conditions as they came; none, and the `[]` that PHP makes of an empty array, are none."""
    value = fields.get("conditions")
    if value in (None, "", []):
        return {}
    if not isinstance(value, dict):
        raise useless("conditions", "an object expected")
    return value


def _read_alike(fields: dict[str, object], settings: Settings) -> bool:
    """Tell whether parts of values are searched for; required, but where `lenient_fields` says: then true."""
    if LenientField.ALIKE in settings.lenient_fields and fields.get("alike") in (None, ""):
        return True
    require(fields, ("alike",))
    value = fields["alike"]
    spelt = value.strip().lower() if isinstance(value, str) else value
    if isinstance(spelt, dict | list) or spelt not in _YES_AND_NO:
        raise useless("alike", "true or false expected, also as text, or 1 or 0")
    return _YES_AND_NO[spelt]
