"""What callers and members hear of a queue, and when, against app_queue.c written down anew.

The oracle is app_queue's own loop, second by second: wait_our_turn, say_position, say_periodic_announcement. What a
real Asterisk played is in tests/parity/test_queues_measured.py.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Final, TypeAlias

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.announcements import (
    AnnouncementRules,
    HoldTimes,
    MemberRules,
    PeriodicRules,
    PositionRules,
    Positions,
)
from pbxsim.pbx.announcing import reported, said_of
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cdr import RecordRules
from pbxsim.pbx.events import AnnouncementPlayed
from pbxsim.sinks.journal.journal import Journal
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.testing.office import START
from pbxsim.web.control import call_document
from tests.pbx.call_centre import CallCentre, queue

Heard: TypeAlias = list[tuple[float, int, str]]
"""Seconds since the start, the call, what was heard, joined."""

THANKS: Final = "queue-thankyou"


def heard(centre: CallCentre) -> Heard:
    """Tell what was heard until now."""
    return [((at - START) / SECOND, number, said) for at, number, said in _heard_at(centre)]


def _heard_at(centre: CallCentre) -> list[tuple[int, int, str]]:
    calls = [*centre.pbx.calls.recent, *centre.pbx.calls.live.values()]
    return sorted((at, call.number, " ".join(said)) for call in calls for at, _, said in call.known.told)


def nobody_free(**rules: object) -> CallCentre:
    """Give a queue whose only member pauses."""
    centre = CallCentre(queue("anna", announcements=AnnouncementRules(**rules)))  # type: ignore[arg-type]
    centre.pbx.agents.pause(centre.agent("anna"))
    return centre


def positions(**wishes: object) -> PositionRules:
    """Have places told every ten seconds, four apart at least, for two; no hold time."""
    usual = PositionRules(every=10 * SECOND, at_least=4 * SECOND, length=2 * SECOND, hold_time="no")
    return msgspec.structs.replace(usual, **wishes)


def periodic(**wishes: object) -> PeriodicRules:
    """Have something told every six seconds, for one."""
    return msgspec.structs.replace(PeriodicRules(every=6 * SECOND, length=SECOND), **wishes)


# -- the place ---------------------------------------------------------------------------------------------------------


def test_a_caller_whose_turn_it_is_not_is_told_its_place_at_once_and_again_and_again() -> None:
    centre = nobody_free(positions=positions())
    centre.calls()
    centre.calls()
    centre.advance(21)
    first, second = f"queue-youarenext {THANKS}", f"queue-thereare 2 queue-callswaiting {THANKS}"
    assert heard(centre) == [(at, call, said) for at in (0, 10, 20) for call, said in ((1, first), (2, second))]


def test_a_place_that_has_changed_is_told_as_soon_as_the_last_one_was_long_enough_ago() -> None:
    centre = nobody_free(positions=positions())
    first = centre.calls()
    centre.calls()
    centre.calls()
    centre.advance(3)
    centre.pbx.calls.hang_up(first)
    centre.advance(3)
    assert [(at, call, said.split()[:2]) for at, call, said in heard(centre) if at] == [
        (4, 2, ["queue-youarenext", THANKS]),
        (4, 3, ["queue-thereare", "2"]),
    ]


def test_a_place_that_changes_while_it_is_being_told_counts_as_told() -> None:
    centre = nobody_free(positions=positions())
    first = centre.calls()
    centre.calls()
    centre.advance(1)
    centre.pbx.calls.hang_up(first)
    centre.advance(10)
    assert [(at, said.split()[0]) for at, call, said in heard(centre) if call == 2] == [
        (0, "queue-thereare"),
        (10, "queue-youarenext"),
    ]


def test_with_only_up_nothing_is_told_to_who_does_not_come_forward() -> None:
    centre = nobody_free(positions=positions(only_up=True))
    first = centre.calls()
    centre.calls()
    centre.advance(30)
    assert [at for at, _, _ in heard(centre)] == [0, 0]
    centre.pbx.calls.hang_up(first)
    centre.advance(1)
    assert heard(centre)[2:] == [(30, 2, f"queue-youarenext {THANKS}")]


def test_nobody_is_rung_for_who_hears_its_place_and_those_behind_are() -> None:
    centre = nobody_free(positions=positions(length=5 * SECOND))
    centre.calls()
    centre.advance(2)
    centre.pbx.agents.unpause(centre.agent("anna"))
    centre.advance(2.9)
    assert centre.ringing() == []
    centre.advance(0.1)
    assert centre.ringing() == ["anna"]


def test_whose_turn_it_is_hears_nothing_and_is_connected_at_once() -> None:
    rules = AnnouncementRules(positions=positions(), periodic=periodic())
    centre = CallCentre(queue("anna", announcements=rules))
    centre.calls()
    assert (centre.ringing(), heard(centre)) == (["anna"], [])


def test_whose_turn_it_is_hears_it_first_where_the_queue_says_so() -> None:
    rules = AnnouncementRules(positions=positions(), to_first=True)
    centre = CallCentre(queue("anna", announcements=rules))
    centre.calls()
    assert (centre.ringing(), heard(centre)) == ([], [(0, 1, f"queue-youarenext {THANKS}")])
    centre.advance(2)
    assert centre.ringing() == ["anna"]


def test_what_falls_due_while_a_member_rings_is_told_behind_the_pass() -> None:
    centre = CallCentre(queue("anna", member_timeout=8, retry=2, announcements=AnnouncementRules(periodic=periodic())))
    centre.calls()
    centre.advance(1)
    centre.pbx.agents.pause(centre.agent("anna"))
    centre.advance(20)
    assert [at for at, _, _ in heard(centre)] == [10, 16]


def test_who_waits_in_the_pbx_file_is_told_nothing_and_counts_for_no_place() -> None:
    centre = nobody_free(positions=positions())
    assert centre.calls().known.told


# -- periodic ----------------------------------------------------------------------------------------------------------


def test_sounds_are_played_in_turn() -> None:
    centre = nobody_free(periodic=periodic(sounds=("a", "b", "c")))
    centre.calls()
    centre.advance(25)
    assert heard(centre) == [(6, 1, "a"), (12, 1, "b"), (18, 1, "c"), (24, 1, "a")]


def test_the_first_may_come_sooner_and_the_next_count_from_the_end() -> None:
    centre = nobody_free(periodic=periodic(first_after=2 * SECOND))
    centre.calls()
    centre.advance(15)
    assert [at for at, _, _ in heard(centre)] == [2, 8, 14]
    centre = nobody_free(periodic=periodic(is_relative=True))
    centre.calls()
    centre.advance(21)
    assert [at for at, _, _ in heard(centre)] == [6, 13, 20]


def test_a_place_is_told_before_what_is_told_now_and_then() -> None:
    centre = nobody_free(positions=positions(every=6 * SECOND), periodic=periodic(sounds=("a",)))
    centre.calls()
    centre.advance(7)
    centre.advance(3)
    assert [(at, said.split()[0]) for at, _, said in heard(centre)] == [
        (0, "queue-youarenext"),
        (6, "queue-youarenext"),
        (8, "a"),
        (12, "queue-youarenext"),
    ][:3]


def test_drawn_sounds_are_the_same_whenever_the_seed_is_and_all_of_them_are_heard() -> None:
    sounds = ("a", "b", "c")

    def drawn(seed: int) -> list[str]:
        centre = CallCentre(
            queue("anna", announcements=AnnouncementRules(periodic=periodic(sounds=sounds, is_random=True))), seed=seed
        )
        centre.pbx.agents.pause(centre.agent("anna"))
        centre.calls()
        centre.advance(6 * 90 + 1)
        return [said for _, _, said in heard(centre)]

    assert drawn(1) == drawn(1) != drawn(2)
    counted = [drawn(1).count(sound) for sound in sounds]
    assert sum(counted) == 90
    assert all(abs(count - 30) < 4 * 4.5 for count in counted)  # 4.5: the deviation of 90 throws at 1/3


# -- the oracle --------------------------------------------------------------------------------------------------------


def _says(rules: PositionRules, place: int, hold: int, waited: int, *, first: bool) -> str:
    """say_position, statement by statement."""
    said: list[str] = []
    thanks = False
    if rules.position == "yes" or rules.position == "more" or (rules.position == "limit" and place <= rules.limit):
        thanks = True
        if place == 1:
            return f"queue-youarenext {THANKS}"
        if rules.position == "more" and place > rules.limit:
            said += ["queue-quantity1", str(rules.limit), "queue-quantity2"]
        else:
            said += ["queue-thereare", str(place), "queue-callswaiting"]
    total = abs((hold + 30) - waited)
    minutes = total // 60
    over = 0
    if rules.round_seconds:
        over = int((total - 60 * minutes) / rules.round_seconds) * rules.round_seconds
    if minutes + over > 0 and rules.hold_time != "no" and (rules.hold_time != "once" or first):
        thanks = True
        said.append("queue-holdtime")
        if minutes >= 1:
            said += [str(minutes), "queue-minute" if minutes == 1 else "queue-minutes"]
        if over >= 1:
            said += [str(over), "queue-seconds"]
    return " ".join([*said, THANKS] if thanks else said)


@pytest.mark.slow
@given(
    position=st.sampled_from(["yes", "no", "limit", "more"]),
    hold_time=st.sampled_from(["yes", "no", "once"]),
    rounded=st.sampled_from([0, 5, 10, 15, 20, 30]),
    limit=st.integers(0, 5),
    place=st.integers(1, 8),
    hold=st.integers(0, 4000),
    waited=st.integers(0, 8000),
    first=st.booleans(),
)
def test_place_and_hold_time_are_said_as_app_queue_says_them(
    position: Positions,
    hold_time: HoldTimes,
    rounded: int,
    limit: int,
    place: int,
    hold: int,
    waited: int,
    first: bool,
) -> None:
    rules = PositionRules(every=SECOND, position=position, hold_time=hold_time, round_seconds=rounded, limit=limit)
    expected = _says(rules, place, hold, waited, first=first)
    assert " ".join(said_of(rules, place, hold - waited, is_first=first)) == expected


class _Looped:
    """One caller's wait as app_queue's loop goes through it, with the places that it has at each second."""

    def __init__(self, told: PositionRules, said: PeriodicRules, places: list[int]) -> None:
        self.heard: list[tuple[int, str]] = []
        last_pos: int | None = None
        last_said = 0
        every, least, length = (span // SECOND for span in (told.every, told.at_least, told.length))
        frequency, takes = said.every // SECOND, said.length // SECOND
        last_periodic = 0 if said.first_after is None else said.first_after // SECOND - frequency
        turn = now = 0
        while now < len(places):
            begun, place = now, places[now]
            if (last_pos is None or now - last_pos >= least) and (
                last_said != place or last_pos is None or now - last_pos >= every
            ):
                spoken = _says(told, place, 0, now, first=last_pos is None)
                last_pos, last_said = now, place
                if spoken:
                    self.heard.append((now, spoken))
                    now += length
                    last_said = places[min(now, len(places)) - 1]
            if now - last_periodic >= frequency:
                self.heard.append((now, said.sounds[turn % len(said.sounds)]))
                last_periodic = now + takes if said.is_relative else now
                turn += 1
                now += takes
            now += now == begun


@settings(max_examples=60)
@pytest.mark.slow
@given(
    leave=st.lists(st.integers(1, 60), max_size=4, unique=True),
    every=st.integers(6, 30),
    least=st.integers(0, 20),
    length=st.integers(1, 5),
    position=st.sampled_from(["yes", "no", "limit", "more"]),
    frequency=st.integers(6, 25),
    takes=st.integers(1, 5),
    delay=st.none() | st.integers(0, 9),
    is_relative=st.booleans(),
)
def test_announcements_come_when_app_queues_loop_says_them(
    leave: list[int],
    every: int,
    least: int,
    length: int,
    position: Positions,
    frequency: int,
    takes: int,
    delay: int | None,
    is_relative: bool,
) -> None:
    told = positions(
        every=every * SECOND,
        at_least=least * SECOND,
        length=length * SECOND,
        position=position,
        limit=2,
        hold_time="yes",
    )
    said = periodic(
        every=frequency * SECOND,
        length=takes * SECOND,
        sounds=("a", "b"),
        first_after=None if delay is None else delay * SECOND,
        is_relative=is_relative,
    )
    centre = nobody_free(positions=told, periodic=said)
    ahead = [centre.calls() for _ in leave]
    last = centre.calls()
    for at, call in zip(leave, ahead, strict=True):  # before all else that is due at that second
        centre.clock.call_at(START + at * SECOND, 0, 0, centre.pbx.calls.hang_up, call)
    centre.advance(80)
    places = [1 + sum(at > second for at in leave) for second in range(80)]
    expected = _Looped(told, said, places).heard
    told_last = [(at, what) for at, call, what in heard(centre) if call == last.number and at < 80]
    assert told_last == [(at, what) for at, what in expected if at < 80]


# -- what members hear -------------------------------------------------------------------------------------------------


def busy_line(**wishes: object) -> CallCentre:
    """Give a queue whose member answers after two seconds, and hears three sounds' worth before it is connected."""
    hears = MemberRules(delay=2 * SECOND, sounds=("beep", "welcome"), length=SECOND, hold_time=True)
    centre = CallCentre(queue("anna", service_level=3, retry=4, member_hears=hears, **wishes))  # type: ignore[arg-type]
    centre.answers("anna", after=2, talks=6)
    return centre


