"""All scenarios, by number."""

from __future__ import annotations

from typing import Final

from tests.parity.engines.calls import BY_HAND, CLICK_TO_CALL
from tests.parity.engines.queues import QUEUES
from tests.parity.engines.scenario import Scenario, cut, duocom, hang_up, simotel_originate, voipsun, vum
from tests.parity.scenario import answers, busy, never_answers

_UP: Final = answers(1)
_B: Final = answers(1, talks=2)
_LAST_OUTGOING: Final = vum("info", typ="2")
_DUOCOM: Final = {"llamante": "{A}@mioficinaweb.es", "llamado": "{B.public}"}

VENDORS: Final = (
    Scenario(
        number=85, title="Simotel, B hangs up", phones={"A": _UP, "B": _B}, lasts=6, is_quick=True,
        steps=((0, simotel_originate()),),
    ),
    Scenario(
        number=86, title="Simotel, A does not answer", phones={"A": never_answers(), "B": _B}, lasts=4,
        steps=((0, simotel_originate(timeout="2")),),
    ),
    Scenario(
        number=87, title="Simotel, B busy", phones={"A": _UP, "B": busy()}, lasts=4, steps=((0, simotel_originate()),),
    ),
    Scenario(
        number=88, title="Simotel, an unknown context", phones={"A": _UP, "B": _UP}, lasts=4,
        steps=((0, simotel_originate(context="nowhere")),),
    ),
    Scenario(
        number=89, title="VUM, the given number first", phones={"A": _B, "B": _UP}, lasts=6, is_quick=True,
        steps=((0, vum("given", cislo="{B}")), (5.5, _LAST_OUTGOING)),
    ),
    Scenario(
        number=90, title="VUM, the own number first", phones={"A": _UP, "B": _B}, lasts=6,
        steps=((0, vum("own", cislo="{B}")), (5.5, _LAST_OUTGOING)),
    ),
    Scenario(
        number=91, title="VUM, callback, B does not take it", phones={"A": _UP, "B": busy()}, lasts=4,
        steps=((0, vum("callback", cislo_kdo="{A}", cislo="{B}")), (3, _LAST_OUTGOING)),
    ),
    Scenario(
        number=92, title="Duocom, B hangs up", phones={"A": _UP, "B": _B}, lasts=6, is_quick=True,
        steps=((0, duocom(**_DUOCOM)), (5.5, cut())),
    ),
    Scenario(
        number=93, title="Duocom, cut while they talk", phones={"A": _UP, "B": _UP}, lasts=6,
        steps=((0, duocom(**_DUOCOM)), (4, cut()), (5, cut())),
    ),
    Scenario(
        number=94, title="Duocom, A busy", phones={"A": busy(), "B": _UP}, lasts=3, steps=((0, duocom(**_DUOCOM)),),
    ),
    Scenario(
        number=95, title="VoIPSUN, a number outside hears something", phones={"A": _UP}, lasts=6,
        steps=((0, voipsun("dial", dstNum="990101000", outrouteName="out", context="played", customCDR1="{A}")),),
    ),
    Scenario(
        number=96, title="VoIPSUN, checkExten of a line that rings, and of one that talks", lasts=7,
        phones={"A": answers(2), "B": _UP},
        steps=(
            (0, voipsun("originate", srcExtenInternalNum="{A}", dstNum="{B}")),
            (1, voipsun("originate", srcExtenInternalNum="{A}", dstNum="{B}", checkExten="1")),
            (4, voipsun("originate", srcExtenInternalNum="{A}", dstNum="{B}", checkExten="1")),
            (5, hang_up("B")),
            (6, voipsun("agentstatus", agentNumber="1", agentPin="2")),
        ),
    ),
)  # fmt: skip

SCENARIOS: Final = {one.number: one for one in (*CLICK_TO_CALL, *BY_HAND, *QUEUES, *VENDORS)}
"""By number."""
