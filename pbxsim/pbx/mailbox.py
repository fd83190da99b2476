"""Mailboxes: what is in them, how they take messages, and what of it outlives a restart (Asterisk's app_voicemail.c).

A message is new until it was heard: then it lies in the folder Old. Numbers are never used again while a PBX lives,
where Asterisk numbers what is left anew. Its file, and what it sounds like, is made by whoever hears MessageLeft.
Not here: taking a message (voicemail.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration, Instant
from pbxsim.pbx.astdb import key_of
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.entity import Entity
from pbxsim.pbx.errors import MessageNotFound
from pbxsim.pbx.events import MessageDeleted, MessageMoved, MessageWaiting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.pbx.astdb import AstDb
    from pbxsim.pbx.bus import EventBus

HOME: Final = "/var/spool/asterisk/voicemail"
"""Where messages lie: Asterisk's own folder for them (main/options.c, app_voicemail.c)."""

NEW: Final = "INBOX"
OLD: Final = "Old"
"""Folders of a mailbox: of what was not heard yet, and of what was."""

MAILBOXES: Final = "voicemail"
"""The family in AstDB of what is in the mailboxes."""

BUSY: Final = "b"
UNAVAILABLE: Final = "u"
"""Options of VoiceMail: which greeting is played."""

_BUSY: Final = (HangupCause.USER_BUSY, HangupCause.CALL_REJECTED)  # DIALSTATUS BUSY


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message: `id` is its number in the PBX, `place` the one in its mailbox, from 0 on; `left_at` when it was done.

    `caller` is who left it in `call`; `seconds` its length, cut off.
    """

    id: int = 0
    mailbox: str
    context: str
    place: int = 0
    call: int
    caller: str
    caller_name: str
    left_at: Instant
    seconds: int
    is_heard: bool = False

    @property
    def folder(self) -> str:
        """Give the folder in which its file lies."""
        return f"{HOME}/{self.context}/{self.mailbox}/{OLD if self.is_heard else NEW}"

    @property
    def file(self) -> str:
        """Give its file's name."""
        return f"msg{self.place:04d}.wav"


class MailboxRules(msgspec.Struct, frozen=True, kw_only=True):
    """How a mailbox takes messages; names after voicemail.conf, times in microseconds.

    `greeting` is how long the greeting is, the beep included. A message is from `shortest` (minsecs) to `longest`
    (maxsecs) long; `silence` (maxsilence) ends it, 0: it does not. There are at most `most` (maxmsg) messages.
    """

    greeting: Duration = 5 * SECOND
    shortest: Duration = 0
    longest: Duration = 180 * SECOND
    silence: Duration = 10 * SECOND
    most: int = 100


class Mailbox(Entity, eq=False, kw_only=True):
    """A mailbox: its number in a context of voicemail.conf, whose it is, and the PIN that opens it; empty: none."""

    number: str
    context: str = "default"
    owner: str = ""
    pin: str = ""
    rules: MailboxRules = MailboxRules()
    next_place: int = 0
    messages: dict[int, Message] = msgspec.field(default_factory=dict)

    @property
    def address(self) -> str:
        """Name it as VoiceMail's data does."""
        return f"{self.number}@{self.context}"

    @property
    def is_full(self) -> bool:
        """Tell whether no further message fits."""
        return len(self.messages) >= self.rules.most

    @property
    def counts(self) -> tuple[int, int]:
        """Count its new and its old messages (message waiting)."""
        heard = sum(message.is_heard for message in self.messages.values())
        return len(self.messages) - heard, heard


class Kept(msgspec.Struct, frozen=True):
    """What AstDB remembers of a mailbox."""

    number: str
    next_place: int
    messages: list[Message]


class Voicemail:
    """The mailboxes of a PBX, by number. What is in them outlives a restart where there is a store."""

    def __init__(self, mailboxes: Iterable[Mailbox], bus: EventBus, database: AstDb) -> None:
        self.mailboxes = {mailbox.number: mailbox for mailbox in mailboxes}
        self._bus = bus
        self._database = database
        self._last = 0
        for _, kept in database.family(MAILBOXES, Kept):
            self._last = max([self._last, *(message.id for message in kept.messages)])
            mailbox = self.mailboxes.get(kept.number)
            if mailbox is not None:
                mailbox.next_place = kept.next_place
                mailbox.messages = {message.id: message for message in kept.messages}

    def messages(self) -> Iterator[Message]:
        """Give all messages, in the order in which they were left."""
        every = [message for mailbox in self.mailboxes.values() for message in mailbox.messages.values()]
        return iter(sorted(every, key=lambda message: message.id))

    def message(self, number: int) -> Message:
        """Find a message. Raises MessageNotFound."""
        return self._holder(number).messages[number]

    def keep(self, mailbox: Mailbox, said: Message) -> Message:
        """Put a message, whose numbers count for nothing, into a mailbox that has room; gives it as it is there."""
        self._last += 1
        message = msgspec.structs.replace(said, id=self._last, place=mailbox.next_place)
        mailbox.next_place += 1
        mailbox.messages[message.id] = message
        return message

    def tell(self, mailbox: Mailbox) -> None:
        """Remember what is in a mailbox now, and tell how many messages wait there."""
        kept = Kept(mailbox.number, mailbox.next_place, list(mailbox.messages.values()))
        self._database.put(MAILBOXES, key_of(mailbox.number), kept)
        self._bus.emit(MessageWaiting(mailbox, *mailbox.counts))

    def mark(self, number: int, *, is_heard: bool) -> Message:
        """Note that a message was heard, or is to count as new. Raises MessageNotFound."""
        mailbox = self._holder(number)
        before = mailbox.messages[number]
        if before.is_heard == is_heard:
            return before
        after = mailbox.messages[number] = msgspec.structs.replace(before, is_heard=is_heard)
        self._bus.emit(MessageMoved(before, after))
        self.tell(mailbox)
        return after

    def delete(self, number: int) -> None:
        """Throw a message away, with its file. Raises MessageNotFound."""
        mailbox = self._holder(number)
        self._bus.emit(MessageDeleted(mailbox.messages.pop(number)))
        self.tell(mailbox)

    def _holder(self, number: int) -> Mailbox:
        found = next((mailbox for mailbox in self.mailboxes.values() if number in mailbox.messages), None)
        if found is None:
            raise MessageNotFound
        return found


def greeting_for(cause: HangupCause) -> str:
    """Tell which greeting somebody hears who could not be connected for that cause, as a usual dialplan has it."""
    return BUSY if cause in _BUSY else UNAVAILABLE


def way_to(mailbox: str, option: str = UNAVAILABLE) -> str:
    """Name the way to a mailbox with one of its greetings, as `dialplan.ToHunt` has it."""
    return f"voicemail {mailbox}" if option == UNAVAILABLE else f"voicemail {mailbox},{option}"
