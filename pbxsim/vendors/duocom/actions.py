"""Which program of Duocom's is at which path: each brand of its platform has a directory of its own with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.action import Action
from pbxsim.vendors.duocom import call_control, consumption, masks, webcall
from pbxsim.vendors.duocom.state import State

if TYPE_CHECKING:
    from collections.abc import Mapping


class DuocomAction(Action[State], frozen=True, kw_only=True):
    """What one of the vendor's CGI programs does, and which parameters it knows."""

    parameters: tuple[str, ...]


_WEB_CALL: Final = DuocomAction(handler=webcall.place_call, parameters=webcall.PARAMETERS)
_SHARED: Final = {
    "api_consumos": DuocomAction(handler=consumption.report, parameters=consumption.PARAMETERS),
    "api_control_llamadas": DuocomAction(handler=call_control.cut_call, parameters=call_control.PARAMETERS),
    "apimascaras": DuocomAction(handler=masks.list_or_set, parameters=masks.PARAMETERS),
}
"""Programs of one name with both brands (S16)."""

CALLS: Final = "/cgi-bin/oficinaweb/oficinaweb_webcallservice"

ACTIONS: Final[Mapping[str, DuocomAction]] = {
    CALLS: _WEB_CALL,
    "/cgi-bin/telefacil2/telefacil_webcallservice": _WEB_CALL,
    "/webcallservice": _WEB_CALL,
    **{
        f"/cgi-bin/{brand}/{name}": action for name, action in _SHARED.items() for brand in ("oficinaweb", "telefacil2")
    },
}
"""What every program does, by its path."""
