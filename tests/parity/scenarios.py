"""The scenarios, each told once. The numbers are those of the recorded runs; those that are missing were not played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypedDict

from pbxsim.pbx.call import CallerId
from tests.parity.scenario import (
    ANSWERS_2,
    REJECTS_1,
    UNREGISTERED,
    Phone,
    QueueTold,
    Scenario,
    Step,
    answer_turn,
    answers,
    busy,
    call_in,
    complete,
    connect,
    consult,
    dial,
    dial_group,
    divert,
    do_not_disturb,
    fails,
    hang_up,
    hang_up_channel,
    hold,
    in_turn,
    look,
    never_answers,
    pause,
    rejects,
    remove,
    spy,
    transfer,
    unhold,
)

if TYPE_CHECKING:
    from typing import Unpack

SCENARIOS: Final[dict[int, Scenario]] = {}
OUTSIDE: Final = "990102004"
"""A number behind the trunk that rings 2 s, answers, and hangs up after 4 s more."""


class More(TypedDict, total=False):
    """What else a scenario may say; the meaning is Scenario's."""

    queue: QueueTold
    did: str
    groups: dict[str, tuple[str, float]]
    callers: dict[str, dict[str, Any]]
    lasts: float
    told_otherwise: str


def told(number: int, title: str, *steps: tuple[float, Step], phones: dict[str, Phone], **more: Unpack[More]) -> None:
    """Take in a scenario."""
    SCENARIOS[number] = Scenario(number=number, title=title, steps=steps, phones=phones, **more)


def queue(
    members: str, *, penalties: dict[str, int] | None = None, dynamic: bool = False, **rules: object
) -> QueueTold:
    """Tell of a queue behind Answer()."""
    return QueueTold(members=members, rules=rules, penalties=penalties or {}, is_dynamic=dynamic)


# -- click to call -----------------------------------------------------------------------------------------------------

_AB = {"A": answers(), "B": answers()}
_A_RINGS_ON, _B_RINGS_ON = {"A": never_answers(), "B": answers()}, {"A": answers(), "B": never_answers()}
_TALKS_4 = {"A": answers(), "B": answers(talks=4)}

told(1, "click to call, B hangs up", (0, connect("A", "B")), (1, look), (3, look), (6, look), phones=_TALKS_4)
told(2, "click to call, A hangs up", (0, connect("A", "B")), (8, hang_up("A")), phones=_AB)
told(3, "click to call, a client hangs up A's channel", (0, connect("A", "B")), (8, hang_up_channel("A")), phones=_AB)
told(4, "click to call, A does not answer", (0, connect("A", "B", first_rings=6)), phones=_A_RINGS_ON)
told(5, "click to call, A busy", (0, connect("A", "B")), phones={"A": busy(), "B": answers()})
told(6, "click to call, A rejects (603)", (0, connect("A", "B")), phones={"A": rejects(), "B": answers()})
told(7, "click to call, A unallocated (404)", (0, connect("A", "B")), phones={"A": fails(1), "B": answers()})
told(8, "click to call, A not registered", (0, connect("A", "B")), phones={"A": UNREGISTERED, "B": answers()})
told(9, "click to call, A congested (503)", (0, connect("A", "B")), phones={"A": fails(34), "B": answers()})
told(10, "click to call, B does not answer", (0, connect("A", "B", second_rings=6)), phones=_B_RINGS_ON)
told(11, "click to call, B busy", (0, connect("A", "B")), (2.5, look), phones={"A": answers(), "B": busy(1)})
told(12, "click to call, B rejects (603)", (0, connect("A", "B")), phones={"A": answers(), "B": rejects()})
told(13, "click to call, B unallocated, by trunk", (0, connect("A", "990401000")), phones={"A": answers()})
told(14, "click to call, B not registered", (0, connect("A", "B")), phones={"A": answers(), "B": UNREGISTERED})
told(16, "click to call, B is no number at all", (0, connect("A", "5")), phones={"A": answers()})
told(17, "click to call, A hangs up while B rings", (0, connect("A", "B")), (5, hang_up("A")), phones=_B_RINGS_ON)
told(
    18,
    "click to call, a client hangs A up while A rings",
    (0, connect("A", "B")),
    (3, hang_up_channel("A")),
    phones=_A_RINGS_ON,
)
told(
    19,
    "click to call, a client hangs B up while B rings",
    (0, connect("A", "B")),
    (5, hang_up_channel("B")),
    phones=_B_RINGS_ON,
)
told(20, "click to call, at most 4 s of talk", (0, connect("A", "B", limit=4)), phones=_AB)
told(
    21,
    "click to call, with caller ids of its own",
    (0, connect("A", "B", shows=(CallerId("777", "Crm"), CallerId("888", "Crm")))),
    phones={"A": answers(), "B": answers(talks=3)},
)
told(
    22,
    "click to call, two at once from one A",
    (0, connect("A", "B")),
    (1, connect("A", "C")),
    (6, look),
    phones={"A": answers(), "B": answers(talks=6), "C": answers(talks=6)},
    lasts=22,
)
told(
    23,
    "click to call, B talks and takes no second call",
    (0, dial("C", "B")),
    (5, connect("A", "B")),
    (6, look),
    phones={"A": answers(), "B": in_turn(answer_turn(2, 12), calls=1), "C": answers()},
    lasts=24,
)
told(25, "click to call, to a number outside", (0, connect("A", OUTSIDE)), (5, look), phones={"A": answers()})
told(
    26,
    "click to call, both answer at once",
    (0, connect("A", "B")),
    phones={"A": answers(0), "B": answers(0, talks=3)},
)
told(39, "click to call, a number outside is busy", (0, connect("A", "990201000")), phones={"A": answers()})

