"""The engine that rings real telephones: what the switch asks becomes AMI actions, what Asterisk tells becomes reports.

Each party is originated by itself into Asterisk's context `pbxsim-hold`, and the switch decides all that follows: who
is bridged, for how long, who is let go (moment.py). What Asterisk tells of a leg becomes a report. Not here: who is
rung how (ringing.py), who hears others (spies.py), what people do with their telephones in a call (hands.py).
"""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk.endpoints import user_of
from pbxsim.engines.asterisk.hands import Hands
from pbxsim.engines.asterisk.legs import OTHER_HALF, Leg, Legs
from pbxsim.engines.asterisk.live import LiveTrunks
from pbxsim.engines.asterisk.moment import HOLD, WAITS, Moment
from pbxsim.engines.asterisk.patience import Patience
from pbxsim.engines.asterisk.ringing import ASKED, Ringing
from pbxsim.engines.asterisk.spelling import PLACED_BY, cause_of
from pbxsim.engines.asterisk.spies import Spies
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import ChannelState, Report
from pbxsim.pbx.dialled import dialled
from pbxsim.pbx.events import LegDialed, SpyAttached
from pbxsim.pbx.recording import is_recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.engines.asterisk import acted
    from pbxsim.engines.asterisk.link import AmiLink, Event
    from pbxsim.engines.asterisk.live import LiveCalls
    from pbxsim.engines.asterisk.recording import Monitors
    from pbxsim.engines.asterisk.registrations import Registrations
    from pbxsim.engines.engine import Present
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx

_DIALLED: Final = "pbxsim-phones"
_NUMBER: Final = re.compile(r"[+*#0-9]{1,40}")
_RINGING_STATE: Final = "5"
_UP_STATE: Final = "6"
_NORMAL: Final = "16"
_DEVICE: Final = "1"  # AST_SOFTHANGUP_DEV (include/asterisk/channel.h): chan_pjsip hears a telephone no more
_GRACE: Final[Duration] = SECOND // 2
_log: Final = logging.getLogger("pbxsim")


