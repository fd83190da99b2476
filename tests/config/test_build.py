"""The PBX that a file describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import HOUR, SECOND, iso_seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.fault import PbxFileRefused
from pbxsim.hosting.assemble import assemble
from pbxsim.kit.request import Request
from pbxsim.pbx.account import UNIT
from pbxsim.pbx.call import CallOrder
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, CdrQuery, Direction
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.dialplan import Refused, ToExtension, ToPlayback, ToTrunk
from pbxsim.pbx.extension import DeviceState, Registration
from pbxsim.pbx.saved import Saved
from pbxsim.testing.office import START
from tests.config.paper import AcmeInterface, built, loaded

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx


def record(pbx: Pbx, first: str, second: str, context: str = "default") -> Cdr:
    """Have a call placed, let it come to its end, and give its record."""
    to = pbx.dialplan.resolve(first, context)
    pbx.calls.originate(CallOrder(vendor="test", first=to, src=first, dst=second, second=second, context=context))
    while pbx.calls.live:
        due = pbx.clock.next_due()
        assert due is not None
        pbx.clock.run_until(due)
    return list(pbx.cdrs.find(CdrQuery()))[-1]


# -- the smallest file ----------------------------------------------------------------------------------------------


def test_a_file_with_nothing_in_it_has_a_way_out_and_speaks_the_number_grammar() -> None:
    pbx = built("").pbx
    assert (pbx.name, list(pbx.directory.dialplans), list(pbx.directory.trunks)) == ("office", ["default"], ["pstn"])
    cdr = record(pbx, "990105020", "990103300")
    assert (cdr.disposition, cdr.duration, cdr.billsec) == (Disposition.ANSWERED, 28, 23)
    assert record(pbx, "990205000", "1").cause is HangupCause.USER_BUSY
    assert pbx.directory.trunks["pstn"].capacity is None


def test_a_file_that_mentions_trunks_or_routes_has_no_other_way_out() -> None:
    for text in ("trunks: []", "routes: []", "trunks: [{name: upc}]"):
        pbx = built(text).pbx
        assert "pstn" not in pbx.directory.trunks
        assert isinstance(pbx.dialplan.resolve("800123456", "default"), Refused)


# -- extensions and lines -------------------------------------------------------------------------------------------


def test_the_short_form_is_one_registered_line_named_like_the_number_or_as_said() -> None:
    directory = built('extensions: [{internal: "100"}, {internal: "101", user: sip101, calls: 5}]').pbx.directory
    plain, named = directory.line("100"), directory.line("sip101")
    assert (plain.max_calls, named.max_calls) == (2, 5)
    assert plain.registration == Registration("127.0.0.1", 5060, "sip:100@127.0.0.1:5060", "pbxsim", "OK (1 ms)")
    assert named.device_state is DeviceState.NOT_IN_USE
    assert named.extension.internal == "101"


def test_an_extension_may_have_several_lines_or_none() -> None:
    directory = built(
        'extensions: [{internal: "1", lines: [{user: a}, {user: b}]}, {internal: "2", lines: []}]'
    ).pbx.directory
    assert [[line.user for line in extension.lines] for extension in directory.extensions] == [["a", "b"], []]


def test_an_extension_is_all_that_its_entry_says() -> None:
    directory = built(
        """
        dialplans: [{name: main}, {name: branch}]
        extensions:
          - internal: "100"
            id: 5
            public: ["222333444", "+420222333445"]
            dialplan: branch
            owner: Eva
            caller_id: "900"
            records: true
            special_diversion: true
        """
    ).pbx.directory
    found = directory.by_id(5)
    assert directory.public("+420222333445") is directory.internal("100", "branch") is found
    assert (found.owner, found.outside_number, found.records, found.special_diversion) == ("Eva", "900", True, True)


def test_ids_that_are_not_given_are_the_first_free_ones() -> None:
    directory = built(
        """
        extensions:
          - {internal: "1"}
          - {internal: "2", id: 1}
          - {internal: "3", lines: [{user: a, id: 2}, {user: b}]}
        trunks: [{name: t}, {name: u, id: 1}]
        routes: [{name: r, trunks: [t]}, {name: s, trunks: [u], id: 2}]
        """
    ).pbx.directory
    assert [extension.id for extension in directory.extensions] == [2, 1, 3]
    assert {line.user: line.id for line in directory.lines.values()} == {"1": 1, "2": 3, "a": 2, "b": 4}
    assert [trunk.id for trunk in directory.trunks.values()] == [2, 1]
    assert [route.id for route in directory.routes] == [1, 2]


@pytest.mark.parametrize(
    ("entry", "registration"),
    [
        ("{}", Registration(status="UNKNOWN")),
        ("{host: 10.0.0.5}", Registration("10.0.0.5", 5060, "sip:a@10.0.0.5:5060", "", "OK (1 ms)")),
        ('{host: "2001:db8::1", port: 5080}',
         Registration("2001:db8::1", 5080, "sip:a@[2001:db8::1]:5080", "", "OK (1 ms)")),
        ("{host: 10.0.0.5, status: Unmonitored}", Registration("10.0.0.5", 5060, "sip:a@10.0.0.5:5060")),
        ("{host: 10.0.0.5, contact: '', useragent: x, status: LAGGED (2100 ms)}",
         Registration("10.0.0.5", 5060, "", "x", "LAGGED (2100 ms)")),
        ("{contact: sip:a@10.0.0.9, useragent: x}", Registration("", 0, "sip:a@10.0.0.9", "x", "UNKNOWN")),
    ],
)  # fmt: skip
def test_a_line_is_registered_where_the_file_says(entry: str, registration: Registration) -> None:
    line = built(f'extensions: [{{internal: "1", lines: [{{user: a, registration: {entry}}}]}}]').pbx.directory.line(
        "a"
    )
    assert line.registration == registration


@pytest.mark.parametrize(
    ("state", "resting"),
    [
        ("rest", ChannelState.DOWN),
        ("reserved", ChannelState.RESERVED),
        ("off_hook", ChannelState.OFF_HOOK),
        ("dialing", ChannelState.DIALING),
        ("ring", ChannelState.RING),
        ("ringing", ChannelState.RINGING),
        ("up", ChannelState.UP),
        ("busy", ChannelState.BUSY),
    ],
)
def test_a_line_may_show_any_of_the_eight_states_without_a_call(state: str, resting: ChannelState) -> None:
    line = built(f'extensions: [{{internal: "1", lines: [{{user: a, order: 7, state: {state}}}]}}]').pbx.directory.line(
        "a"
    )
    assert (line.channel_state, line.is_full, line.order) == (resting, state != "rest", 7)


# -- numbers --------------------------------------------------------------------------------------------------------

CONTEXTS = """
dialplans: [{name: main}]
extensions: [{internal: "100"}]
trunks:
  - {name: upc, capacity: 1, longest_number: 9, caller_id: "900", order: 3,
     registration: {host: 10.0.0.1, status: OK (8 ms)}}
  - {name: o2}
