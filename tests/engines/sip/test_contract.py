"""The engines' contract, kept with real SIP telephones that register at pbxsim itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.testing.engine_contract import CLAUSES, Clause
from tests.engines.sip.rig import SipRig

if TYPE_CHECKING:
    from pbxsim.testing.office import Office

pytestmark = [pytest.mark.slow, pytest.mark.sip]


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
async def test_real_telephones_that_register_here_keep_the_contract(clause: Clause) -> None:
    async def made(office: Office) -> SipRig:
        rig = await SipRig(office).start()
        rig.by_user["prompt"].answers(0.2)
        rig.by_user["ready"].answers(0.2)
        rig.by_user["busy"].rejects(0.2)
        rig.by_user["brief"].answers(0.2, talks=2.4)
        return rig

    await clause.check(made)
