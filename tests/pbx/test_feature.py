"""Numbers that are dialled for a feature: which fit, and in which numbering plan."""

from __future__ import annotations

import pytest

from pbxsim.pbx.feature import Feature


@pytest.mark.parametrize(
    ("feature", "number", "plan", "fits"),
    [
        (Feature(number="*8", name="a"), "*8", "main", True),
        (Feature(number="*8", name="a"), "*81", "main", False),
        (Feature(number="**", name="a", takes_more=True), "**101", "main", True),
        (Feature(number="**", name="a", takes_more=True), "**", "main", False),
        (Feature(number="700", name="a", dialplan="main"), "700", "main", True),
        (Feature(number="700", name="a", dialplan="main"), "700", "branch", False),
    ],
)
def test_a_feature_has_its_number_or_what_begins_with_it(feature: Feature, number: str, plan: str, fits: bool) -> None:
    assert feature.fits(number, plan) is fits
