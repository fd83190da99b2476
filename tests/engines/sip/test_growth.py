"""Calls leave nothing behind once their transactions are over: no object, however many they were."""

from __future__ import annotations

import gc
import tracemalloc
from collections import Counter, deque
from functools import partial
from types import FunctionType, MethodType
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from pbxsim.engines.sip.message import Request, response
from pbxsim.engines.sip.session import Session
from pbxsim.engines.sip.transactions import LONGEST
from pbxsim.pbx.cause import HangupCause
from tests.engines.sip.wire import HERE, SDP, Wire, asks, request

if TYPE_CHECKING:
    from pbxsim.engines.sip.registrar import Binding

pytestmark = pytest.mark.slow

_WARM, _MANY = 50, 300
_PLAIN = (dict, list, tuple, deque, FunctionType, MethodType, partial)


def rings(wire: Wire, binding: Binding, ends: str) -> None:
    """Ring a telephone, which refuses, or is hung up before or after it was picked up."""
    session = wire.agent.call(binding, "sip100", number="299", name="")
    session.call(SDP)
    asked = answer(wire, 180)
    if ends == "refused":
        wire.agent.receive(replied(asked, 486), HERE)
    elif ends == "given up":
        session.hang_up(HangupCause.NORMAL_CLEARING)
        answer(wire, 200)
        wire.agent.receive(replied(asked, 487), HERE)
    else:
        wire.agent.receive(replied(asked, 200, SDP), HERE)
        wire.sent()
        session.hang_up(HangupCause.NORMAL_CLEARING)
        answer(wire, 200)
    wire.sent()


def answer(wire: Wire, code: int) -> Request:
    """Have the telephone answer the last that it was asked; give that."""
    asked = next(message for message in reversed(wire.sent()) if isinstance(message, Request))
    wire.agent.receive(replied(asked, code), HERE)
    return asked


def replied(asked: Request, code: int, body: bytes = b"") -> bytes:
    """Spell a telephone's answer."""
    told = response(asked, code, "So", tag="phone")
    told.headers.append(("contact", "<sip:sip100@10.0.0.7:5062>"))
    told.body = body
    return bytes(told)


def dials(wire: Wire, number: int, *, is_answered: bool) -> None:
    """Have a telephone call, and put down; or have nobody answer it."""
    call_id = f"call-{number}"
    asks(wire, "INVITE", "sip:102@192.0.2.1", call_id=call_id, body=SDP)
    session = wire.heard.sessions[-1]
    if is_answered:
        session.answer()
        within = {"call_id": call_id, "to_tag": session.tag}
        wire.says(request("ACK", "sip:102@192.0.2.1", sequence=2, **within))  # type: ignore[arg-type]
        wire.says(request("BYE", "sip:102@192.0.2.1", sequence=3, **within))  # type: ignore[arg-type]
    else:
        session.hang_up(HangupCause.USER_BUSY)
    wire.sent()


def calls(wire: Wire, many: int) -> None:
    """Have so many calls of each kind, and let the time go by in which transactions are known."""
    wire.registered()
    (binding,) = wire.registrar.contacts("sip100")
    for number in range(many):
        for ends in ("refused", "given up", "put down"):
            rings(wire, binding, ends)
        for is_answered in (True, False):
            dials(wire, number, is_answered=is_answered)
    wire.elapse(2 * LONGEST + 1)


def objects(wire: Wire) -> Counter[str]:
    """Count what there is of ours, by kind, and the entries of collections, without what the test itself was told.

    What else Python keeps (which classes are which, weakly) grows by itself, and by what other tests have done.
    """
    for told in (wire.heard.told, wire.heard.sessions, wire.changed):
        told.clear()
    gc.collect()
    found = gc.get_objects()
    plain = {id(one): one for each in found for one in gc.get_referents(each) if not gc.is_tracked(one)}
    entries = sum(len(each) for each in (*found, *plain.values()) if type(each) in (dict, list, deque))
    ours = (each for each in found if type(each) in _PLAIN or str(type(each).__module__).startswith("pbxsim."))
    return Counter(type(each).__name__ for each in ours) + Counter(entries=entries)


def test_a_thousand_calls_leave_no_object_but_how_often_each_nonce_was_used() -> None:
    wire = Wire()
    calls(wire, 60)
    before = objects(wire)
    calls(wire, 200)
    more = objects(wire) - before
    assert wire.agent.sessions == 0
    assert 400 <= more.pop("entries") < 600, "a nonce for each of the 400 that dialled, bounded in test_digest.py"
    assert {kind: many for kind, many in more.items() if many > 40} == {}, "what each call left, or each twentieth"


def test_what_is_kept_of_a_call_for_the_time_in_which_its_messages_may_come_again_is_small() -> None:
    wire = Wire()
    wire.registered()
    (binding,) = wire.registrar.contacts("sip100")
    tracemalloc.start()
    try:
        before = 0
        for number in range(_MANY + _WARM):
            if number == _WARM:
                before = tracemalloc.get_traced_memory()[0]
            rings(wire, binding, "put down")
            dials(wire, number, is_answered=True)
            wire.heard.told.clear()
            wire.heard.sessions.clear()
            wire.elapse(0.05)
        kept = (tracemalloc.get_traced_memory()[0] - before) / _MANY
    finally:
        tracemalloc.stop()
    assert kept < 10_000, "bytes of two sessions: some 7,600, and 16,400 with all that was asked"


def test_a_call_that_is_over_needs_no_garbage_collector() -> None:
    wire = Wire()
    wire.registered()
    (binding,) = wire.registrar.contacts("sip100")
    gc.collect()
    gc.disable()
    try:
        for number in range(10):
            for ends in ("refused", "given up", "put down"):
                rings(wire, binding, ends)
            for is_answered in (True, False):
                dials(wire, number, is_answered=is_answered)
        wire.elapse(2 * LONGEST + 1)
        wire.heard.told.clear()
        begun = [ref(session) for session in wire.heard.sessions]
        wire.heard.sessions.clear()
        assert [one() for one in begun] == [None] * 20
        assert sum(type(one) is Session for one in gc.get_objects()) == 0
    finally:
        gc.enable()
