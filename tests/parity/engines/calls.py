"""Scenarios of calls: asked for by clients, dialled by hand, held, handed on, listened to, recorded."""

from __future__ import annotations

from typing import Final

from tests.parity.engines.scenario import (
    Scenario,
    call_in,
    complete,
    consult,
    dial,
    hang_up,
    hang_up_channel,
    hold,
    originate,
    simotel_originate,
    transfer,
    unhold,
    unregister,
    voipsun,
)
from tests.parity.scenario import UNREGISTERED, answers, busy, fails, in_turn, never_answers, rejects

_UP: Final = answers(1)
_LIST: Final = voipsun("listcalls")
_SPY: Final = voipsun("spying", srcExtenInternalNum="{C}", dstExtenInternalNum="{B}")
_ONE_AT_A_TIME: Final = in_turn({"outcome": "answer", "ring": 1, "talk": "never"}, calls=1)

CLICK_TO_CALL: Final = (
    Scenario(
        number=1, title="click to call, B hangs up", phones={"A": _UP, "B": answers(1, talks=2)}, lasts=6,
        is_quick=True, steps=((0, originate()), (0.5, _LIST), (1.5, _LIST), (3, _LIST)),
    ),
    Scenario(
        number=2, title="click to call, A hangs up", phones={"A": _UP, "B": _UP}, lasts=5.5, is_quick=True,
        steps=((0, originate()), (4.5, hang_up("A"))),
    ),
    Scenario(
        number=3, title="click to call, a client hangs up A's channel", phones={"A": _UP, "B": _UP}, lasts=5.5,
        steps=((0, originate()), (4.5, hang_up_channel("A"))),
    ),
    Scenario(
        number=4, title="click to call, a client hangs up B's channel", phones={"A": _UP, "B": _UP}, lasts=5.5,
        steps=((0, originate()), (4.5, hang_up_channel("B"))),
    ),
    Scenario(
        number=5, title="click to call, A does not answer", phones={"A": never_answers(), "B": _UP}, lasts=4,
        steps=((0, originate(srcRingTimeout="2")), (1, _LIST)), is_quick=True,
    ),
    Scenario(
        number=6, title="click to call, A busy", phones={"A": busy(), "B": _UP}, lasts=2, steps=((0, originate()),),
        is_quick=True,
    ),
    Scenario(
        number=7, title="click to call, A rejects (603)", phones={"A": rejects(), "B": _UP}, lasts=3,
        steps=((0, originate()),),
    ),
    Scenario(
        number=8, title="click to call, A unallocated (404)", phones={"A": fails(1), "B": _UP}, lasts=2,
        steps=((0, originate()),),
    ),
    Scenario(
        number=9, title="click to call, A congested (503)", phones={"A": fails(34), "B": _UP}, lasts=2,
        steps=((0, originate()),),
    ),
    Scenario(
        number=10, title="click to call, A out of reach", phones={"A": UNREGISTERED, "B": _UP}, lasts=2,
        steps=((0, originate()), (1, originate(checkExten="1"))), is_quick=True,
    ),
    Scenario(
        number=11, title="click to call, a client cancels while A rings", phones={"A": never_answers(), "B": _UP},
        steps=((0, originate()), (1.5, hang_up_channel("A"))), lasts=3,
    ),
    Scenario(
        number=12, title="click to call, B does not answer", phones={"A": _UP, "B": never_answers()}, lasts=5,
        steps=((0, originate(dstRingTimeout="2")),), is_quick=True,
    ),
    Scenario(
        number=13, title="click to call, B busy", phones={"A": _UP, "B": busy()}, lasts=3, steps=((0, originate()),),
        is_quick=True,
    ),
    Scenario(
        number=14, title="click to call, B rejects (603)", phones={"A": _UP, "B": rejects()}, lasts=4,
        steps=((0, originate()),),
    ),
    Scenario(
        number=15, title="click to call, B unallocated (404)", phones={"A": _UP, "B": fails(1)}, lasts=3,
        steps=((0, originate()),),
    ),
    Scenario(
        number=16, title="click to call, B congested (503)", phones={"A": _UP, "B": fails(34)}, lasts=3,
        steps=((0, originate()),),
    ),
    Scenario(
        number=17, title="click to call, B out of reach", phones={"A": _UP, "B": UNREGISTERED}, lasts=3,
        steps=((0, originate()),),
    ),
    Scenario(
        number=18, title="click to call, a client cancels while B rings", phones={"A": _UP, "B": never_answers()},
        steps=((0, originate()), (2.5, hang_up_channel("B"))), lasts=4,
    ),
    Scenario(
        number=19, title="click to call, A hangs up while B rings", phones={"A": _UP, "B": never_answers()}, lasts=4,
        steps=((0, originate()), (2.5, hang_up("A"))),
    ),
    Scenario(
        number=20, title="click to call, B is no number at all", phones={"A": _UP}, lasts=3,
        steps=((0, originate("A", "5")),),
    ),
    Scenario(
        number=21, title="click to call, outside answers and hangs up", phones={"A": _UP}, lasts=6,
        steps=((0, originate("A", "990101002")),),
    ),
    Scenario(
        number=22, title="click to call, outside is busy", phones={"A": _UP}, lasts=4,
        steps=((0, originate("A", "990201000")),),
    ),
    Scenario(
        number=23, title="click to call, outside does not answer", phones={"A": _UP}, lasts=5,
        steps=((0, originate("A", "990301000", dstRingTimeout="2")),),
    ),
    Scenario(
        number=24, title="click to call, outside is unallocated", phones={"A": _UP}, lasts=4,
        steps=((0, originate("A", "990401000")),),
    ),
    Scenario(
        number=25, title="click to call, outside rejects", phones={"A": _UP}, lasts=4,
        steps=((0, originate("A", "990601000")),),
    ),
    Scenario(
        number=26, title="click to call, outside drops", phones={"A": _UP}, lasts=6,
        steps=((0, originate("A", "990701002")),),
    ),
    Scenario(
        number=27, title="click to call, at most 2 s of talk", phones={"A": _UP, "B": _UP}, lasts=6,
        steps=((0, simotel_originate(call_limit="2")),),
    ),
    Scenario(
        number=28, title="click to call, with caller ids of its own", phones={"A": _UP, "B": answers(1, talks=1)},
        steps=((0, originate(dialerCid="888", dialerName="Crm", overrideCallerId="600123456", customCDR1="77")),),
        lasts=5,
    ),
    Scenario(
        number=29, title="two click to calls at once", lasts=7,
        phones={"A": _UP, "B": answers(1, talks=2), "C": _UP, "D": answers(1, talks=3)},
        steps=((0, originate()), (0.5, originate("C", "{D}")), (3.5, _LIST)),
    ),
    Scenario(
        number=30, title="click to call, B talks and takes no second call", lasts=6,
        phones={"A": _UP, "B": _ONE_AT_A_TIME, "C": _UP},
        steps=((0, originate()), (2.5, originate("C", "{B}")), (2.5, originate("B", "{C}", checkExten="1"))),
    ),
)  # fmt: skip