routes:
  - {name: abroad, patterns: [_00.], trunks: [o2], strip: 2, prepend: "+"}
  - {name: out, trunks: [upc, o2]}
contexts:
  - name: app
    dialplan: main
    routes: [abroad]
    includes: [more]
    entries:
      "1": {extension: "100"}
      "2": {dial: "00420"}
      "3": {route: out}
      "4": {play: 2.5}
      _5X: {hangup: 34}
  - {name: more, routes: [], entries: {s: {play: 20}}}
  - {name: everything}
"""


def test_a_context_leads_numbers_where_its_entries_say() -> None:
    plan = built(CONTEXTS).pbx.dialplan
    first = plan.resolve("1", "app")
    assert isinstance(first, ToExtension)
    assert first.extension.internal == "100"
    way_out = plan.resolve("2", "app")
    assert isinstance(way_out, ToTrunk)
    assert (way_out.number, [trunk.name for trunk in way_out.trunks]) == ("+420", ["o2"])
    routed, played, refused = plan.resolve("3", "app"), plan.resolve("4", "app"), plan.resolve("55", "app")
    assert isinstance(routed, ToTrunk)
    assert [trunk.name for trunk in routed.trunks] == ["upc", "o2"]
    assert isinstance(played, ToPlayback)
    assert played.length == 2_500_000
    assert isinstance(refused, Refused)
    assert refused.cause is HangupCause.NORMAL_CIRCUIT_CONGESTION


def test_a_context_has_the_routes_it_names_and_where_it_names_none_all() -> None:
    plan = built(CONTEXTS).pbx.dialplan
    assert isinstance(plan.resolve("800123456", "app"), Refused)
    assert isinstance(plan.resolve("800123456", "more"), Refused)
    assert isinstance(plan.resolve("800123456", "everything"), ToTrunk)
    assert isinstance(plan.resolve("800123456", "main"), ToTrunk)


def test_a_context_asks_those_it_includes() -> None:
    assert isinstance(built(CONTEXTS).pbx.dialplan.resolve("s", "app"), ToPlayback)


def test_a_trunk_is_all_that_its_entry_says() -> None:
    upc, o2 = built(CONTEXTS).pbx.directory.trunks.values()
    assert (upc.capacity, upc.caller_id, upc.order, upc.longest_number) == (1, "900", 3, 9)
    assert upc.registration == Registration("10.0.0.1", 5060, "", "", "OK (8 ms)")
    assert (o2.capacity, o2.registration) == (None, Registration())


# -- telephones -----------------------------------------------------------------------------------------------------


def test_telephones_do_what_the_first_rule_that_fits_says() -> None:
    pbx = built(
        """
        phones:
          default: no answer
          rules:
            - {number: "_60.", does: {outcome: fail, cause: 34, ring: 0}}
            - {number: "700", does: {outcome: answer, dialing: 1, ring: 2, talk: 4}}
            - {number: "701", does: [busy, reject, answer]}
            - {number: "702", does: [busy, answer], cycles: true}
            - {number: "703", does: {outcome: drop, talk: 1, cause: 41}}
            - {number: "704", does: {talk: never}}
        """
    ).pbx
    assert record(pbx, "601", "1").cause is HangupCause.NORMAL_CIRCUIT_CONGESTION
    assert record(pbx, "800", "1").disposition is Disposition.NO_ANSWER
    cdr = record(pbx, "700", "700")
    assert (cdr.duration, cdr.billsec) == (3 + 3 + 4, 3 + 4)
    assert [record(pbx, "701", "601").cause for _ in range(4)] == [17, 21, 34, 34]
    assert [record(pbx, "702", "601").cause for _ in range(4)] == [17, 34, 17, 34]
    assert record(pbx, "700", "703").cause is HangupCause.NORMAL_TEMPORARY_FAILURE
    assert record(pbx, "704", "704").talked == 4 * 3600  # the longest talk


@pytest.mark.parametrize(
    ("span", "low", "high"),
    [("{uniform: [20, 80]}", 20, 80), ("{exponential: 20}", 0, 3600), ("{normal: [30, 5]}", 0, 60)],
)
def test_times_are_drawn_anew_for_each_call_and_alike_for_each_seed(span: str, low: int, high: int) -> None:
    text = f"phones: {{default: {{ring: 0, talk: {span}}}}}\nlimits: {{talk: 3600}}"
    one, same, other = built(text).pbx, built(text).pbx, built(text, seed=2).pbx
    talks = [record(one, "1", "2").billsec for _ in range(30)]
    assert talks == [record(same, "1", "2").billsec for _ in range(30)]
    assert talks != [record(other, "1", "2").billsec for _ in range(30)]
    assert all(low <= talk <= high for talk in talks)
    assert len(set(talks)) > 10


def test_a_call_that_nobody_hangs_up_ends_after_the_longest_talk() -> None:
    pbx = built("phones: {default: {talk: never}}\nlimits: {talk: 90}").pbx
    assert record(pbx, "1", "2").talked == 90


# -- money ----------------------------------------------------------------------------------------------------------


def test_accounts_have_credit_to_the_millionth_and_a_tariff() -> None:
    pbx = built(
        """
        tariffs:
          - name: t
            rates: [{prefix: "6", per_minute: "1.20", connection: 0.5, step_seconds: 60, minimum_seconds: 61}]
        accounts:
          - {name: a, credit: "100.000001", currency: CZK, tariff: t}
          - {name: b, credit: -12.5}
          - {name: c}
        """
    ).pbx
    a, b, c = pbx.accounts.values()
    assert (a.credit, b.credit, c.credit) == (100 * UNIT + 1, -12 * UNIT - UNIT // 2, 0)
    assert a.tariff.rate("601").price(1) == 2_900_000
    assert (a.currency, a.changed_at) == ("CZK", START)
    assert b.tariff.rate("601").is_free


# -- the call centre ------------------------------------------------------------------------------------------------

CALL_CENTRE = """
dialplans: [{name: main}, {name: branch, id: 5}]
extensions: [{internal: "100"}]
agents:
  - {number: "1000", name: Eva, pin: "0123", dialplan: branch, line: "100", paused: true, pause_reason: lunch}
  - {number: "1001"}