def logged(log: QueueLog) -> list[tuple[str, ...]]:
    """Give the log's rows of calls, without their time and call."""
    return [
        tuple(field for field in row[3:] if field) for row in log.rows if row[1] != "NONE" and row[4] != "ENTERQUEUE"
    ]


def test_a_member_hears_what_there_is_before_it_is_connected() -> None:
    centre = busy_line()
    log = QueueLog(centre.pbx)
    call = centre.calls()
    centre.advance(6.9)
    assert (call.state, call.bridged_at) == (CallState.DIALING_SECOND, 0)
    assert [leg.state.label for leg in call.legs] == ["Up", "Up"]
    assert len(centre.pbx.queues.named("sales").waiters) == 1
    centre.advance(0.1)
    assert (call.state, call.bridged_at) == (CallState.TALKING, START + 7 * SECOND)
    assert heard(centre) == [(2, 1, "beep welcome queue-reporthold 6 queue-seconds")]
    centre.finish()
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.hold_time, figures.talk_time, figures.completed_in_level) == (2, 6, 1)
    assert logged(log) == [
        ("anna", "CONNECT", "7", f"{START // SECOND}.2", "2"),
        ("anna", "COMPLETEAGENT", "7", "6", "1"),
    ]


def test_a_member_who_hangs_up_before_dumps_the_caller_who_waits_on() -> None:
    centre = busy_line()
    centre.pbx.calls.records = RecordRules()
    log = QueueLog(centre.pbx)
    call = centre.calls()
    centre.advance(3)
    centre.handset.hang_up(centre.phones["anna"].line)
    assert not call.is_over
    assert call.second is None
    centre.advance(3.9)
    assert centre.ringing() == []
    centre.advance(0.1)
    assert centre.ringing() == ["anna"]
    centre.finish()
    assert [row[:2] for row in logged(log)] == [("anna", "AGENTDUMP"), ("anna", "CONNECT"), ("anna", "COMPLETEAGENT")]
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.completed, figures.abandoned) == (1, 0)
    assert [(cdr.disposition, cdr.talked) for cdr in centre.cdrs()] == [("ANSWERED", 0), ("ANSWERED", 6)]


