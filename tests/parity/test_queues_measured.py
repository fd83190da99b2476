"""Queues as a real Asterisk 22 has them, word by word: what was measured (recorded/queues-22.10.json), played here.

What is not the same has its reason where it is left out: no telephone here is of unknown state; a place that changes
while it is being said is told as it was; a caller who hangs up while a member hears something is gone at once, on
Asterisk when the member has heard it all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.config.call_centre import QueueEntry
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.cdr import RecordRules
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.dice import stream
from pbxsim.pbx.strategy import Choice, Strategy, ranked
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.testing.office import START, number
from tests.parity.queue_table import MEASURED, QUEUE_PAGE, queue_page
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.queue import QueueRules

pytestmark = pytest.mark.slow

STATES: Final = ("NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD")


def rules(**settings: object) -> QueueRules:
    """Read a queue's settings as a PBX file says them."""
    entry = msgspec.convert({"name": "sales", **settings}, QueueEntry)
    return entry.queue({}, START).rules


def centre_with(penalty: int = 0, **settings: object) -> CallCentre:
    """Give a queue with one member, Anna."""
    sales = queue(
        "anna", penalties=[penalty], strategy="ringall", service_level=int(str(settings.pop("service_level", 0)))
    )
    sales.rules = rules(**settings)
    centre = CallCentre(sales, max_calls=3)
    centre.pbx.calls.records = RecordRules(after_dial=True)
    return centre


def put(centre: CallCentre, state: str, *, paused: bool) -> None:
    """Bring Anna's telephone into a state of Asterisk's."""
    line = centre.phones["anna"].line
    resting = {"BUSY": ChannelState.BUSY, "INVALID": ChannelState.RESERVED}.get(state)
    if resting is not None:
        line.resting_state = resting
    elif state == "UNAVAILABLE":
        centre.handset.unregister(line)
    if state in ("INUSE", "RINGINUSE", "ONHOLD"):
        centre.dials("anna", number(Outcome.ANSWER))
        centre.advance(0)
    if state in ("RINGING", "RINGINUSE"):
        centre.incoming("605000009", "100")
    if state == "ONHOLD":
        centre.handset.hold(line)
    if paused:
        centre.pbx.agents.pause(centre.agent("anna"))


@pytest.mark.parametrize("word", MEASURED["joinempty"])
def test_joinempty_lets_in_whom_asterisk_lets_in(word: str) -> None:
    for state in STATES:
        for paused in (False, True):
            centre = centre_with(join_empty=word.split(","))
            put(centre, state, paused=paused)
            joined = not centre.calls().is_over
            assert joined is MEASURED["joinempty"][word][state][paused], (state, paused)


@pytest.mark.parametrize("word", MEASURED["leavewhenempty"])
def test_leavewhenempty_keeps_whom_asterisk_keeps(word: str) -> None:
    for state in STATES:
        for paused in (False, True):
            centre = centre_with(leave_when_empty=word.split(","))
            put(centre, state, paused=paused)
            call = centre.calls()
            centre.advance(0.5)
            assert (not call.is_over) is MEASURED["leavewhenempty"][word][state][paused], (state, paused)


@pytest.mark.parametrize("word", MEASURED["penalty"])
def test_a_penalty_out_of_range_counts_as_asterisk_counts_it(word: str) -> None:
    centre = centre_with(penalty=5, join_empty=word.split(","), max_penalty=3)
    assert (not centre.calls().is_over) is MEASURED["penalty"][word]


@pytest.mark.parametrize("word", MEASURED["wrapup"])
def test_a_member_who_wraps_up_counts_as_asterisk_counts_it(word: str) -> None:
    centre = centre_with(join_empty=word.split(","), wrap_up=30)
    centre.answers("anna", talks=0)
    centre.calls()
    centre.advance(2)
    assert (not centre.calls().is_over) is MEASURED["wrapup"][word]