queues:
  - name: help
    strategy: rrordered
    max: 9
    service_level: 60
    weight: 2
    figures: {completed: 4, abandoned: 1, completed_in_level: 3, hold_time: 5, talk_time: 6}
    members:
      - {agent: "1001", penalty: 3, membership: dynamic, calls_taken: 7, last_call: 2020-01-01T00:00:00Z}
      - {agent: "1000"}
    waiters:
      - {channel: SIP/upc-0000000a, unique_id: "1.10", number: "777", name: Jan, wait: 7}
"""


def test_agents_work_and_pause_where_the_file_says() -> None:
    pbx = built(CALL_CENTRE).pbx
    eva, other = pbx.agents
    assert pbx.agents.authorized("1000", "0123") is eva
    assert (eva.name, eva.location) == ("Eva", "Local/1000@extensions-dialplanid-5")
    assert eva.line is pbx.directory.line("100")
    assert (eva.is_paused, eva.pause_reason) == (True, "lunch")
    assert (other.name, other.location) == ("1001", "Local/1001@extensions-dialplanid-1")
    assert not other.is_logged_in


def test_queues_are_as_the_file_says_with_their_members_and_who_waits() -> None:
    pbx = built(CALL_CENTRE).pbx
    queue = pbx.queues.named("help")
    assert (queue.strategy, queue.max_waiting, queue.service_level, queue.weight) == ("rrordered", 9, 60, 2)
    assert (queue.figures.completed, queue.figures.abandoned, queue.figures.service_level_percent()) == (4, 1, 75.0)
    assert (queue.figures.hold_time, queue.figures.talk_time) == (5, 6)
    one, two = queue.members
    assert (one.agent.number, one.penalty, one.membership, one.calls_taken) == ("1001", 3, "dynamic", 7)
    assert iso_seconds(one.last_call) == "2020-01-01T00:00:00Z"
    assert (two.agent.number, two.penalty, two.membership, two.calls_taken, two.last_call) == (
        "1000",
        0,
        "static",
        0,
        0,
    )
    (waiter,) = queue.waiters
    assert (waiter.channel, waiter.unique_id, waiter.caller_number) == ("SIP/upc-0000000a", "1.10", "777")
    assert (waiter.joined_at, waiter.connected_number) == (START - 7 * SECOND, None)


# -- the past -------------------------------------------------------------------------------------------------------

PAST = """
accounts: [{name: firm}]
cdrs:
  - id: 10000
    start: 2018-05-14T09:30:00Z
    duration: 49
    billsec: 42
    src: "100"
    dst: "800123456"
    direction: incoming
    vendor: acme
    custom: [a, b]
    clid_number: "1"
    clid_name: Eva
    context: app
    channel: SIP/sip100-0000000a
    dst_channel: SIP/pstn-0000000b
    trunk: pstn
    account: firm
    reference: r1
    recording: {folder: /var/spool, file: record.wav, seconds: 0.5}
  - {id: 7, start: 2018-05-14, src: "1", dst: "2", duration: 5, disposition: BUSY,
     recording: {folder: a, file: b, seconds: 0}}
