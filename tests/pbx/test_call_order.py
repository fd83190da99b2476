"""Orders of calls: a plain one is a detailed one that says no more."""

from __future__ import annotations

import sys

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
