"""What a file says of queues, and of who is led to them, becomes what the switch goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.announcements import AnnouncementRules, MemberRules, PeriodicRules, PositionRules
from pbxsim.pbx.call import CallerId, CallKind, CallOrder, CallState
from pbxsim.pbx.dialplan import Refused, ToExtension, ToHunt, ToPlayback, ToTrunk
from pbxsim.pbx.emptiness import STRICT
from pbxsim.pbx.queue import QueueRules
from pbxsim.pbx.ring_group import RingGroup, Row
from tests.config.paper import built, pbx_file, told

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx

SHOP = """
dialplans: [{name: main}, {name: branch}]
extensions:
  - {internal: "100", user: anna}
  - {internal: "101", user: ben}
  - {internal: "100", dialplan: branch, user: cyril}
contexts:
  - {name: front, dialplan: main, entries: {s: {queue: help}, "9": {group: team}, "8": {play: 20}}}
agents: [{number: "1", line: anna}]
queues:
  - name: help
    strategy: linear
    members: [{agent: "1"}]
    max: 5
    member_timeout: 12.5
    retry: 3
    wrap_up: 10
    ring_in_use: true
    join_empty: [unavailable, invalid]
    leave_when_empty: [paused]
    announcements: {every: 30, length: 4}
    max_wait: 90
    overflow: "8"
    averages: smoothed
groups:
  - {name: team, rows: [{numbers: ["100", "101"], ring: 15}, {numbers: ["605000111"]}]}
  - {name: other, context: front, rows: [{numbers: ["101"]}]}
dids:
  - {number: "222000001", extension: "101"}
  - {number: "222000002", extension: "100", context: branch}
  - {number: "222000003", queue: help, context: front}
  - {number: "222000004", group: team}
  - {number: "222000005", context: front, dial: "8"}
phones: {rules: [{number: "605000111", does: {talk: never, patience: 40}}, {number: anna, does: no answer}]}
"""


def _comes_in(pbx: Pbx, to: str) -> CallState:
    """Have the impatient party outside call, and tell how the call stands."""
    trunk = next(iter(pbx.directory.trunks.values()))
    order = CallOrder(
        vendor="test",
        kind=CallKind.INCOMING,
        first=ToTrunk("605000111", (trunk,)),
        src="605000111",
        dst=to,
        second=to,
        context="front",
        second_shows=CallerId("605000111"),
    )
    assert pbx.handset is not None
    call = pbx.handset.call_in(order)
    assert call is not None
    return call.state


def test_a_queue_goes_by_the_rules_that_the_file_gives() -> None:
    queue = built(SHOP).pbx.queues.named("help")
    assert queue.max_waiting == 5
    assert queue.rules == QueueRules(
        member_timeout=12_500_000,
        retry=3 * SECOND,
        wrap_up=10 * SECOND,
        ring_in_use=True,
        join_empty=frozenset({"unavailable", "invalid"}),
        leave_when_empty=frozenset({"paused"}),
        announcements=AnnouncementRules(periodic=PeriodicRules(every=30 * SECOND, length=4 * SECOND)),
        max_wait=90 * SECOND,
        overflow="8",
    )


def test_a_queue_counts_as_asterisk_1_8_where_the_file_wants_that() -> None:
    assert built(SHOP).pbx.queues.named("help").figures.smooths_first
    assert not built("queues: [{name: help}]").pbx.queues.named("help").figures.smooths_first


def test_a_queue_of_which_the_file_says_only_the_name_goes_by_app_queues_defaults() -> None:
    queue = built("queues: [{name: help}]").pbx.queues.named("help")
    assert (queue.rules, queue.strategy, queue.max_waiting) == (QueueRules(), "ringall", 0)


def test_ring_groups_have_rows_and_the_first_dialplan_unless_the_file_says_otherwise() -> None:
    groups = [entry.group("main") for entry in pbx_file(SHOP).groups]
    assert groups == [
        RingGroup(
            name="team",
            context="main",
            rows=(Row(("100", "101"), 15 * SECOND), Row(("605000111",), 20 * SECOND)),
        ),
        RingGroup(name="other", context="front", rows=(Row(("101",), 20 * SECOND),)),
    ]


@pytest.mark.parametrize(("number", "user"), [("222000001", "ben"), ("222000002", "cyril")])
def test_a_public_number_leads_to_an_extension_of_the_dialplan_that_is_meant(number: str, user: str) -> None:
    to = built(SHOP).pbx.dialplan.resolve(number, "front")
    assert isinstance(to, ToExtension)
    assert [line.user for line in to.lines] == [user]


@pytest.mark.parametrize(
    ("number", "name"), [("222000003", "queue help"), ("222000004", "group team"), ("s", "queue help")]
)
def test_a_number_leads_to_a_queue_or_a_group(number: str, name: str) -> None:
    to = built(SHOP).pbx.dialplan.resolve(number, "front")
    assert isinstance(to, ToHunt)
    assert to.name == name


def test_a_public_number_may_lead_to_whatever_a_context_makes_of_another() -> None:
    assert isinstance(built(SHOP).pbx.dialplan.resolve("222000005", "main"), ToPlayback)


def test_a_caller_joins_the_queue_and_gives_up_when_the_file_says_so() -> None:
    pbx = built(SHOP).pbx
    assert _comes_in(pbx, "222000003") is CallState.DIALING_SECOND
    queue = pbx.queues.named("help")
    assert [waiter.caller_number for waiter in queue.waiters] == ["605000111"]
    pbx.clock.run_until(pbx.clock.now + 40 * SECOND)
    assert (queue.waiters, queue.figures.abandoned) == ([], 1)


def test_a_queue_says_what_the_file_gives_it_to_say() -> None:
    text = """
