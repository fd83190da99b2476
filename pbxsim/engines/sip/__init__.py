"""Real telephones that register at pbxsim itself: it is the registrar, and the other side of each call (README.md)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pbxsim.engines.engine import Engine
from pbxsim.engines.sip.security import Security
from pbxsim.kit.later import LaterMapping, later

if TYPE_CHECKING:
    from pbxsim.engines.sip.capture import Capture
    from pbxsim.engines.sip.ladder_log import SipLog

_WORK: Final = "pbxsim.engines.sip.work"


def _declared(**options: Any) -> Engine:  # noqa: ANN401 - of `opened`, each of its own type
    security = Security()
    return Engine(
        name="sip",
        title="real telephones, which register here",
        sections=LaterMapping({"sip": later("pbxsim.engines.sip.sip_settings", "section")}),
        borrows=("phones", "traffic"),
        check=later("pbxsim.engines.sip.checks", "faults"),
        open=partial(later(_WORK, "opened"), before={}, security=security, **options),
        start=later(_WORK, "start"),
        close=later(_WORK, "close"),
        secured=security.take,
        can_hold_clock=False,
    )


declaration: Final = _declared()


def listening(at: tuple[str, int] | None = None, capture: Capture | None = None, log: SipLog = "none") -> Engine:
    """Give the engine that listens there, whatever the PBX file says, or writes down all messages, or logs them."""
    return _declared(at=at, capture=capture, log=log)