"""


def test_records_of_the_past_are_there_and_new_ones_are_numbered_after_them() -> None:
    pbx = built(PAST).pbx
    busy, talked = pbx.cdrs.find(CdrQuery())
    assert (busy.id, busy.disposition, busy.cause, busy.billsec) == (7, Disposition.BUSY, HangupCause.USER_BUSY, 0)
    assert (busy.answer, busy.duration, busy.channel, busy.direction) == (0, 5, "", Direction.OUTGOING)
    assert (talked.id, talked.disposition, talked.duration, talked.billsec) == (10000, Disposition.ANSWERED, 49, 42)
    assert (talked.channel, talked.dst_channel, talked.trunk) == ("SIP/sip100-0000000a", "SIP/pstn-0000000b", "pstn")
    assert (talked.custom, talked.account, talked.reference) == (("a", "b", "", ""), "firm", "r1")
    assert (talked.vendor, talked.direction, talked.context) == ("acme", Direction.INCOMING, "app")
    assert (talked.clid_number, talked.clid_name, talked.cause) == ("1", "Eva", HangupCause.NORMAL_CLEARING)
    assert (talked.recording_folder, talked.recording_file) == ("/var/spool", "record.wav")
    assert iso_seconds(talked.start) == "2018-05-14T09:30:00Z"
    assert record(pbx, "1", "2").id == 10001


def test_what_an_earlier_run_left_comes_before_what_the_file_says() -> None:
    moved = msgspec.structs.replace(next(iter(built(PAST).pbx.cdrs.find(CdrQuery()))), recording_folder="/mnt/nas")
    newest = msgspec.structs.replace(moved, id=10_050, call=50, account="firm")
    saved = Saved(
        cdrs=(moved, newest),
        balances={"firm": (3 * UNIT, START + SECOND)},
        now=START + HOUR,
        last_call=50,
        last_channel=99,
        last_cdr=10_060,
        last_entry=4,
    )
    pbx = built(PAST, saved=saved).pbx
    assert [cdr.id for cdr in pbx.cdrs.find(CdrQuery())] == [7, 10_000, 10_050]
    assert pbx.cdrs.get(7).recording_folder == "/mnt/nas"
    assert (pbx.accounts["firm"].credit, pbx.accounts["firm"].changed_at) == (3 * UNIT, START + SECOND)
    cdr = record(pbx, "990100001", "990100001")
    assert (cdr.id, cdr.call, cdr.first_serial, cdr.start) == (10_061, 51, 100, START + HOUR)
    assert pbx.ledger.next_entry == 5


def test_an_answered_call_of_no_length_was_answered() -> None:
    (cdr,) = built('cdrs: [{id: 1, start: 2020-01-01, src: "1", dst: "2", disposition: ANSWERED}]').pbx.cdrs.find(
        CdrQuery()
    )
    assert (cdr.answer, cdr.billsec) == (cdr.end, 0)


def test_recordings_to_put_in_place_come_with_the_pbx_but_not_those_that_are_to_be_missing() -> None:
    (placement,) = built(PAST).placements
    assert (placement.folder, placement.file) == ("/var/spool", "record.wav")
    assert placement.content[:4] == b"RIFF"
    assert len(placement.content) == 44 + 8_000


# -- the whole ------------------------------------------------------------------------------------------------------


def test_each_vendor_that_the_file_speaks_is_opened_on_the_pbx() -> None:
    whole = built("vendors: {acme: {greeting: hi}}")
    acme = whole.interfaces["acme"]
    assert isinstance(acme, AcmeInterface)
    assert acme.pbx is whole.pbx
    assert acme.answer(Request("GET", "/acme", "")).body == b"hi /acme"
    assert built("").interfaces == {}


def test_two_pbxs_of_one_file_share_nothing() -> None:
    file = loaded(CALL_CENTRE + "accounts: [{name: a}]\n")
    one, two = (assemble(file, clock=Scheduler(START + n * HOUR), seed=n).pbx for n in (1, 2))
    one.agents.log_out(next(iter(one.agents)))
    one.queues.remove(one.queues.named("help"), next(iter(one.agents)))
    one.calls.originate(
        CallOrder(vendor="test", first=one.dialplan.resolve("100", "main"), src="1", dst="2", second="2")
    )
    assert next(iter(two.agents)).is_logged_in
    assert len(two.queues.named("help").members) == 2
    assert list(two.cdrs.find(CdrQuery())) == []
    assert (one.seed, two.seed) == (1, 2)
    assert two.queues.named("help").waiters[0].joined_at == START + 2 * HOUR - 7 * SECOND


def test_limits_are_kept() -> None:
    pbx = built("limits: {recent_calls: 2, cdrs: 3}").pbx
    for _ in range(5):
        record(pbx, "1", "2")
    assert [call.number for call in pbx.calls.recent] == [4, 5]
    assert [cdr.id for cdr in pbx.cdrs.find(CdrQuery())] == [3, 4, 5]


def test_a_hand_reaches_the_telephones() -> None:
    pbx = built('extensions: [{internal: "100"}]').pbx
    assert pbx.handset is not None
    pbx.handset.unregister(pbx.directory.line("100"))
    call = pbx.calls.originate(CallOrder(vendor="test", first=pbx.dialplan.resolve("100", "default"), src="1", dst="2"))
    assert call.cause is HangupCause.SUBSCRIBER_ABSENT


def test_a_telephone_may_connect_whom_it_holds_when_it_is_hung_up() -> None:
    pbx = built("""
