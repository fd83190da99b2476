"""Orders: their tokens, which there are of what happened, what an order is in a PBX; and clients with a bug in each."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import urlopen
from zoneinfo import ZoneInfo

import pytest

from pbxsim.testing import PbxServer, Receiver
from pbxsim.testing.orders import KINDS, BadOrder, Difference, Order, Played, orders, take_down
from pbxsim.testing.pbx_files import day_zone
from tests.testing.users_files import plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.testing.client import Pbx

pytest_plugins = ["pytester"]

HERE = Path(__file__).parent / "orders_suite"
TOKENS = (
    "plain",
    "request1.overtaken3",
    "request2.lost+webhook3.twice",
    "request1.gateway-error",
    "request1.midnight82799500+record1.unseen",
    "webhook10.late+webhook11.swapped",
    "pbx2:recording1.unreadable",
)
NO_TOKENS = (
    "",
    "lost",
    "request1",
    "request0.lost",
    "request1.late",
    "request1.lost3",
    "request1.overtaken",
    "a1.lost",
)


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_says_all_of_an_order(token: str) -> None:
    assert Order.read(token).token == token


@pytest.mark.parametrize("token", NO_TOKENS)
def test_what_is_no_token_is_told_with_those_that_are(token: str) -> None:
    with pytest.raises(BadOrder, match=r"such are request1\.overtaken.*recording1\.unreadable"):
        Order.read(token)


def three() -> Played:
    """Give what happened, of which six things may differ."""
    kinds = {"request": ("lost", "gateway-error"), "webhook": ("late", "twice", "swapped"), "record": ("unseen",)}
    found = [Difference(event=event, nth=1, kind=kind) for event, every in kinds.items() for kind in every]  # type: ignore[arg-type]
    return Played(tuple(found), {})


def test_the_smallest_orders_come_first_and_one_event_differs_in_one_way() -> None:
    found = list(orders([three()]))
    assert [len(each.differences) for each in found] == [1] * 6 + [2] * (2 * 3 + 2 * 1 + 3 * 1)
    assert len({each.token for each in found}) == len(found)
    assert "request1.lost+request1.gateway-error" not in {each.token for each in found}


def test_where_there_are_more_a_seed_draws_which_ones() -> None:
    drawn = [[each.token for each in orders([three()], sample=9, seed=seed)] for seed in (1, 1, 2)]
    assert [len(each) for each in drawn] == [9, 9, 9]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0][:6] == [each.token for each in orders([three()])][:6]
    assert len(list(orders([three()], sample=4))) == 4


def test_kinds_can_be_left_out_and_one_that_there_is_not_is_told() -> None:
    left = {each.token for each in orders([three()], without=("late", "lost"), sample=4)}
    assert left == {"request1.gateway-error", "webhook1.twice", "webhook1.swapped", "record1.unseen"}
    with pytest.raises(BadOrder, match="'lte' is no kind of difference; these are overtaken, lost"):
        list(orders([three()], without=("lte",)))


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """Give a server for webhooks."""
    with Receiver() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def served(receiver: Receiver) -> Iterator[PbxServer]:
    """Serve the customers' PBX."""
    with PbxServer(HERE / "crm.yaml", receiver=receiver) as pbx:
        yield pbx


@pytest.fixture
def pbx(served: PbxServer, receiver: Receiver) -> Pbx:
    """Give it as it begins."""
    served.reset()
    receiver.reset()
    return served


def call(pbx: Pbx) -> None:
    """Have Duocom connect two parties, who talk for 20 s."""
    account = pbx.vendors["duocom"]["accounts"][0]
    parties = {"llamante": "990103020", "llamado": "990103020"}
    query = urlencode({"principal": account["principal"], "pass": account["pass"], **parties})
    urlopen(f"{pbx.url}/cgi-bin/oficinaweb/oficinaweb_webcallservice?{query}", timeout=10).close()


def zone(vendor: str) -> ZoneInfo:
    """Tell in which zone the customers' vendors have their days."""
    return day_zone((HERE / "crm.yaml").read_text("utf-8"), vendor)


def test_what_may_differ_is_taken_down_from_what_happened(pbx: Pbx) -> None:
    call(pbx)
    pbx.advance(60)
    played = take_down(pbx, 1, "2026-01-01T00:00:00.000000Z", zone)
    tokens = [each.token for each in played.differences]
    assert tokens == [
        *("request1.overtaken1", "request1.overtaken2", "request1.overtaken3", "request1.midnight82799500"),
        *("request1.lost", "request1.gateway-error"),
        *(f"webhook{nth}.{kind}" for nth in (1, 2, 3) for kind in ("late", "twice", "swapped")),
        "record1.unseen",
    ]
    assert played.tell(played.differences[0]) == (
        "the reply to request 1 (GET /cgi-bin/oficinaweb/oficinaweb_webcallservice) comes when 1 webhook(s) have come"
        " of it"
    )
    assert played.tell(played.differences[6]) == "webhook 1 (Cdr to simotel) comes 3 s later, and those behind it wait"


