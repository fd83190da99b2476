"""Mailboxes: messages are new, then old, then gone; and all of it is there again after a restart."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.errors import MessageNotFound
from pbxsim.pbx.events import MessageDeleted, MessageMoved, MessageWaiting
from pbxsim.pbx.mailbox import Mailbox, MailboxRules, greeting_for, way_to
from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.pbx.routes import Context, Step
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import Office, extension

QUICK = MailboxRules(greeting=0, most=3)


def _office(*numbers: str, saved: Saved = NOTHING_SAVED) -> Office:
    entries = tuple((f"8{number}", Step(voicemail=number)) for number in ("100", "101"))
    return Office(
        extension("100"),
        contexts=[Context(name="in", entries=entries)],
        mailboxes=[Mailbox(number=number, rules=QUICK) for number in numbers or ("100", "101")],
        saved=saved,
    )


def _leave(office: Office, mailbox: str = "100", seconds: int = 5) -> None:
    call = office.calls_in("605000001", f"8{mailbox}")
    office.advance(seconds)
    office.pbx.calls.hang_up(call)


def _waits(office: Office) -> list[tuple[str, int, int]]:
    heard = [event for event in office.heard if isinstance(event, MessageWaiting)]
    return [(event.mailbox.number, event.new, event.old) for event in heard]


def test_messages_are_numbered_in_the_pbx_and_placed_in_their_mailbox() -> None:
    office = _office()
    for mailbox in ("100", "101", "100"):
        _leave(office, mailbox)
    told = [(message.id, message.mailbox, message.file) for message in office.pbx.voicemail.messages()]
    assert told == [(1, "100", "msg0000.wav"), (2, "101", "msg0000.wav"), (3, "100", "msg0001.wav")]


def test_a_heard_message_is_old_and_one_marked_new_is_new_again() -> None:
    office = _office()
    _leave(office)
    heard = office.pbx.voicemail.mark(1, is_heard=True)
    assert heard.folder == "/var/spool/asterisk/voicemail/default/100/Old"
    assert office.pbx.voicemail.mark(1, is_heard=True) is heard  # nothing new: nothing is told
    assert office.pbx.voicemail.mark(1, is_heard=False).folder.endswith("/INBOX")
    assert _waits(office) == [("100", 1, 0), ("100", 0, 1), ("100", 1, 0)]
    moved = [(event.before.is_heard, event.after.is_heard) for event in office.heard if isinstance(event, MessageMoved)]
    assert moved == [(False, True), (True, False)]


def test_a_deleted_message_is_gone_makes_room_and_its_place_is_not_used_again() -> None:
    office = _office()
    for _ in range(3):
        _leave(office)
    mailbox = office.pbx.voicemail.mailboxes["100"]
    assert mailbox.is_full
    office.pbx.voicemail.delete(2)
    _leave(office)
    assert [message.file for message in mailbox.messages.values()] == ["msg0000.wav", "msg0002.wav", "msg0003.wav"]
    assert [event.message.id for event in office.heard if isinstance(event, MessageDeleted)] == [2]


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_message_that_is_not_there_is_refused(number: int) -> None:
    office = _office()
    _leave(office)
    with pytest.raises(MessageNotFound):
        office.pbx.voicemail.message(number)
    with pytest.raises(MessageNotFound):
        office.pbx.voicemail.mark(number, is_heard=True)
    with pytest.raises(MessageNotFound):
        office.pbx.voicemail.delete(number)


def test_after_a_restart_everything_is_as_it_was_and_numbers_go_on() -> None:
    office = _office()
    for mailbox in ("100", "101", "100"):
        _leave(office, mailbox)
    office.pbx.voicemail.mark(1, is_heard=True)
    office.pbx.voicemail.delete(3)
    saved = Saved(database=office.pbx.database.entries(), now=office.clock.now)
    again = _office(saved=saved)
    assert list(again.pbx.voicemail.messages()) == list(office.pbx.voicemail.messages())
    _leave(again)
    message = again.pbx.voicemail.message(3)
    assert (message.file, message.left_at) == ("msg0002.wav", office.clock.now + 5 * SECOND)


def test_a_mailbox_that_the_file_has_no_more_is_forgotten_but_not_its_numbers() -> None:
    office = _office()
    _leave(office, "101")
    again = _office("100", saved=Saved(database=office.pbx.database.entries()))
    assert list(again.pbx.voicemail.messages()) == []
    _leave(again)
    assert [message.id for message in again.pbx.voicemail.messages()] == [2]


def test_the_way_to_a_mailbox_and_its_greeting() -> None:
    assert (way_to("100"), way_to("100", greeting_for(HangupCause.USER_BUSY))) == ("voicemail 100", "voicemail 100,b")
    assert greeting_for(HangupCause.CALL_REJECTED) == "b"
    assert greeting_for(HangupCause.NO_ANSWER) == greeting_for(HangupCause.SUBSCRIBER_ABSENT) == "u"


def test_an_address_is_number_and_context() -> None:
    assert Mailbox(number="100", context="prague").address == "100@prague"
