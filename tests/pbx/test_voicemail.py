"""Voice mail: who comes there, what becomes a message, and the record that it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Rule, fixed
from pbxsim.pbx import digits
from pbxsim.pbx.call import CallerId, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import CdrQuery, RecordRules
from pbxsim.pbx.events import MessageLeft, MessageWaiting
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.routes import Context, Step
from pbxsim.pbx.voicemail import FULL, HUNG_UP, TOO_SHORT
from pbxsim.testing.office import ONE_A_CALL, Office, extension

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr

RULES = MailboxRules(greeting=5 * SECOND, shortest=2 * SECOND, longest=60 * SECOND, silence=10 * SECOND, most=2)


def _office(*, rules: MailboxRules = RULES, records: RecordRules = RecordRules(), rings_for: int = 0) -> Office:  # noqa: B008 - it never changes
    hundred = msgspec.structs.replace(extension("100"), mailbox="100", rings_for=rings_for * SECOND)
    for line in hundred.lines:
        line.extension = hundred
    return Office(
        hundred,
        extension("101"),
        contexts=[Context(name="in", dialplan="main", entries=(("800", Step(voicemail="100")),))],
        mailboxes=[Mailbox(number="100", pin="1234", rules=rules)],
        records=records,
    )


def _left(office: Office) -> list[tuple[int | None, str]]:
    heard = [event for event in office.heard if isinstance(event, MessageLeft)]
    return [(None if event.message is None else event.message.seconds, event.why) for event in heard]


def _rows(office: Office, call: Call) -> list[Cdr]:
    return list(office.archive.find(CdrQuery(call=call.number)))


def _waits(office: Office) -> list[tuple[int, int]]:
    return [(event.new, event.old) for event in office.heard if isinstance(event, MessageWaiting)]


def _calls(office: Office, to: str = "100", caller: str = "605000001", name: str = "") -> Call:
    return office.calls_in(caller, to, name)


def test_who_is_not_answered_leaves_a_message_and_the_rows_are_dials_and_voicemails() -> None:
    office = _office()
    office.phones["100"].never_answers()
    call = _calls(office, name="Eva")
    office.advance(30)  # as long as the call would ring
    assert call.state is CallState.TALKING
    office.advance(25)
    assert call.first is not None
    office.pbx.calls.hang_up_channel(call.first)
    assert _left(office) == [(20, "")]
    (message,) = office.pbx.voicemail.messages()
    assert (message.mailbox, message.caller, message.caller_name, message.call) == ("100", "605000001", "Eva", 1)
    assert (message.folder, message.file) == ("/var/spool/asterisk/voicemail/default/100/INBOX", "msg0000.wav")
    assert _waits(office) == [(1, 0)]
    told = [(row.disposition, row.last_app, row.last_data, row.duration, row.billsec, row.dst_channel != "")
            for row in _rows(office, call)]  # fmt: skip
    assert told == [
        (Disposition.NO_ANSWER, "Dial", "SIP/sip100,30,", 30, 0, True),
        (Disposition.ANSWERED, "VoiceMail", "100@default,u", 25, 25, False),
    ]
    office.finish()


def test_in_style_call_the_one_record_says_voicemail() -> None:
    office = _office(records=ONE_A_CALL)
    office.phones["100"].never_answers()
    call = _calls(office)
    office.advance(50)
    office.pbx.calls.hang_up(call)
    record = office.cdr(call)
    assert (record.disposition, record.last_app, record.last_data) == (
        Disposition.ANSWERED,
        "VoiceMail",
        "100@default,u",
    )
    assert (record.duration, record.billsec) == (50, 20)


def test_the_extension_says_how_long_it_rings_before() -> None:
    office = _office(rings_for=12)
    office.phones["100"].never_answers()
    call = _calls(office)
    office.advance(12)
    assert call.state is CallState.TALKING
    assert call.legs[1].rings_for == 12 * SECOND


@pytest.mark.parametrize(
    ("phone", "option"),
    [("is_busy", "b"), ("rejects", "b"), ("never_answers", "u"), ("fails", "u"), ("unplugged", "u"), ("full", "b")],
)
def test_which_greeting_is_played_depends_on_why_nobody_answered(phone: str, option: str) -> None:
    office = _office()
    if phone == "unplugged":
        office.handset.unregister(office.phones["100"].line)
    elif phone == "full":
        office.phones["100"].line.max_calls = 0
    else:
        getattr(office.phones["100"], phone)()
    call = _calls(office)
    office.advance(40)
    assert [(passage.app, passage.data) for passage in call.known.passages] == [("VoiceMail", f"100@default,{option}")]


def test_somebody_who_answers_keeps_the_caller_from_it_also_when_it_is_over() -> None:
    office = _office()
    office.phones["100"].answers(after=3, talks=20)
    call = _calls(office)
    office.finish()
    assert (_left(office), call.history) == ([], None)


def test_a_number_or_a_step_may_lead_there_straight() -> None:
    office = _office()
    call = _calls(office, "800")
    assert call.state is CallState.TALKING
    office.advance(9)
    office.pbx.calls.hang_up(call)
    assert _left(office) == [(4, "")]
    (row,) = _rows(office, call)
    assert (row.dst, row.last_app, row.last_data, row.billsec) == ("800", "VoiceMail", "100@default,u", 9)


def test_a_caller_with_its_own_mind_hangs_up_when_it_has_talked() -> None:
    office = _office()
    office.set_rule(Rule(number="605000001", turns=(Behaviour(talk=fixed(17)),)))
    _calls(office, "800")
    office.finish()
    assert _left(office) == [(12, "")]


def test_a_message_is_no_longer_than_the_mailbox_takes() -> None:
    office = _office()
    call = _calls(office, "800")
    office.finish()
    assert (call.cause, call.ended_by) == (HangupCause.NORMAL_CLEARING, None)
    assert _left(office) == [(60, "")]


@pytest.mark.parametrize(
    ("after", "why"), [(0, HUNG_UP), (4, HUNG_UP), (5, HUNG_UP), (6, TOO_SHORT), (6.9, TOO_SHORT), (7, "")]
)
def test_who_hangs_up_in_the_greeting_or_too_soon_leaves_nothing(after: float, why: str) -> None:
    office = _office()
    call = _calls(office, "800")
    office.advance(after)
    office.pbx.calls.hang_up(call)
    assert _left(office) == [(2 if not why else None, why)]
    assert _waits(office) == ([] if why else [(1, 0)])


def test_what_is_shorter_than_a_second_is_nothing_even_where_anything_is_taken() -> None:
    office = _office(rules=msgspec.structs.replace(RULES, shortest=0))
    call = _calls(office, "800")
    office.advance(5.9)
    office.pbx.calls.hang_up(call)
    assert _left(office) == [(None, TOO_SHORT)]


def test_a_hash_ends_the_message_and_one_in_the_greeting_the_greeting() -> None:
    office = _office()
    call = _calls(office, "800")
    assert call.first is not None
    office.advance(2)
    digits.press(office.pbx.calls, call.first, "1")  # said into nothing
    digits.press(office.pbx.calls, call.first, "#")
    office.advance(7)
    digits.press(office.pbx.calls, call.first, "5")
    assert call.state is CallState.TALKING
    digits.press(office.pbx.calls, call.first, "#")
    assert (call.state, call.cause) == (CallState.ENDED, HangupCause.NORMAL_CLEARING)
    assert _left(office) == [(7, "")]
    office.finish()


def test_a_skipped_greeting_takes_nothing_from_the_message() -> None:
    office = _office()
    call = _calls(office, "800")
    assert call.first is not None
    digits.press(office.pbx.calls, call.first, "#")
    office.finish()
    assert _left(office) == [(60, "")]


def test_a_full_mailbox_takes_no_more_and_says_so() -> None:
    office = _office()
    for _ in range(2):
        call = _calls(office, "800")
        office.advance(10)
        office.pbx.calls.hang_up(call)
    call = _calls(office, "800")
    assert call.first is not None
    digits.press(office.pbx.calls, call.first, "#")
    office.advance(3)
    assert (call.state, call.ended_by) == (CallState.ENDED, None)
    assert _left(office)[2:] == [(None, FULL)]
    assert _waits(office) == [(1, 0), (2, 0)]
    office.finish()


def test_who_holds_the_call_is_silent_and_is_done_after_a_while() -> None:
    office = _office()
    call = office.dials("sip101", "800", context="in")
    assert call is not None
    office.advance(8)
    office.handset.hold(office.phones["101"].line)
    office.advance(4)
    office.handset.unhold(office.phones["101"].line)
    office.advance(3)
    office.handset.hold(office.phones["101"].line)
    office.advance(9.9)
    assert call.state is CallState.TALKING
    office.advance(0.1)
    assert call.is_over
    assert _left(office) == [(20, "")]
    (event,) = [event for event in office.heard if isinstance(event, MessageLeft)]
    assert event.silences == ((3 * SECOND, 7 * SECOND), (10 * SECOND, 20 * SECOND))
    office.finish()


def test_silence_within_the_greeting_counts_from_the_beep_on() -> None:
    office = _office()
    office.dials("sip101", "800", context="in")
    office.handset.hold(office.phones["101"].line)
    office.advance(14.9)
    assert _left(office) == []
    office.advance(0.1)
    assert _left(office) == [(10, "")]


def test_a_transferred_party_that_nobody_takes_leaves_a_message() -> None:
    office = _office()
    office.phones["100"].never_answers()
    call = office.calls_in("605000001", "101")
    office.advance(5)
    office.handset.transfer(office.phones["101"].line, "100")
    office.advance(30)
    assert (call.state, call.second) == (CallState.TALKING, None)
    office.advance(15)
    office.pbx.calls.hang_up(call)
    assert _left(office) == [(10, "")]
    apps = [(row.last_app, row.disposition) for row in _rows(office, call)]
    assert apps == [
        ("Dial", Disposition.ANSWERED),
        ("Dial", Disposition.NO_ANSWER),
        ("VoiceMail", Disposition.ANSWERED),
    ]


def test_the_mailbox_of_who_was_connected_is_not_that_of_who_is_consulted() -> None:
    office = _office()
    office.phones["100"].answers()
    office.phones["101"].never_answers()
    call = office.calls_in("605000001", "100")
    office.advance(0)
    office.handset.consult(office.phones["100"].line, "101")
    office.handset.complete(office.phones["100"].line)
    office.finish()
    assert (_left(office), call.cause) == ([], HangupCause.NO_ANSWER)


def test_a_diversion_to_somebody_with_a_mailbox_ends_there() -> None:
    office = _office()
    office.phones["100"].never_answers()
    office.handset.divert(office.phones["101"].line, Diversion(always="100"))
    call = office.calls_in("605000001", "101")
    office.advance(30)
    assert call.state is CallState.TALKING
    assert call.second is None


def test_a_mailbox_cannot_be_the_first_party() -> None:
    office = _office()
    call = office.call("800", "101", context="in")
    assert call.cause is HangupCause.NO_ROUTE_DESTINATION


def test_a_first_party_that_is_not_reached_leads_to_no_mailbox() -> None:
    office = _office()
    office.phones["100"].never_answers()
    call = office.call("100", "101")
    office.finish()
    assert (_left(office), call.cause) == ([], HangupCause.NO_ANSWER)


def test_a_first_party_leaves_a_message_for_the_second() -> None:
    office = _office()
    office.phones["100"].is_busy()
    office.call("101", "100", second_shows=CallerId("101", "Jan"))
    office.advance(15)
    office.phones["101"].hangs_up()
    (message,) = office.pbx.voicemail.messages()
    assert (message.caller, message.caller_name, message.seconds) == ("101", "Jan", 10)
