"""What the journal takes down of opening hours, voice mail, parking and pick-up, and how it spells that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import iso
from pbxsim.sinks.journal.calls import leg_of, spell_leg
from pbxsim.sinks.journal.spelling import channel_name

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.events import (
        CallParked,
        CallPickedUp,
        CallUnparked,
        HoursDecided,
        HoursOverridden,
        MessageDeleted,
        MessageLeft,
        MessageMoved,
        MessageWaiting,
    )
    from pbxsim.pbx.mailbox import Message
    from pbxsim.sinks.journal.calls import Leg
    from pbxsim.sinks.journal.spelling import Data, Spelt


def take_decided_hours(event: HoursDecided) -> tuple[int, str, str]:
    """Take down which schedule a call came to, and what it was."""
    return event.call.number, event.schedule, event.period.value


def spell_decided_hours(facts: tuple[int, str, str]) -> Spelt:
    """Spell the schedule, and one of open, closed, holiday."""
    call, schedule, period = facts
    return call, "", {"hours": schedule, "period": period}


def take_overridden(event: HoursOverridden) -> tuple[str, str | None]:
    """Take down what was switched to what."""
    return event.schedule, event.period.value if event.period is not None else None


def spell_overridden(facts: tuple[str, str | None]) -> Spelt:
    """Spell it; `period` is null where the schedule goes by the clock again."""
    schedule, period = facts
    return None, "", {"hours": schedule, "period": period}


def take_left(event: MessageLeft) -> tuple[int, str, str, Message | None, str]:
    """Take down the message, or why there is none."""
    return event.call.number, event.mailbox.number, event.caller.number, event.message, event.why


def spell_left(facts: tuple[int, str, str, Message | None, str]) -> Spelt:
    """Spell the message; `message` is null where there is none, and then `why` says why."""
    call, mailbox, caller, message, why = facts
    data: Data = {"mailbox": mailbox, "caller": caller}
    if message is None:
        return call, "", {**data, "message": None, "why": why}
    return call, "", {**data, **_message(message), "seconds": message.seconds}


def take_moved(event: MessageMoved) -> Message:
    """Take down where it lies now."""
    return event.after


def take_deleted(event: MessageDeleted) -> Message:
    """Take down what is gone."""
    return event.message


def spell_message(message: Message) -> Spelt:
    """Spell which message it is, and where it lies or lay."""
    return None, "", {"mailbox": message.mailbox, **_message(message)}


def _message(message: Message) -> Data:
    return {"message": message.id, "folder": message.folder, "file": message.file}


def take_waiting_messages(event: MessageWaiting) -> tuple[str, int, int]:
    """Take down how many there are."""
    return event.mailbox.number, event.new, event.old


def spell_waiting_messages(facts: tuple[str, int, int]) -> Spelt:
    """Spell how many messages of a mailbox are new, and old."""
    mailbox, new, old = facts
    return None, "", {"mailbox": mailbox, "new": new, "old": old}


def take_parked(event: CallParked) -> tuple[int, str, int, Instant]:
    """Take down where a call is parked, and until when."""
    return event.call.number, event.lot, event.slot, event.until


def spell_parked(facts: tuple[int, str, int, Instant]) -> Spelt:
    """Spell the slot."""
    call, lot, slot, until = facts
    return call, "", {"lot": lot, "slot": slot, "until": iso(until)}


def take_unparked(event: CallUnparked) -> tuple[int, str, int, str]:
    """Take down how a call has left its slot."""
    return event.call.number, event.lot, event.slot, event.how


def spell_unparked(facts: tuple[int, str, int, str]) -> Spelt:
    """Spell the slot, and one of retrieved, timeout, gave up."""
    call, lot, slot, how = facts
    return call, "", {"lot": lot, "slot": slot, "how": how}


def take_picked_up(event: CallPickedUp) -> tuple[Leg, str, int]:
    """Take down who has taken the call from whom."""
    return leg_of(event.by), event.rung.peer, event.rung.serial


def spell_picked_up(facts: tuple[Leg, str, int]) -> Spelt:
    """Spell the channel that rang."""
    leg, peer, serial = facts
    return spell_leg(leg, {"rang": channel_name(peer, serial)})
