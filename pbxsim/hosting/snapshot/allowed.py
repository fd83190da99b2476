"""Of which classes a snapshot may make objects: this list, and what the vendors and the engine of the PBX declare.

Nothing that a document says is looked up anywhere else, and no module is imported by its name. What is listed holds
facts and does nothing by itself: no file, no socket, no address to which something is sent but those of notices.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

from pbxsim.config.injected_faults import FaultEntry
from pbxsim.hosting.fault_injection import SetFault
from pbxsim.hosting.forced_replies import ForcedReply
from pbxsim.hosting.request_log import RequestRecord
from pbxsim.hosting.request_match import RequestMatch
from pbxsim.hosting.snapshot.borders import class_name
from pbxsim.kit.limits import RequestLimits
from pbxsim.kit.request import Request
from pbxsim.native import method_name
from pbxsim.pbx import decision, dialplan, menu_visit, queue_visit, remembering, voicemail, voicemail_main
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.call import Call, CallerId, CallKind, CallOrder, CallState, DetailedOrder, RecordingWish
from pbxsim.pbx.call_history import CallHistory, Note, Passage
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.channel import Channel, ChannelState, LegHistory, Report
from pbxsim.pbx.events import RecordingFailed
from pbxsim.pbx.extension import DeviceState, Diversion, Registration
from pbxsim.pbx.hours import Period, Switched
from pbxsim.pbx.hunt import HandedOn
from pbxsim.pbx.ledger import EntryKind, LedgerEntry
from pbxsim.pbx.mailbox import Kept, Message
from pbxsim.pbx.menu import Stay
from pbxsim.pbx.notice import Mail, Notice
from pbxsim.pbx.parking import Parked
from pbxsim.pbx.queue import Member, Waiter
from pbxsim.sinks.delivery import Delivery, DeliveryState, Try
from pbxsim.sinks.journal.journal import SPELLED_BY
from pbxsim.sinks.outbox.held_back import HeldDelivery
from pbxsim.sinks.outbox.notice_faults import NoticeFault
from pbxsim.sinks.outbox.worker import Backoff
from pbxsim.sinks.recordings.recorder import Take
from pbxsim.sinks.recordings.sound import Scene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pbxsim.engines.engine import Engine
    from pbxsim.kit.vendor import Vendor

KEPT: Final[tuple[type, ...]] = (
    *(Agent, Call, CallerId, CallHistory, CallOrder, Cdr, Channel, DetailedOrder, Diversion, HandedOn, LedgerEntry),
    *(Member, Note, LegHistory, Passage, RecordingFailed, RecordingWish, Registration, Waiter),
    *(Kept, Message, Parked, Stay, Switched, menu_visit.MenuVisit, voicemail.Take, voicemail_main.Session),
    *(decision.Answer, decision.PendingDecision),
    *(dialplan.Refused, dialplan.ToExtension, dialplan.ToHours, dialplan.ToHunt, dialplan.ToPlayback, dialplan.ToTrunk),
    *(queue_visit.Attempt, queue_visit.QueueVisit),
    *(remembering.AgentSaid, remembering.LineSaid, remembering.MemberSaid, remembering.MembersSaid),
    *(remembering.NumbersSaid, remembering.RegistrationSaid),
    *(Backoff, Delivery, HeldDelivery, Mail, Notice, NoticeFault, Scene, Take, Try),
    *(FaultEntry, ForcedReply, Request, RequestLimits, RequestMatch, RequestRecord, SetFault),
    *(CallKind, CallState, ChannelState, ChargeBasis, DeliveryState, DeviceState, Direction, Disposition, EntryKind),
    *(HangupCause, Period, Report, menu_visit.Why, queue_visit.EndedBy, queue_visit.RingResult, queue_visit.Why),
    voicemail_main.At,
)
"""Facts about calls, agents, messages, records, notices, requests and faults; and the enumerations that they have."""

WHOLE: Final[Mapping[type, frozenset[str]]] = {
    Backoff: frozenset({"_since"}),
    Call: frozenset(
        {
            *("bridged_at", "ended_at", "number", "second_after"),
            *("serial", "started_at", "steps", "timer"),
        }
    ),
    CallHistory: frozenset({"connected_at", "diversions", "second_from"}),
    Channel: frozenset(
        {
            *("answered_at", "created_at", "ended_at", "engine_timer", "ringing_at", "rings_for", "serial"),
        }
    ),
    LegHistory: frozenset({"divert_timer", "talks_since"}),
}
"""Fields that are whole numbers, of classes that do not say so themselves."""

TIMERS: Final = frozenset(
    {
        *(
            "pbxsim.pbx.calls.CallControl." + each
            for each in (
                "_is_ready",
                "_limit_ran_out",
                "close_late",
                "divert_unanswered",
                "hear_answer",
                "ring_ran_out",
            )
        ),
        "pbxsim.pbx.decision.Decisions._ran_out",
        "pbxsim.pbx.distribution.Distribution._serve",
        *("pbxsim.pbx.menu.MenuHunt." + each for each in ("_no_more_digits", "_nothing_pressed", "_said")),
        "pbxsim.pbx.parking.ParkingApp._ran_out",
        *("pbxsim.pbx.queue_hunt.QueueHunt." + each for each in ("_announcement_due", "_wait_ran_out")),
        "pbxsim.pbx.voicemail.VoicemailApp._too_quiet",
        "pbxsim.pbx.voicemail_main.VoicemailMain._ran_out",
        "pbxsim.sinks.outbox.held_back.HeldBack._on_due",
        "pbxsim.sinks.outbox.worker.ReceiverWorker._on_due",
    }
)
"""What the switch and the outbox have a PBX's clock call."""


class Spellings:
    """The ways in which the journal spells what it took down, by name."""

    def __init__(self, functions: Iterable[Callable[..., object]]) -> None:
        self.by_name: Mapping[str, Callable[..., object]] = {each.__qualname__: each for each in functions}
        self.inverse: Mapping[Callable[..., object], str] = {each: name for name, each in self.by_name.items()}


SPELLINGS: Final = Spellings(SPELLED_BY)


class Allowed:
    """The classes of which a document may make objects, and what else it may name."""

    def __init__(self, engine: Engine, vendors: Iterable[Vendor]) -> None:
        more = [*engine.keeps, *(kind for vendor in vendors for kind in vendor.keeps)]
        kinds = {class_name(kind): kind for kind in (*KEPT, *more)}
        self.classes: Mapping[str, type] = {name: kind for name, kind in kinds.items() if not issubclass(kind, Enum)}
        self._members = {
            f"{name}.{member.name}": member for name, kind in kinds.items() if issubclass(kind, Enum) for member in kind
        }
        self._timers = TIMERS | set(map(method_name, engine.timers))

    def knows(self, kind: type) -> bool:
        """Tell whether objects of a class may be made."""
        return self.classes.get(class_name(kind)) is kind

    def member(self, name: str) -> Enum | None:
        """Give a member of an enumeration by its full name."""
        return self._members.get(name)

    def has_timer(self, kind: type, name: str) -> bool:
        """Tell whether a clock may call objects of a class by that name."""
        return f"{class_name(kind)}.{name}" in self._timers
