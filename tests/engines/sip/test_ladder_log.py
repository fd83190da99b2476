"""The ladder of a call in the log, byte for byte, and messages as they pass: without secrets, whoever sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.engines.engine import Signal
from pbxsim.engines.sip.ladder_log import AFTER, LadderLog, ladder, log_message
from pbxsim.engines.sip.legs import real_leg
from pbxsim.engines.sip.trace import Trace
from pbxsim.testing.office import Office, extension, line
from tests.engines.sip.wire import HERE, request

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from pbxsim.pbx.call import Call

BEGAN = 1_700_000_000 * SECOND


def signal(after: float, came: bool, text: str, leg: int = 1) -> Signal:
    """Make a message, so many seconds after the first."""
    return Signal(at=BEGAN + round(after * SECOND), channel=f"SIP/sip10{leg}-0000000{leg}", came=came, text=text)


def over(office: Office) -> Call:
    """Have a call of 100 to 101 that is over."""
    office.phones["101"].answers(after=1, talks=10)
    call = office.call("100", "101")
    office.finish()
    return call


def test_a_ladder_says_whose_call_it_was_what_became_of_it_and_each_message_with_its_time() -> None:
    call = over(Office(extension("100"), extension("101")))
    signals = [
        signal(0, False, "INVITE sip:sip101@127.0.0.1:5062"),
        signal(0.004, True, "180 Ringing (INVITE)"),
        signal(61.25, True, "603 Decline\x1b[2J (INVITE)", leg=2),
    ]
    assert ladder("shop", call, signals) == (
        "call 1 of shop, 100 to 101: ANSWERED, cause 16 (Normal Clearing)\n"
        "    0.000 SIP/sip101-00000001 -> INVITE sip:sip101@127.0.0.1:5062\n"
        "    0.004 SIP/sip101-00000001 <- 180 Ringing (INVITE)\n"
        "   61.250 SIP/sip102-00000002 <- 603 Decline?[2J (INVITE)"
    )


class Desk:
    """An office whose ladders are logged, and what is due later."""

    def __init__(self, *signals: Signal) -> None:
        self.office = Office(extension("100", line("sip100")), extension("101", line("sip101")))
        self.due: list[tuple[float, Callable[[], None]]] = []
        self.log = LadderLog(self.office.pbx, lambda _: signals, lambda after, act: self.due.append((after, act)))

    def call(self, *, is_real: bool) -> None:
        """Have a call, of a real telephone or of acted ones, that is over."""
        self.office.phones["101"].never_answers()
        call = self.office.call("100", "101")
        if is_real:
            call.legs[0].engine_data = real_leg(call.legs[0])
        self.office.pbx.calls.hang_up(call)


def test_a_call_of_a_real_telephone_is_logged_a_moment_after_its_end_and_one_of_acted_ones_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "pbxsim.sip")
    desk = Desk(signal(0, False, "INVITE sip:sip100@h"))
    desk.call(is_real=False)
    assert desk.due == []
    desk.call(is_real=True)
    assert caplog.messages == []
    ((after, tell),) = desk.due
    assert after == AFTER
    tell()
    desk.log.close()
    assert [message.split(",")[0] for message in caplog.messages] == ["call 2 of office"]


def test_what_waits_when_the_engine_closes_is_logged_then_and_not_again(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "pbxsim.sip")
    desk = Desk(signal(0, False, "INVITE sip:sip100@h"))
    desk.call(is_real=True)
    desk.log.close()
    desk.due[0][1]()
    assert len(caplog.messages) == 1


def test_each_message_is_logged_with_its_way_and_without_what_is_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "pbxsim.sip")
    trace = Trace(
        lambda: 5, lambda _: ("192.0.2.1", 5060), None, lambda came, text, flow: log_message("shop", came, text, flow)
    )
    register = request("REGISTER", "sip:sip100:hidden@h", more=("Authorization: Digest username=x, response=proof",))
    invite = request("INVITE", "sip:102@h\x1b[1m").replace("\nFrom", "\nReason: Q.850;cause=17\nFrom")
    for came, text in ((True, register), (False, "SIP/2.0 200 OK\nCSeq: 2 REGISTER"), (True, invite)):
        trace.take(came, text.replace("\n", "\r\n").encode() + b"\r\n\r\n", HERE)
    trace.take(True, b"\r\n\r\n", HERE)
    assert caplog.messages == [
        "shop UDP 192.0.2.10 5062 <- REGISTER sip:sip100:***@h",
        "shop UDP 192.0.2.10 5062 -> 200 OK (REGISTER)",
        "shop UDP 192.0.2.10 5062 <- INVITE sip:102@h?[1m; Q.850;cause=17",
    ]
