"""The same calls as at the engine `sip`, led by a real Asterisk: on pbxsim's processor there, with the same telephones.

The pbxsim that has it place them is on the telephones' processor, and is not counted. What Asterisk cannot do is told,
and is no failure of the measurement: it is beside what pbxsim can.
"""

from __future__ import annotations

import asyncio

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk import installation
from tests.bench.asterisk_calls import processor
from tests.bench.harness import CLIENT_CPU, SERVER_CPU, Figures, pin, unpin
from tests.bench.sip_calls import telephones_of, two_lines, with_sound
from tests.engines.asterisk.rig import AsteriskRig

_SOUND = (21_000, 28_999)  # ports for 2,000 channels


def rate(per_second: int, seconds: int) -> Figures:
    """Place so many click-to-calls a second, each with a second of sound both ways; look at each one's record."""
    return asyncio.run(_rate(per_second, seconds))


async def _rate(per_second: int, seconds: int) -> Figures:
    unpin()
    pin(SERVER_CPU)
    rig = AsteriskRig(installation.found(), two_lines(), has_telephones=False, sound=_SOUND)
    try:
        await rig.start()
        unpin()
        pin(CLIENT_CPU)
        async with telephones_of(rig) as telephones:
            figures = await with_sound(rig, telephones, per_second, seconds, lambda: processor(rig))
            await rig.elapse(SECOND // 2)
            return {**figures, "channels that are left": len(await rig.channels())}
    finally:
        await rig.close()
