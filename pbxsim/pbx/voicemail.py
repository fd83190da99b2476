"""Taking a message, as VoiceMail() does it (Asterisk's apps/app_voicemail.c).

It answers, plays the greeting, beeps and records what the caller says, until the caller hangs up or presses `#`, says
nothing for too long, or has said as much as a message may have; then the call is over. A caller who holds the call says
nothing. `#` within the greeting goes to the beep at once. What is shorter than a message must be is thrown away.
Not here: mailboxes and what is in them (mailbox.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant
from pbxsim.pbx import clearing, dialing
from pbxsim.pbx.bus import Stage
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.events import LegHeld, LegUnheld, MessageLeft
from pbxsim.pbx.hunt import Application
from pbxsim.pbx.mailbox import BUSY, UNAVAILABLE, Message, way_to

if TYPE_CHECKING:
    from pbxsim.clock.scheduler import Scheduler, TimerId
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.hunt import HandedOn
    from pbxsim.pbx.mailbox import Mailbox, Voicemail

HUNG_UP: Final = "hangup call"
TOO_SHORT: Final = "too short"
FULL: Final = "mailbox is full"
"""Why there is no message."""

_FULL_LENGTH: Final[Duration] = 3 * SECOND  # vm-mailboxfull


class Take(msgspec.Struct, eq=False):
    """A caller at a mailbox: who it is, since when the recording runs, and when it was silent."""

    caller: CallerId
    begins: Instant
    silent_since: Instant = 0
    silences: list[tuple[Instant, Instant]] = msgspec.field(default_factory=list)
    timer: TimerId = 0


class Takes:
    """Everybody who is at a mailbox of a PBX, by call, and whether somebody holds the call there."""

    def __init__(self, control: CallControl) -> None:
        self.live: dict[int, tuple[VoicemailApp, Take]] = {}
        control.bus.subscribe(LegHeld, self._on_held, Stage.SWITCH)
        control.bus.subscribe(LegUnheld, self._on_unheld, Stage.SWITCH)

    @property
    def timers(self) -> int:
        """Count the timers of those who hold the call."""
        return sum(take.timer != 0 for _, take in self.live.values())

    def _on_held(self, event: LegHeld) -> None:
        found = self._of(event.channel)
        if found is not None:
            app, take = found
            app.falls_silent(event.channel.call, take)

    def _on_unheld(self, event: LegUnheld) -> None:
        found = self._of(event.channel)
        if found is not None:
            app, take = found
            app.speaks_again(take)

    def _of(self, channel: Channel) -> tuple[VoicemailApp, Take] | None:
        return self.live.get(channel.call.number) if channel is channel.call.first else None


class VoicemailApp(Application):
    """Implements `Hunt` and `DigitTaker` for VoiceMail() with one mailbox and one of its greetings."""

    def __init__(self, control: CallControl, voicemail: Voicemail, takes: Takes, mailbox: Mailbox, option: str) -> None:
        self.name = way_to(mailbox.number, option)
        self._control = control
        self._clock: Scheduler = control.clock
        self._voicemail = voicemail
        self._mailbox = mailbox
        self._option = option
        self._takes = takes.live

    def start(self, call: Call, number: str) -> None:
        """Answer, greet and record; where the mailbox is full, say so and hang up."""
        del number
        control, mailbox, now = self._control, self._mailbox, self._clock.now
        data = f"{mailbox.address},{self._option}"
        call.noted().came_to(Passage(app="VoiceMail", data=data, at=now, after=control.channels_made, is_heard=True))
        call.cause = None
        caller = call.first
        assert caller is not None  # nobody else is led here
        caller.digit_taker = self
        shows = call.shows if call.shows.number else CallerId(caller.number)
        rules = mailbox.rules
        take = Take(shows, now + rules.greeting)
        self._takes[call.number] = self, take
        if caller.is_held:
            self.falls_silent(call, take)
        dialing.listen(control, call, _FULL_LENGTH if mailbox.is_full else rules.greeting + rules.longest)

    def pressed(self, channel: Channel, digit: str) -> None:
        """End the greeting, or the message, at `#`; other digits are said into it like anything else."""
        call = channel.call
        if digit != "#" or self._mailbox.is_full:
            return
        _, take = self._takes[call.number]
        if self._clock.now >= take.begins:
            clearing.end(self._control, call, HangupCause.NORMAL_CLEARING)
            return
        take.begins = self._clock.now
        self._control.end_after(call, self._mailbox.rules.longest)

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Keep what was said, if it is a message."""
        del by, handed_on
        if call.number not in self._takes:
            return
        _, take = self._takes.pop(call.number)
        self._stop(take)
        now, mailbox = self._clock.now, self._mailbox
        length = max(now - take.begins, 0)
        why = self._refusal(take, length)
        if why:
            call.noted().note(now, "message-left", f"none in {mailbox.address}: {why}")
            self._control.bus.emit(MessageLeft(call, mailbox, None, take.caller, (), why))
            return
        call.noted().note(now, "message-left", f"{length // SECOND} s in {mailbox.address}")
        said = Message(
            mailbox=mailbox.number,
            context=mailbox.context,
            call=call.number,
            caller=take.caller.number,
            caller_name=take.caller.name,
            left_at=now,
            seconds=length // SECOND,
        )
        message = self._voicemail.keep(mailbox, said)
        self._control.bus.emit(MessageLeft(call, mailbox, message, take.caller, _silences(take, now), ""))
        self._voicemail.tell(mailbox)

    def _refusal(self, take: Take, length: Duration) -> str:
        """Say why there is no message."""
        if self._mailbox.is_full:
            return FULL
        if self._clock.now <= take.begins:
            return HUNG_UP
        return TOO_SHORT if length < max(self._mailbox.rules.shortest, SECOND) else ""

    # -- silence ----------------------------------------------------------------------------------------------------

    def falls_silent(self, call: Call, take: Take) -> None:
        """Hear that the caller holds the call: nothing is said any more."""
        take.silent_since = self._clock.now
        self._watch(call, take)

    def speaks_again(self, take: Take) -> None:
        """Hear that the caller has come back."""
        if take.silent_since:
            take.silences.append((take.silent_since, self._clock.now))
            take.silent_since = 0
            self._stop(take)

    def _watch(self, call: Call, take: Take) -> None:
        silence = self._mailbox.rules.silence
        if silence and not self._mailbox.is_full:
            due = max(self._clock.now, take.begins) + silence
            take.timer = self._clock.call_at(due, call.number, call.next_step(), self._too_quiet, call)

    def _too_quiet(self, call: Call) -> None:
        _, take = self._takes[call.number]
        take.timer = 0
        clearing.end(self._control, call, HangupCause.NORMAL_CLEARING)

    def _stop(self, take: Take) -> None:
        if take.timer:
            self._clock.cancel(take.timer)
            take.timer = 0


def _silences(take: Take, now: Instant) -> tuple[tuple[Duration, Duration], ...]:
    """Give from when to when the caller was silent, counted from the beginning of the recording."""
    spans = [*take.silences, (take.silent_since, now)] if take.silent_since else take.silences
    counted = ((max(begin - take.begins, 0), end - take.begins) for begin, end in spans)
    return tuple((begin, end) for begin, end in counted if end > begin)


def voicemail_apps(control: CallControl, voicemail: Voicemail, takes: Takes) -> tuple[VoicemailApp, ...]:
    """Make the ways to all mailboxes, with each greeting."""
    return tuple(
        VoicemailApp(control, voicemail, takes, mailbox, option)
        for mailbox in voicemail.mailboxes.values()
        for option in (UNAVAILABLE, BUSY)
    )
