"""Ways out: how many calls fit on a trunk, which trunk is taken, and what number is dialled there."""

from __future__ import annotations

from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.routes import OutboundRoute, Trunk
from pbxsim.testing.office import Office, extension, line


def _with_trunks(*capacities: int | None) -> Office:
    trunks = [Trunk(id=index, name=f"t{index}", capacity=capacity) for index, capacity in enumerate(capacities)]
    return Office(extension("100", line("a", max_calls=99)), trunks=trunks)


def test_calls_overflow_to_the_next_trunk_and_then_find_no_circuit() -> None:
    office = _with_trunks(2, 0, 1)
    calls = [office.call("100", "990300000") for _ in range(4)]
    office.advance(0)
    assert [call.legs[1].peer for call in calls[:3]] == ["t0", "t0", "t2"]
    assert len(calls[3].legs) == 1
    record = office.cdr(calls[3])
    assert (record.disposition, record.cause) == (Disposition.FAILED, HangupCause.NORMAL_CIRCUIT_CONGESTION)
    office.finish()
    assert [trunk.in_use for trunk in office.directory.trunks.values()] == [0, 0, 0]


def test_a_trunk_that_has_room_again_is_taken_first_again() -> None:
    office = _with_trunks(1, None)
    first, second = office.call("990300000"), office.call("990300000")
    office.pbx.calls.hang_up(first)
    third = office.call("990300000")
    assert [call.legs[0].peer for call in (first, second, third)] == ["t0", "t1", "t0"]


def test_both_directions_share_a_trunks_capacity() -> None:
    office = _with_trunks(2)
    office.phones["a"].never_answers()
    assert office.incoming("605000111", "100", trunk="t0") is not None
    assert not office.call("990300000").is_over
    assert office.call("990300000").is_over
    assert office.incoming("605000222", "100", trunk="t0") is None
    office.finish()
    assert [record.cause for record in office.cdrs()][:2] == [HangupCause.NORMAL_CIRCUIT_CONGESTION] * 2


def test_a_call_from_outside_that_goes_outside_again_needs_two_channels() -> None:
    office = _with_trunks(1)
    call = office.incoming("605000111", "990300000", trunk="t0")
    assert call is not None
    assert (call.is_over, call.cause) == (True, HangupCause.NORMAL_CIRCUIT_CONGESTION)
    assert office.directory.trunks["t0"].in_use == 0


def test_the_number_is_changed_for_the_trunk_only() -> None:
    trunk = Trunk(id=1, name="upc")
    route = OutboundRoute(id=1, name="out", patterns=("_0X.",), trunks=(trunk,), strip=1, prepend="+420")
    office = Office(extension("100"), trunks=[trunk], routes=[route])
    call = office.call("100", "0990100003")
    office.finish()
    assert call.legs[1].number == "+420990100003"
    assert (office.cdr(call).dst, office.cdr(call).billsec) == ("0990100003", 3)
