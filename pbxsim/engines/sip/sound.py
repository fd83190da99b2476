"""Who hears what: the parties of calls, connected or waiting, as the switch has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.sip.legs import SipLeg, leg_of
from pbxsim.engines.sip.media.sounds import music, ring_back, silence, voice, voices
from pbxsim.engines.sip.media.spy import Spy
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.transfer import partner

if TYPE_CHECKING:
    from pbxsim.engines.sip.media.party import Party
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel


def party(channel: Channel | None) -> Party | None:
    """Give the sound of a channel's telephone, if that is a real one."""
    leg = leg_of(channel)
    return leg.party if leg is not None else None


def connected(call: Call) -> None:
    """Have the parties of a call hear each other; without a second, what the PBX says."""
    for channel in (call.first, call.second):
        leg = leg_of(channel)
        if leg is not None and leg.party is not None and channel is not None:
            hears_partner(leg, channel)


def hears_partner(leg: SipLeg, channel: Channel) -> None:
    """Have a party hear whom it talks with: music while that one holds, or where the PBX is the other side."""
    if leg.party is None:
        return
    call, other = channel.call, partner(channel)
    if other is None:
        leg.party.hears(silence() if call.order.kind is CallKind.SPY else music())
        return
    there = leg_of(other)
    if other.is_held:
        leg.party.hears(music())
    elif there is not None and there.party is not None:
        leg.party.hears(there.party)
    else:
        leg.party.hears(voice(other.number))


def waits(channel: Channel) -> None:
    """Have a party that is up and alone hear how it goes on: it rings, or there is music where a queue has it wait."""
    leg = leg_of(channel)
    if leg is None or leg.party is None:
        return
    is_rung_for = channel.call.state in (CallState.DIALING_SECOND, CallState.TRANSFERRING)
    leg.party.hears(ring_back() if is_rung_for and channel.call.hunt is None else music())


def spies(spy: Channel, channel: Channel) -> None:
    """Have a spy hear both sides of a channel."""
    leg, there = leg_of(spy), leg_of(channel)
    if leg is None or leg.party is None:
        return
    if there is not None and there.party is not None:
        leg.party.hears(Spy(there.party))
        return
    other = partner(channel)
    beyond = leg_of(other)
    if beyond is not None and beyond.party is not None:
        leg.party.hears(Spy(beyond.party))
    else:
        leg.party.hears(voice(channel.number) if other is None else voices(channel.number, other.number))
