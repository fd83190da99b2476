"""What a PBX file must not say though its form is right."""

from __future__ import annotations

import pytest

from pbxsim.pbx.cause import HangupCause
from tests.config.paper import pbx_file, told

PATTERN = "an Asterisk pattern: sets closed and not empty, nothing behind . or !"
CAUSES = f"a hangup cause that Asterisk knows: {', '.join(str(cause.value) for cause in HangupCause)}"
STEPS = "exactly one of extension, dial, queue, group, menu, component, voicemail, hours, play, hangup, route"
LEADS = "exactly one of extension, dial, queue, group, menu, component, voicemail, hours, play, hangup"
SHAPES = "exactly one of uniform, exponential, normal"
MOMENT = "a moment that a calendar has, from 1970 to 2199"
HOST = "an IP address or a host name"
CONTACT = "a SIP URI, as sip:100@10.0.0.5"
SHORT = "either `lines` or the short form of one line"


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("start_at: 2026-02-30", "start_at", "2026-02-30", MOMENT),
        ("start_at: 1969-12-31T23:59:59Z", "start_at", "1969-12-31T23:59:59Z", MOMENT),
        ('contexts: [{name: a, entries: {"_[1": {play: 1}}}]', 'contexts[0].entries["_[1"]', "_[1", PATTERN),
        ("contexts: [{name: a, entries: {_X: {}}}]", "contexts[0].entries._X", None, STEPS),
        ('contexts: [{name: a, entries: {_X: {play: 1, dial: "1"}}}]', "contexts[0].entries._X", None, STEPS),
        ("contexts: [{name: a, entries: {_X: {hangup: 99}}}]", "contexts[0].entries._X.hangup", 99, CAUSES),
        ('phones: {rules: [{number: "_X.1", does: busy}]}', "phones.rules[0].number", "_X.1", PATTERN),
        ('dids: [{number: "1"}]', "dids[0]", None, LEADS),
        ('dids: [{number: "1", dial: "2", queue: a}]\nqueues: [{name: a}]', "dids[0]", None, LEADS),
        ("phones: {default: {patience: {}}}", "phones.default.patience", None, SHAPES),
        ("queues: [{name: a, announcements: {every: 10, length: 10}}]", "queues[0].announcements.length", 10,
         "less than 10, or nobody is ever connected"),
        ("queues: [{name: a, positions: {every: 10, length: 12}}]", "queues[0].positions.length", 12,
         "less than 10, or nobody is ever connected"),
        ("queues: [{name: a, min_penalty: 3, max_penalty: 2}]", "queues[0].min_penalty", 3,
         "at most the max_penalty, 2"),
        ("contexts: [{name: a, entries: {_X: {hangup: 17, answers: true}}}]", "contexts[0].entries._X.answers", True,
         "nothing beside play or hangup: nobody is rung there"),
        ("phones: {default: {talk: {}}}", "phones.default.talk", None, SHAPES),
        ("phones: {default: {ring: {exponential: 1, normal: [1, 1]}}}", "phones.default.ring", None, SHAPES),
        ("phones: {default: {ring: {uniform: [3, 2]}}}", "phones.default.ring.uniform", [3, 2],
         "the shorter time first"),
        ("phones: {default: {outcome: fail, cause: 2}}", "phones.default.cause", 2, CAUSES),
        ("phones: {default: {outcome: busy, cause: 17}}", "phones.default.cause", 17,
         "no cause: only `fail` and `drop` take one"),
        ('phones: {rules: [{number: "1", does: [busy, {cause: 1}]}]}', "phones.rules[0].does[1].cause", 1,
         "no cause: only `fail` and `drop` take one"),
        ('extensions: [{internal: "1", registration: {host: 300.1.2.3}}]', "extensions[0].registration.host",
         "300.1.2.3", HOST),
        ('extensions: [{internal: "1", lines: [{user: a, registration: {host: "a b"}}]}]',
         "extensions[0].lines[0].registration.host", "a b", HOST),
        ("trunks: [{name: a, registration: {host: -x}}]", "trunks[0].registration.host", "-x", HOST),
        ('extensions: [{internal: "1", registration: {contact: 10.0.0.1}}]', "extensions[0].registration.contact",
         "10.0.0.1", CONTACT),
        ('extensions: [{internal: "1", registration: {contact: "sip:1@1.2.3"}}]', "extensions[0].registration.contact",
         "sip:1@1.2.3", CONTACT),
        ('extensions: [{internal: "1", lines: [], user: a}]', "extensions[0].user", "a", SHORT),
        ('extensions: [{internal: "1", lines: [], calls: 3}]', "extensions[0].calls", 3, SHORT),
        ('agents: [{number: "1", paused: true}]', "agents[0].paused", True,
         "a `line` that the agent works from: who is logged out has no pause"),
        ("queues: [{name: a, figures: {completed_in_level: 1}}]", "queues[0].figures.completed_in_level", 1,
         "at most the completed, 0"),
        ('cdrs: [{id: 1, start: 2020-01-01, src: "1", dst: "2", duration: 3, billsec: 4}]', "cdrs[0].billsec", 4,
         "at most the duration, 3"),
        ('cdrs: [{id: 1, start: 2020-01-01, src: "1", dst: "2", duration: 3, billsec: 3, disposition: BUSY}]',
         "cdrs[0].billsec", 3, "0, for the call was not ANSWERED"),
        ('cdrs: [{id: 1, start: 2020-02-30, src: "1", dst: "2"}]', "cdrs[0].start", "2020-02-30", MOMENT),
        ('accounts: [{name: a, currency: "C\\0K"}]', "accounts[0].currency", "C\0K", "text without control characters"),
        ('extensions: [{internal: "1", owner: "x\\ny"}]', "extensions[0].owner", "x\ny",
         "text without control characters"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_a_fault(text: str, path: str, value: object, expected: str) -> None:
    ((line, told_path, told_value, told_expected),) = told(text)
    assert (line, told_path, told_expected) == (2, path, expected)
    assert value is None or told_value == value


@pytest.mark.parametrize("host", ["10.0.0.1", "2001:db8::1", "pbx.example.com", "XXX.XXX.XXX.XXX", "phone_1.lan", '""'])
def test_a_host_is_an_address_or_a_name(host: str) -> None:
    (extension,) = pbx_file(
        f'extensions: [{{internal: "1", registration: {{host: "{host.strip(chr(34))}"}}}}]'
    ).extensions
    assert extension.registration is not None


@pytest.mark.parametrize(
    "contact",
    ["sip:100@10.0.0.5:5060", "sip:10.0.0.5", "sips:a@[2001:db8::1]:5061;transport=tls", "sip:a@XXX.XXX.XXX.XXX"],
)
def test_a_contact_is_a_sip_uri(contact: str) -> None:
    (extension,) = pbx_file(f'extensions: [{{internal: "1", registration: {{contact: "{contact}"}}}}]').extensions
    assert extension.registration is not None
    assert extension.registration.contact == contact


def test_several_faults_are_told_together_in_the_order_of_lines() -> None:
    faults = told(
        """
        contexts:
          - {name: a, entries: {_X: {hangup: 99}}}
        start_at: 2026-02-30
        phones:
          default: {ring: {uniform: [3, 2]}}
        """
    )
    assert [(line, path) for line, path, _, _ in faults] == [
        (3, "contexts[0].entries._X.hangup"),
        (4, "start_at"),
        (6, "phones.default.ring.uniform"),
    ]
