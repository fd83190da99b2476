"""What a search asks for: `alike`, `conditions`, and whether a value fits them.

Not here: what there is to be found (users.py, trunks.py, queues.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.vendors.simotel.body import as_text, require, unknown_hints, useless
from pbxsim.vendors.simotel.settings import LenientField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.vendors.simotel.settings import Settings

_YES_AND_NO: Final[dict[object, bool]] = {True: True, "true": True, "1": True, False: False, "false": False, "0": False}


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
    alike = read_alike(fields, settings)
    conditions = read_conditions(fields)
    hints = unknown_hints(fields, (*also, "alike", "conditions")) + unknown_hints(conditions, known)
    return Search(
        alike=alike,
        conditions={name: as_text(f"conditions.{name}", conditions.get(name)) for name in known},
        hints=hints,
    )


def read_alike(fields: dict[str, object], settings: Settings) -> bool:
    """Tell whether parts of values are searched for; required, but where `lenient_fields` says: then true."""
    if LenientField.ALIKE in settings.lenient_fields and fields.get("alike") in (None, ""):
        return True
    require(fields, ("alike",))
    value = fields["alike"]
    spelt = value.strip().lower() if isinstance(value, str) else value
    if isinstance(spelt, dict | list) or spelt not in _YES_AND_NO:
        raise useless("alike", "true or false expected, also as text, or 1 or 0")
    return _YES_AND_NO[spelt]


def read_conditions(fields: dict[str, object]) -> dict[str, object]:
    """Give the conditions as they came; none, and the `[]` that PHP makes of an empty array, are none."""
    value = fields.get("conditions")
    if value in (None, "", []):
        return {}
    if not isinstance(value, dict):
        raise useless("conditions", "an object expected")
    return value