queues:
  - name: a
    join_empty: strict
    leave_when_empty: [no, wrapup]
    min_penalty: 1
    max_penalty: 4
    announce_to_first: true
    announcements: {every: 30, length: 4, sounds: [one, two], order: random, first_after: 5, relative: true}
    positions:
      {every: 60, at_least: 20, length: 6, position: more, limit: 5, only_up: true, hold_time: once, round_seconds: 15}
    member_hears: {delay: 1.5, sounds: [sales], length: 2, hold_time: true}
"""
    queue = built(text).pbx.queues.named("a")
    assert queue.rules == QueueRules(
        join_empty=STRICT,
        leave_when_empty=frozenset({"wrapup"}),
        min_penalty=1,
        max_penalty=4,
        announcements=AnnouncementRules(
            to_first=True,
            periodic=PeriodicRules(
                every=30 * SECOND,
                length=4 * SECOND,
                sounds=("one", "two"),
                is_random=True,
                first_after=5 * SECOND,
                is_relative=True,
            ),
            positions=PositionRules(
                every=60 * SECOND,
                at_least=20 * SECOND,
                length=6 * SECOND,
                position="more",
                limit=5,
                only_up=True,
                hold_time="once",
                round_seconds=15,
            ),
        ),
        member_hears=MemberRules(delay=1_500_000, sounds=("sales",), length=2 * SECOND, hold_time=True),
    )


@pytest.mark.parametrize(
    ("to", "answers"),
    [("222000001", True), ("222000002", False), ("9", True), ("605000111", True), ("777000111", False)],
)
def test_what_answers_before_it_dials_is_the_files_to_say(to: str, answers: bool) -> None:
    text = """
dialplans: [{name: front}]
extensions: [{internal: "100"}]
trunks: [{name: out}]
routes:
  - {name: mobiles, trunks: [out], patterns: [_6.], answers: true}
  - {name: others, trunks: [out]}
contexts: [{name: desk, dialplan: front, entries: {"9": {extension: "100", answers: true}}}]
dids:
  - {number: "222000001", extension: "100", answers: true}
  - {number: "222000002", extension: "100"}
"""
    found = built(text).pbx.dialplan.resolve(to, "desk")
    assert not isinstance(found, Refused)
    assert found.answers is answers


def test_whoever_waits_as_long_as_the_file_allows_overflows() -> None:
    pbx = built(SHOP.replace("patience: 40", "patience: 4000")).pbx
    _comes_in(pbx, "s")
    pbx.clock.run_until(pbx.clock.now + 90 * SECOND)
    assert [call.state for call in pbx.calls.live.values()] == [CallState.TALKING]  # with the announcement at 8


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("queues: [{name: a, member_timeout: 0}]", "queues[0].member_timeout"),
        ("queues: [{name: a, retry: 0.5}]", "queues[0].retry"),
        ("queues: [{name: a, join_empty: []}]", "queues[0].join_empty"),
        ("queues: [{name: a, join_empty: [asleep]}]", "queues[0].join_empty[0]"),
        ("queues: [{name: a, announcements: {length: 4}}]", "queues[0].announcements.every"),
        ("queues: [{name: a, join_empty: never}]", "queues[0].join_empty"),
        ("queues: [{name: a, leave_when_empty: [strict, asleep]}]", "queues[0].leave_when_empty[1]"),
        ("queues: [{name: a, min_penalty: -1}]", "queues[0].min_penalty"),
        ("queues: [{name: a, announcements: {every: 9, length: 1, sounds: []}}]", "queues[0].announcements.sounds"),
        ("queues: [{name: a, announcements: {every: 9, length: 1, order: any}}]", "queues[0].announcements.order"),
        ("queues: [{name: a, positions: {length: 4}}]", "queues[0].positions.every"),
        ("queues: [{name: a, positions: {every: 9, position: maybe}}]", "queues[0].positions.position"),
        ("queues: [{name: a, positions: {every: 9, hold_time: twice}}]", "queues[0].positions.hold_time"),
        ("queues: [{name: a, positions: {every: 9, round_seconds: 7}}]", "queues[0].positions.round_seconds"),
        ("queues: [{name: a, member_hears: {delay: -1}}]", "queues[0].member_hears.delay"),
        ("queues: [{name: a, overflow: a b}]", "queues[0].overflow"),
        ("groups: [{name: a, rows: []}]", "groups[0].rows"),
        ("groups: [{name: a, rows: [{numbers: []}]}]", "groups[0].rows[0].numbers"),
        ('groups: [{name: a, rows: [{numbers: ["1"], ring: 0}]}]', "groups[0].rows[0].ring"),
    ],
)
def test_what_would_never_end_or_never_begin_is_a_fault(text: str, path: str) -> None:
    assert [fault[1] for fault in told(text)] == [path]
