"""The simulated engine as its package declares it."""

from __future__ import annotations

from pbxsim.clock.instant import HOUR
from pbxsim.engines.simulated import declaration
from pbxsim.pbx.call import CallKind
from tests.config.paper import built, simulated

PBX = """
extensions: [{internal: "100", public: ["222000100"]}]
phones: {default: busy, rules: [{number: "100", does: no answer}]}
traffic: [{to: "222000100", per_hour: 60, patience: 5}]
"""


def test_its_clock_can_be_held_and_it_has_nothing_to_start_or_close() -> None:
    assert declaration.can_hold_clock
    assert (declaration.start, declaration.close) == (None, None)


def test_its_telephones_do_what_the_file_says_and_its_callers_call_from_the_first_moment() -> None:
    made = built(PBX)
    began = made.pbx.clock.now
    made.pbx.clock.run_until(began + HOUR)
    calls = list(made.pbx.calls.recent)
    assert len(calls) > 30
    assert {(call.order.kind, call.bridged_at) for call in calls} == {(CallKind.INCOMING, 0)}
    assert simulated(made).traffic.placed >= len(calls)


def test_a_silent_file_has_telephones_and_no_callers() -> None:
    made = built("")
    assert simulated(made).traffic.sources == ()
    assert made.pbx.handset is not None
    assert made.pbx.clock.next_due() is None
