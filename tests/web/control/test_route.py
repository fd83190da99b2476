"""How routes are declared, and what is done around their handlers: the clock caught up and set, the journal's line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from pbxsim.clock.driver import ClockDriver
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.request import Request
from pbxsim.sinks.store.port import NotStored, NullStore
from pbxsim.web.control.clock import Moving
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command, Commanding, OnceStored, Reading, Route, Untimed
from tests.web.town import ACME, plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.scheduler import Scheduler


class Wish(msgspec.Struct, forbid_unknown_fields=True):
    """A body or a query."""

    times: int = 1


class NotedDriver(ClockDriver):
    """A clock's driver that takes down when it was caught up and set."""

    def __init__(self, clock: Scheduler, noted: list[str]) -> None:
        super().__init__(clock, rate=0)
        self._noted = noted

    def catch_up(self) -> None:
        """Take it down, and do it."""
        self._noted.append("caught up")
        super().catch_up()

    def rearm(self) -> None:
        """Take it down, and do it."""
        self._noted.append("set")
        super().rearm()


class UnwritableStore(NullStore):
    """A store that cannot write."""

    async def settled(self) -> None:
        """Say so."""
        raise NotStored("the disk is full")


@pytest.fixture
def noted() -> list[str]:
    """Give the list of what was done, in order."""
    return []


@pytest.fixture
def host(noted: list[str]) -> HostedPbx:
    """Give a PBX whose driver takes down what it does."""
    hosted = HostedPbx(plan(), {"acme": ACME}, rate=0)
    hosted.driver = NotedDriver(hosted.pbx.clock, noted)
    return hosted


async def answered(route: Route[Any], host: HostedPbx, request: Request | None = None, **parts: str) -> Response:
    """Have a route answer."""
    asked = request or Request(route.method, route.path)
    return await route.answer(host, route.arguments(asked, Hosts([host]), host, parts))


def commanding(noted: list[str], act: Callable[[], Response | OnceStored], call: int | None = None) -> Commanding:
    """Declare a route whose command is this."""

    def handler(host: HostedPbx) -> Command:
        noted.append(f"checked with {len(host.journal)} lines")

        def do() -> Response | OnceStored:
            noted.append(f"done with {len(host.journal)} lines")
            return act()

        return Command("wave", {"to": "102"}, do, call=call)

    return Commanding("POST", "/x", handler)


async def test_a_clock_is_caught_up_before_a_pbx_is_looked_at(host: HostedPbx, noted: list[str]) -> None:
    def handler() -> Response:
        noted.append("read")
        return document(1)

    assert (await answered(Reading("GET", "/x", handler), host)).body == b"1"
    assert noted == ["caught up", "read"]


async def test_a_handler_may_wait_for_something(host: HostedPbx) -> None:
    async def handler() -> Response:
        return document(2)

    assert (await answered(Reading("GET", "/x", handler), host)).body == b"2"
    assert (await answered(Untimed("GET", "/x", handler), host)).body == b"2"


async def test_a_command_is_checked_then_journalled_then_done_then_the_clock_is_set(
    host: HostedPbx, noted: list[str]
) -> None:
    response = await answered(commanding(noted, lambda: document(3), call=7), host)
    assert response.body == b"3"
    assert noted == ["caught up", "checked with 0 lines", "done with 1 lines", "set"]
    (entry,) = host.journal.entries()
    assert (entry.kind, entry.call, entry.data) == ("control", 7, {"does": "wave", "to": "102"})


async def test_a_command_that_is_not_possible_leaves_no_line(host: HostedPbx, noted: list[str]) -> None:
    def handler() -> Command:
        raise Problem(409, "no")

    with pytest.raises(Problem):
        await answered(Commanding("POST", "/x", handler), host)
    assert len(host.journal) == 0
    assert noted == ["caught up"]


async def test_a_command_that_fails_has_its_line_and_the_clock_is_set(host: HostedPbx, noted: list[str]) -> None:
    def act() -> Response:
        raise Problem(409, "no")

    with pytest.raises(Problem):
        await answered(commanding(noted, act), host)
    assert len(host.journal) == 1
    assert noted[-1] == "set"


