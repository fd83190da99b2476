"""Live questions over real sockets: the clock stands still while one is out, and goes on in every case."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.config.load import read
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.routing_questions import BROKEN
from pbxsim.kit.request import Request
from pbxsim.pbx.call import CallerId, CallKind, CallOrder, CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.decision import NOBODY_ASKS
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.vendors.simotel import vendor
from tests.web.web_service import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.pbx.call import Call

VENDORS = {"simotel": vendor}
START = parse_iso("2026-01-01T00:00:00Z")
FILE = """
name: {name}
extensions: [{{internal: "120"}}, {{internal: "552"}}]
contexts: [{{name: main, dialplan: default, routes: [], entries: {{"700": {{component: vip}}}}}}]
phones: {{default: {{outcome: answer, ring: 3, talk: 30}}}}
vendors:
  simotel:
    accounts: [{{mode: token, api_key: key}}]
    components:
      - {{name: vip, kind: extension_api, address: "{address}", context: main, failure: "{failure}",
          answer_within: {within}, {more}}}
"""


def hosted(
    address: str, *, rate: float = 0, within: float = 30, more: str = "", name: str = "office", failure: str = "552"
) -> HostedPbx:
    """Make a PBX on which 700 asks at that address; the telephones ring for 3 seconds, talk for 30."""
    text = FILE.format(address=address, within=within, more=more, name=name, failure=failure)
    return HostedPbx(FileAssembly(read(text, "office.yaml", VENDORS), start_at=START), VENDORS, rate=rate)


@asynccontextmanager
async def running(*hosts: HostedPbx) -> AsyncIterator[None]:
    """Let their clocks run, and see that they leave nothing behind."""
    before = asyncio.all_tasks()
    for host in hosts:
        await host.start()
    try:
        yield
    finally:
        for host in hosts:
            await host.close()
        left = [task for task in asyncio.all_tasks() - before if "_carry" in repr(task)]
        await asyncio.gather(*left, return_exceptions=True)


def calls(host: HostedPbx, to: str = "700") -> Call:
    """Have somebody outside call."""
    trunk = next(iter(host.pbx.directory.trunks.values()))
    order = CallOrder(
        vendor="test",
        kind=CallKind.INCOMING,
        first=ToTrunk("09155441", (trunk,)),
        src="09155441",
        dst=to,
        second=to,
        context="main",
        second_shows=CallerId("09155441"),
    )
    call = host.pbx.calls.receive(order)
    host.driver.rearm()
    assert call is not None
    return call


def rung(call: Call) -> list[str]:
    """Give the numbers that were rung for a call."""
    return [leg.number for leg in call.legs[1:]]


def why(host: HostedPbx) -> list[object]:
    """Give why questions failed, as the journal says it."""
    told = (entry.data.get("failed") for entry in host.journal.entries() if entry.kind == "decision-answered")
    return [reason for reason in told if reason]


async def settled(host: HostedPbx) -> None:
    """Wait until no question is out, without any of the PBX's time going by."""
    await host.driver.advance(0)
    assert host.pbx.decisions.pending() == []


async def test_the_answer_decides_and_cost_none_of_the_pbxs_time() -> None:
    async with serving() as service:
        host = hosted(service.url, more="method: GET")
        async with running(host):
            call = calls(host)
            await host.driver.advance(3 * SECOND)
            assert (call.state, rung(call)) == (CallState.TALKING, ["120"])
            assert call.legs[1].created_at == call.started_at == START
            assert call.bridged_at == START + 3 * SECOND
    asked = f"/simotel?src=09155441&dst=700&data=&unique_id={START // SECOND}.1&app_name=vip"
    assert service.asked == [("GET", asked, b"")]
    assert service.authorization == [""]


async def test_a_question_is_posted_with_the_components_credentials() -> None:
    async with serving() as service:
        host = hosted(service.url, more="username: crm, password: 'a:ü'")
        async with running(host):
            calls(host)
            await settled(host)
    ((method, path, body),) = service.asked
    assert (method, path) == ("POST", "/simotel")
    assert body.startswith(b'{"src":"09155441","dst":"700"')
    assert service.authorization == ["Basic Y3JtOmE6w7w="]


