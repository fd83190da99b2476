"""What telephones do, brought to the switch: they ring, are picked up, dial, hold, press, hand on, are put down."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pbxsim.engines.sip import sound
from pbxsim.engines.sip.address import address, parameters
from pbxsim.engines.sip.legs import SipLeg, leg_of, real_leg
from pbxsim.engines.sip.media.sdp import BadDescription, Unacceptable
from pbxsim.engines.sip.phase import Phase
from pbxsim.pbx import transfer
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause, weightier
from pbxsim.pbx.channel import ChannelState, Report
from pbxsim.pbx.dialled import dialled

if TYPE_CHECKING:
    from pbxsim.engines.sip.engine import SipEngine
    from pbxsim.engines.sip.registrar import Registrar
    from pbxsim.engines.sip.session import Session
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx

PLACED_BY: Final = "telephone"
"""Who asked for a call that somebody dialled by hand, where a call says which vendor did."""

_log: Final = logging.getLogger("pbxsim")
_NUMBER: Final = re.compile(r"[0-9A-Za-z+*#._-]{1,40}")
_NORMAL: Final = HangupCause.NORMAL_CLEARING


class Telephones:
    """Implements `Listener`."""

    def __init__(self, pbx: Pbx, engine: SipEngine, registrar: Registrar) -> None:
        self._pbx = pbx
        self._calls = pbx.calls
        self._engine = engine
        self._registrar = registrar

    # -- telephones that are called ------------------------------------------------------------------------------------

    def rings(self, session: Session) -> None:
        """Implement `SessionListener`."""
        channel = _channel(session)
        if channel is not None and channel.state is ChannelState.DIALING:
            self._calls.on_leg(channel, Report.RINGING)

    def early(self, session: Session, body: bytes) -> None:
        """Have whoever waits for the only telephone that rings hear it, and it hear them, as Asterisk's Dial does."""
        leg, channel = session.owner, _channel(session)
        if channel is None or not isinstance(leg, SipLeg) or leg.party is None or leg.sessions != [session]:
            return
        call = channel.call
        waiting = leg_of(call.first)
        if waiting is None or waiting.party is None or call.hunt is not None or call.ringing_legs() != [channel]:
            return
        try:
            leg.party.accept(body)
        except (Unacceptable, BadDescription):
            return  # its answer is judged when it comes
        if waiting.session is not None:
            waiting.session.progress()
        waiting.party.hears(leg.party)
        leg.party.hears(waiting.party)

    def answered(self, session: Session, body: bytes) -> None:
        """Have the telephone that was picked up first be the one that talks."""
        leg, channel = session.owner, _channel(session)
        if channel is None or not isinstance(leg, SipLeg) or leg.party is None or session not in leg.sessions:
            session.hang_up(HangupCause.ANSWERED_ELSEWHERE)
            return
        others = [other for other in leg.sessions if other is not session]
        leg.sessions, leg.waiting = [session], []
        for other in others:
            other.hang_up(HangupCause.ANSWERED_ELSEWHERE)
        try:
            leg.party.accept(body)
        except (Unacceptable, BadDescription):
            self._engine.let_go(leg, HangupCause.BEARERCAPABILITY_NOTAVAIL)
            self._calls.on_leg(channel, Report.FAILED, HangupCause.BEARERCAPABILITY_NOTAVAIL)
            return
        self._calls.on_leg(channel, Report.ANSWERED)
        if channel.is_up and channel.call.state in (CallState.DIALING_SECOND, CallState.TRANSFERRING):
            sound.waits(channel)

    def failed(self, session: Session, cause: HangupCause) -> None:
        """Go on with the other contacts of the line; when none is left, the leg has failed."""
        leg, channel = session.owner, _channel(session)
        if not isinstance(leg, SipLeg) or channel is None:
            return
        _part(leg, session)
        leg.cause = cause if leg.cause is None else weightier(leg.cause, cause)
        if not leg.sessions and not self._engine.try_next(leg):
            self._engine.let_go(leg, cause)
            channel.sent_on_to = leg.sent_on_to
            self._calls.on_leg(channel, Report.FAILED, leg.cause)

    def sent_on(self, session: Session, to: str, cause: HangupCause) -> None:
        """Ring another number instead, as soon as the line's other contacts have failed, too."""
        leg = session.owner
        if isinstance(leg, SipLeg) and _NUMBER.fullmatch(to):
            leg.sent_on_to = leg.sent_on_to or to
        self.failed(session, cause)

    def unheard(self, session: Session) -> None:
        """Take a contact at which nobody is for none, unless somebody has registered there again."""
        if session.contact is not None:
            self._registrar.drop(session.user, session.contact)

    def moved(self, line: Line) -> None:
        """Take it that what rings where a line's telephone is no more does not ring: it is gone, or elsewhere."""
        there = {contact.uri for contact in self._registrar.contacts(line.user)}
        for leg in [leg for leg in map(leg_of, line.channels) if leg is not None]:
            for session in tuple(leg.sessions):
                if session.contact is not None and session.contact.uri not in there and session.phase is Phase.CALLING:
                    session.hang_up(HangupCause.SUBSCRIBER_ABSENT)
                    self.failed(session, HangupCause.SUBSCRIBER_ABSENT)

    # -- telephones that call ----------------------------------------------------------------------------------------

    def called(self, session: Session, number: str) -> None:
        """Take a call that a telephone places."""
        line, exchange = self._pbx.directory.lines.get(session.user), self._engine.exchange
        if line is None or exchange is None or not _NUMBER.fullmatch(number):
            session.hang_up(HangupCause.UNALLOCATED)
            return
        leg = session.owner = real_leg()
        leg.sessions = [session]
        leg.call_ids.append(session.dialog.call_id)
        cause = self._engine.open_party(exchange, leg, session.dialog.flow.host) or self._unheard(leg, session)
        if cause is not None:
            self._engine.let_go(leg, cause)
            return
        call = self._calls.receive(dialled(line, number, by=PLACED_BY), line=line, handle=leg)
        if call is None:
            self._engine.let_go(leg, HangupCause.NORMAL_CIRCUIT_CONGESTION)
        elif leg.channel is None:  # one that only rings somebody was never asked about
            leg.channel = call.legs[0]

    def denied(self, user: str, host: str, total: int) -> None:
        """Log a wrong password; of many the 1st, 2nd, 4th, 8th and so on: a flood must not fill a disk."""
        if total & (total - 1) == 0:
            _log.warning("a wrong SIP password for %.40r from %s: the %d. so far", user, host, total)

    def _unheard(self, leg: SipLeg, session: Session) -> HangupCause | None:
        """Say why a caller can hear nothing of ours; None: it can."""
        body = session.invite.request.body if session.invite is not None else b""
        try:
            if body and leg.party is not None:
                leg.party.take_offer(body)
        except (Unacceptable, BadDescription):
            return HangupCause.BEARERCAPABILITY_NOTAVAIL
        return None

    # -- telephones that talk ----------------------------------------------------------------------------------------

    def ended(self, session: Session, cause: HangupCause) -> None:
        """Take it that a telephone was put down."""
        leg, channel = session.owner, _channel(session)
        if isinstance(leg, SipLeg):
            _part(leg, session)
            self._engine.let_go(leg, cause)
            if channel is not None:
                self._calls.on_leg(channel, Report.HUNG_UP, cause)

    def offer(self, session: Session) -> bytes:
        """Offer sound to a telephone that asks for an offer."""
        leg = session.owner
        return leg.party.offer() if isinstance(leg, SipLeg) and leg.party is not None else b""

    def offered(self, session: Session, body: bytes) -> bytes:
        """Answer an offer; one that says not to be sent to holds the call."""
        leg = session.owner
        if not isinstance(leg, SipLeg) or leg.party is None:
            return b""
        try:
            leg.party.take_offer(body)
            answer = leg.party.answer()
        except (Unacceptable, BadDescription):
            return b""
        self._see_whether_held(leg)
        return answer

    def accepted(self, session: Session, body: bytes) -> None:
        """Take an answer to an offer of ours."""
        leg = session.owner
        if not isinstance(leg, SipLeg) or leg.party is None:
            return
        try:
            leg.party.accept(body)
        except (Unacceptable, BadDescription):
            session.hang_up(HangupCause.BEARERCAPABILITY_NOTAVAIL)
            self.ended(session, HangupCause.BEARERCAPABILITY_NOTAVAIL)
            return
        self._see_whether_held(leg)

    def _see_whether_held(self, leg: SipLeg) -> None:
        channel = leg.channel
        if channel is None or not channel.is_up or leg.party is None or leg.party.holds == channel.is_held:
            return
        self._calls.on_leg(channel, Report.HELD if leg.party.holds else Report.UNHELD)
        other = transfer.partner(channel)
        there = leg_of(other)
        if other is not None and there is not None:
            sound.hears_partner(there, other)

    def pressed(self, session: Session, digit: str) -> None:
        """Take a digit that has come by INFO."""
        if isinstance(session.owner, SipLeg):
            self._engine.pressed(session.owner, digit)

    def referred(self, session: Session, to: str) -> tuple[int, str]:
        """Hand a call on: to a number, or to whoever talks in another call of that telephone's (Replaces, RFC 3891)."""
        channel, meant = _channel(session), address(to)
        if channel is None or meant is None:
            return 400, "Malformed Refer-To"
        replaces = _replaced(meant.uri.headers)
        if replaces is not None:
            return self._referred_to_session(channel, replaces)
        if transfer.blind(self._calls, channel, meant.uri.user):
            return 200, "OK"
        if transfer.partner(channel) is None:
            return 603, "Decline"
        return (486, "Busy Here") if transfer.is_full(self._calls, channel, meant.uri.user) else (404, "Not Found")

    def _referred_to_session(self, held: Channel, replaces: tuple[str, str, str]) -> tuple[int, str]:
        exchange = self._engine.exchange
        found = exchange.agent.find(*replaces) if exchange is not None else None
        asking = _channel(found) if found is not None else None
        if asking is None:
            return 481, "Call/Transaction Does Not Exist"
        return (200, "OK") if transfer.attended(self._calls, held, asking) else (603, "Decline")


def _part(leg: SipLeg, session: Session) -> None:
    """Have a leg have a session no more."""
    if session in leg.sessions:
        leg.sessions.remove(session)


def _channel(session: Session) -> Channel | None:
    """Give the channel of a session that is about one."""
    leg = session.owner
    return leg.channel if isinstance(leg, SipLeg) else None


def _replaced(headers: str) -> tuple[str, str, str] | None:
    """Read what a Refer-To's URI wants replaced: Call-ID, our tag, the telephone's."""
    given = parameters(headers.split("&"))
    text = unquote(given.get("replaces", ""))
    if not text:
        return None
    call_id, *more = text.split(";")
    tags = parameters(more)
    return call_id, tags.get("to-tag", ""), tags.get("from-tag", "")