def test_a_caller_who_hangs_up_before_has_abandoned_and_the_log_names_the_member() -> None:
    centre = busy_line(wrap_up=30)
    log = QueueLog(centre.pbx)
    call = centre.calls()
    centre.advance(4)
    centre.pbx.calls.hang_up_channel(call.legs[0])
    assert call.is_over
    assert logged(log) == [("anna", "ABANDON", "1", "1", "4")]
    figures = centre.pbx.queues.named("sales").figures
    assert (figures.completed, figures.abandoned, figures.hold_time) == (0, 1, 2)
    (member,) = centre.pbx.queues.named("sales").members
    assert (member.calls_taken, member.last_call) == (0, 0)
    centre.calls()
    assert centre.ringing() == ["anna"]  # who has talked with nobody needs no rest


def test_the_longest_wait_runs_out_only_when_the_member_is_gone() -> None:
    centre = busy_line(max_wait=5)
    log = QueueLog(centre.pbx)
    call = centre.calls()
    centre.advance(6)
    waits = not call.is_over
    centre.handset.hang_up(centre.phones["anna"].line)
    assert (waits, call.is_over) == (True, True)
    assert logged(log) == [("anna", "AGENTDUMP"), ("NONE", "EXITWITHTIMEOUT", "1", "1", "6")]