# -- telephone to telephone --------------------------------------------------------------------------------------------

told(27, "A dials B, B hangs up", (0, dial("A", "B")), (1, look), (4, look), phones=_TALKS_4)
told(28, "A dials B, who does not answer", (0, dial("A", "B", rings=6)), phones=_B_RINGS_ON)
told(29, "A dials B and gives up", (0, dial("A", "B")), (4, hang_up("A")), phones=_B_RINGS_ON)
told(30, "A dials B, who is busy", (0, dial("A", "B")), phones={"A": answers(), "B": busy(1)})
told(31, "A dials B, who rejects", (0, dial("A", "B")), phones={"A": answers(), "B": rejects()})
told(32, "A dials B, who is not registered", (0, dial("A", "B")), phones={"A": answers(), "B": UNREGISTERED})
told(33, "A dials a number outside", (0, dial("A", OUTSIDE)), phones={"A": answers()})
told(34, "A dials B, who does not want to be disturbed", (0, do_not_disturb("B")), (1, dial("A", "B")), phones=_TALKS_4)
told(
    35,
    "A dials B, who diverts to C",
    (0, divert("B", "C")),
    (1, dial("A", "B")),
    phones={"A": answers(), "B": never_answers(), "C": answers(talks=4)},
)
told(
    36,
    "A dials a ring group of B and C, C answers",
    (0, dial_group("A")),
    phones={"A": answers(), "B": never_answers(), "C": answers(3, talks=4)},
    groups={"group": ("BC", 30)},
)
told(
    37,
    "A dials a ring group of B and C, nobody answers",
    (0, dial_group("A")),
    phones={"A": answers(), "B": never_answers(), "C": never_answers()},
    groups={"group": ("BC", 6)},
)

# -- hold, transfer, spying, recording ---------------------------------------------------------------------------------

_C_TALKS_4 = {**_AB, "C": answers(talks=4)}
told(
    40,
    "B holds A and comes back",
    *((0, dial("A", "B")), (4, hold("B")), (5, look), (7, unhold("B")), (8, look), (10, hang_up("B"))),
    phones=_AB,
)
told(
    41,
    "click to call, B transfers blind to C",
    *((0, connect("A", "B")), (7, transfer("B", "C")), (8, look)),
    phones=_C_TALKS_4,
)
told(42, "click to call, A transfers blind to C", (0, connect("A", "B")), (7, transfer("A", "C")), phones=_C_TALKS_4)
told(44, "A dials B, B transfers blind to C", (0, dial("A", "B")), (5, transfer("B", "C")), phones=_C_TALKS_4)
told(
    45,
    "A dials B, B asks C and hands over",
    *((0, dial("A", "B")), (4, consult("B", "C")), (10, complete("B")), (11, look), (14, hang_up("C"))),
    phones={**_AB, "C": answers()},
)
told(
    47,
    "C listens to B, B hangs up",
    *((0, dial("A", "B")), (5, spy("C", "B")), (8, look), (11, hang_up("B"))),
    phones={**_AB, "C": answers()},
)
told(
    48,
    "C listens to a telephone at rest",
    (0, spy("C", "B")),
    (7, hang_up("C")),
    phones={"B": answers(), "C": answers()},
)
told(49, "click to call, recorded", (0, connect("A", "B", records=True)), phones=_TALKS_4)

