"""Hearing one's messages at a telephone, as VoiceMailMain() lets one (Asterisk's apps/app_voicemail.c).

It asks for the PIN of the mailbox of whoever dials, three times at most; then `1` plays the messages, new ones first.
While one plays and behind it: `5` plays it again, `6` the next one, `4` the one before, `7` has it deleted, or not
after all. `#` or `*` leaves. As there, what was heard is old, and what was deleted gone, once the call is over.
Not here: leaving messages (voicemail.py).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx import clearing, dialing
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.hunt import Application

if TYPE_CHECKING:
    from pbxsim.clock.scheduler import TimerId
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.hunt import HandedOn
    from pbxsim.pbx.mailbox import Mailbox, Voicemail

NAME: Final = "voicemail main"
"""How `dialplan.ToHunt` names the way here."""

_PROMPT: Final[Duration] = 3 * SECOND  # vm-password, vm-youhave, vm-incorrect
_PATIENCE: Final[Duration] = 10 * SECOND
_MOVES: Final = {"4": -1, "5": 0, "6": 1}
_LOGINS: Final = 3  # voicemail.conf, maxlogins


class At(Enum):
    """What somebody at a mailbox is asked."""

    PIN = "pin"
    MENU = "menu"
    MESSAGE = "message"


class Session(Entity, eq=False, kw_only=True):
    """Somebody at a mailbox: what was pressed of the PIN, the messages in their order, which of them is heard."""

    call: Call
    mailbox: Mailbox
    at: At = At.PIN
    typed: str = ""
    logins: int = 0
    order: list[int] = msgspec.field(default_factory=list)
    place: int = 0
    heard: set[int] = msgspec.field(default_factory=set)
    deleted: set[int] = msgspec.field(default_factory=set)
    timer: TimerId = 0


class VoicemailMain(Application):
    """Implements `Hunt` and `DigitTaker` for VoiceMailMain()."""

    def __init__(self, control: CallControl, voicemail: Voicemail) -> None:
        self.name = NAME
        self._control = control
        self._clock = control.clock
        self._voicemail = voicemail
        self._sessions: dict[int, Session] = {}

    def __len__(self) -> int:
        """Count those who are at their mailbox, each with a timer."""
        return len(self._sessions)

    def start(self, call: Call, number: str) -> None:
        """Ask for the PIN; whoever has no mailbox is told so."""
        del number
        control, caller = self._control, call.first
        assert caller is not None  # nobody else is led here
        own = caller.line.extension.mailbox if caller.line is not None else ""
        mailbox = self._voicemail.mailboxes.get(own)
        data = mailbox.address if mailbox is not None else ""
        at, made = self._clock.now, control.channels_made
        call.noted().came_to(Passage(app="VoiceMailMain", data=data, at=at, after=made, is_heard=True))
        if mailbox is None:
            dialing.listen(control, call, _PROMPT)
            return
        session = self._sessions[call.number] = Session(call=call, mailbox=mailbox)
        caller.digit_taker = self
        self._ask(session)
        dialing.listen(control, call, control.talk_limit(call))

    def pressed(self, channel: Channel, digit: str) -> None:
        """Take a digit."""
        session = self._sessions[channel.call.number]
        if session.at is At.PIN:
            self._take_pin(session, digit)
        elif digit in "#*":
            clearing.end(self._control, session.call, HangupCause.NORMAL_CLEARING)
        elif session.at is At.MENU:
            if digit == "1" and session.order:
                self._play(session, 0)
            else:
                self._offer(session)
        else:
            self._take_choice(session, digit)

    def ended(self, call: Call, by: Channel | None, handed_on: HandedOn | None = None) -> None:
        """Make old what was heard, and throw away what was deleted."""
        del by, handed_on
        session = self._sessions.pop(call.number, None)
        if session is None:
            return
        self._stop(session)
        for number in session.order:
            if number not in session.mailbox.messages:
                continue  # somebody else has thrown it away meanwhile
            if number in session.deleted:
                self._voicemail.delete(number)
            elif number in session.heard:
                self._voicemail.mark(number, is_heard=True)

    # -- the PIN ----------------------------------------------------------------------------------------------------

    def _ask(self, session: Session) -> None:
        session.typed = ""
        self._wait(session, _PROMPT + _PATIENCE)

    def _take_pin(self, session: Session, digit: str) -> None:
        if digit != "#":
            session.typed += digit
            self._wait(session, _PATIENCE)
            return
        session.logins += 1
        if session.mailbox.pin and session.typed == session.mailbox.pin:
            messages = session.mailbox.messages.values()
            session.order = [one.id for one in sorted(messages, key=lambda one: (one.is_heard, one.id))]
            self._offer(session)
        elif session.logins < _LOGINS:
            self._ask(session)
        else:
            self._gives_up(session)

    # -- messages -----------------------------------------------------------------------------------------------------

    def _offer(self, session: Session) -> None:
        session.at = At.MENU
        self._wait(session, _PROMPT + _PATIENCE)

    def _take_choice(self, session: Session, digit: str) -> None:
        number = session.order[session.place]
        if digit == "7":
            session.deleted ^= {number}
        elif digit in _MOVES:
            self._play(session, session.place + _MOVES[digit])

    def _play(self, session: Session, place: int) -> None:
        """Play the message at a place; behind the last one, or where it is gone, what to press is said again."""
        place = max(place, 0)
        message = session.mailbox.messages.get(session.order[place]) if place < len(session.order) else None
        if message is None:
            self._offer(session)
            return
        session.at, session.place = At.MESSAGE, place
        session.heard.add(message.id)
        self._wait(session, message.seconds * SECOND + _PATIENCE)

    # -- time ---------------------------------------------------------------------------------------------------------

    def _gives_up(self, session: Session) -> None:
        """Hang up: nothing was pressed for too long, or the wrong PIN too often."""
        clearing.end(self._control, session.call, HangupCause.NORMAL_CLEARING)

    def _wait(self, session: Session, span: Duration) -> None:
        self._stop(session)
        call, due = session.call, self._clock.now + span
        session.timer = self._clock.call_at(due, call.number, call.next_step(), self._ran_out, session)

    def _ran_out(self, session: Session) -> None:
        session.timer = 0
        self._gives_up(session)

    def _stop(self, session: Session) -> None:
        if session.timer:
            self._clock.cancel(session.timer)
            session.timer = 0
