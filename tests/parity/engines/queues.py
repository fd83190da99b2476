"""Scenarios of queues: A, and D where there is a second caller, dial; the agents are B, C, E and F."""

from __future__ import annotations

from typing import Any, Final

from tests.parity.engines.scenario import Scenario, call_in, dial, hang_up, transfer, voipsun
from tests.parity.scenario import QueueTold, answers, busy, never_answers

_CALLER: Final = answers(1)
_SHORT: Final[dict[str, Any]] = {"member_timeout": 2, "retry": 1}
_STATUS: Final = voipsun("queuestatus", queueName="{queue}")


def _of(members: str, **rules: Any) -> QueueTold:  # noqa: ANN401 - as a PBX file says it
    return QueueTold(members=members, rules=_SHORT | rules)


def _agent(action: str, who: str = "B", **more: str) -> Any:  # noqa: ANN401 - a Step
    return voipsun(f"agent{action}", agentNumber=f"{{{who}}}", agentPin="1234", **more)


def _in_turn(number: int, strategy: str) -> Scenario:
    """Tell of two callers, one after the other, and two agents."""
    return Scenario(
        number=number, title=f"queue, {strategy}, two callers one after the other", lasts=9,
        queue=_of("BC", strategy=strategy),
        phones={"A": _CALLER, "B": answers(1, talks=2), "C": answers(1, talks=2), "D": _CALLER},
        steps=((0, dial("A", "queue")), (4.5, dial("D", "queue")), (8.5, _STATUS)),
    )  # fmt: skip


QUEUES: Final = (
    Scenario(
        number=60, title="queue, the agent hangs up", phones={"A": _CALLER, "B": answers(1, talks=2)}, lasts=5,
        queue=_of("B"), steps=((0, dial("A", "queue")), (0.5, _STATUS), (2, _STATUS), (4.5, _STATUS)), is_quick=True,
    ),
    Scenario(
        number=61, title="queue, the caller hangs up", phones={"A": _CALLER, "B": answers(1)}, lasts=5, queue=_of("B"),
        steps=((0, dial("A", "queue")), (3.5, hang_up("A")), (4.5, _STATUS)),
    ),
    Scenario(
        number=62, title="queue, abandoned while the agent rings", phones={"A": _CALLER, "B": never_answers()}, lasts=5,
        queue=_of("B", member_timeout=8), steps=((0, dial("A", "queue")), (2.5, hang_up("A")), (4, _STATUS)),
    ),
    Scenario(
        number=63, title="queue, the wait runs out", phones={"A": _CALLER, "B": never_answers()}, lasts=6,
        queue=_of("B", max_wait=4), steps=((0, dial("A", "queue")), (5.5, _STATUS)), is_quick=True,
    ),
    Scenario(
        number=64, title="queue, the agent pauses and comes back", phones={"A": _CALLER, "B": answers(1, talks=2)},
        queue=_of("B"), lasts=9,
        steps=(
            (0, _agent("pause")),
            (0.5, dial("A", "queue")),
            (1.5, _STATUS),
            (2.5, _agent("unpause")),
            (8, _STATUS),
        ),
    ),
    Scenario(
        number=65, title="queue, the agent wraps up between two calls", lasts=12, queue=_of("B", wrap_up=3),
        phones={"A": _CALLER, "B": answers(1, talks=2), "D": _CALLER},
        steps=((0, dial("A", "queue")), (1.5, dial("D", "queue")), (5, _STATUS), (11, _STATUS)),
    ),
    Scenario(
        number=66, title="queue, ringall, C answers first", lasts=6,
        queue=_of("BC", strategy="ringall", member_timeout=5),
        phones={"A": _CALLER, "B": answers(4), "C": answers(1, talks=2)},
        steps=((0, dial("A", "queue")), (0.5, _STATUS), (5, _STATUS)), is_quick=True,
    ),
    Scenario(
        number=67, title="queue, linear, the first does not answer", lasts=9, queue=_of("BC", strategy="linear"),
        phones={"A": _CALLER, "B": never_answers(), "C": answers(1, talks=2)},
        steps=((0, dial("A", "queue")), (8.5, _STATUS)),
    ),
    _in_turn(68, "rrmemory"),
    _in_turn(69, "rrordered"),
    _in_turn(70, "leastrecent"),
    _in_turn(71, "fewestcalls"),
    _in_turn(72, "random"),
    _in_turn(73, "wrandom"),
    Scenario(
        number=74, title="queue, the lower penalty does not answer", lasts=7,
        queue=QueueTold(members="BC", rules={**_SHORT, "max_wait": 5}, penalties={"C": 5}),
        phones={"A": _CALLER, "B": never_answers(), "C": answers(1)}, steps=((0, dial("A", "queue")), (6.5, _STATUS)),
    ),
    Scenario(
        number=75, title="queue, nobody may join where all pause", phones={"A": _CALLER, "B": answers(1)}, lasts=4,
        queue=_of("B", join_empty=["paused"]), steps=((0, _agent("pause")), (1, dial("A", "queue")), (3, _STATUS)),
    ),
    Scenario(
        number=76, title="queue, the first is busy, the second answers", lasts=7, queue=_of("BC", strategy="linear"),
        phones={"A": _CALLER, "B": busy(), "C": answers(1, talks=2)}, steps=((0, dial("A", "queue")), (6, _STATUS)),
    ),
    Scenario(
        number=77, title="queue, an agent is added and taken out", lasts=8, queue=_of("B"),
        phones={"A": _CALLER, "B": never_answers(), "C": answers(1, talks=2)},
        steps=(
            (0, _agent("remove", queueName="{queue}")),
            (0.5, dial("A", "queue")),
            (1.5, _STATUS),
            (2, _agent("add", queueName="{queue}")),
            (2.5, _agent("status")),
            (4.5, hang_up("A")),  # the agent has been rung for its 2 s by then
        ),
    ),
    Scenario(
        number=78, title="queue, the agent transfers blind to C", lasts=8, queue=_of("B"),
        phones={"A": _CALLER, "B": answers(1), "C": answers(1, talks=2)},
        steps=((0, dial("A", "queue")), (3, transfer("B", "C")), (7.5, _STATUS)),
    ),
    Scenario(
        number=79, title="queue that does not answer, the agent does", lasts=5,
        queue=QueueTold(members="B", rules=_SHORT, answers=False), phones={"A": _CALLER, "B": answers(1, talks=2)},
        steps=((0, dial("A", "queue")), (0.5, voipsun("listcalls"))),
    ),
    Scenario(
        number=81, title="queue, somebody outside calls, the agent hangs up", lasts=6, queue=_of("B"),
        phones={"B": answers(1, talks=2)}, steps=((0, call_in(queue="{queue}")), (0.5, _STATUS), (4, _STATUS)),
    ),
    Scenario(
        number=82, title="queue, somebody outside calls, nobody answers", lasts=6, queue=_of("B", max_wait=3),
        phones={"B": never_answers()}, steps=((0, call_in(queue="{queue}")), (5, _STATUS)),
    ),
    Scenario(
        number=80, title="queue, click to call", lasts=7, queue=_of("B"),
        phones={"A": _CALLER, "B": answers(1, talks=2)},
        steps=((0, voipsun("originate", srcExtenInternalNum="{A}", dstNum="{queue.number}")), (6, _STATUS)),
    ),
)  # fmt: skip
