"""The ladder of a call: each message in a line that a person reads, in its order, without secrets."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from pbxsim.engines.sip import trace as trace_module
from pbxsim.engines.sip.legs import real_leg
from pbxsim.engines.sip.trace import Trace
from tests.engines.sip.wire import HERE, request

if TYPE_CHECKING:
    import pytest

    from pbxsim.pbx.call import Call

TO = "sip:102:secret@192.0.2.1"


def ladder(*call_ids: str) -> Call:
    """Make what of a call is looked at: a leg for each Call-ID."""
    legs = []
    for number, call_id in enumerate(call_ids):
        leg = real_leg()
        leg.call_ids.append(call_id)
        legs.append(SimpleNamespace(name=f"SIP/leg-{number}", engine_data=leg))
    return cast("Call", SimpleNamespace(legs=(*legs, SimpleNamespace(name="acted", engine_data=None))))


def message(text: str) -> bytes:
    """Spell a message."""
    return text.replace("\n", "\r\n").encode() + b"\r\n\r\n"


def told(trace: Trace, call: Call) -> list[tuple[str, bool, str]]:
    """Give a ladder."""
    return [(one.channel, one.came, one.text) for one in trace.of(call)]


def test_the_messages_of_a_calls_legs_stand_in_their_order_and_others_do_not() -> None:
    trace = Trace(lambda: 5, lambda _: ("192.0.2.1", 5060), None)
    trace.take(
        True, message(request("INVITE", TO, call_id="one", more=("Authorization: Digest response=proof",))), HERE
    )
    trace.take(False, message(request("INVITE", "sip:x@h", call_id="two")), HERE)
    trace.take(True, message(request("INVITE", "sip:x@h", call_id="three")), HERE)
    busy = request("INVITE", "sip:x@h", call_id="two").replace("INVITE sip:x@h SIP/2.0", "SIP/2.0 486 Busy Here")
    trace.take(True, message(f"{busy}\nReason: Q.850;cause=17"), HERE)
    trace.take(True, message(request("REGISTER", "sip:x@h", call_id="one")), HERE)
    assert told(trace, ladder("one", "two")) == [
        ("SIP/leg-0", True, "INVITE sip:102:***@192.0.2.1"),
        ("SIP/leg-1", False, "INVITE sip:x@h"),
        ("SIP/leg-1", True, "486 Busy Here (INVITE); Q.850;cause=17"),
    ]


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "MOST", 7)
    monkeypatch.setattr(trace_module, "_MOST_MESSAGES", 3)
    trace = Trace(lambda: 5, lambda _: ("192.0.2.1", 5060), None)
    for call_id in ("one", "two", "three"):
        for _ in range(5):
            trace.take(False, message(request("INFO", "sip:x@h", call_id=call_id)), HERE)
    assert [len(trace.of(ladder(call_id))) for call_id in ("one", "two", "three")] == [0, 3, 3]


def test_the_oldest_dialogues_make_room_however_few_messages_each_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "MOST", 10)
    trace = Trace(lambda: 5, lambda _: ("192.0.2.1", 5060), None)
    for turn in range(1_000):
        trace.take(False, message(request("INFO", "sip:x@h", call_id=f"flood{turn}")), HERE)
    assert sum(len(trace.of(ladder(f"flood{turn}"))) for turn in range(1_000)) == 10


def test_whoever_gives_no_password_has_no_call_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_module, "MOST_STRANGE", 6)
    trace = Trace(lambda: 5, lambda _: ("192.0.2.1", 5060), None)

    def dials(call_id: str, *answers: str) -> None:
        invite = request("INVITE", "sip:x@h", call_id=call_id)
        for answer in answers:
            trace.take(True, message(invite), HERE)
            trace.take(False, message(invite.replace("INVITE sip:x@h SIP/2.0", f"SIP/2.0 {answer}")), HERE)

    dials("mine", "401 Unauthorized", "100 Trying")
    for turn in range(1_000):
        dials(f"flood{turn}", "401 Unauthorized")
    assert [text for _, _, text in told(trace, ladder("mine"))] == [
        "INVITE sip:x@h",
        "401 Unauthorized (INVITE)",
        "INVITE sip:x@h",
        "100 Trying (INVITE)",
    ]
    assert sum(len(trace.of(ladder(f"flood{turn}"))) for turn in range(1_000)) == 6


def test_whatever_comes_is_no_error() -> None:
    trace = Trace(lambda: 5, lambda _: ("192.0.2.1", 5060), None)
    for data in (
        b"",
        b"\r\n\r\n",
        b"\xff\xfe",
        b"INVITE",
        b"SIP/2.0",
        b"INVITE x SIP/2.0\r\nCall-ID: \xff\r\n:\r\n\r\n",
    ):
        trace.take(True, data, HERE)
