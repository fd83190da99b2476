"""What each kind of activation key does, and which parameters ask for what it is not for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.action import Action
from pbxsim.vendors.vum.calls import callback, given_first, own_first
from pbxsim.vendors.vum.information import info
from pbxsim.vendors.vum.settings import KeyKind
from pbxsim.vendors.vum.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping

PARAMETERS: Final = ("klic", "cislo", "cislo_kdo", "typ", "styp")
NAMES: Final = frozenset(PARAMETERS)


class VumAction(Action[State], frozen=True, kw_only=True):
    """What a kind of key does. `foreign` are the parameters of other kinds, with which it is refused (R5)."""

    foreign: tuple[str, ...]


ACTIONS: Final[Mapping[KeyKind, VumAction]] = {
    KeyKind.GIVEN_FIRST: VumAction(handler=given_first, foreign=("cislo_kdo", "typ", "styp")),
    KeyKind.OWN_FIRST: VumAction(handler=own_first, foreign=("cislo_kdo", "typ", "styp")),
    KeyKind.CALLBACK: VumAction(handler=callback, foreign=("typ", "styp")),
    KeyKind.INFO: VumAction(handler=info, foreign=("cislo", "cislo_kdo")),
}
