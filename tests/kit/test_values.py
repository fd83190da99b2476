"""How money and moments are read."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.kit.values import instant, money


@pytest.mark.parametrize(
    ("amount", "millionths"),
    [
        ("0", 0),
        ("12", 12_000_000),
        ("12.5", 12_500_000),
        ("-0.05", -50_000),
        ("999999999999.999999", 999_999_999_999_999_999),
        (0.1, 100_000),
        (12.34, 12_340_000),
        (-3, -3_000_000),
        (0.0000001, 0),
    ],
)
def test_money_is_read_to_the_millionth(amount: float | str, millionths: int) -> None:
    assert money(amount) == millionths


def test_a_moment_without_zone_is_utc_and_one_with_a_zone_is_moved_there() -> None:
    assert instant("1970-01-01") == 0
    assert instant("1970-01-02T00:00:00+01:00") == 23 * 3600 * SECOND
    assert instant("2026-01-01 09:00:00.000001Z") == 1_767_258_000_000_001


@pytest.mark.parametrize("moment", ["1969-12-31", "2200-01-01", "2026-02-30", "2026-01-01T24:30:00Z", "tomorrow"])
def test_a_moment_that_no_calendar_or_no_pbx_has_is_refused(moment: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        instant(moment)
