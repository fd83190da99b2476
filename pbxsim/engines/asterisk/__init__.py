"""Telephones at a real Asterisk: the switch decides as ever, Asterisk rings, bridges and tells (README.md).

Panoramisk, which speaks AMI, is an extra (`pbxsim[asterisk]`), and is imported when an engine starts.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry
from pbxsim.engines.asterisk.checks import faults
from pbxsim.engines.engine import Engine, Section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.engines.asterisk.door import Door
    from pbxsim.engines.engine import Opened, Present
    from pbxsim.pbx.pbx import Pbx


def _opened(settings: Mapping[str, Any], pbx: Pbx, door: Door | None = None, serves: set[str] | None = None) -> Opened:
    from pbxsim.engines.asterisk.session import opened

    return opened(settings, pbx, door, set() if serves is None else serves)


async def _start(session: Any, present: Present) -> None:  # noqa: ANN401 - as `Engine` has it
    from pbxsim.engines.asterisk.session import start

    await start(session, present)


async def _close(session: Any) -> None:  # noqa: ANN401 - as `Engine` has it
    from pbxsim.engines.asterisk.session import close

    await close(session)


def _trouble(session: Any) -> str:  # noqa: ANN401 - as `Engine` has it
    return str(session.trouble)


declaration = Engine(
    name="asterisk",
    title="real telephones, at an Asterisk 22",
    sections={"asterisk": Section(AsteriskEntry, AsteriskEntry(), after="queues")},
    borrows=("phones",),
    check=faults,
    open=_opened,
    start=_start,
    close=_close,
    trouble=_trouble,
    can_hold_clock=False,
)


def through(door: Door) -> Engine:
    """Give the engine that works with an Asterisk which runs already."""
    return msgspec.structs.replace(declaration, open=partial(_opened, door=door, serves=set()))
