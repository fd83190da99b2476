"""Whatever stands in a PBX that lives can be in a snapshot: each class of object, and all that its clock is to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.hosting.snapshot.snapshot import restore, taken
from tests.hosting.snapshot.histories import History
from tests.hosting.snapshot.town import Place

if TYPE_CHECKING:
    from pathlib import Path

BUILT_IN = ("documented", "call-centre", "reception", "voipsun-manual")


def see_that_it_can_be_taken(folder: Path, name: str, seed: int, moments: int) -> None:
    """Take a PBX that lives at many moments, and have it go back to each; NoSnapshot says what cannot be in one."""
    host = Installation(ServeSettings(pbxs=(name,), rate=0.0, seed=seed), folder).hosts.first()
    history, began = History(host, seed, Place.of(host)), host.pbx.clock.now
    for _ in range(moments):
        history.live_by_hand(25)
        snapshot = taken(host)
        restore(host, snapshot)
        assert taken(host) == snapshot, (name, seed)
    assert host.pbx.clock.now > began


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_pbx_can_be_taken_in_the_middle_of_its_life(name: str, tmp_path: Path) -> None:
    see_that_it_can_be_taken(tmp_path, name, 2, moments=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("seed", range(10, 13))
def test_a_built_in_pbx_can_be_taken_at_any_moment(name: str, seed: int, tmp_path: Path) -> None:
    see_that_it_can_be_taken(tmp_path, name, seed, moments=10)
