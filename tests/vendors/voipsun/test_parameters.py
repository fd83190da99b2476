"""How parameters are read."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.kit.params import Params
from pbxsim.pbx.call import CallerId
from pbxsim.vendors.voipsun.actions import ACTIONS
from pbxsim.vendors.voipsun.parameters import Wanted, channel_name, dialer, dialer_hints, ring_time, spy, whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("5", 5), ("007", 7), ("999999999", 999_999_999)])
def test_decimal_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.cites("R6", "R11")
@pytest.mark.parametrize("text", ["", "-1", "+1", "1.5", " 1", "1 ", "1e3", "0x10", "٣", "½", "1_0", "1\n", "9" * 10])
def test_anything_else_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_a_ring_time_is_read_in_seconds_from_one_to_a_day() -> None:
    assert ring_time("1") == SECOND
    assert ring_time("086400") == 86_400 * SECOND


@pytest.mark.parametrize("text", ["0", "86401", "-1", "2.5", "30s"])
def test_any_other_ring_time_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        ring_time(text)


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
    assert dialer(Params(params).read(Wanted)) == shown


@pytest.mark.cites("R12")
def test_an_indirection_to_an_empty_field_counts_as_none() -> None:
    asked = Params({"dialerCid": "customCDR3"}).read(Wanted)

    assert dialer(asked) == CallerId("000", "Dialer")
    assert dialer_hints(asked) == ("dialerCid takes the value of customCDR3, which is empty",)


@pytest.mark.cites("R12")
@pytest.mark.parametrize("spelling", ["customcdr1", "CustomCDR1", "customCDR5"])
def test_only_the_exact_spelling_is_an_indirection(spelling: str) -> None:
    asked = Params({"dialerCid": spelling, "customCDR1": "777"}).read(Wanted)

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
    names = {name for action in ("originate", "dial") for name in ACTIONS[action].parameters}
    sent = Params({name: f"value of {name}" for name in names})

    read_by_others = {"username", "password", "action", "dialplanName"}
    assert set(Wanted.__struct_encode_fields__) == names - read_by_others
    for name, value in msgspec.to_builtins(sent.read(Wanted)).items():
        assert value == f"value of {name}"
    assert set(msgspec.to_builtins(Params().read(Wanted)).values()) == {""}


_VALUES = st.sampled_from(["", "0", "1", "20", "86400", "86401", "x", "monitor", "mixmonitor", "MixMonitor"])


@pytest.mark.slow
@pytest.mark.parametrize("action", ["originate", "dial"])
@given(data=st.data())
def test_whatever_lacks_nothing_at_a_glance_lacks_nothing(action: str, data: st.DataObject) -> None:
    judged = ACTIONS[action]
    params = Params(data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(judged.parameters, _VALUES))))
    asked, at_a_glance = params.read(Wanted), judged.at_a_glance

    assert at_a_glance is not None
    assert not (at_a_glance(asked) and judged.lacks(params))
    assert at_a_glance(asked) or judged.lacks(params) or asked.monitor_type, "what is usual shows at a glance"
