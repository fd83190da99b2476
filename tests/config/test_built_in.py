"""What the built-in PBXs hold, as the vendors' manuals name it."""

from __future__ import annotations

from functools import lru_cache

import pytest

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.hosting.assemble import Assembled, assemble
from pbxsim.pbx.dialplan import ToExtension, ToPlayback, ToTrunk
from pbxsim.pbx.extension import DeviceState
from pbxsim.testing.office import START

FOUR = ("voipsun", "vum", "simotel", "duocom")


@lru_cache
def pbx_of(name: str) -> Assembled:
    """Build a built-in PBX that no test changes."""
    return assemble(load(name), clock=Scheduler(START))


def test_documented_speaks_all_four_vendors_and_has_a_working_line_for_each() -> None:
    built = pbx_of("documented")
    assert tuple(built.interfaces) == FOUR
    assert all(interface.curl("http://127.0.0.1:8080") for interface in built.interfaces.values())


def test_voipsuns_first_extension_is_found_in_all_four_ways() -> None:
    directory = pbx_of("documented").pbx.directory
    found = directory.by_id(5)
    assert directory.internal("100") is directory.public("299299000") is directory.line("sip100").extension is found
    assert directory.internal("102") is directory.public("299299555") is directory.line("sip102").extension


def test_its_lines_are_idle_and_take_the_examples_calls_one_after_the_other() -> None:
    lines = pbx_of("documented").pbx.directory.lines
    assert [lines[user].device_state for user in ("sip100", "sip102")] == [DeviceState.NOT_IN_USE] * 2
    assert [lines[user].max_calls for user in ("sip100", "sip102")] == [10, 10]


def test_voipsuns_route_contexts_agent_queue_and_record_are_there() -> None:
    built = pbx_of("documented")
    pbx = built.pbx
    assert pbx.directory.route("odchozi") is pbx.directory.route_by_id(1)
    assert isinstance(pbx.dialplan.resolve("s", "pospojeni"), ToPlayback)
    assert pbx.dialplan.knows("nevyzvednuto")
    assert not pbx.agents.authorized("1000", "1234").is_logged_in
    assert pbx.queues.named("FrontaIT").members == []
    cdr = pbx.cdrs.get(10_000)
    assert [(place.folder, place.file) for place in built.placements] == [(cdr.recording_folder, cdr.recording_file)]


def test_simotels_and_duocoms_extensions_are_there() -> None:
    directory = pbx_of("documented").pbx.directory
    assert all(directory.internal(number, "simotel") for number in ("557", "552", "570", "553", "521"))
    assert directory.internal("1234", "duocom").special_diversion
    assert directory.line("12345678").is_registered


@pytest.mark.parametrize(
    ("context", "trunk"),
    [("voipsun", "upc"), ("vum", "mikrotech"), ("main_routing", "cisco"), ("simotel", "cisco"), ("duocom", "duocom")],
)
def test_each_vendors_numbers_leave_by_its_own_trunk(context: str, trunk: str) -> None:
    there = pbx_of("documented").pbx.dialplan.resolve("777123456", context)
    assert isinstance(there, ToTrunk)
    assert [way.name for way in there.trunks] == [trunk]


@pytest.mark.parametrize(
    ("number", "contexts"),
    [("100", {"voipsun"}), ("200", {"vum"}), ("552", {"simotel", "main_routing"}), ("1234", {"duocom"})],
)
def test_each_vendors_extensions_are_reached_in_its_own_contexts_alone(number: str, contexts: set[str]) -> None:
    pbx = pbx_of("documented").pbx
    led = {name: pbx.dialplan.resolve(number, name) for name in pbx.directory.contexts}
    assert {name for name, there in led.items() if isinstance(there, ToExtension)} == contexts


def test_the_accounts_have_ample_credit_and_pay_for_the_examples() -> None:
    accounts = pbx_of("documented").pbx.accounts
    assert all(account.can_call("777123456") for account in accounts.values())
    assert not accounts["mikrotech"].tariff.rate("777123456").is_free
    assert not accounts["duocom"].tariff.rate("930000000").is_free


def test_the_manuals_19_sip_accounts_have_their_places_in_its_list() -> None:
    directory = pbx_of("voipsun-manual").pbx.directory
    orders = [line.order for line in directory.lines.values()] + [trunk.order for trunk in directory.trunks.values()]
    assert sorted(order for order in orders if order) == list(range(1, 20))


def test_the_manuals_queue_has_twelve_agents_at_work_and_three_callers_who_wait() -> None:
    queue = pbx_of("voipsun-manual").pbx.queues.named("FrontaIT")
    assert [member.agent.name for member in queue.members] == [f"Agent_{number:02}" for number in range(1, 13)]
    states = [member.agent.device_state for member in queue.members]
    assert states == [DeviceState.BUSY] * 11 + [DeviceState.NOT_IN_USE]
    assert len(queue.waiters) == 3
    assert round(queue.figures.service_level_percent(), 1) == 76.9