BY_HAND: Final = (
    Scenario(
        number=31, title="A dials B, B hangs up", phones={"A": _UP, "B": answers(1, talks=2)}, lasts=5, is_quick=True,
        steps=((0, dial("A", "B")), (2, _LIST)),
    ),
    Scenario(
        number=32, title="A dials B and hangs up", phones={"A": _UP, "B": _UP}, lasts=5,
        steps=((0, dial("A", "B")), (3, hang_up("A"))),
    ),
    Scenario(
        number=33, title="A dials B and gives up", phones={"A": _UP, "B": never_answers()}, lasts=4,
        steps=((0, dial("A", "B")), (2, hang_up("A"))),
    ),
    Scenario(
        number=34, title="A dials B, who is busy", phones={"A": _UP, "B": busy()}, lasts=2,
        steps=((0, dial("A", "B")),),
    ),
    Scenario(
        number=35, title="A dials B, who rejects", phones={"A": _UP, "B": rejects()}, lasts=3,
        steps=((0, dial("A", "B")),),
    ),
    Scenario(
        number=36, title="A dials B, who is out of reach", phones={"A": _UP, "B": UNREGISTERED}, lasts=2,
        steps=((0, dial("A", "B")),),
    ),
    Scenario(
        number=37, title="A dials a number that nobody has", phones={"A": _UP}, lasts=2, steps=((0, dial("A", "55")),),
    ),
    Scenario(
        number=38, title="A dials a number outside", phones={"A": _UP}, lasts=5, steps=((0, dial("A", "990101002")),),
    ),
    Scenario(
        number=39, title="incoming by a public number", phones={"A": _UP, "B": answers(1, talks=2)}, lasts=5,
        steps=((0, dial("A", "B.public")),),
    ),
    Scenario(
        number=51, title="incoming from outside, B hangs up", phones={"B": answers(1, talks=2)}, lasts=5, is_quick=True,
        steps=((0, call_in(to="{B.public}")), (0.5, _LIST), (2, _LIST)),
    ),
    Scenario(
        number=52, title="incoming from outside, B does not answer", phones={"B": never_answers()}, lasts=4,
        steps=((0, call_in(to="{B.public}", ring_seconds=2)),),
    ),
    Scenario(
        number=53, title="incoming from outside, B busy", phones={"B": busy()}, lasts=2,
        steps=((0, call_in(to="{B.public}")),),
    ),
    Scenario(
        number=54, title="incoming from outside, B transfers blind to C", lasts=7,
        phones={"B": _UP, "C": answers(1, talks=2)}, steps=((0, call_in(to="{B.public}")), (2.5, transfer("B", "C"))),
    ),
    Scenario(
        number=40, title="B holds A and comes back", phones={"A": _UP, "B": _UP}, lasts=6.5, is_quick=True,
        steps=((0, originate()), (3, hold("B")), (4, _LIST), (4.5, unhold("B")), (5.5, hang_up("B"))),
    ),
    Scenario(
        number=41, title="click to call, B transfers blind to C", lasts=8,
        phones={"A": _UP, "B": _UP, "C": answers(1, talks=2)}, steps=((0, originate()), (3.5, transfer("B", "C"))),
    ),
    Scenario(
        number=42, title="click to call, A transfers blind to C", lasts=8,
        phones={"A": _UP, "B": _UP, "C": answers(1, talks=2)}, steps=((0, originate()), (3.5, transfer("A", "C"))),
    ),
    Scenario(
        number=43, title="A dials B, B transfers blind to C", lasts=7,
        phones={"A": _UP, "B": _UP, "C": answers(1, talks=2)}, steps=((0, dial("A", "B")), (2.5, transfer("B", "C"))),
    ),
    Scenario(
        number=44, title="click to call, B asks C and hands over", lasts=9,
        phones={"A": _UP, "B": _UP, "C": _UP},
        steps=((0, originate()), (3, consult("B", "C")), (5.5, complete("B")), (7.5, hang_up("A"))),
    ),
    Scenario(
        number=45, title="click to call, A transfers blind to C, who is busy", lasts=9,
        phones={"A": _UP, "B": _UP, "C": busy(0.5)}, steps=((0, originate()), (3.5, transfer("A", "C"))),
    ),
    Scenario(
        number=46, title="click to call, recorded", phones={"A": _UP, "B": answers(1, talks=3)}, lasts=7, records="A",
        steps=((0, originate(monitorFilename="parity46.wav", monitorPath="/parity")),),
    ),
    Scenario(
        number=47, title="C listens to B, B hangs up", lasts=7,
        phones={"A": _UP, "B": answers(1, talks=3), "C": answers(0.5)},
        steps=((0, originate()), (2.5, _SPY), (4, _LIST)),
    ),
    Scenario(
        number=48, title="C listens to a telephone at rest", lasts=4, phones={"B": _UP, "C": answers(0.5)},
        steps=((0, _SPY), (2, _LIST), (3, hang_up("C"))),
    ),
    Scenario(
        number=49, title="B drops off while it rings", phones={"A": _UP, "B": never_answers()}, lasts=5,
        steps=((0, originate(dstRingTimeout="3")), (2, unregister("B"))),
    ),
)  # fmt: skip
