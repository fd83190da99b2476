"""Signs of life: given, missed, wanted too often (RFC 4028)."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING
from weakref import ref

import pytest

from tests.engines.sip.test_session import TO, ack, calling, reply, up, within
from tests.engines.sip.wire import SDP, Wire, asks, first_line

if TYPE_CHECKING:
    from pbxsim.engines.sip.session import Session


def test_a_telephone_that_wants_signs_of_life_gets_them_until_it_knows_nothing_of_the_call() -> None:
    wire = Wire()
    session, _ = up(wire, "Session-Expires: 90;refresher=uac")
    ((at, line),) = wire.elapse(45)[:1]
    assert (at, line) == (45, "INVITE sip:sip100@10.0.0.7:5062;now SIP/2.0")
    (invite,) = [each.request for each in [session._changing] if each is not None]  # noqa: SLF001 - as it was sent
    assert (invite.first("session-expires"), invite.body) == ("90;refresher=uac", SDP)
    assert reply(wire, invite, 200, "Session-Expires: 90;refresher=uac")[0].startswith("ACK ")
    wire.elapse(45)
    (again,) = [each.request for each in [session._changing] if each is not None]  # noqa: SLF001
    assert [line.split()[0] for line in reply(wire, again, 481)] == ["ACK", "BYE"]
    assert wire.heard.told[-1] == ("ended", "sip100", 41)


def test_a_telephone_that_promised_signs_of_life_and_gives_none_is_hung_up() -> None:
    wire = Wire()
    session, _ = up(wire, "Session-Expires: 120;refresher=uas")
    wire.elapse(80)
    update = within("UPDATE", session, 1, "Supported: timer", "Session-Expires: 120;refresher=uac")
    (answer,) = wire.says(update)
    assert (answer.first("session-expires"), answer.first("require")) == ("120;refresher=uac", "timer")
    assert wire.elapse(80) == []
    assert [line.split()[0] for _, line in wire.elapse(8.1)] == ["BYE"]
    assert wire.heard.told[-1] == ("ended", "sip100", 102)


def test_a_telephone_may_have_us_give_the_signs_and_answers_them_with_what_it_takes_now() -> None:
    wire = Wire()
    session, _ = up(wire)
    wire.says(within("UPDATE", session, 1, "Supported: timer", "Session-Expires: 90;refresher=uas"))
    wire.elapse(45)
    assert session._changing is not None  # noqa: SLF001 - as it was sent
    invite = session._changing.request  # noqa: SLF001
    assert invite.body == SDP
    reply(wire, invite, 200, body=b"held")
    assert wire.heard.told[-1] == ("accepted", "sip100", b"held")


def test_signs_of_life_that_are_wanted_too_often_are_refused() -> None:
    wire = Wire()
    session, _ = up(wire)
    (answer,) = wire.says(within("UPDATE", session, 1, "Supported: timer", "Session-Expires: 20"))
    assert (first_line(answer), answer.first("min-se")) == ("SIP/2.0 422 Session Interval Too Small", "90")


def _put_down_at_once(wire: Wire) -> ref[Session]:
    session, _ = up(wire, "Session-Expires: 999999999;refresher=uas")
    wire.says(within("BYE", session, 1))
    return ref(session)


@pytest.mark.slow
def test_a_session_that_is_over_is_not_kept_until_its_signs_of_life_would_be_due() -> None:
    wire = Wire()
    begun = [_put_down_at_once(wire) for _ in range(500)]
    wire.elapse(40)
    gc.collect()
    assert [one for one in begun if one() is not None] == []
    assert len(wire.agent._pending) < 250  # noqa: SLF001 - nobody else counts them


def test_who_calls_and_wants_signs_of_life_too_often_is_told_how_often_it_may() -> None:
    wire = Wire()
    (refused,) = asks(wire, "INVITE", TO, body=SDP, more=("Supported: timer", "Session-Expires: 30"))
    assert (first_line(refused), refused.first("min-se")) == ("SIP/2.0 422 Session Interval Too Small", "90")
    assert (wire.agent.sessions, wire.heard.told) == (0, [])


def test_who_calls_and_promises_signs_of_life_is_hung_up_without_them() -> None:
    wire = Wire()
    session, _ = calling(wire, more=("Supported: timer", "Session-Expires: 90"))
    session.answer()
    (answer,) = wire.sent()
    assert answer.first("session-expires") == "90;refresher=uac"
    wire.says(ack(session))
    assert [line.split()[0] for _, line in wire.elapse(61)][:1] == ["BYE"]
    assert wire.heard.told[-1] == ("ended", "sip100", 102)
