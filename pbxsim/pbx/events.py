"""Every domain event, one page. They carry live objects: a listener takes what it needs and keeps no reference.

The moment of an event is the PBX's clock when it is heard.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call, CallerId
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel, Report
    from pbxsim.pbx.extension import Extension, Line
    from pbxsim.pbx.hours import Period
    from pbxsim.pbx.ledger import LedgerEntry
    from pbxsim.pbx.mailbox import Mailbox, Message
    from pbxsim.pbx.notice import Notice
    from pbxsim.pbx.queue import Queue
    from pbxsim.pbx.queue_visit import QueueVisit


class Event(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Something happened. Nobody keeps it but `EventBus.failures`, so the collector need not know of it."""


class CallStarted(Event, frozen=True, eq=False):
    """A call was accepted; its first leg is about to be dialled."""

    call: Call


class LegDialed(Event, frozen=True, eq=False):
    """A leg was created and its engine asked to ring it (or, for a caller's own leg, it called us)."""

    channel: Channel


class LegRinging(Event, frozen=True, eq=False):
    """The telephone rings."""

    channel: Channel


class LegAnswered(Event, frozen=True, eq=False):
    """The telephone was picked up."""

    channel: Channel


class LegHeld(Event, frozen=True, eq=False):
    """The party put the other one on hold."""

    channel: Channel


class LegUnheld(Event, frozen=True, eq=False):
    """The party came back from hold."""

    channel: Channel


class DigitPressed(Event, frozen=True, eq=False):
    """A party pressed a digit (DTMF). `heard_by` is what takes it, as `menu reception`, or the channel that hears the
    tone; empty: nobody does.
    """

    channel: Channel
    digit: str
    heard_by: str


class LegEnded(Event, frozen=True, eq=False):
    """The leg is over; its `cause` says why."""

    channel: Channel


class LegRefused(Event, frozen=True, eq=False):
    """A party could not even be dialled: nothing has that number, nobody is registered, every trunk is full."""

    call: Call
    number: str
    cause: HangupCause


class LegBarred(Event, frozen=True, eq=False):
    """A number may not leave by the live trunk that leads to it, or not for longer; `why`, and what comes of it."""

    channel: Channel
    why: str


class CallBridged(Event, frozen=True, eq=False):
    """The parties hear each other (or the party hears what the PBX plays, or the spy what is said)."""

    call: Call


class CallTransferred(Event, frozen=True, eq=False):
    """A party handed the call on; `how` is one of blind, attended.

    `by` is the leg that leaves, `to` the number that is rung or was consulted, `consultation` the number of the call
    that ends with it, 0 for a blind transfer.
    """

    call: Call
    by: Channel
    to: str
    how: str
    consultation: int


class CallDiverted(Event, frozen=True, eq=False):
    """A telephone has its calls rung elsewhere; `why` is one of always, busy, no answer, telephone (it said so)."""

    call: Call
    line: Line
    to: str
    why: str


class SpyAttached(Event, frozen=True, eq=False):
    """A spy hears a channel from now on."""

    call: Call
    channel: Channel


class CallEnded(Event, frozen=True, eq=False):
    """The call is over; its record follows at once."""

    call: Call


class CdrClosed(Event, frozen=True, eq=False):
    """The call's one record is final."""

    cdr: Cdr


class CreditChanged(Event, frozen=True, eq=False):
    """An account's credit changed: an answered leg was charged to it, or somebody paid in."""

    entry: LedgerEntry


class NoticePosted(Event, frozen=True, eq=False):
    """A vendor has something to tell somebody outside; it is to be delivered in the order in which it was posted."""

    notice: Notice


class DecisionAsked(Event, frozen=True, eq=False):
    """A call waits: the server of a component is asked where it goes on; `number` is what was dialled."""

    call: Call
    component: str
    number: str


class DecisionAnswered(Event, frozen=True, eq=False):
    """A call goes on as the server of a component said in `said`; or by the way out, and then `why` says why."""

    call: Call
    component: str
    said: Mapping[str, str]
    why: str


class CallFaultStruck(Event, frozen=True, eq=False):
    """Something went wrong on purpose with a call (call_faults.py); `told` names the fault."""

    call: Call
    told: str


class ContextEntered(Event, frozen=True, eq=False):
    """The call went on in a dialplan context."""

    call: Call
    context: str


class ReportIgnored(Event, frozen=True, eq=False):
    """An engine said something about a leg that the leg's state rules out: late, twice, or out of order."""

    channel: Channel
    report: Report


class ExtensionAdded(Event, frozen=True, eq=False):
    """The PBX has an extension that it had not when it was last loaded."""

    extension: Extension


class ExtensionRemoved(Event, frozen=True, eq=False):
    """The PBX has no longer an extension that it had when it was last loaded; this is as it was."""

    extension: Extension


class LineRegistered(Event, frozen=True, eq=False):
    """A telephone registered."""

    line: Line


class LineUnregistered(Event, frozen=True, eq=False):
    """A telephone's registration ended."""

    line: Line