extensions:
  - {internal: "100", transfer_on_hang_up: true}
  - {internal: "101", lines: [{user: a, transfer_on_hang_up: true}, {user: b}]}
""").pbx
    lines = pbx.directory.lines
    assert [user for user, line in lines.items() if line.transfers_on_hang_up] == ["100", "a"]


@pytest.mark.parametrize("name", ["123-ABC", "sales.1", "sales_1", "a", "*8", "desk.1-b_2", "+42.1", "1-", "z" * 40])
def test_an_extension_has_any_name_that_asterisk_takes_and_is_rung_by_it(name: str) -> None:
    pbx = built(f"""
extensions: [{{internal: "100"}}, {{internal: "{name}", user: "x"}}, {{internal: "102"}}]
groups: [{{name: team, rows: [{{numbers: ["{name}"]}}]}}]
queues: [{{name: q, overflow: "{name}", max: 1}}]
contexts:
  - {{name: c, entries: {{"1": {{extension: "{name}"}}, "2": {{dial: "{name}"}}}}, dialplan: default}}
dids: [{{number: "299", extension: "{name}"}}]
""").pbx
    for number, context in ((name, "default"), ("1", "c"), ("2", "c"), ("299", "c")):
        to = pbx.dialplan.resolve(number, context)
        assert isinstance(to, ToExtension)
        assert to.extension.internal == name
    assert record(pbx, "100", name).disposition is Disposition.ANSWERED


@pytest.mark.parametrize("name", ["_sales", ".1", "-1", "a b", "a/b", "a@b", "é", "", "z" * 41])
def test_a_pattern_or_what_asterisk_could_not_tell_from_something_else_is_no_extension(name: str) -> None:
    with pytest.raises(PbxFileRefused):
        built(f'extensions: [{{internal: "{name}", user: x}}]')