def test_a_member_who_hears_something_is_not_rung_for_others() -> None:
    centre = busy_line()
    centre.calls()
    centre.advance(3)
    centre.calls()
    centre.advance(1)
    assert centre.ringing() == []
    assert [len(waiter.ringing) for waiter in centre.pbx.queues.named("sales").waiters] == [1, 0]


def test_others_who_rang_stop_when_one_answers_not_when_it_is_connected() -> None:
    hears = MemberRules(delay=5 * SECOND)
    centre = CallCentre(queue("anna", "ben", strategy="ringall", member_hears=hears))
    centre.answers("anna", after=2)
    centre.calls()
    centre.advance(2)
    assert centre.ringing() == []
    assert heard(centre) == []


def test_a_copy_made_while_a_member_hears_something_goes_on_as_the_original() -> None:
    centre = busy_line()
    centre.calls()
    centre.advance(3)
    copied = deepcopy(centre)
    for one in (centre, copied):
        one.finish()
    assert [cdr.talked for cdr in copied.cdrs()] == [cdr.talked for cdr in centre.cdrs()] == [6]


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        (0, "queue-reporthold"),
        (1, "queue-reporthold"),
        (2, "queue-reporthold 2 queue-seconds"),
        (60, "queue-reporthold 1 queue-minutes"),
        (125, "queue-reporthold 2 queue-minutes 5 queue-seconds"),
    ],
)
def test_a_members_report_is_in_minutes_and_seconds_but_not_for_one(waited: int, said: str) -> None:
    assert " ".join(reported(waited)) == said