async def test_a_command_may_be_answered_once_it_is_stored(host: HostedPbx, noted: list[str]) -> None:
    route = commanding(noted, lambda: OnceStored(document(4), otherwise="it is done, but not stored"))
    assert (await answered(route, host)).body == b"4"
    host.record_store = UnwritableStore()
    with pytest.raises(Problem) as refused:
        await answered(route, host)
    assert (refused.value.status, refused.value.detail) == (503, "it is done, but not stored: the disk is full")
    assert noted[-1] == "set"


async def test_a_move_of_the_clock_is_followed_by_a_look_at_the_time(host: HostedPbx, noted: list[str]) -> None:
    async def handler() -> dict[str, bool]:
        noted.append("moved")
        return {"idle": True}

    response = await answered(Moving("POST", "/x", handler), host)
    assert response.body == b'{"now":"2026-01-01T00:00:00.000000Z","rate":0,"next_due":null,"idle":true}'
    assert noted == ["moved", "caught up"]


async def test_what_is_the_servers_looks_at_no_clock(host: HostedPbx, noted: list[str]) -> None:
    def handler(hosts: Hosts) -> Response:
        return document(hosts.names())

    assert (await answered(Untimed("GET", "/x", handler), host)).body == b'["town"]'
    assert noted == []


async def test_a_handler_is_given_what_it_names_read_as_it_says(host: HostedPbx) -> None:
    def handler(host: HostedPbx, name: str, id_: int, query: Wish, body: Wish, request: Request) -> Response:
        return document([host.name, name, id_, query.times, body.times, request.method])

    route = Reading("POST", "/{name}/{id}", handler)
    asked = Request("POST", "/", "pbx=town&times=2", body=b'{"times":3}')
    response = await answered(route, host, asked, name="x", id="44")
    assert response.body == b'["town","x",44,2,3,"POST"]'
    assert (route.query, route.body, route.parts) == (Wish, Wish, {"name": str, "id": int})


@pytest.mark.parametrize(
    ("request_", "status", "detail"),
    [
        (Request("POST", "/", "a=1"), 400, "query: Object contains unknown field `a`; there is none"),
        (Request("POST", "/", body=b'{"a":1}'), 400, "body: Object contains unknown field `a`; there is none"),
        (Request("POST", "/", "a=1", body=b'{"a":1}'), 400, "query: Object contains unknown field `a`; there is none"),
        (Request("POST", "/"), 404, "call 'x' is no number"),
    ],
)
async def test_what_a_handler_does_not_take_must_not_be_sent(
    host: HostedPbx, request_: Request, status: int, detail: str
) -> None:
    def handler(call: int) -> Response:
        return document(call)

    with pytest.raises(Problem) as refused:
        await answered(Reading("POST", "/{call}", handler), host, request_, call="x")
    assert (refused.value.status, refused.value.detail) == (status, detail)


def test_a_handler_that_takes_what_no_request_has_cannot_be_a_route() -> None:
    def handler(user: str) -> Response:
        return document(user)

    with pytest.raises(TypeError, match=r"takes \['user'\], which no request has"):
        Reading("GET", "/x", handler)
    with pytest.raises(TypeError, match=r"does not take \['verb'\]"):
        Reading("GET", "/{user}/{verb}", handler)


def test_a_route_that_is_of_no_kind_cannot_be() -> None:
    assert Route.__abstractmethods__ == {"answer"}


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("/phones/sip%20100/answer", {"user": "sip 100", "verb": "answer"}),
        ("/phones//", {"user": "", "verb": ""}),
        ("/phones/a%2Fb/c", {"user": "a/b", "verb": "c"}),
        ("/phones/a", None),
        ("/phones/a/b/c", None),
        ("/calls/a/b", None),
    ],
)
def test_a_path_is_matched_segment_by_segment(path: str, parts: dict[str, str] | None) -> None:
    def handler(user: str, verb: str) -> Response:
        return document([user, verb])

    assert Reading("GET", "/phones/{user}/{verb}", handler).match(path.split("/")) == parts