# -- from outside ------------------------------------------------------------------------------------------------------

told(
    50,
    "from outside to A, the caller hangs up",
    (0, call_in()),
    phones={"A": answers()},
    did="A",
    callers={"1": {"talk": 4}},
)
told(51, "from outside to A, who does not answer", (0, call_in(rings=6)), phones={"A": never_answers()}, did="A")
told(52, "from outside to A, who is busy", (0, call_in()), phones={"A": busy(1)}, did="A")
told(
    53,
    "from outside to A, the caller gives up",
    (0, call_in()),
    phones={"A": never_answers()},
    did="A",
    callers={"1": {"patience": 4}},
)
told(94, "from outside to A, who rejects", (0, call_in()), phones={"A": rejects()}, did="A")
told(95, "from outside to a number that nobody has", (0, call_in(to=9)), phones={"A": answers()}, did="A")

# -- queues ------------------------------------------------------------------------------------------------------------


def waits(
    number: int,
    title: str,
    *steps: tuple[float, Step],
    phones: dict[str, Phone],
    patience: float | None = None,
    **more: Unpack[More],
) -> None:
    """Take in a scenario whose first caller waits in a queue, for so long at most."""
    if patience is not None:
        more["callers"] = {"1": {"patience": patience}}
    more["did"] = "queue"
    told(number, title, (0, call_in()), *steps, phones=phones, **more)


_NO_JOIN = ["unavailable", "invalid"]
_PAUSED = ["paused", "unavailable", "invalid"]

waits(
    60,
    "queue, the agent hangs up",
    *((1, look), (4, look), (9, look)),
    phones={"A": answers(talks=5)},
    queue=queue("A", service_level=5),
)
waits(61, "queue, the caller hangs up", phones={"A": answers()}, queue=queue("A"), callers={"1": {"talk": 5}})
waits(62, "queue, abandoned, the agent out of reach", phones={"A": UNREGISTERED}, queue=queue("A"), patience=6)
waits(63, "queue, abandoned while the agent rings", phones={"A": never_answers()}, queue=queue("A"), patience=4)
waits(64, "queue, the wait runs out while the agent rings", phones={"A": never_answers()}, queue=queue("A", max_wait=7))
waits(65, "queue, the wait runs out, nobody there", phones={"A": UNREGISTERED}, queue=queue("A", max_wait=6))
waits(66, "queue, joinempty, nobody there", phones={"A": UNREGISTERED}, queue=queue("A", join_empty=_NO_JOIN))
told(
    68,
    "queue, abandoned, all pause",
    (0, pause("A")),
    (1, call_in()),
    phones={"A": answers(talks=5)},
    queue=queue("A"),
    did="queue",
    callers={"1": {"patience": 5}},
)
told(
    69,
    "queue, joinempty, all pause",
    (0, pause("A")),
    (1, call_in()),
    phones={"A": answers(talks=5)},
    queue=queue("A", join_empty=_PAUSED),
    did="queue",
)
waits(
    70,
    "queue, linear, the first is busy, the second answers",
    phones={"A": busy(), "B": answers(talks=4)},
    queue=queue("AB", strategy="linear"),
)
waits(
    71,
    "queue, the only agent rejects, then answers",
    phones={"A": in_turn(REJECTS_1, answer_turn(2, 4))},
    queue=queue("A", retry=3),
)
waits(
    72,
    "queue, the agent wraps up between two calls",
    (1, call_in(2)),
    phones={"A": in_turn(ANSWERS_2, answer_turn(2, 3))},
    queue=queue("A", wrap_up=6),
    callers={"1": {"talk": 3}},
    lasts=24,
)
told(
    73,
    "queue, ringinuse=no, the agent talks elsewhere",
    (0, dial("B", "A")),
    (4, call_in()),
    phones={"A": in_turn(answer_turn(2, 6), answer_turn(2, 3)), "B": answers()},
    queue=queue("A"),
    did="queue",
    callers={"1": {"patience": 12}},
    lasts=26,
)
told(
    74,
    "queue, ringinuse=yes, the agent talks elsewhere",
    (0, dial("B", "A")),
    (4, call_in()),
    phones={"A": in_turn(answer_turn(2, 10), answer_turn(2, 3)), "B": answers()},
    queue=queue("A", ring_in_use=True),
    did="queue",
    lasts=26,
)
# Members who are equal to the strategy a real one takes in the order of its hash table, here from the last to the
# first; ours takes them in the order of the file, which is therefore told as that.
for _number, _strategy, _members in ((76, "rrmemory", "ABC"), (77, "leastrecent", "CBA"), (78, "fewestcalls", "CBA")):
    waits(
        _number,
        f"queue, {_strategy}, four calls to three agents",
        *((6, call_in(2)), (12, call_in(3)), (18, call_in(4))),
        phones={letter: answers(1, talks=2) for letter in "ABC"},
        queue=queue(_members, strategy=_strategy),
        lasts=26,
        told_otherwise="D21" if _members == "CBA" else "",
    )
