"""Mailboxes in a PBX file, and the extensions whose calls lead there."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.mailbox import MailboxRules
from tests.config.paper import built, pbx_file, places


def test_what_an_entry_does_not_say_is_as_the_switch_has_it() -> None:
    mailbox = pbx_file('mailboxes: [{number: "100"}]').mailboxes[0].mailbox()
    assert (mailbox.number, mailbox.context, mailbox.pin, mailbox.rules) == ("100", "default", "", MailboxRules())


def test_an_entry_says_how_messages_are_taken() -> None:
    text = "{number: a, greeting: 2.5, min_seconds: 3, max_seconds: 60, max_silence: 0, max_messages: 5}"
    rules = pbx_file(f"mailboxes: [{text}]").mailboxes[0].mailbox().rules
    assert rules == MailboxRules(greeting=SECOND * 5 // 2, shortest=3 * SECOND, longest=60 * SECOND, silence=0, most=5)


def test_extensions_lead_there_and_may_say_how_long_they_ring_before() -> None:
    extensions = '{internal: "1", voicemail: "100", voicemail_after: 20}, {internal: "2", voicemail_after: 20}'
    pbx = built(f'mailboxes: [{{number: "100"}}]\nextensions: [{extensions}]').pbx
    told_of = [(one.mailbox, one.rings_for) for one in pbx.directory.extensions]
    assert told_of == [("100", 20 * SECOND), ("", 0)]


def test_pick_up_groups_are_names() -> None:
    pbx = built('extensions: [{internal: "1", call_group: [a, b], pickup_group: [c]}]').pbx
    (extension,) = pbx.directory.extensions
    assert (extension.call_group, extension.pickup_group) == (frozenset("ab"), frozenset("c"))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('mailboxes: [{number: "1@x"}]', "mailboxes[0].number"),
        ('mailboxes: [{number: "1", pin: "12a4"}]', "mailboxes[0].pin"),
        ('mailboxes: [{number: "1", max_messages: 0}]', "mailboxes[0].max_messages"),
        ('mailboxes: [{number: "1"}, {number: "1"}]', "mailboxes[1].number"),
        ('extensions: [{internal: "1", voicemail: "1"}]', "extensions[0].voicemail"),
        ('contexts: [{name: a, entries: {_X: {voicemail: "1"}}}]', "contexts[0].entries._X.voicemail"),
    ],
)
def test_what_cannot_be_is_named_with_its_place(text: str, place: str) -> None:
    assert [path for _, path in places(text)] == [place]
