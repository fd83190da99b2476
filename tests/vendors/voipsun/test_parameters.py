"""How parameters are read."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.kit.params import Params
from pbxsim.pbx.call import CallerId
from pbxsim.vendors.voipsun.actions import ACTIONS, COMMON
from pbxsim.vendors.voipsun.lines import CALLER
from pbxsim.vendors.voipsun.parameters import Wanted, channel_name, dialer, dialer_hints, spy, wanted, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("5", 5), ("007", 7), ("999999999", 999_999_999)])
def test_decimal_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.cites("R6", "R11")
@pytest.mark.parametrize("text", ["", "-1", "+1", "1.5", " 1", "1 ", "1e3", "0x10", "٣", "½", "1_0", "1\n", "9" * 10])
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.cites("S6", "S7")
@pytest.mark.parametrize(
    ("params", "shown"),
    [
        ({}, CallerId("000", "Dialer")),
        ({"dialerCid": "299"}, CallerId("299", "299")),
        ({"dialerName": "Obchod"}, CallerId("000", "Obchod")),
        ({"dialerCid": "299", "dialerName": "Obchod"}, CallerId("299", "Obchod")),
        ({"dialerCid": "customCDR2", "customCDR2": "777", "customCDR1": "1"}, CallerId("777", "777")),
        ({"dialerCid": "customCDR4", "customCDR4": "777", "dialerName": "Obchod"}, CallerId("777", "Obchod")),
    ],
)
def test_the_dialer_is_shown_as_asked_and_else_as_000_dialer(params: dict[str, str], shown: CallerId) -> None:
    assert dialer(wanted(Params(params))) == shown


@pytest.mark.cites("R12")
def test_an_indirection_to_an_empty_field_counts_as_none() -> None:
    asked = wanted(Params({"dialerCid": "customCDR3"}))

    assert dialer(asked) == CallerId("000", "Dialer")
    assert dialer_hints(asked) == ("dialerCid takes the value of customCDR3, which is empty",)


@pytest.mark.cites("R12")
@pytest.mark.parametrize("spelling", ["customcdr1", "CustomCDR1", "customCDR5"])
def test_only_the_exact_spelling_is_an_indirection(spelling: str) -> None:
    asked = wanted(Params({"dialerCid": spelling, "customCDR1": "777"}))

    assert dialer(asked) == CallerId(spelling, spelling)
    assert "customCDR" in dialer_hints(asked)[0]


@pytest.mark.cites("S24")
def test_the_spy_is_shown_as_asked_and_else_as_000_spy() -> None:
    assert spy(Params()) == CallerId("000", "Spy")
    assert spy(Params({"spyCid": "299"})) == CallerId("299", "299")
    assert spy(Params({"spyName": "Vedouci"})) == CallerId("000", "Vedouci")
    assert spy(Params({"spyCid": "299", "spyName": "Vedouci"})) == CallerId("299", "Vedouci")


@pytest.mark.cites("R19")
@pytest.mark.parametrize("written", ["SIP/555-0000b70f", "SIP\\555-0000b70f", "SIP\\\\555-0000b70f"])
def test_a_channel_may_be_written_with_either_separator(written: str) -> None:
    assert channel_name(written) == "SIP/555-0000b70f"


@pytest.mark.parametrize("other", ["", "SIP", "sip/555-0000b70f", "Local/1000@x", "SIP/a\\b", "xSIP\\5"])
def test_any_other_name_stays_as_it_is(other: str) -> None:
    assert channel_name(other) == other


def test_what_is_wanted_is_read_by_the_manuals_names_and_what_was_not_sent_is_empty() -> None:
    names = {name for action in ("originate", "dial") for name in ACTIONS[action].parameters} - set(COMMON)
    elsewhere = {*CALLER.names, CALLER.dialplan, "outrouteName", "outrouteId"}
    sent = Params({name: f"value of {name}" for name in names})

    assert set(Wanted.__struct_encode_fields__) == names - elsewhere
    for name, value in msgspec.to_builtins(wanted(sent)).items():
        assert value == f"value of {name}"
    assert set(msgspec.to_builtins(wanted(Params())).values()) == {""}
