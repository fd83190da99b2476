"""VoiceMail: the vendor's two samples letter for letter but for the id's last digits, and when which is sent."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.pbx.mailbox import Mailbox, MailboxRules
from pbxsim.pbx.routes import Context, Step
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import Office
from tests.vendors.simotel.event_client import Web, user

RULES = MailboxRules(greeting=11 * SECOND, most=1)


class Desk(Office):
    """User 992, and mailbox 5555."""

    def __init__(self, at: str, call: int = 1) -> None:
        super().__init__(
            user("992"),
            contexts=[Context(name="main", dialplan="main", entries=(("5555", Step(voicemail="5555")),))],
            mailboxes=[Mailbox(number="5555", rules=RULES)],
            saved=Saved(last_call=call - 1, last_channel=call - 1),
            start=parse_iso(at),
        )

    def calls_mailbox(self, seconds: float) -> None:
        """Have 992 call the mailbox, and hang up after so long."""
        self.handset.dial(self.phones["992"].line, "5555")
        self.advance(seconds)
        self.phones["992"].hangs_up()


def _web(desk: Desk, **events: object) -> Web:
    return Web(desk.pbx, **{"chosen": ["VoiceMail"], **events})


@pytest.mark.cites("S118", "R118")
def test_the_sample_of_a_message() -> None:
    desk = Desk("2020-12-31T12:27:19.752195Z", call=8766)
    web = _web(desk)
    desk.calls_mailbox(12)
    assert web.bodies() == [
        b'{"event_name":"VoiceMail","id":"5fedc3b35cdfe1000000223e","number":"5555","state":"SUCCESS",'
        b'"date":"2020-12-31 12:27:31.752195","filename":"5555_1609417639-vm-record-file-8766.wav","duration":"1",'
        b'"caller":"992"}'
    ]


@pytest.mark.cites("S118", "R118")
def test_the_sample_of_a_caller_who_hung_up() -> None:
    desk = Desk("2020-12-31T12:25:40.417210Z")
    web = _web(desk)
    desk.calls_mailbox(6)
    assert web.bodies() == [
        b'{"event_name":"VoiceMail","id":"5fedc34a5cdfe10000000001","number":"5555","state":"FAILED",'
        b'"date":"2020-12-31 12:25:46.417210","message":"Hangup call","caller":"992"}'
    ]


@pytest.mark.cites("R118")
def test_a_full_mailbox_fails_and_says_so() -> None:
    desk = Desk("2020-12-31T12:00:00Z")
    web = _web(desk)
    desk.calls_mailbox(15)
    desk.calls_mailbox(1)
    assert [(one["state"], one.get("message")) for one in web.told("VoiceMail")] == [
        ("SUCCESS", None),
        ("FAILED", "Mailbox is full"),
    ]


@pytest.mark.cites("R118")
def test_it_comes_before_the_calls_record() -> None:
    desk = Desk("2020-12-31T12:00:00Z")
    web = _web(desk, chosen=None)
    desk.calls_mailbox(15)
    assert web.names()[-2:] == ["VoiceMail", "Cdr"]


@pytest.mark.cites("R103")
def test_it_is_not_sent_where_it_was_not_chosen() -> None:
    desk = Desk("2020-12-31T12:00:00Z")
    web = _web(desk, chosen=["Cdr"])
    desk.calls_mailbox(15)
    assert web.names() == ["Cdr"]
