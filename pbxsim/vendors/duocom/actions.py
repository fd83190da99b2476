"""What each of Duocom's programs does. Not here: where they are (programs.py)."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Final

from pbxsim.kit.action import Action
from pbxsim.vendors.duocom import call_control, consumption, masks, programs, webcall
from pbxsim.vendors.duocom.state import State

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pbxsim.kit.request import Request


class DuocomAction(Action[State], frozen=True, kw_only=True, dict=True):
    """What one of the vendor's CGI programs does, and which parameters it knows.

    `prepare` makes ready what a reply that may be long is made of (`kit.vendor.Vendor.prepare`), and may raise Refusal.
    """

    parameters: tuple[str, ...]
    prepare: Callable[[Request, State], Iterator[None] | None] | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """Give these parameters, in no order."""
        return frozenset(self.parameters)


_WEB_CALL: Final = DuocomAction(handler=webcall.place_call, parameters=webcall.PARAMETERS)
_CONSUMPTION: Final = DuocomAction(
    handler=consumption.report, parameters=consumption.PARAMETERS, prepare=consumption.prepare_report
)
_CALL_CONTROL: Final = DuocomAction(handler=call_control.cut_call, parameters=call_control.PARAMETERS)
_MASKS: Final = DuocomAction(handler=masks.list_or_set, parameters=masks.PARAMETERS)

ACTIONS: Final[Mapping[str, DuocomAction]] = {
    **dict.fromkeys(programs.WEB_CALLS, _WEB_CALL),
    **dict.fromkeys(programs.CONSUMPTION, _CONSUMPTION),
    **dict.fromkeys(programs.CALL_CONTROL, _CALL_CONTROL),
    **dict.fromkeys(programs.MASKS, _MASKS),
}
"""What every program does, by its path."""
