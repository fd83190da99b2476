"""The ladder of calls: what is kept of it, and for how long."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from pbxsim.clock.instant import Instant
from pbxsim.engines.sip import trace as trace_module
from pbxsim.engines.sip.legs import real_leg
from pbxsim.engines.sip.trace import Trace
from tests.engines.sip.wire import HERE, request

if TYPE_CHECKING:
    import pytest

    from pbxsim.pbx.call import Call


def call_of(*call_ids: str) -> Call:
    """Give what a trace wants to know of a call with one telephone."""
    leg = real_leg()
    leg.call_ids += call_ids
    return cast("Call", SimpleNamespace(legs=[SimpleNamespace(engine_data=leg, name="SIP/100-1")]))


def taken(trace: Trace, call_id: str, times: int = 1) -> None:
    """Have an INVITE come in."""
    for _ in range(times):
        trace.take(True, request("INVITE", "sip:102@192.0.2.1", call_id=call_id).replace("\n", "\r\n").encode(), HERE)


def test_the_oldest_dialogues_make_room_however_many_messages_each_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "MOST", 10)
    trace = Trace(lambda: Instant(0), lambda _: ("192.0.2.1", 5060), None)
    taken(trace, "old", 6)
    taken(trace, "young", 4)
    assert [len(trace.of(call_of(each))) for each in ("old", "young")] == [6, 4]
    taken(trace, "young")
    assert [len(trace.of(call_of(each))) for each in ("old", "young")] == [0, 5]
    for turn in range(1_000):
        taken(trace, f"flood{turn}")
    assert sum(len(trace.of(call_of(f"flood{turn}"))) for turn in range(1_000)) == 10