class DoNotDisturbChanged(Event, frozen=True, eq=False):
    """A telephone refuses all calls from now on, or takes them again."""

    line: Line


class DiversionChanged(Event, frozen=True, eq=False):
    """Where calls to a telephone go instead was changed."""

    line: Line


class AgentChanged(Event, frozen=True, eq=False):
    """An agent logged in or out, paused or came back; `change` is one of login, logout, pause, unpause."""

    agent: Agent
    change: str


class MemberAdded(Event, frozen=True, eq=False):
    """An agent joined a queue, or its penalty there changed."""

    queue: Queue
    agent: Agent


class MemberRemoved(Event, frozen=True, eq=False):
    """An agent left a queue."""

    queue: Queue
    agent: Agent


class MemberPauseChanged(Event, frozen=True, eq=False):
    """A member paused in one queue, or came back there; in its other queues nothing changed."""

    queue: Queue
    agent: Agent
    is_paused: bool


class CallerJoined(Event, frozen=True, eq=False):
    """A caller waits in a queue."""

    visit: QueueVisit
    call: Call

    @property
    def queue(self) -> Queue:
        """Where it waits."""
        return self.visit.queue


class CallerLeft(Event, frozen=True, eq=False):
    """A caller no longer waits in a queue, or could not even join; the visit says why."""

    visit: QueueVisit
    call: Call

    @property
    def queue(self) -> Queue:
        """Where it waited."""
        return self.visit.queue

    @property
    def how(self) -> str:
        """One of connected, abandoned, overflow: the last is all that the queue itself decided."""
        return self.visit.why if self.visit.why in ("connected", "abandoned") else "overflow"


class AnnouncementPlayed(Event, frozen=True, eq=False):
    """Somebody hears what a queue has to tell, for `length`: a caller its `position` or something `periodic`, or the
    `member` who answered, before it is connected. `said` are names of sounds, and numbers as text.
    """

    channel: Channel
    queue: Queue
    kind: str
    said: tuple[str, ...]
    length: Duration

    @property
    def call(self) -> Call:
        """Whose call it is."""
        return self.channel.call


class MenuEntered(Event, frozen=True, eq=False):
    """A caller hears a menu, for the `attempt`th time since it came there."""

    call: Call
    menu: str
    attempt: int


class MenuLeft(Event, frozen=True, eq=False):
    """A caller hears a menu no more, having pressed `digits`, or is about to hear it again.

    `why` is one of chosen, invalid, timeout, gone: the last where the call has ended there. `led_to` names where it
    goes on, as `queue sales` or a number; empty: nowhere, it is hung up.
    """

    call: Call
    menu: str
    digits: str
    why: str
    led_to: str


class HoursDecided(Event, frozen=True, eq=False):
    """A call came to a schedule, which was open, closed or on holiday at that moment, and goes on as it says."""

    call: Call
    schedule: str
    period: Period


class HoursOverridden(Event, frozen=True, eq=False):
    """A schedule was switched by hand, and holds until it is switched again; None: it goes by the clock again."""

    schedule: str
    period: Period | None


class MessageLeft(Event, frozen=True, eq=False):
    """A caller was at a mailbox; the message is None where none was left, and then `why` says why.

    `silences` are from when to when the caller was silent, counted from the message's beginning.
    """

    call: Call
    mailbox: Mailbox
    message: Message | None
    caller: CallerId
    silences: tuple[tuple[Duration, Duration], ...]
    why: str


class MessageMoved(Event, frozen=True, eq=False):
    """A message was heard, or counts as new again, and lies in another folder now."""

    before: Message
    after: Message


class MessageDeleted(Event, frozen=True, eq=False):
    """A message was thrown away."""

    message: Message


class MessageWaiting(Event, frozen=True, eq=False):
    """So many new and old messages are in a mailbox now (AMI's MessageWaiting, a telephone's lamp)."""

    mailbox: Mailbox
    new: int
    old: int


class CallParked(Event, frozen=True, eq=False):
    """A party waits in a slot of a parking lot, at most until then (AMI's ParkedCall)."""

    call: Call
    lot: str
    slot: int
    until: Instant


class CallUnparked(Event, frozen=True, eq=False):
    """A party waits in its slot no more; `how` is one of retrieved, timeout, gave up."""

    call: Call
    lot: str
    slot: int
    how: str


class CallPickedUp(Event, frozen=True, eq=False):
    """A telephone answered a call that rang at another one (AMI's Pickup)."""

    call: Call
    rung: Channel
    by: Channel


class DatabaseChanged(Event, frozen=True, eq=False):
    """The PBX's database (AstDB) has another value under a key; `value` is JSON."""

    family: str
    key: str
    value: str


class RecordingFailed(Event, frozen=True, eq=False):
    """A recorded call has no recording, because none could be put at that place; `reason` says why, in words."""

    call: int
    folder: str
    file: str
    reason: str


class RecordingMoved(Event, frozen=True, eq=False):
    """A recording lies somewhere else now; the record says where."""

    cdr: Cdr