async def test_time_stands_still_while_a_question_is_out_and_an_advance_waits_for_it() -> None:
    async with serving() as service:
        service.hangs = True
        host = hosted(service.url)
        async with running(host):
            ringing = calls(host, "120")
            waiting = calls(host)
            advance = asyncio.ensure_future(host.driver.advance(60 * SECOND))
            await service.arrived.wait()
            assert (host.pbx.clock.now, advance.done(), waiting.state) == (START, False, CallState.DIALING_SECOND)
            service.may_reply.set()
            await advance
            assert host.pbx.clock.now == START + 60 * SECOND
            assert ringing.ended_at == waiting.ended_at == START + 33 * SECOND


async def test_no_other_work_comes_between_a_call_and_its_question() -> None:
    async with serving() as service:
        host = hosted(service.url, rate=1_000_000)
        async with running(host):
            done: list[int] = []
            host.driver.catch_up()
            host.pbx.clock.call_at(host.pbx.clock.now + 1, -1, 1, done.append, 1)
            call = calls(host)
            assert (done, host.pbx.decisions.pending()[0].asked_at) == ([], call.started_at)
            await service.arrived.wait()
            await host.driver.advance(0)
            assert call.legs[1].created_at == call.started_at


async def test_others_are_served_while_a_question_is_out_and_what_is_due_now_is_done() -> None:
    async with serving() as service:
        service.hangs = True
        host = hosted(service.url, rate=1)
        async with running(host):
            calls(host)
            await service.arrived.wait()
            body = b'{"caller":"120","callee":"552","context":"main","caller_id":"1"}'
            headers = {"X-APIKEY": "key", "Content-Type": "application/json"}
            reply = host.answer("simotel", Request("PUT", "/api/v4/call/originate/act", headers=headers, body=body), ())
            assert (reply.status, reply.call) == (200, 2)
            done = asyncio.Event()
            host.pbx.clock.call_at(host.pbx.clock.now, -1, 1, asyncio.Event.set, done)
            host.driver.rearm()
            await done.wait()
            assert len(host.pbx.decisions.pending()) == 1


@pytest.mark.parametrize(
    ("status", "body", "headers", "reason"),
    [
        (500, b"oops", {}, "HTTP status 500"),
        (302, b"", {"Location": "/elsewhere"}, "HTTP status 302"),
        (200, b"<html>", {}, "the reply is no JSON object"),
        (200, b'{"ok":"0"}', {}, "`ok` is not 1"),
        (200, b'{"ok":"1","extension":"121"}', {}, "'121' is no extension in context main"),
        (200, b"{" + b" " * 70_000 + b"}", {}, "the reply is longer than 65536 bytes"),
        (200, b"\x1f\x8b", {"Content-Encoding": "gzip"}, "the reply is no JSON object"),
    ],
)
async def test_anything_but_an_answer_leads_to_the_way_out(
    status: int, body: bytes, headers: dict[str, str], reason: str
) -> None:
    async with serving() as service:
        service.status, service.body, service.headers = status, body, headers
        host = hosted(service.url)
        async with running(host):
            call = calls(host)
            await settled(host)
            assert (rung(call), why(host), host.pbx.clock.now) == (["552"], [reason], START)
    assert len(service.asked) == 1, "nothing is asked twice, and no redirect is followed"


async def test_a_server_that_hangs_is_waited_for_so_long_and_not_longer() -> None:
    async with serving() as service:
        service.hangs = True
        host = hosted(service.url, within=0.05)
        async with running(host):
            call = calls(host)
            await settled(host)
            assert (rung(call), why(host)) == (["552"], ["no answer within 0.05 s"])
            assert host.pbx.clock.now == START


