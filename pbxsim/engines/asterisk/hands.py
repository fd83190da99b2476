"""What people do with real telephones in a call, as Asterisk tells it: hold, press digits, hand the call on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx import digits, transfer
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.asterisk.legs import Legs
    from pbxsim.engines.asterisk.link import Event
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl


class Hands:
    """Takes these events; `takes` are the methods by event."""

    def __init__(self, calls: CallControl, legs: Legs) -> None:
        self._calls = calls
        self._legs = legs
        self._bridged_there: set[int] = set()
        self._sent_there: set[int] = set()
        self.takes: dict[str, Callable[[Event], None]] = {
            "Hold": lambda event: self._report(event, Report.HELD),
            "Unhold": lambda event: self._report(event, Report.UNHELD),
            "DTMFEnd": self._pressed,
            "BlindTransfer": self._sent_on,
            "AttendedTransfer": self._joined_by_telephone,
        }

    def has_bridged(self, call: Call) -> bool:
        """Tell, once, whether the two whom the switch connects now were connected by a telephone's own transfer."""
        is_bridged = call.number in self._bridged_there
        self._bridged_there.discard(call.number)
        return is_bridged

    def has_sent_on(self, call: Call) -> bool:
        """Tell, once, whether whoever is parted now was sent on by a telephone's own transfer."""
        is_sent = call.number in self._sent_there
        self._sent_there.discard(call.number)
        return is_sent

    def _report(self, event: Event, report: Report) -> None:
        leg = self._legs.find(event["uniqueid"])
        if leg is not None and leg.channel.is_up:
            self._calls.on_leg(leg.channel, report)

    def _pressed(self, event: Event) -> None:
        """Take a key that somebody pressed; a simulated party only hears what the other one presses."""
        leg = self._legs.find(event["uniqueid"])
        if leg is not None and leg.fate is None and event.get("direction") == "Received":
            digits.press(self._calls, leg.channel, event["digit"])

    def _sent_on(self, event: Event) -> None:
        """Take a telephone's own blind transfer: Asterisk has sent the other party to wait."""
        leg = self._legs.find(event.get("transfereruniqueid", ""))
        if leg is None or event.get("result") != "Success":
            return
        number = leg.channel.call.number
        self._sent_there.add(number)
        if not transfer.blind(self._calls, leg.channel, event.get("extension", "")):
            self._calls.hang_up(leg.channel.call, HangupCause.UNALLOCATED)
        self._sent_there.discard(number)  # nobody was parted: the transfer led to somebody who heard it at once

    def _joined_by_telephone(self, event: Event) -> None:
        """Take a telephone's own attended transfer: Asterisk has connected the two already."""
        held = self._legs.find(event.get("origtransfereruniqueid", ""))
        asking = self._legs.find(event.get("secondtransfereruniqueid", ""))
        if held is None or asking is None or event.get("result") != "Success":
            return
        number = held.channel.call.number
        self._bridged_there.add(number)
        if not transfer.attended(self._calls, held.channel, asking.channel):
            self._bridged_there.discard(number)
