"""Faults in a PBX file: what each needs and takes, told with its line where it does not fit."""

from __future__ import annotations

import pytest

from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import read
from tests.web.town import ACME

HEAD = "name: town\nvendors: {acme: {secret: s3cret}}\nfaults:\n  - "

TAKEN = (
    "{fault: delay, seconds: 0.5}",
    "{fault: status, status: 502, handled: true, vendor: acme}",
    "{fault: reset, handled: false, action: originate, probability: 0.25, count: 3}",
    "{fault: truncated, path: /acme/api}",
    "{fault: garbled, method: GET}",
    "{fault: rate-limit, requests: 10, seconds: 60, status: 503}",
    "{fault: ghost-call, number: '777123456', vendor: acme}",
    "{fault: answer-after-hangup, seconds: 2}",
    "{fault: missing-cause, probability: 0.5}",
    "{fault: cdr-late, seconds: 60, count: 2}",
    "{fault: cdr-unseen, seconds: 3, nth: 2}",
    "{fault: overtaken, webhooks: 3, seconds: 60, nth: 1}",
    "{fault: recording-late, seconds: 60}",
    "{fault: webhook-late, seconds: 30, event: Cdr}",
    "{fault: webhook-twice, receiver: 'acme:1'}",
    "{fault: webhook-out-of-order, seconds: 5}",
    "{fault: webhook-lost, count: 1}",
)
REFUSED = {
    "{fault: delay}": "faults[0].seconds: expected a value, for delay needs it",
    "{fault: rate-limit, seconds: 5}": "faults[0].requests: expected a value, for rate-limit needs it",
    "{fault: garbled, seconds: 5}": "faults[0].seconds: found 5, expected nothing, for garbled does not take it",
    "{fault: reset, event: Cdr}": "faults[0].event: found 'Cdr', expected nothing, for reset does not take it",
    "{fault: webhook-lost, action: x}": "action: found 'x', expected nothing, for webhook-lost does not take it",
    "{fault: reset, vendor: vum}": "faults[0].vendor: found 'vum', expected one of the file's vendors: acme",
    "{fault: cdr-late}": "faults[0].seconds: expected a value, for cdr-late needs it",
    "{fault: ghost-call, seconds: 5}": "faults[0].seconds: found 5, expected nothing, for ghost-call does not take it",
    "{fault: missing-cause, path: /a}": "faults[0].path: found '/a', expected nothing, for missing-cause does not",
    "{fault: reset, number: '1'}": "faults[0].number: found '1', expected nothing, for reset does not take it",
    "{fault: overtaken}": "faults[0].webhooks: expected a value, for overtaken needs it",
    "{fault: delay, seconds: 1, webhooks: 1}": "webhooks: found 1, expected nothing, for delay does not take it",
    "{fault: reset, nth: 0}": "faults[0].nth: found 0, expected",
    "{fault: resett}": "faults[0].fault: found 'resett', expected one of answer-after-hangup, cdr-late, cdr-unseen",
    "{fault: reset, probability: 0}": "faults[0].probability: found 0, expected",
}


@pytest.mark.parametrize("entry", TAKEN)
def test_a_fault_with_what_it_needs_is_taken(entry: str) -> None:
    (fault,) = read(HEAD + entry, "town.yaml", {"acme": ACME}).file.faults
    assert fault.is_of_webhooks == ("webhook-" in entry)
    assert fault.is_of_calls == any(word in entry for word in ("call", "hangup", "cause", "cdr", "recording"))
    assert fault.is_of_webhooks + fault.is_of_calls + fault.is_of_requests == 1


@pytest.mark.parametrize("entry", REFUSED)
def test_a_fault_that_does_not_fit_together_is_told_with_its_line(entry: str) -> None:
    with pytest.raises(PbxFileRefused) as refused:
        read(HEAD + entry, "town.yaml", {"acme": ACME})
    (fault,) = refused.value.faults
    assert fault.line == 4
    assert REFUSED[entry] in str(fault)
