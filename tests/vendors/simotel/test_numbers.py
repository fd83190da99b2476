"""What a number means to Simotel: an extension, a queue, a way out."""

from __future__ import annotations

import pytest

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused
from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel.numbers import find_extension, find_queue, kept_inside, number_of, queue_numbers
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import office
from tests.vendors.simotel.companion import companion_office


def test_a_queue_is_called_by_its_digits_else_by_the_first_number_that_leads_to_it_else_by_its_name() -> None:
    pbx = companion_office().pbx
    assert queue_numbers(pbx) == {"999": "999", "10000": "10000", "sales": "0219000", "nowhere": "nowhere"}
    assert number_of(pbx.queues.named("nowhere"), pbx) == ""


@pytest.mark.parametrize("text", ["sales", "0219000"])
def test_a_queue_is_found_by_its_name_and_by_its_number(text: str) -> None:
    pbx = companion_office().pbx
    assert find_queue(text, pbx) is pbx.queues.named("sales")
    assert find_queue(f"{text}1", pbx) is None


def test_an_internal_number_is_looked_for_in_the_plan_of_the_settings() -> None:
    pbx = office().pbx
    assert find_extension("557", Settings(dialplan="simotel"), pbx) is pbx.directory.internal("557")
    assert find_extension("100", Settings(dialplan="simotel"), pbx) is None


def test_without_a_plan_in_the_settings_it_is_found_where_one_plan_alone_has_it() -> None:
    pbx = Office(extension("1", dialplan="a"), extension("2", dialplan="a"), extension("2", dialplan="b")).pbx
    assert find_extension("1", Settings(), pbx) is pbx.directory.internal("1")
    assert find_extension("2", Settings(), pbx) is None
    assert find_extension("3", Settings(), pbx) is None


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        ("0098", HangupCause.OUTGOING_CALL_BARRED),
        ("+98", HangupCause.OUTGOING_CALL_BARRED),
        ("sip:a", HangupCause.INVALID_NUMBER_FORMAT),
        ("+98 1", HangupCause.INVALID_NUMBER_FORMAT),
    ],
)
def test_what_may_not_leave_by_a_trunk_is_refused(number: str, cause: HangupCause) -> None:
    there = office().pbx.dialplan.by_trunk(number, "cisco")
    kept = kept_inside(there, number, Settings())
    assert isinstance(kept, Refused)
    assert (kept.number, kept.cause) == (number, cause)


def test_any_other_way_stays_as_it_is() -> None:
    dialplan = office().pbx.dialplan
    out, inside = dialplan.by_trunk("0912", "cisco"), dialplan.resolve("557", "main_routing")
    assert kept_inside(out, "0912", Settings()) is out
    assert kept_inside(inside, "557", Settings(barred_prefixes=("5",))) is inside