class AsteriskEngine:
    """Implements `CallEngine`. `simulated` are the SIP users of lines without a telephone of their own.

    `live` names the trunks that lead to a provider, and `allowed` says who may be called by them; None: nobody.
    """

    def __init__(
        self,
        pbx: Pbx,
        actors: acted.Actors,
        registrations: Registrations,
        simulated: Collection[str],
        *,
        live: Collection[str] = (),
        allowed: LiveCalls | None = None,
    ) -> None:
        self._pbx = pbx
        self._calls = pbx.calls
        self._registrations = registrations
        self._legs = Legs(pbx.name)
        self._link: AmiLink | None = None
        self._present: Present | None = None
        self._moment = Moment(
            self._legs, link=self._link_or_none, join=self._join, joined=lambda link: self._spies.attach(link)
        )
        self._spies = Spies(self._legs, self._moment)
        self.monitors: Monitors | None = None  # None: nothing is recorded
        self._patience = Patience(pbx, self._legs, self._moment)
        self._hands = Hands(pbx.calls, self._legs)
        self._live = LiveTrunks(pbx, live, allowed, self._at_present)
        self._ringing = Ringing(self._legs, actors, registrations, self._live, simulated, self._not_rung)
        self._takes: dict[str, Callable[[Event], None]] = {
            "Newchannel": self._made,
            "Newstate": self._state_changed,
            "UserEvent": self._dialplan_told,
            "HangupRequest": self._puts_down,
            "SoftHangupRequest": self._gives_up,
            "Hangup": self._hung_up,
            "OriginateResponse": self._originated,
            "ContactStatus": registrations.changed,
            **self._hands.takes,
        }
        pbx.events.subscribe(SpyAttached, self._spies.hear)
        pbx.events.subscribe(LegDialed, self._calls_in)

    # -- its life ----------------------------------------------------------------------------------------------------

    async def begin(self, link: AmiLink, present: Present) -> None:
        """Work with an Asterisk from now on, at the PBX's present. Raises LinkDown, ActionFailed."""
        self._link, self._present = link, present
        present(self._registrations.forget)
        await self.read()

    async def read(self) -> None:
        """Take the state of Asterisk as it is: what is left of an earlier life goes, what is gone is over."""
        link = self._ready_link()
        told = {event["uniqueid"]: event for event in await link.listed("CoreShowChannels") if "uniqueid" in event}
        for unique, event in told.items():
            is_ours = unique.startswith(self._legs.mark) or event.get("context") in (_DIALLED, HOLD)
            if is_ours and self._legs.find(unique) is None:
                link.send("Hangup", Channel=event["channel"], Cause=int(HangupCause.NORMAL_TEMPORARY_FAILURE))
        known = [(leg, told.get(leg.id)) for leg in self._legs]
        contacts = await link.contacts()
        self._at_present(lambda: self._registrations.read(contacts))
        # when the link counts as up: who has answered meanwhile has somebody else rung
        asyncio.get_running_loop().call_soon(self._at_present, partial(self._compare, known))

    @property
    def heard_events(self) -> Collection[str]:
        """Name the events that it takes; manager.conf has Asterisk send no others."""
        return self._takes.keys()

    def heard(self, event: Event) -> None:
        """Take an event of Asterisk's."""
        take = self._takes.get(event.get("event", ""))
        if take is not None and self._present is not None:
            self._at_present(lambda: take(event))

    def went_down(self) -> None:
        """Hear that the link is lost: what was asked for and not yet told cannot be told any more."""
        _log.warning("the link to Asterisk is lost: no telephone can be rung until it is there again")
        self._moment.forget()

    def abandon(self) -> list[Leg]:
        """Forget everything; give the legs that Asterisk still has, so that they can be hung up."""
        left = list(self._legs)
        for leg in left:
            self._legs.gone(leg)
            self._patience.stop(leg)
        self._live.close()
        self._link = self._present = None
        return left

    def _compare(self, known: list[tuple[Leg, Event | None]]) -> None:
        """End the legs that Asterisk had no more, or is to have no more; hear what the others did while nobody told."""
        for leg, event in known:
            if self._legs.find(leg.id) is not leg:
                continue
            if event is None:
                self._over(leg, HangupCause.NORMAL_TEMPORARY_FAILURE)
            elif not leg.channel.is_live or not leg.is_wanted:
                self._moment.leave(leg, HangupCause.NORMAL_TEMPORARY_FAILURE)
            elif event.get("context") == HOLD and event.get("channelstate") == _UP_STATE:
                self._held(leg, event["channel"])
            else:
                self._state_changed(event)

    # -- the port ----------------------------------------------------------------------------------------------------

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        """Ring a telephone; it promises nothing, for a real one does not either."""
        link = self._link_or_none()
        if link is None:
            self._calls.on_leg(channel, Report.FAILED, HangupCause.NETWORK_OUT_OF_ORDER)
        elif channel.line is not None and channel.line.do_not_disturb:
            self._calls.on_leg(channel, Report.FAILED, HangupCause.USER_BUSY)
        elif self._live.bars(channel):
            self._calls.on_leg(channel, Report.FAILED, HangupCause.OUTGOING_CALL_BARRED)
        else:
            self._ringing.ring(link, channel, timeout)
        return False

    def answer(self, channel: Channel) -> None:
        """Answer a caller, who waits from now on."""
        leg = self._legs.of(channel)
        if leg is not None:
            self._moment.redirect(leg, WAITS)

    def connect(self, call: Call, limit: Duration) -> bool:
        """Let the parties hear each other; what simulated ones among them do later is theirs."""
        self._moment.join(call)
        self._patience.talk(call)
        return False

    def _record(self, link: AmiLink, call: Call, first: Channel) -> None:
        if not is_recorded(call):
            return
        if self.monitors is None:
            _log.warning("call %d was to be recorded, and is not: Asterisk is on another machine", call.number)
        else:
            self.monitors.begin(link, call, self._legs.name_of(first), self._pbx.clock.now)

    def part(self, call: Call) -> None:
        """Let those who are left hear that somebody is rung; whom a telephone has sent on hears it already."""
        rings_there = self._hands.has_sent_on(call)
        for channel in call.live_legs():
            leg = self._legs.of(channel)
            if leg is not None:
                self._patience.stop(leg)
                if not rings_there:
                    self._moment.redirect(leg, "again")

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        """End a leg; one that Asterisk has not made yet is ended as soon as it has."""
        for leg in self._legs.all_of(channel):
            self._let_go(leg, cause)

    def _let_go(self, leg: Leg, cause: HangupCause) -> None:
        self._patience.stop(leg)
        if leg.exists:
            self._moment.leave(leg, cause)
        else:
            leg.doomed = cause  # a Hangup now would find no channel, and the telephone would ring all the same

    # -- what is asked of Asterisk -------------------------------------------------------------------------------------

    def _calls_in(self, event: LegDialed) -> None:
        """Act somebody outside who calls: nobody's telephone has brought that leg, but the PBX itself."""
        channel, link = event.channel, self._link_or_none()
        if not channel.is_calling or channel.engine_data is not None:
            return
        leg = self._ringing.caller(channel)
        if link is None:
            end = partial(self._over, leg, HangupCause.NETWORK_OUT_OF_ORDER)
            asyncio.get_running_loop().call_soon(self._at_present, end)  # the switch has only begun with the call
            return
        self._ringing.call_in(link, leg)
        self._patience.waits(leg)

    def _join(self, link: AmiLink, call: Call) -> None:
        first, second = call.first, call.second
        assert first is not None  # the switch connects nobody else
        self._record(link, call, first)
        if self._hands.has_bridged(call):
            return
        if second is None:
            exten = "silence" if call.order.kind is CallKind.SPY else "play"
            link.send("Redirect", Channel=self._legs.name_of(first), Context=HOLD, Exten=exten, Priority=1)
        else:
            link.send(
                "Bridge",
                lambda error: self._at_present(lambda: self._unbridged(call, error)),
                Channel1=self._legs.name_of(first),
                Channel2=self._legs.name_of(second),
                Tone="no",
            )
        for party in filter(self._live.leaves, call.live_legs()):  # a bridge begins with no limit
            link.send("AbsoluteTimeout", Channel=self._legs.name_of(party), Timeout=self._live.most_seconds())

    # -- what Asterisk tells ------------------------------------------------------------------------------------------

    def _made(self, event: Event) -> None:
        unique, name = event["uniqueid"], event["channel"]
        leg = self._legs.find(unique)
        if unique.endswith(OTHER_HALF):
            return
        if leg is None:
            if unique.startswith(self._legs.mark):  # asked for before the link was lost, and given up since
                self._ready_link().send("Hangup", Channel=name, Cause=int(HangupCause.NORMAL_TEMPORARY_FAILURE))
            return
        leg.name = name
        if leg.doomed is not None:
            self._moment.leave(leg, leg.doomed)

    def _state_changed(self, event: Event) -> None:
        leg = self._legs.find(event["uniqueid"])
        rings = (
            leg is not None and event["channelstate"] == _RINGING_STATE and not event["uniqueid"].endswith(OTHER_HALF)
        )
        if leg is not None and rings and leg.channel.state is ChannelState.DIALING:
            self._calls.on_leg(leg.channel, Report.RINGING)

    def _dialplan_told(self, event: Event) -> None:
        unique, what = event.get("uniqueid", ""), event.get("userevent")
        leg = self._legs.find(unique)
        if what == "PbxsimHeld" and leg is not None:
            self._held(leg, event["channel"])
        elif what == "PbxsimDialled" and leg is None and unique:
            self._dialled(event)

    def _held(self, leg: Leg, name: str) -> None:
        """Take a leg that has answered, and waits for what the switch will have of it."""
        leg.name = name
        if leg.is_coming:
            leg.is_coming = False
            self._moment.soon()
        elif leg.channel.state in (ChannelState.DIALING, ChannelState.RINGING):
            for other in self._legs.won(leg):
                self._let_go(other, HangupCause.ANSWERED_ELSEWHERE)
            self._calls.on_leg(leg.channel, Report.ANSWERED)

    def _dialled(self, event: Event) -> None:
        """Take a call that a telephone places."""
        number, user = event.get("pbxsimnumber", ""), user_of(event.get("pbxsimpeer", ""))
        line = self._pbx.directory.lines.get(user)
        leg, link = Leg(event["uniqueid"], event["channel"]), self._ready_link()
        if line is None or not _NUMBER.fullmatch(number):
            link.send("Hangup", Channel=leg.name, Cause=int(HangupCause.INVALID_NUMBER_FORMAT))
            return
        self._legs.comes(leg)
        call = self._calls.receive(dialled(line, number, by=PLACED_BY), line=line, handle=leg)
        if call is None:
            self._legs.gone(leg)
            link.send("Hangup", Channel=leg.name, Cause=int(HangupCause.NORMAL_CIRCUIT_CONGESTION))
        else:
            leg.channel = call.legs[0]  # one that only rings somebody was never asked about

    def _puts_down(self, event: Event) -> None:
        """Hear which of two who talk puts the receiver down: of their channels' ends either may be told first."""
        leg = self._legs.find(event["uniqueid"])
        if leg is not None and leg.channel.is_up:
            self._hung_up({"cause": _NORMAL, **event})  # as a rule no cause is told here

    def _gives_up(self, event: Event) -> None:
        """Hear which telephone Asterisk hears no more (`rtp_timeout`), or hangs up as it has handed its call on."""
        leg = self._legs.find(event["uniqueid"])
        if leg is not None and event.get("cause") == _DEVICE:
            leg.is_given_up = True

    def _hung_up(self, event: Event) -> None:
        leg = self._legs.find(event["uniqueid"])
        if leg is not None and event["uniqueid"] == leg.id:
            if not leg.is_given_up:
                self._end_given_up(leg.channel.call)
            self._over(leg, cause_of(event.get("cause", ""), leg.channel.state))

    def _end_given_up(self, call: Call) -> None:
        """Of two who talk the other's end may be told first: it is no more than what came of this one's."""
        for channel in call.legs:
            leg = self._legs.of(channel)
            if leg is not None and leg.is_given_up and channel.is_up:
                self._over(leg, HangupCause.REQUESTED_CHAN_UNAVAIL)  # as its own Hangup will say

    def _originated(self, event: Event) -> None:
        """Hear of a telephone that was not reached. If no channel was made for it, nothing else tells of it.

        One that was made may be told of after this, by another thread of Asterisk's, and why it ended with it.
        """
        leg = self._legs.find(event.get("actionid", "").removeprefix(ASKED))
        if leg is not None and event.get("response") == "Failure" and not leg.exists:
            due, call, clock = self._pbx.clock.now + _GRACE, leg.channel.call, self._pbx.clock
            clock.call_at(due, call.number, call.next_step(), self._stays_unmade, leg)

    def _stays_unmade(self, leg: Leg) -> None:
        if self._legs.find(leg.id) is leg and not leg.exists:
            self._over(leg, HangupCause.SUBSCRIBER_ABSENT)

    def _not_rung(self, leg: Leg, error: Exception) -> None:
        self._at_present(lambda: self._refused(leg, error))

    def _refused(self, leg: Leg, error: Exception) -> None:
        if self._legs.find(leg.id) is leg and not leg.exists:
            _log.warning("Asterisk does not ring a telephone: %s", error)
            self._over(leg, HangupCause.NORMAL_TEMPORARY_FAILURE)

    def _unbridged(self, call: Call, error: Exception) -> None:
        """Give a party that was gone before it could be connected the time to be told of; else the call is over."""
        due, clock = self._pbx.clock.now + _GRACE, self._pbx.clock
        clock.call_at(due, call.number, call.next_step(), self._stays_unbridged, (call, call.connected_at, error))

    def _stays_unbridged(self, about: tuple[Call, Instant, Exception]) -> None:
        call, connected_at, error = about
        if call.state is CallState.TALKING and call.connected_at == connected_at:
            _log.warning("Asterisk does not connect two parties: %s", error)
            self._calls.hang_up(call, HangupCause.NORMAL_TEMPORARY_FAILURE)

    def _over(self, leg: Leg, cause: HangupCause) -> None:
        """Report the end of a leg. Should Asterisk make it yet, it is hung up then."""
        self._patience.stop(leg)
        if self.monitors is not None:
            self.monitors.gone(leg.name)
        amounts_to = self._legs.over(leg, cause)
        state = leg.channel.state
        if amounts_to is not None and state is not ChannelState.DOWN:
            report = Report.HUNG_UP if state in (ChannelState.UP, ChannelState.RING) else Report.FAILED
            self._calls.on_leg(leg.channel, report, amounts_to)

    # -- small things -------------------------------------------------------------------------------------------------

    def _at_present(self, act: Callable[[], object]) -> None:
        if self._present is not None:
            self._present(act)

    def _ready_link(self) -> AmiLink:
        assert self._link is not None  # nothing is heard without one
        return self._link

    def _link_or_none(self) -> AmiLink | None:
        return self._link if self._link is not None and self._link.is_up else None
