"""Orders of calls: a plain one is a detailed one that says no more."""

from __future__ import annotations

import sys

import pytest

from pbxsim.pbx.call import CallerId, CallOrder, DetailedOrder
from pbxsim.pbx.dialplan import ToTrunk

_TO = ToTrunk("990100000", ())


def test_a_plain_order_asks_for_what_a_detailed_one_does_that_says_no_more() -> None:
    plain = CallOrder(vendor="test", first=_TO, src="100", dst="101")
    detailed = DetailedOrder(vendor="test", first=_TO, src="100", dst="101")
    fields = DetailedOrder.__struct_fields__
    assert {name: getattr(plain, name) for name in fields} == {name: getattr(detailed, name) for name in fields}


def test_a_plain_order_weighs_less_than_half_of_a_detailed_one() -> None:
    plain = CallOrder(vendor="test", first=_TO, src="100", dst="101")
    detailed = DetailedOrder(vendor="test", first=_TO, src="100", dst="101", first_shows=CallerId("102"))
    assert sys.getsizeof(plain) * 2 < sys.getsizeof(detailed)
    assert not hasattr(plain, "__dict__")


def test_a_plain_order_that_is_to_say_more_becomes_a_detailed_one_and_says_the_rest_as_before() -> None:
    plain = CallOrder(vendor="test", first=_TO, src="100", dst="101", second="101", context="main")
    said = plain.saying(talk_limit=7, context="in")
    assert (said.talk_limit, said.context, said.first, said.second) == (7, "in", _TO, "101")
    assert said.saying(talk_limit=0, context="main").first_timeout == plain.first_timeout
    with pytest.raises(TypeError):
        plain.saying(limit=7)
