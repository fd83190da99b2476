"""The flood of the bench: messages that pbxsim has to answer, each anew."""

from __future__ import annotations

from pbxsim.engines.sip.message import Request, Response, read
from tests.bench.sip_flood_load import message
from tests.engines.sip.wire import HERE, Wire


def test_each_message_of_the_flood_is_one_that_is_asked_for_a_password() -> None:
    wire = Wire()
    for number in range(4):
        wire.agent.receive(message(number), HERE)
    asked = [read(message(number)) for number in range(4)]
    assert [one.method for one in asked if isinstance(one, Request)] == ["REGISTER", "INVITE"] * 2
    assert [one.code for one in wire.sent() if isinstance(one, Response)] == [401] * 4
