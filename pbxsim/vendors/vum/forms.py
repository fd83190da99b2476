"""What each kind of activation key is for, as a form to fill in, with numbers of this PBX that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.form import HIDDEN, Field, Form, Identity
from pbxsim.kit.methods import GET_AND_POST
from pbxsim.kit.reach import reachable
from pbxsim.vendors.vum.actions import ACTIONS, PARAMETERS
from pbxsim.vendors.vum.api import EXAMPLE_CALLER, EXAMPLE_GIVEN, PATH
from pbxsim.vendors.vum.settings import KeyKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.kit.request import Request
    from pbxsim.vendors.vum.api import VumInterface
    from pbxsim.vendors.vum.settings import Key
    from pbxsim.vendors.vum.state import State

_REQUIRED: Final[Mapping[KeyKind, tuple[str, ...]]] = {
    KeyKind.GIVEN_FIRST: ("klic", "cislo"),
    KeyKind.OWN_FIRST: ("klic", "cislo"),
    KeyKind.CALLBACK: ("klic", "cislo", "cislo_kdo"),
    KeyKind.INFO: ("klic", "typ"),
}
_CHOICES: Final = {"typ": ("1", "2", "3"), "styp": ("1", "2", "3", "4", "5")}


def forms(interface: VumInterface) -> Iterator[Form]:
    """Give a form for each kind of key, whether this PBX has such a key or not."""
    state = interface.state
    values = _values(state)
    for kind, action in ACTIONS.items():
        fields = tuple(
            Field(
                name=name,
                value=values.get(name, msgspec.UNSET),
                required=name in _REQUIRED[kind],
                choices=_CHOICES.get(name, ()),
            )
            for name in PARAMETERS
            if name not in action.foreign
        )
        keys = tuple(_identity(place, key) for place, key in enumerate(state.settings.keys) if key.kind is kind)
        yield Form(action=kind.value, path=PATH, methods=GET_AND_POST, fields=fields, identities=keys)


def secrets(interface: VumInterface, identity: str, _request: Request) -> Mapping[str, str]:
    """Give the key itself."""
    keys = {f"keys[{place}]": key.key for place, key in enumerate(interface.state.settings.keys)}
    return {"klic": keys[identity]} if identity in keys else {}


def _identity(place: int, key: Key) -> Identity:
    title = f"{key.account}, {key.own}" if key.own else key.account
    return Identity(path=f"keys[{place}]", title=title, values={"klic": HIDDEN})


def _values(state: State) -> dict[str, str]:
    own = {key.own for key in state.settings.keys}
    public = (number for each in state.pbx.directory.extensions for number in each.public)
    numbers = (number for number in (EXAMPLE_GIVEN, *public) if number not in own)
    given = next(reachable(state.pbx.dialplan, state.settings.context, numbers), EXAMPLE_GIVEN)
    return {"klic": HIDDEN, "cislo": given, "cislo_kdo": EXAMPLE_CALLER, "typ": "1"}
