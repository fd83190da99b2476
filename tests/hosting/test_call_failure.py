"""Why a call came to nothing: each thing that can stand in a party's way has words of its own."""

from __future__ import annotations

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.hosting.call_failure import failure, hints_after
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused
from pbxsim.testing.office import Office, extension, line


def test_a_connected_call_has_none() -> None:
    office = Office(extension("100"), extension("101"))
    call = office.call("100", "101")
    office.finish()
    assert failure(office.pbx, call) == ""
    assert hints_after(office.pbx, call) == ()


def test_a_telephone_that_is_not_registered_is_named() -> None:
    office = Office(extension("100"), extension("101", line("gone", registered=False)))
    call = office.call("100", "101")
    office.finish()
    assert hints_after(office.pbx, call) == ("no telephone of extension 101 is registered",)


def test_a_number_that_nothing_is_has_the_nearest_extensions() -> None:
    office = Office(extension("100"), extension("101"))
    call = office.call("100", "109")
    office.finish()
    (hint,) = hints_after(office.pbx, call)
    assert hint.endswith(" is 109; the nearest: 101, 100")


def test_a_busy_telephone_and_one_that_nobody_answers() -> None:
    office = Office(extension("100"), extension("101"), extension("102"))
    office.phones["101"].meets_calls_with(Behaviour(outcome=Outcome.BUSY, ring=fixed(1)))
    office.phones["102"].never_answers()
    busy, silent = office.call("100", "101"), office.call("100", "102")
    office.finish()
    assert failure(office.pbx, busy) == "101 was busy"
    assert hints_after(office.pbx, busy) == ()  # what a telephone did is no fault of the request
    assert hints_after(office.pbx, silent) == ()
    assert failure(office.pbx, silent).startswith("102 did not answer after ringing for ")


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (HangupCause.OUTGOING_CALL_BARRED, "`+` is barred by context "),
        (HangupCause.CALL_REJECTED, " ends a call to +4207 with cause 21 (Call Rejected)"),
        (HangupCause.NO_ROUTE_DESTINATION, "there is no context "),
    ],
)
def test_what_the_dialplan_refuses_is_told_by_its_cause(cause: HangupCause, told: str) -> None:
    office = Office(extension("100"))
    call = office.call("100", "+4207", second_to=Refused("+4207", cause))
    office.finish()
    assert told in failure(office.pbx, call)
