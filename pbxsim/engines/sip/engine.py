"""The engine whose telephones register at pbxsim: what the switch asks is told to telephones by SIP.

Whoever has no telephone (lines for which none has registered yet, numbers outside) is acted by the simulated engine
itself, to which a real telephone is one that does nothing of itself. What telephones do is taken by telephones.py.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip import sound
from pbxsim.engines.sip.address import quoted
from pbxsim.engines.sip.legs import SipLeg, leg_of, real_leg
from pbxsim.engines.sip.media.ports import NoPortLeft
from pbxsim.pbx import digits
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState, Report
from pbxsim.pbx.events import LegRinging, SpyAttached
from pbxsim.pbx.recording import is_recorded

if TYPE_CHECKING:
    from collections.abc import Collection

    from pbxsim.clock.instant import Duration
    from pbxsim.engines.simulated.engine import SimulatedEngine
    from pbxsim.engines.sip.exchange import Exchange
    from pbxsim.engines.sip.media.recording import Recordings
    from pbxsim.engines.sip.registrar import Binding, Registrar
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx

_log: Final = logging.getLogger("pbxsim")


class SipEngine:
    """Implements `CallEngine`. `real` are the SIP users for whom a telephone has registered in this PBX's life.

    `exchange` is None while no telephone can be reached.
    """

    def __init__(self, pbx: Pbx, actors: SimulatedEngine, registrar: Registrar, real: Collection[str]) -> None:
        self.exchange: Exchange | None = None
        self._calls = pbx.calls
        self._clock = pbx.clock
        self._actors = actors
        self._registrar = registrar
        self._real = real
        pbx.events.subscribe(LegRinging, self._rings)
        pbx.events.subscribe(SpyAttached, self._spies)

    # -- the port ----------------------------------------------------------------------------------------------------

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring a telephone; a real one promises nothing."""
        line = channel.line
        if line is None or line.user not in self._real:
            return self._actors.dial(channel, timeout)
        contacts = self._registrar.contacts(line.user)
        if line.do_not_disturb:
            self._calls.on_leg(channel, Report.FAILED, HangupCause.USER_BUSY)
        elif self.exchange is None:
            self._calls.on_leg(channel, Report.FAILED, HangupCause.NETWORK_OUT_OF_ORDER)
        elif not contacts:
            self._calls.on_leg(channel, Report.FAILED, HangupCause.SUBSCRIBER_ABSENT)
        else:
            self._call(self.exchange, channel, contacts)
        return False

    def answer(self, channel: Channel) -> None:
        """Answer a caller, who waits from now on."""
        leg = leg_of(channel)
        if leg is None:
            self._actors.answer(channel)
        else:
            self._pick_up(leg)
            sound.waits(channel)

    def connect(self, call: Call, limit: Duration) -> bool:
        """Let the parties hear each other; what acted ones among them do later is theirs."""
        for channel in (call.first, call.second):
            leg = leg_of(channel)
            if leg is not None:
                self._pick_up(leg)
        promises = self._actors.connect(call, limit)
        sound.connected(call)
        if self.exchange is not None and self.exchange.recordings is not None and is_recorded(call):
            self._record(self.exchange.recordings, call)
        return promises

    def _record(self, recordings: Recordings, call: Call) -> None:
        """Have what is said recorded, where a real telephone is among the two."""
        first, second = sound.party(call.first), sound.party(call.second)
        if first is not None or second is not None:
            try:
                recordings.begin(call.number, self._clock.now - call.bridged_at, first, second)
            except OSError as error:
                _log.warning("call %d is not recorded: %s", call.number, error)

    def part(self, call: Call) -> None:
        """Let those who are left hear that somebody is rung."""
        self._actors.part(call)
        if self.exchange is not None and self.exchange.recordings is not None:
            self.exchange.recordings.pause(call.number)
        for channel in call.live_legs():
            if channel.is_up:
                sound.waits(channel)

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """End a leg."""
        leg = leg_of(channel)
        if leg is None:
            self._actors.hang_up(channel, cause)
        else:
            self.let_go(leg, cause)

    # -- legs --------------------------------------------------------------------------------------------------------

    def let_go(self, leg: SipLeg, cause: HangupCause) -> None:
        """End whatever a telephone does for a leg, without a word to the switch."""
        for session in leg.sessions:
            session.hang_up(cause)
        leg.sessions, leg.waiting = [], []
        if self.exchange is not None:
            self.exchange.close_party(leg.party)
            self.exchange.soon()
        leg.party = None

    def open_party(self, exchange: Exchange, leg: SipLeg, host: str) -> HangupCause | None:
        """Open a leg's sound; give why that cannot be."""
        try:
            party = leg.party = exchange.media.open(host)
        except NoPortLeft as error:
            _log.warning("a call is refused: %s", error)
            return HangupCause.NORMAL_CIRCUIT_CONGESTION
        except OSError as error:
            _log.warning("no sound can be exchanged with %s: %s", host, error)
            return HangupCause.NETWORK_OUT_OF_ORDER
        party.on_digit = lambda digit: exchange.act(partial(self.pressed, leg, digit))
        return None

    def pressed(self, leg: SipLeg, digit: str) -> None:
        """Take a digit that is pressed at a telephone."""
        if leg.channel is not None:
            digits.press(self._calls, leg.channel, digit)

    def try_next(self, leg: SipLeg) -> bool:
        """Ring the best of the contacts that were not tried yet, together with those as good; False: there is none."""
        channel, party, exchange = leg.channel, leg.party, self.exchange
        if not leg.waiting or channel is None or channel.line is None or party is None or exchange is None:
            return False
        best = leg.waiting[0].quality
        tried, leg.waiting = _apart(leg.waiting, best)
        offer = party.offer()
        name = "" if not channel.shown_name else quoted(channel.shown_name)
        number = _number(channel.shown_number)
        leg.sessions = [exchange.agent.call(one, channel.line.user, number=number, name=name) for one in tried]
        for session in leg.sessions:
            session.owner = leg
            leg.call_ids.append(session.dialog.call_id)
            session.call(offer)
        exchange.soon()
        return True

    def _call(self, exchange: Exchange, channel: Channel, contacts: list[Binding]) -> None:
        leg = channel.engine_data = real_leg(channel)
        leg.waiting = contacts
        cause = self.open_party(exchange, leg, contacts[0].flow.host)
        if cause is not None:
            self._calls.on_leg(channel, Report.FAILED, cause)
        else:
            self.try_next(leg)

    def _pick_up(self, leg: SipLeg) -> None:
        """Answer a telephone that has called, if it is not yet."""
        session = leg.session
        if session is not None and self.exchange is not None:
            session.answer()
            self.exchange.soon()

    # -- what the PBX tells ------------------------------------------------------------------------------------------

    def _rings(self, event: LegRinging) -> None:
        """Tell a telephone that has called that somebody rings for it."""
        first = event.channel.call.first
        leg = leg_of(first)
        if first is not None and leg is not None and first.state is ChannelState.RING and leg.session is not None:
            leg.session.ring()
            if self.exchange is not None:
                self.exchange.soon()

    def _spies(self, event: SpyAttached) -> None:
        if event.call.first is not None:
            sound.spies(event.call.first, event.channel)


def _apart(contacts: list[Binding], quality: float) -> tuple[list[Binding], list[Binding]]:
    return (
        [one for one in contacts if one.quality >= quality],
        [one for one in contacts if one.quality < quality],
    )


def _number(text: str) -> str:
    """Give what of a number can stand in a URI."""
    return "".join(sign for sign in text if sign.isascii() and (sign.isalnum() or sign in "+*#-_.")).replace("#", "%23")