async def _answer_raw(reply: bytes) -> tuple[list[str], list[object]]:
    """Have a server that is none of HTTP's reply with these bytes and hang up; give what was rung, and why."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(reply)
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host = hosted(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    async with server, running(host):
        call = calls(host)
        await settled(host)
        return rung(call), why(host)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"", "closed without a reply"),
        (b"what?\r\n\r\n", "the reply is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{}", "the reply broke off"),
    ],
)
async def test_a_server_that_breaks_off_is_no_answer(reply: bytes, reason: str) -> None:
    assert await _answer_raw(reply) == (["552"], [reason])


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1:9/", "no connection"),
        ("http://nobody.invalid/", "its name cannot be resolved"),
    ],
)
async def test_where_nobody_can_be_asked_the_way_out_is_taken(address: str, reason: str) -> None:
    host = hosted(address)
    async with running(host):
        call = calls(host)
        await settled(host)
        assert (rung(call), why(host)) == (["552"], [reason])


async def test_a_caller_who_hangs_up_lets_the_clock_go_on() -> None:
    async with serving() as service:
        service.hangs = True
        host = hosted(service.url)
        async with running(host):
            call = calls(host)
            await service.arrived.wait()
            host.pbx.calls.hang_up(call)
            await host.driver.advance(5 * SECOND)
            assert host.pbx.clock.now == START + 5 * SECOND
            assert (rung(call), host.pbx.decisions.pending()) == ([], [])


async def test_a_pbx_that_begins_anew_or_closes_takes_its_questions_back() -> None:
    async with serving() as service:
        service.hangs = True
        host = hosted(service.url)
        async with running(host):
            before, call = host.pbx, calls(host)
            await service.arrived.wait()
            host.reset()
            await host.driver.advance(5 * SECOND)
            assert (host.pbx.clock.now, host.pbx.decisions.pending()) == (START + 5 * SECOND, [])
            assert (rung(call), before.clock.now) == ([], START)
            before.calls.hang_up(call)
            again = calls(host)
            await host.close()
            assert (rung(again), host.pbx.decisions.pending()[0].call) == ([], again)
            assert rung(calls(host)) == ["552"]
            assert why(host) == [NOBODY_ASKS]


def test_without_an_event_loop_nobody_is_asked() -> None:
    host = hosted("http://127.0.0.1:9/")
    call = calls(host)
    assert (rung(call), why(host)) == (["552"], [NOBODY_ASKS])


async def test_each_pbx_holds_its_own_clock_only() -> None:
    async with serving() as slow, serving() as quick:
        slow.hangs = True
        one, other = hosted(slow.url, name="one"), hosted(quick.url, name="other")
        async with running(one, other):
            calls(one), calls(other)
            await slow.arrived.wait()
            await other.driver.advance(60 * SECOND)
            assert (one.pbx.clock.now, other.pbx.clock.now) == (START, START + 60 * SECOND)
            assert (len(slow.asked), len(quick.asked)) == (1, 1)


@pytest.mark.slow
async def test_many_are_asked_about_at_the_same_instant_and_all_go_on() -> None:
    async with serving() as service:
        host = hosted(service.url)
        async with running(host):
            waiting = [calls(host) for _ in range(150)]
            await host.driver.advance(0)
            assert host.pbx.decisions.pending() == []
            assert {leg.created_at for call in waiting for leg in call.legs} == {START}
            assert sum(rung(call) == ["120"] for call in waiting) == 2  # the telephone takes two calls
            assert sum(rung(call) == ["552"] for call in waiting) == 2
    assert len(service.asked) == 150


async def test_a_chain_of_questions_ends_though_each_leads_to_the_next() -> None:
    async with serving() as service:
        service.status = 404
        host = hosted(service.url, failure="700")
        async with running(host):
            call = calls(host)
            await settled(host)
            assert (call.cause, len(service.asked)) == (HangupCause.NORMAL_CIRCUIT_CONGESTION, 20)


async def test_a_fault_in_a_component_is_told_and_the_clock_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context["message"]))
    async with serving() as service:
        host = hosted(service.url)
        async with running(host):
            call = calls(host)
            (pending,) = host.pbx.decisions.pending()
            monkeypatch.setattr(type(pending.component), "answer", lambda *_: 1 / 0)
            await host.driver.advance(SECOND)
            assert told == ["a question of component vip failed"]
            assert (rung(call), why(host), call.legs[1].created_at) == (["552"], [BROKEN], START)


@pytest.mark.slow
def test_the_client_is_imported_with_the_first_question_and_not_before() -> None:
    clients = "'aiohttp.client' in sys.modules or 'pbxsim.sinks.outbound.questions' in sys.modules"
    code = f"import sys, pbxsim.hosting.hosted_pbx; sys.exit({clients})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