# -- where it is seen --------------------------------------------------------------------------------------------------


def test_the_journal_and_the_calls_timeline_tell_what_was_heard() -> None:
    centre = nobody_free(positions=positions())
    journal = Journal(centre.pbx)
    call = centre.calls()
    (entry,) = [one for one in journal.entries() if one.kind == "announcement-played"]
    assert entry.data == {
        "queue": "sales",
        "kind": "position",
        "said": ["queue-youarenext", THANKS],
        "seconds": 2,
    }
    shown = msgspec.to_builtins(call_document.show(call))["timeline"]
    assert [moment["said"] for moment in shown if moment["event"] == "announcement-played"] == [
        ("queue-youarenext", THANKS)
    ]
    assert all("said" not in moment for moment in shown if moment["event"] != "announcement-played")


def test_of_a_long_wait_the_newest_are_kept() -> None:
    centre = nobody_free(periodic=periodic(every=2 * SECOND, sounds=tuple(str(one) for one in range(1000))))
    call = centre.calls()
    centre.advance(2 * 150 + 1)
    assert [said for _, _, said in call.known.told] == [(str(one),) for one in range(50, 150)]


def test_events_carry_who_hears_what_for_how_long() -> None:
    centre = busy_line()
    centre.calls()
    centre.advance(3)
    (event,) = [one for one in centre.heard if isinstance(one, AnnouncementPlayed)]
    assert (event.kind, event.channel.number, event.length, event.call.number) == ("member", "100", 3 * SECOND, 1)


def test_a_member_who_drops_is_one_who_has_hung_up() -> None:
    centre = CallCentre(queue("anna"))
    centre.will("anna", Behaviour(outcome=Outcome.DROP, ring=fixed(1), talk=fixed(4)))
    log = QueueLog(centre.pbx)
    centre.calls()
    centre.finish()
    assert logged(log)[-1] == ("anna", "COMPLETEAGENT", "1", "4", "1")
