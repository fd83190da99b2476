"""The hang-up notice: after each call of a number the PBX calls the URL that is set for it (README, S11 to S13).

Not here: how the URL's template is read (placeholders.py), when and how often it is called (the outbox).
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.later import LaterModule
from pbxsim.kit.numbers import CZECHIA, as_dialled
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.pbx.events import CallDiverted, NoticePosted
from pbxsim.pbx.notice import Notice, Receiver
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.vendors.vum import wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.extension import Extension
    from pbxsim.vendors.vum import placeholders
    from pbxsim.vendors.vum.api import VumInterface
    from pbxsim.vendors.vum.placeholders import Template
    from pbxsim.vendors.vum.state import State
else:
    placeholders = LaterModule("pbxsim.vendors.vum.placeholders")

_log: Final = logging.getLogger("pbxsim")

_CONGESTION: Final = frozenset(
    {
        HangupCause.SUBSCRIBER_ABSENT,
        HangupCause.NORMAL_CIRCUIT_CONGESTION,
        HangupCause.NETWORK_OUT_OF_ORDER,
        HangupCause.NORMAL_TEMPORARY_FAILURE,
        HangupCause.SWITCH_CONGESTION,
    }
)


def receivers(interface: VumInterface) -> Iterator[Receiver]:
    """Give the web service of each number that has one."""
    for notice in interface.state.settings.hangup_notices:
        yield Receiver(
            name=_receiver(notice.number), vendor="vum", address=notice.url, timeout=notice.timeout, retry=notice.retry
        )


def announce(interface: VumInterface) -> None:
    """Tell of each call that ends from now on; warn of templates that could have been meant otherwise."""
    pbx = interface.state.pbx
    if not interface.state.settings.hangup_notices:
        return
    notices = HangupNotices(interface.state)
    for watched in notices.numbers:
        for doubt in watched.template.doubts:
            _log.warning("%s: vum: hang-up notice of %s: %s", pbx.name, watched.number, doubt)
    pbx.events.subscribe(CallDiverted, notices.on_diverted)
    pbx.events.subscribe(CallRecorded, notices.on_recorded)


class Watched(msgspec.Struct, frozen=True, eq=False):
    """A number whose calls are told of; `extension` is the one that it rings, None where it leads elsewhere."""

    number: str
    template: Template
    extension: Extension | None


class HangupNotices:
    """Posts the notices of one PBX."""

    def __init__(self, state: State) -> None:
        self._pbx = state.pbx
        self._zone = state.zone
        self._diverted: dict[int, str] = {}  # by the number of the call: who diverted it last
        self.numbers = [
            Watched(
                notice.number,
                placeholders.read(notice.url),
                self._extension(as_dialled(notice.number, CZECHIA), state.settings.context),
            )
            for notice in state.settings.hangup_notices
        ]

    def on_diverted(self, event: CallDiverted) -> None:
        """Remember who diverted a call: Asterisk's RDNIS."""
        self._diverted[event.call.number] = event.line.extension.outside_number

    def on_recorded(self, event: CallRecorded) -> None:
        """Post one notice for each number that took part."""
        cdr = event.whole
        values = self._values(cdr, self._diverted.pop(cdr.call, ""))
        for watched in self.numbers:
            if self._took_part(watched, cdr):
                url = watched.template.filled(values)
                notice = Notice(receiver=_receiver(watched.number), event="hangup", call=cdr.call, url=url)
                self._pbx.events.emit(NoticePosted(notice))

    def _values(self, cdr: Cdr, redirecting: str) -> dict[str, str]:
        """Give what each placeholder stands for (S12)."""
        return {
            "s": cdr.src,
            "d": cdr.dst,
            "t": wire.moment(cdr.start, self._zone),
            "c": str(cdr.duration),
            "p": str(cdr.billsec),
            "i": status(cdr),
            "u": cdr.unique_id,
            "r": redirecting,
        }

    def _took_part(self, watched: Watched, cdr: Cdr) -> bool:
        """R20: the record names the number in one of its forms, or one of its telephones was connected."""
        parties = (cdr.src, cdr.dst)
        if watched.extension is None:
            return as_dialled(watched.number, CZECHIA) in [as_dialled(party, CZECHIA) for party in parties]
        if cdr.answer and any(line.user in (cdr.first_peer, cdr.second_peer) for line in watched.extension.lines):
            return True
        inside = parties[1:] if cdr.direction is Direction.INCOMING else parties
        return any(self._extension(as_dialled(party, CZECHIA), cdr.context) is watched.extension for party in inside)

    def _extension(self, number: str, context: str) -> Extension | None:
        found = self._pbx.dialplan.resolve(number, context)
        return found.extension if isinstance(found, ToExtension) else None


def status(cdr: Cdr) -> str:
    """Say what became of a call in the words of S13, which are Asterisk's DIALSTATUS (R21)."""
    if cdr.disposition is Disposition.ANSWERED:
        return "ANSWER"
    if cdr.disposition is Disposition.BUSY:
        return "BUSY"
    if cdr.disposition is Disposition.NO_ANSWER:
        return "CANCEL" if cdr.cause is HangupCause.NORMAL_CLEARING else "NOANSWER"
    return "CONGESTION" if cdr.cause in _CONGESTION else "CHANUNAVAIL"


def _receiver(number: str) -> str:
    return f"vum:{number}"
