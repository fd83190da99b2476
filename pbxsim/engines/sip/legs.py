"""What the engine keeps on the leg of a real telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.simulated.behaviour import LegPlan
from pbxsim.engines.simulated.leg import SimulatedLeg
from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from pbxsim.engines.sip.media.party import Party
    from pbxsim.engines.sip.registrar import Binding
    from pbxsim.engines.sip.session import Session
    from pbxsim.pbx.channel import Channel

_PERSON: Final = LegPlan(
    rings=True,
    rings_after=0,
    settles_after=0,
    report=None,
    cause=HangupCause.NO_ANSWER,
    talk=None,
    end_cause=HangupCause.NORMAL_CLEARING,
)


class SipLeg(SimulatedLeg, gc=True, eq=False):
    """A real telephone's: to whoever acts the others, one that does nothing by itself.

    `sessions` are those in which it is rung, one for each contact, or the one in which it talks or calls; `waiting` are
    contacts that are tried when all before have failed. `party` is its sound. `channel` is None until the switch
    has made it. `cause` is what the contacts that failed so far amount to, `sent_on_to` the number that one of them
    wants rung instead, `call_ids` name all its sessions ever.
    """

    party: Party | None = None
    channel: Channel | None = None
    sessions: list[Session] = msgspec.field(default_factory=list)
    waiting: list[Binding] = msgspec.field(default_factory=list)
    cause: HangupCause | None = None
    call_ids: list[str] = msgspec.field(default_factory=list)
    sent_on_to: str = ""

    @property
    def session(self) -> Session | None:
        """Give the session, where there is only one."""
        return self.sessions[0] if len(self.sessions) == 1 else None


def real_leg(channel: Channel | None = None) -> SipLeg:
    """Make one."""
    return SipLeg(plan=_PERSON, channel=channel)


def leg_of(channel: Channel | None) -> SipLeg | None:
    """Give a channel's leg, if its telephone is a real one."""
    leg = channel.engine_data if channel is not None else None
    if not isinstance(leg, SipLeg):
        return None
    leg.channel = channel
    return leg
