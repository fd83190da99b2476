"""How much of one request is read."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.kit.limits import USUAL, RequestLimits, widest


def test_the_usual_limits_are_phps_and_the_webservers() -> None:
    assert (USUAL.parameters, USUAL.parts, USUAL.header_line, USUAL.part_header) == (1_000, 1_020, 8_190, 8_192)


def test_of_several_limits_each_is_the_widest() -> None:
    assert widest([]) is USUAL
    assert widest([RequestLimits(headers=40)]) == RequestLimits(headers=40)
    narrow, wide = RequestLimits(headers=40, header_line=9_000), RequestLimits(headers=50, header_line=2_000)
    assert widest([narrow, wide]) == RequestLimits(headers=50, header_line=9_000)


@pytest.mark.parametrize("field", RequestLimits.__struct_fields__)
@pytest.mark.parametrize("value", [0, -1, 10**9, "8"])
def test_no_limit_can_be_switched_off(field: str, value: object) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({field: value}, RequestLimits)