def test_of_full_and_empty_the_caller_is_told_what_asterisk_tells() -> None:
    centre = centre_with(join_empty=["unavailable"])
    sales = centre.pbx.queues.named("sales")
    sales.max_waiting = 1
    centre.pbx.agents.pause(centre.agent("anna"))
    centre.calls()
    centre.handset.unregister(centre.phones["anna"].line)
    centre.calls()
    (left,) = [event for event in centre.heard if type(event).__name__ == "CallerLeft"]
    assert {"empty": "JOINEMPTY", "full": "FULL"}[left.visit.why] == MEASURED["full_and_nobody_there"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("strategy", [Strategy.RANDOM, Strategy.WRANDOM])
def test_draws_fall_as_often_on_each_member(strategy: Strategy) -> None:
    told = MEASURED["draws"][strategy]
    members = list(enumerate(queue(*["anna"] * len(told["penalties"]), penalties=told["penalties"]).members))
    passes = sum(told["rung"])
    ours = [0] * len(members)
    for turn in range(passes):
        ours[ranked(strategy, Choice(members, 0, stream(1, "queue sales", turn)))[0][0]] += 1
    for real, here in zip(told["rung"], ours, strict=True):
        assert (real == 0) is (here == 0)
        deviation = (2 * real * (1 - real / passes)) ** 0.5  # of the difference of two runs
        assert abs(real - here) <= 4 * deviation


@pytest.mark.parametrize("name", [name for name in MEASURED["announcements"] if name != "random"])
def test_announcements_are_heard_as_on_asterisk(name: str) -> None:
    told = MEASURED["announcements"][name]
    centre = centre_with(**told["settings"])
    centre.pbx.agents.pause(centre.agent("anna"))
    left: float = told.get("first_left", 1000)
    calls: list[Call] = []
    for second in range(400):
        now = second / 10
        while len(calls) < len(told["callers"]) and told["callers"][len(calls)]["came"] <= now:
            calls.append(centre.calls())
        if left <= now and not calls[0].is_over:
            centre.pbx.calls.hang_up(calls[0])
        centre.advance(0.1)
    for caller, call in zip(told["callers"], calls, strict=True):
        ours = [((at - START) / SECOND, " ".join(said)) for at, _, said in call.known.told]
        real = [(at, said) for at, said in caller["heard"] if at < 28]
        assert len(ours) >= len(real), (real, ours)
        for (at, said), (here, words) in zip(real, ours, strict=False):
            assert abs(at - here) <= 4, (real, ours)  # sentences differ in length there, and it looks once a second
            changed = min(at, here) <= left <= max(at, here) + 14  # somebody left while it was being said
            assert words == said or changed, (real, ours)


def test_a_random_list_has_every_sound_there_and_here() -> None:
    told = MEASURED["announcements"]["random"]
    centre = centre_with(**told["settings"])
    centre.pbx.agents.pause(centre.agent("anna"))
    call = centre.calls()
    centre.advance(40)
    ours = [" ".join(said) for _, _, said in call.known.told]
    real = [said for _, said in told["callers"][0]["heard"]]
    assert set(ours) == set(real)
    assert len(real) <= len(ours) <= 2 * len(real)  # there a second goes by behind each, in which nobody looks


@pytest.mark.parametrize("what", ["no", "yes"])
def test_whose_turn_it_is_hears_what_it_hears_on_asterisk(what: str) -> None:
    centre = centre_with(
        announce_to_first=what == "yes",
        positions={"every": 30, "hold_time": "no", "length": 7},
        announcements={"every": 3, "length": 0.9, "sounds": ["beep"]},
        member_timeout=4,
        retry=2,
        max_wait=20,
    )
    call = centre.calls()
    centre.finish()
    ours = [((at - START) / SECOND, " ".join(said)) for at, _, said in call.known.told]
    real = MEASURED["to_first"][what][:3]  # the fourth began there a moment before the wait was over
    assert [said for _, said in ours] == [said for _, said in real]
    assert all(abs(at - here) <= 1 for (here, _), (at, _) in zip(ours, real, strict=True))


@pytest.mark.parametrize("name", MEASURED["member_hears"])
def test_a_member_hears_its_part_first_as_on_asterisk(name: str) -> None:
    told = MEASURED["member_hears"][name]
    centre = centre_with(max_wait=20, **told["settings"])
    who = name.partition(", ")[2]
    centre.answers("anna", after=1, talks=1 if who == "member gone" else None)
    log = QueueLog(centre.pbx)
    call = centre.calls()
    if who == "member gone":
        while not call.is_over:
            centre.advance(0.1)
            line = centre.phones["anna"].line
            if any(leg.is_up and (centre.clock.now - leg.answered_at) >= SECOND for leg in line.channels):
                centre.handset.hang_up(line)
    else:
        centre.advance(2.3 if who == "caller gone" else told["log"][-1][0])
        centre.pbx.calls.hang_up_channel(call.legs[0])
    ours = [_logged(row) for row in log.rows if row[1] != "NONE" and row[4] != "ENTERQUEUE"]
    real = [row[1:] for row in told["log"]]
    early = who == "caller gone" and real[-1][1] == "ABANDON"
    assert [row[:2] for row in ours] == [row[:2] for row in real]
    for here, there in zip(ours, real, strict=True):
        for one, other in zip(here[2:], there[2:], strict=False):
            assert one == other or abs(int(one) - int(other)) <= (5 if early else 2), (ours, real)
    figures = centre.pbx.queues.named("sales").figures
    expected = told["figures"]
    assert (figures.completed, figures.abandoned) == (expected["completed"], expected["abandoned"])
    assert figures.service_level_percent() == expected["service_level"]
    assert abs(figures.hold_time - expected["hold_time"]) <= 1
    assert centre.pbx.queues.named("sales").members[0].calls_taken == expected["calls_taken"]
    assert [cdr.disposition for cdr in centre.cdrs()] == [row[4] for row in told["rows"]]


def _logged(row: tuple[str, ...]) -> list[str]:
    agent, event, *data = row[3:]
    kept = [item for item in data if item] or [""]
    return ["M" if agent == "anna" else agent, event, *("-" if "." in item else item for item in kept)]


DOES: Final = {
    "no answer": Behaviour(outcome=Outcome.NO_ANSWER),
    "gives up": Behaviour(outcome=Outcome.NO_ANSWER),
    "busy": Behaviour(outcome=Outcome.BUSY, ring=fixed(0)),
    "answers": Behaviour(ring=fixed(2), talk=fixed(3)),
    "not registered": Behaviour(),
}


@pytest.mark.parametrize(
    ("what", "how"), [(what, how) for what, told in MEASURED["answers"].items() for how, rows in told.items() if rows]
)
def test_rows_behind_answer_and_without_are_asterisks(what: str, how: str) -> None:
    real = MEASURED["answers"][what][how]
    centre = centre_with()
    centre.will("anna", DOES[what])
    if what == "not registered":
        centre.handset.unregister(centre.phones["anna"].line)
    to = centre.pbx.dialplan.resolve("100", "main")
    to = msgspec.structs.replace(to, answers=how == "answered first")
    call = centre.dials("ben", "100", second_to=to, second_timeout=6 * SECOND)
    assert call is not None
    if what == "gives up":
        centre.advance(3)
        centre.pbx.calls.hang_up_channel(call.legs[0])
    centre.finish()
    assert [
        [cdr.last_app, bool(cdr.dst_channel), cdr.duration, cdr.billsec, cdr.answer != 0, cdr.disposition]
        for cdr in centre.cdrs()
    ] == real


def test_a_telephone_that_drops_leaves_what_one_leaves_that_fell_silent() -> None:
    told = MEASURED["drop"]
    centre = centre_with()
    centre.will("anna", Behaviour(outcome=Outcome.DROP, ring=fixed(1), talk=fixed(4)))
    log = QueueLog(centre.pbx)
    centre.calls()
    centre.finish()
    (row,) = [row for row in log.rows if row[4] == "COMPLETEAGENT"]
    assert list(row[4:8]) == told["log"][0][1:]
    assert [[cdr.last_app, cdr.duration, cdr.billsec, cdr.disposition] for cdr in centre.cdrs()] == told["rows"][1:]


def test_the_page_of_queues_is_up_to_date() -> None:
    assert QUEUE_PAGE.read_text("utf-8") == queue_page(), "python -m tests.parity --write"
