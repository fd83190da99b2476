"""The engines' contract, kept by a real Asterisk with real SIP telephones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.testing.engine_contract import CLAUSES, Clause
from tests.engines.asterisk.rig import AsteriskRig

if TYPE_CHECKING:
    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.testing.office import Office

pytestmark = [pytest.mark.slow, pytest.mark.asterisk, pytest.mark.sip]


@pytest.mark.parametrize("clause", CLAUSES, ids=str)
async def test_a_real_asterisk_with_real_telephones_keeps_the_contract(
    clause: Clause, asterisk: AsteriskInstallation
) -> None:
    async def made(office: Office) -> AsteriskRig:
        rig = await AsteriskRig(asterisk, office).start()
        rig.by_user["prompt"].answers(0.2)
        rig.by_user["ready"].answers(0.2)
        rig.by_user["busy"].rejects(0.2)
        rig.by_user["brief"].answers(0.2, talks=2.4)
        return rig

    await clause.check(made)
