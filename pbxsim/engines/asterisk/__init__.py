"""Telephones at a real Asterisk: the switch decides as ever, Asterisk rings, bridges and tells (README.md).

Panoramisk, which speaks AMI, is an extra (`pbxsim[asterisk]`), and is imported when an engine starts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.engines.engine import Engine
from pbxsim.kit.later import LaterMapping, later

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.ami_login import AmiLogin
    from pbxsim.engines.asterisk.live import LiveCalls


_SESSION: Final = "pbxsim.engines.asterisk.session"
_opened: Final = later(_SESSION, "opened")


def _trouble(session: Any) -> str:  # noqa: ANN401 - as `Engine` has it
    return str(session.trouble)


declaration = Engine(
    name="asterisk",
    title="real telephones, at an Asterisk 22",
    sections=LaterMapping({"asterisk": later("pbxsim.engines.asterisk.asterisk_settings", "section")}),
    borrows=("phones",),
    check=later("pbxsim.engines.asterisk.checks", "faults"),
    open=_opened,
    start=later(_SESSION, "start"),
    close=later(_SESSION, "close"),
    trouble=_trouble,
    can_hold_clock=False,
)


def through(login: AmiLogin | None, live: LiveCalls | None = None, image: str = "") -> Engine:
    """Give the engine that works with an Asterisk which runs already; None: with ones of its own.

    These are of the container image `image`, if one is named.

    `live` says which numbers may leave by a trunk with a provider; None: none.
    """
    from pbxsim.engines.asterisk.alone import Alone  # not where another engine serves

    opened = partial(_opened, login=login, serves=set(), live=live, alone=Alone(), image=image)
    return msgspec.structs.replace(declaration, open=opened)
