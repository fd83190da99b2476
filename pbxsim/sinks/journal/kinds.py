"""What the journal says of each kind of event: what is taken down when it happens, how that is spelt when it is read.

Taking down is on the way of every call, so it only copies values; everything else waits until somebody reads. An event
carries live objects that go on changing: from them nothing is kept but values, and things that never change themselves
(a finished record, an order, a charge).

Spans are in seconds, instants in ISO 8601. Each cause stands there as its Q.850 number and by its name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar

import msgspec

from pbxsim.pbx.events import (
    AgentChanged,
    AnnouncementPlayed,
    CallBridged,
    CallDiverted,
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallFaultStruck,
    CallParked,
    CallPickedUp,
    CallStarted,
    CallTransferred,
    CallUnparked,
    CdrClosed,
    ContextEntered,
    CreditChanged,
    DecisionAnswered,
    DecisionAsked,
    DigitPressed,
    DiversionChanged,
    DoNotDisturbChanged,
    Event,
    ExtensionAdded,
    ExtensionRemoved,
    HoursDecided,
    HoursOverridden,
    LegAnswered,
    LegBarred,
    LegDialed,
    LegEnded,
    LegHeld,
    LegRefused,
    LegRinging,
    LegUnheld,
    LineRegistered,
    LineUnregistered,
    MemberAdded,
    MemberPauseChanged,
    MemberRemoved,
    MenuEntered,
    MenuLeft,
    MessageDeleted,
    MessageLeft,
    MessageMoved,
    MessageWaiting,
    NoticePosted,
    RecordingFailed,
    RecordingMoved,
    ReportIgnored,
    SpyAttached,
)
from pbxsim.sinks.journal.calls import (
    spell_asked,
    spell_barred,
    spell_bridged,
    spell_context,
    spell_decided,
    spell_dialed,
    spell_diverted,
    spell_ended,
    spell_held,
    spell_ignored,
    spell_leg_ended,
    spell_refused,
    spell_spy,
    spell_started,
    spell_struck,
    spell_transferred,
    spell_waited,
    take_asked,
    take_barred,
    take_context,
    take_decided,
    take_diverted,
    take_held,
    take_ignored,
    take_refused,
    take_spy,
    take_struck,
    take_transferred,
)
from pbxsim.sinks.journal.digits import (
    spell_digit,
    spell_menu,
    spell_menu_left,
    take_digit,
    take_menu,
    take_menu_left,
)
from pbxsim.sinks.journal.features import (
    spell_decided_hours,
    spell_left,
    spell_message,
    spell_overridden,
    spell_parked,
    spell_picked_up,
    spell_unparked,
    spell_waiting_messages,
    take_decided_hours,
    take_deleted,
    take_left,
    take_moved,
    take_overridden,
    take_parked,
    take_picked_up,
    take_unparked,
    take_waiting_messages,
)
from pbxsim.sinks.journal.records import spell_cdr, spell_moved
from pbxsim.sinks.journal.sizes import size_of_any, size_of_cdr
from pbxsim.sinks.journal.spelling import Data, Spelt, channel_name, in_seconds

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.extension import Diversion, Registration
    from pbxsim.pbx.ledger import LedgerEntry

_E = TypeVar("_E", bound=Event)
_F = TypeVar("_F")


class Kind(msgspec.Struct, Generic[_E, _F], frozen=True):
    """A kind of event: `take` copies what is needed of one, `spell` makes an entry of that, any time later.

    `take` is None for those that every call brings (course.py), whose facts are apart. `size` tells from what was
    copied how many bytes an entry takes beyond the flat sum; None: nothing to speak of.
    """

    event: type[_E]
    take: Callable[[_E], _F] | None
    spell: Callable[..., Spelt]
    size: Callable[[_F], int] | None = None

    @property
    def name(self) -> str:
        """Give the event's name as the journal writes it: `LegRinging` is `leg-ringing`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", self.event.__name__).lower()


def _take_moved(event: RecordingMoved) -> Cdr:
    return event.cdr


def _take_failed(event: RecordingFailed) -> RecordingFailed:
    return event