for _number, _strategy in ((79, "linear"), (80, "rrmemory")):
    waits(
        _number,
        f"queue, {_strategy}, the first never answers",
        phones={"A": never_answers(), "B": answers(talks=4)},
        queue=queue("AB", strategy=_strategy, member_timeout=4, retry=2),
        lasts=26,
    )
waits(
    81,
    "queue, ringall, the third of three answers",
    phones={"A": never_answers(), "B": never_answers(), "C": answers(3, talks=4)},
    queue=queue("ABC", strategy="ringall"),
)
waits(
    83,
    "queue, the lower penalty never answers",
    phones={"A": never_answers(), "B": answers(talks=4)},
    queue=queue("AB", penalties={"B": 5}, member_timeout=4, retry=2),
    patience=16,
    lasts=22,
)
waits(
    84, "queue, the agent pauses while it rings", (1, pause("A")), phones={"A": answers(3, talks=4)}, queue=queue("A")
)
waits(
    85,
    "queue, the member is removed while it talks",
    (4, remove("A")),
    (9, look),
    phones={"A": answers(talks=5)},
    queue=queue("A", dynamic=True),
)
waits(
    86,
    "queue, the agent transfers blind to B",
    (5, transfer("A", "B")),
    phones={"A": answers(), "B": answers(talks=4)},
    queue=queue("A"),
)
waits(
    89,
    "queue without Answer(), the agent hangs up",
    (1, look),
    phones={"A": answers(3, talks=5)},
    queue=QueueTold(members="A", answers=False),
)
waits(
    90,
    "queue without Answer(), abandoned",
    phones={"A": never_answers()},
    queue=QueueTold(members="A", answers=False),
    patience=5,
)
waits(
    92,
    "queue, rrmemory, the first out of reach",
    phones={"A": UNREGISTERED, "B": answers(talks=4)},
    queue=queue("AB", strategy="rrmemory"),
)
waits(
    93,
    "queue, the first wraps up, the second takes the call",
    (5, call_in(2)),
    phones={"A": answers(1, talks=3), "B": answers(1, talks=3)},
    queue=queue("AB", strategy="linear", wrap_up=8),
)
waits(
    96,
    "queue, the member is a Local channel",
    *((1, look), (4, look)),
    phones={"A": answers(talks=4)},
    queue=queue("A"),
)
waits(
    98,
    "queue, leavewhenempty, the agent pauses between two passes",
    (6, pause("A")),
    phones={"A": never_answers()},
    queue=queue("A", member_timeout=4, retry=5, leave_when_empty=_PAUSED),
    patience=25,
)
waits(
    99,
    "queue, ringall, both busy, the caller gives up",
    phones={"A": busy(), "B": busy(1)},
    queue=queue("AB", retry=3, member_timeout=10),
    patience=11,
    lasts=18,
)
