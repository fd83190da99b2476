"""Those who call us, from outside or from a telephone of ours, and what the PBX itself plays to a party."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Direction
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.dialplan import ToExtension, ToPlayback
from pbxsim.pbx.events import CallBridged, LegDialed
from pbxsim.pbx.routes import Context, Step, Trunk
from pbxsim.testing.office import Office, extension, line, number


def _forked() -> Office:
    return Office(extension("100"), extension("101", line("desk"), line("mobile"), line("home")))


# -- those who call us -------------------------------------------------------------------------------------------------


def test_somebody_outside_calls_in_and_hears_ringing_until_an_answer() -> None:
    office = _forked()
    office.phones["100"].answers(after=4, talks=6)
    call = office.incoming("605000111", "100")
    assert call is not None
    caller = call.legs[0]
    assert (caller.state, caller.is_calling, caller.peer, caller.number) == (
        ChannelState.RING,
        True,
        "upc",
        "605000111",
    )
    assert call.state is CallState.DIALING_SECOND
    office.advance(4)
    assert (caller.is_up, caller.answered_at) == (True, call.bridged_at)
    office.finish()
    record = office.cdr(call)
    assert (record.src, record.dst, record.duration, record.billsec) == ("605000111", "100", 10, 6)
    assert (record.direction, record.trunk, record.disposition) == (Direction.INCOMING, "upc", Disposition.ANSWERED)
    assert (record.channel, record.dst_channel) == ("SIP/upc-00000001", "SIP/sip100-00000002")
    assert office.kinds_heard().count(LegDialed) == 2


def test_one_of_our_telephones_dials_outside() -> None:
    office = _forked()
    call = office.dials("mobile", "990102006")
    assert call is not None
    assert (call.legs[0].peer, call.legs[0].state) == ("mobile", ChannelState.RING)
    office.finish()
    record = office.cdr(call)
    assert (record.direction, record.trunk, record.billsec) == (Direction.OUTGOING, "upc", 6)


def test_one_of_our_telephones_dials_another() -> None:
    office = _forked()
    office.phones["100"].answers(talks=3)
    call = office.dials("desk", "100")
    office.finish()
    assert call is not None
    assert (office.cdr(call).direction, office.cdr(call).trunk) == (Direction.LOCAL, "")


@pytest.mark.parametrize(
    ("outcome", "disposition", "cause"),
    [
        (Outcome.BUSY, Disposition.BUSY, 17),
        (Outcome.NO_ANSWER, Disposition.NO_ANSWER, 19),
        (Outcome.REJECT, Disposition.BUSY, 21),
        (Outcome.FAIL, Disposition.FAILED, 1),
    ],
)
def test_a_caller_is_let_go_when_the_second_party_cannot_be_had(
    outcome: Outcome, disposition: Disposition, cause: int
) -> None:
    office = _forked()
    call = office.dials("desk", number(outcome, ring=2))
    office.finish()
    assert call is not None
    assert (office.cdr(call).disposition, office.cdr(call).cause) == (disposition, cause)
    assert call.legs[0].answered_at == 0
    assert call.legs[0].cause == cause


@pytest.mark.parametrize("full", ["trunk", "line"])
def test_a_caller_for_whom_there_is_no_room_is_refused_with_a_record(full: str) -> None:
    office = Office(extension("100", line("a", max_calls=0)), trunks=[Trunk(id=1, name="upc", capacity=0)])
    call = office.incoming("605000111", "100") if full == "trunk" else office.dials("a", "605000111")
    assert call is None
    (record,) = office.cdrs()
    assert (record.disposition, record.cause) == (Disposition.FAILED, HangupCause.NORMAL_CIRCUIT_CONGESTION)
    assert record.direction is (Direction.INCOMING if full == "trunk" else Direction.LOCAL)
    assert (record.channel, record.dst_channel, record.duration) == ("", "", 0)
    assert not office.pbx.calls.live


def test_a_caller_from_outside_to_another_number_outside_is_incoming() -> None:
    office = _forked()
    call = office.incoming("605000111", "990100002")
    office.finish()
    assert call is not None
    assert (office.cdr(call).direction, office.cdr(call).trunk) == (Direction.INCOMING, "upc")


# -- playbacks ---------------------------------------------------------------------------------------------------------


def _announcing(seconds: float) -> Office:
    clock = Context(name="clock", entries=(("14112", Step(play_seconds=seconds)),))
    return Office(extension("100"), contexts=[clock], longest_talk=60 * SECOND)


@pytest.mark.parametrize(
    ("length", "talk_limit", "seconds"),
    [(8, 0, 8), (8, 5 * SECOND, 5), (8, 20 * SECOND, 8), (500, 0, 60), (0, 0, 0), (0.5, 0, 0)],
)
def test_a_playback_is_answered_by_the_pbx_and_ends_with_its_length_or_a_limit(
    length: float, talk_limit: int, seconds: int
) -> None:
    office = _announcing(length)
    call = office.call("100", "14112", context="clock", first_to=_hundred(office), talk_limit=talk_limit)
    office.finish()
    record = office.cdr(call)
    assert (record.disposition, record.billsec) == (Disposition.ANSWERED, seconds)
    assert (record.dst_channel, len(call.legs)) == ("", 1)
    assert CallBridged in office.kinds_heard()


def test_a_caller_hears_a_playback_and_counts_as_answered() -> None:
    office = _announcing(8)
    call = office.incoming("605000111", "14112", context="clock")
    assert call is not None
    assert call.legs[0].is_up
    office.finish()
    assert (office.cdr(call).billsec, office.cdr(call).duration) == (8, 8)


def test_a_party_that_hangs_up_ends_the_playback() -> None:
    office = _announcing(30)
    call = office.call("100", "14112", context="clock", first_to=_hundred(office))
    office.advance(3)
    office.phones["100"].hangs_up()
    assert office.cdr(call).billsec == 3
    office.finish()


def test_a_playback_cannot_be_the_first_party() -> None:
    office = _announcing(8)
    call = office.call("14112", "100", first_to=ToPlayback("14112", SECOND))
    assert (call.is_over, call.cause) == (True, HangupCause.NO_ROUTE_DESTINATION)
    assert office.cdr(call).disposition is Disposition.FAILED


def _hundred(office: Office) -> ToExtension:
    return ToExtension("100", office.directory.internal("100"))