def _spell_failed(event: RecordingFailed) -> Spelt:
    data: Data = {"recording_folder": event.folder, "recording_file": event.file, "reason": event.reason}
    return event.call, "", data


def _take_entry(event: CreditChanged) -> LedgerEntry:
    return event.entry


def _spell_entry(entry: LedgerEntry) -> Spelt:
    data: Data = {"id": entry.id, "account": entry.account, "kind": entry.kind.value, "millionths": entry.amount}
    if entry.call:
        data |= {"number": entry.number, "seconds": entry.seconds, "reference": entry.reference}
    return entry.call or None, "", {**data, "balance": entry.balance}


def _take_notice(event: NoticePosted) -> tuple[str, str, int]:
    return event.notice.receiver, event.notice.event, event.notice.call


def _spell_notice(facts: tuple[str, str, int]) -> Spelt:
    receiver, event, call = facts
    return call or None, "", {"receiver": receiver, "event": event}


_Line: TypeAlias = "tuple[str, str, Registration]"


def _take_line(event: LineRegistered | LineUnregistered) -> _Line:
    return event.line.user, event.line.extension.internal, event.line.registration


def _spell_line(facts: _Line) -> Spelt:
    user, extension, registration = facts
    return None, "", {"line": user, "extension": extension, **msgspec.to_builtins(registration)}


def _take_extension(event: ExtensionAdded | ExtensionRemoved) -> Data:
    return {"extension": event.extension.internal, "dialplan": event.extension.dialplan}


def _spell_extension(facts: Data) -> Spelt:
    return None, "", facts


def _take_quiet(event: DoNotDisturbChanged) -> tuple[str, str, bool]:
    return event.line.user, event.line.extension.internal, event.line.do_not_disturb


def _spell_quiet(facts: tuple[str, str, bool]) -> Spelt:
    user, extension, is_on = facts
    return None, "", {"line": user, "extension": extension, "do_not_disturb": is_on}


def _take_diversion(event: DiversionChanged) -> tuple[str, str, Diversion | None]:
    return event.line.user, event.line.extension.internal, event.line.diversion


def _spell_diversion(facts: tuple[str, str, Diversion | None]) -> Spelt:
    user, extension, wishes = facts
    data: Data = {"line": user, "extension": extension}
    if wishes is not None:
        numbers = {"always": wishes.always, "busy": wishes.busy, "no_answer": wishes.no_answer}
        data |= {why: to for why, to in numbers.items() if to}
        data |= {"after_seconds": in_seconds(wishes.after)} if wishes.no_answer else {}
    return None, "", data


def _take_agent(event: AgentChanged) -> tuple[str, str, str, bool, str]:
    agent = event.agent
    line = agent.line.user if agent.line is not None else ""
    return event.change, agent.number, line, agent.is_paused, agent.pause_reason


def _spell_agent(facts: tuple[str, str, str, bool, str]) -> Spelt:
    change, number, line, is_paused, reason = facts
    return None, "", {"change": change, "agent": number, "line": line, "is_paused": is_paused, "pause_reason": reason}


def _take_member(event: MemberAdded | MemberRemoved) -> tuple[str, str, int | None]:
    member = event.queue.member(event.agent)
    return event.queue.name, event.agent.number, member.penalty if member is not None else None


def _spell_member(facts: tuple[str, str, int | None]) -> Spelt:
    queue, agent, penalty = facts
    return None, "", {"queue": queue, "agent": agent, **({} if penalty is None else {"penalty": penalty})}


def _take_member_pause(event: MemberPauseChanged) -> tuple[str, str, bool]:
    return event.queue.name, event.agent.number, event.is_paused


def _spell_member_pause(facts: tuple[str, str, bool]) -> Spelt:
    queue, agent, is_paused = facts
    return None, "", {"queue": queue, "agent": agent, "is_paused": is_paused}


def _take_waiting(event: CallerJoined | CallerLeft) -> tuple[int, str, str]:
    return event.call.number, event.queue.name, event.how if isinstance(event, CallerLeft) else ""


def _spell_waiting(facts: tuple[int, str, str]) -> Spelt:
    call, queue, how = facts
    return call, "", {"queue": queue, **({"how": how} if how else {})}


