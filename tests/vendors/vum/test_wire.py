"""How VUM spells amounts and moments."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.clock.instant import parse_iso
from pbxsim.kit.civil import zone
from pbxsim.pbx.account import UNIT
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.vendors.vum import wire
from pbxsim.vendors.vum.settings import DateForm

PRAGUE = zone("Europe/Prague")
START = parse_iso("2026-07-01T07:05:09.900000Z")
CDR = Cdr(
    id=1,
    call=1,
    vendor="vum",
    start=START,
    answer=START + 3_000_000,
    end=START + 45_900_000,
    src="+420777123456",
    dst="100",
    disposition=Disposition.ANSWERED,
    cause=HangupCause.NORMAL_CLEARING,
    direction=Direction.OUTGOING,
)


@pytest.mark.cites("R8")
@pytest.mark.parametrize(
    ("money", "spelt"),
    [
        (0, "0.00"),
        (1234 * UNIT, "1234.00"),
        (994_999, "0.99"),
        (995_000, "1.00"),
        (5_000, "0.01"),
        (4_999, "0.00"),
        (-4_999, "0.00"),
        (-5_000, "-0.01"),
        (-100_000, "-0.10"),
        (-12_345_678, "-12.35"),
    ],
)
def test_an_amount_has_two_decimals_rounded_half_away_from_zero(money: int, spelt: str) -> None:
    assert wire.amount(money, ".") == spelt
    assert wire.amount(money, ",") == spelt.replace(".", ",")


@pytest.mark.cites("R8", "S6")
def test_a_balance_is_two_fields_each_with_a_semicolon() -> None:
    assert wire.balance(7 * UNIT, START, PRAGUE, separator=".", form=DateForm.ISO) == "7.00;2026-07-01 09:05:09;"
    assert wire.balance(7 * UNIT, START, PRAGUE, separator=",", form=DateForm.CZECH) == "7,00;1.7.2026 9:05;"


@pytest.mark.cites("R11", "S7")
def test_a_call_is_five_fields_each_with_a_semicolon() -> None:
    assert wire.call(CDR, PRAGUE) == "2026-07-01 09:05:09;+420777123456;100;42;ANSWERED;"


@pytest.mark.cites("R11")
def test_a_semicolon_in_a_number_cannot_shift_the_fields() -> None:
    odd = msgspec.structs.replace(CDR, src="1;2;", answer=0, disposition=Disposition.NO_ANSWER)
    assert wire.call(odd, PRAGUE) == "2026-07-01 09:05:09;12;100;0;NO ANSWER;"