def test_a_day_ends_half_a_second_after_a_request(pbx: Pbx) -> None:
    pbx.advance(7)
    call(pbx)
    pbx.advance(60)
    played = take_down(pbx, 1, "2026-01-01T00:00:00.000000Z", zone)
    (midnight,) = [each for each in played.differences if each.kind == "midnight"]
    pbx.reset()
    Order((midnight,)).apply(pbx, 1)
    pbx.advance(7)
    assert pbx.now == "2026-01-01T22:59:59.500000Z"  # in Madrid it is an hour later


def test_an_orders_faults_go_before_those_of_the_file_and_to_its_own_pbx_alone(tmp_path: Path) -> None:
    file = tmp_path / "faulty.yaml"
    file.write_text("name: faulty\nfaults: [{fault: webhook-lost, event: Cdr, probability: 0.5}]\n", encoding="utf-8")
    with PbxServer(file) as pbx:
        Order.read("pbx2:request1.lost").apply(pbx, 1)
        assert len(pbx.ask("GET", "/faults")) == 1
        Order.read("request2.gateway-error+pbx2:request1.lost+webhook1.twice").apply(pbx, 1)
        shown = [(each["fault"], each["nth"], each["probability"]) for each in pbx.ask("GET", "/faults")]
        assert shown == [("status", 2, 1), ("webhook-twice", 1, 1), ("webhook-lost", None, 0.5)]


def test_a_vendors_days_begin_where_its_settings_or_the_file_or_its_usual_zone_say() -> None:
    simotel = "vendors: {simotel: {reports: {time_zone: Asia/Tokyo}}, vum: {}, voipsun: {}}\n"
    assert day_zone(simotel, "simotel") == ZoneInfo("Asia/Tokyo")
    assert day_zone(simotel, "vum") == ZoneInfo("Europe/Prague")
    assert day_zone(simotel, "voipsun") == ZoneInfo("UTC")
    assert day_zone(f"time_zone: Europe/London\n{simotel}", "vum") == ZoneInfo("Europe/London")


# -- clients with a bug in each: their own tests pass in the plain order -----------------------------------------------

CAUGHT = {
    "DropsWhatComesBeforeTheReply": r"request\d\.overtaken\d",
    "NeedsRingingFirst": r"webhook\d\.swapped",
    "CountsTwice": r"webhook\d\.twice",
    "JoinsByTheLastOrder": r"webhook\d\.late",
    "DialsAgain": r"request1\.lost",
    "TakesAnErrorForNo": r"request1\.gateway-error",
    "ReadsTheReportAtOnce": r"record1\.unseen",
    "FetchesTheRecordingOnce": r"(record1\.unseen|recording1\.unreadable)",
    "TakesTheLastForTheState": r"webhook\d\.swapped",
    "GivesUpWithoutAnAnswer": r"webhook\d\.(late|swapped)",
    "LooksOnceThenDialsAgain": r"request1\.(lost|gateway-error)\+record1\.unseen",
    "TakesAReferenceForAnId": r"request1\.midnight\d+",
    "AddsUpCharges": r"webhook\d\.twice",
    "AsksForToday": r"request\d\.midnight\d+",
}
CAREFUL = {"Crm": 2, "Billing": 1}
_HEAD = re.compile(r"^_+ (\S+)\[(\w+)\] _+$")
_AGAIN = re.compile(r"^to have it again: pytest '(\S+)' --pbxsim-order (\S+)$")


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Give a customer's folder."""
    for file in ("clients.py", "crm.yaml"):
        shutil.copy(HERE / file, pytester.path)
    shutil.copy(HERE / "clients_cases.py", pytester.path / "test_clients.py")
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return pytester


def caught(result: pytest.RunResult) -> dict[str, str]:
    """Give of each client in which order it failed."""
    found: dict[str, str] = {}
    client = ""
    for line in result.outlines:
        head, again = _HEAD.match(line), _AGAIN.match(line)
        client = head[2] if head else client
        if again:
            found[client] = again[2]
    return found


@pytest.mark.slow
def test_each_planted_bug_is_caught_by_its_own_difference_and_careful_clients_pass(suite: pytest.Pytester) -> None:
    plain = suite.runpytest_subprocess(*plugin(), "--pbxsim-order", "plain")
    plain.assert_outcomes(passed=len(CAUGHT) + sum(CAREFUL.values()))
    result = suite.runpytest_subprocess(*plugin(), "-n", "2")
    result.assert_outcomes(failed=len(CAUGHT), passed=sum(CAREFUL.values()))
    found = caught(result)
    assert found.keys() == CAUGHT.keys()
    assert {client: token for client, token in found.items() if not re.fullmatch(CAUGHT[client], token)} == {}
    again = suite.runpytest_subprocess(
        *plugin(), "-k", "test_two and DialsAgain", "--pbxsim-order", found["DialsAgain"]
    )
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["request1.lost", "to have it again: *--pbxsim-order request1.lost"])


@pytest.mark.parametrize(
    "token", ["request1.overtaken0", "request1.overtaken1001", "request1.midnight172800001", "webhook1000000.late"]
)
def test_a_token_whose_numbers_no_pbx_can_have_is_refused(token: str) -> None:
    with pytest.raises(BadOrder, match="its numbers are from 1, up to 999999"):
        Order.read(token)


def test_where_nothing_could_come_otherwise_there_are_no_orders() -> None:
    with pytest.raises(BadOrder, match="nothing happened in it"):
        list(orders([three()], without=KINDS))