def _take_played(event: AnnouncementPlayed) -> tuple[int, str, int, str, str, tuple[str, ...], Duration]:
    channel = event.channel
    return event.call.number, channel.peer, channel.serial, event.queue.name, event.kind, event.said, event.length


def _spell_played(facts: tuple[int, str, int, str, str, tuple[str, ...], Duration]) -> Spelt:
    call, peer, serial, queue, kind, said, length = facts
    data: Data = {"queue": queue, "kind": kind, "said": list(said), "seconds": in_seconds(length)}
    return call, channel_name(peer, serial), data


KINDS: Final[tuple[Kind[Any, Any], ...]] = (
    Kind(CallStarted, None, spell_started),
    Kind(LegDialed, None, spell_dialed),
    Kind(LegRinging, None, spell_waited),
    Kind(LegAnswered, None, spell_waited),
    Kind(LegHeld, take_held, spell_held),
    Kind(LegUnheld, take_held, spell_held),
    Kind(DigitPressed, take_digit, spell_digit),
    Kind(LegEnded, None, spell_leg_ended),
    Kind(LegRefused, take_refused, spell_refused),
    Kind(LegBarred, take_barred, spell_barred),
    Kind(CallBridged, None, spell_bridged),
    Kind(CallTransferred, take_transferred, spell_transferred, size_of_any),
    Kind(CallDiverted, take_diverted, spell_diverted, size_of_any),
    Kind(SpyAttached, take_spy, spell_spy),
    Kind(CallEnded, None, spell_ended),
    Kind(CdrClosed, None, spell_cdr),
    Kind(CreditChanged, _take_entry, _spell_entry, size_of_any),
    Kind(DecisionAsked, take_asked, spell_asked, size_of_any),
    Kind(DecisionAnswered, take_decided, spell_decided, size_of_any),
    Kind(CallFaultStruck, take_struck, spell_struck),
    Kind(ContextEntered, take_context, spell_context),
    Kind(ReportIgnored, take_ignored, spell_ignored),
    Kind(ExtensionAdded, _take_extension, _spell_extension),
    Kind(ExtensionRemoved, _take_extension, _spell_extension),
    Kind(LineRegistered, _take_line, _spell_line, size_of_any),
    Kind(LineUnregistered, _take_line, _spell_line, size_of_any),
    Kind(DoNotDisturbChanged, _take_quiet, _spell_quiet),
    Kind(DiversionChanged, _take_diversion, _spell_diversion, size_of_any),
    Kind(AgentChanged, _take_agent, _spell_agent, size_of_any),
    Kind(MemberAdded, _take_member, _spell_member),
    Kind(MemberRemoved, _take_member, _spell_member),
    Kind(MemberPauseChanged, _take_member_pause, _spell_member_pause),
    Kind(NoticePosted, _take_notice, _spell_notice),
    Kind(RecordingFailed, _take_failed, _spell_failed, size_of_any),
    Kind(CallerJoined, _take_waiting, _spell_waiting),
    Kind(CallerLeft, _take_waiting, _spell_waiting),
    Kind(AnnouncementPlayed, _take_played, _spell_played, size_of_any),
    Kind(MenuEntered, take_menu, spell_menu),
    Kind(MenuLeft, take_menu_left, spell_menu_left),
    Kind(HoursDecided, take_decided_hours, spell_decided_hours),
    Kind(HoursOverridden, take_overridden, spell_overridden),
    Kind(MessageLeft, take_left, spell_left, size_of_any),
    Kind(MessageMoved, take_moved, spell_message, size_of_any),
    Kind(MessageDeleted, take_deleted, spell_message, size_of_any),
    Kind(MessageWaiting, take_waiting_messages, spell_waiting_messages),
    Kind(CallParked, take_parked, spell_parked),
    Kind(CallUnparked, take_unparked, spell_unparked),
    Kind(CallPickedUp, take_picked_up, spell_picked_up),
    Kind(RecordingMoved, _take_moved, spell_moved, size_of_cdr),
)
"""Every event of pbx/events.py."""
