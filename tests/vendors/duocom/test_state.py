"""The masks that were set: by customer and telephone, until the PBX ends."""

from __future__ import annotations

import pytest

from pbxsim.testing.office import Office, extension
from pbxsim.vendors.duocom.settings import Account
from pbxsim.vendors.duocom.state import PHONE, VOIP, ChosenMasks

ANA = Account(principal="1", password="a", account="ana", masks=("911", "922"), mask="911")
EVA = Account(principal="2", password="b", account="ana", masks=("922", "933"))
HOME = (PHONE, "911000222")
DESK, SOFT = (VOIP, "desk"), (VOIP, "soft")


@pytest.mark.cites("R25")
def test_a_mask_is_set_for_one_telephone_of_one_customer() -> None:
    masks = ChosenMasks(Office(extension("100")).pbx.database)
    masks.put(ANA, HOME, "922")
    assert masks.shown(ANA, HOME) == "922"
    assert masks.shown(ANA, DESK) == "911"
    assert masks.shown(EVA, HOME) == ""


@pytest.mark.cites("R25")
def test_of_a_callers_telephones_the_first_with_a_mask_of_its_own_decides() -> None:
    masks = ChosenMasks(Office(extension("100")).pbx.database)
    masks.put(ANA, SOFT, "922")
    assert masks.of(ANA, (DESK, SOFT)) == "922"
    masks.put(ANA, DESK, "933")
    assert masks.of(ANA, (DESK, SOFT)) == "933"
    assert masks.of(ANA, (HOME,)) == "911"
    assert masks.of(ANA, ()) == "911"
