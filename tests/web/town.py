"""A small PBX with a vendor of its own, served on a real socket: what the tests of the edge talk to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec

from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.engines.simulated.handset import SimulatedHandset
from pbxsim.hosting.hosted_pbx import Assembled, HostedPbx, Hosts, Plan
from pbxsim.kit.access import same_secret
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.reply import Reply, compact_json
from pbxsim.kit.vendor import Vendor
from pbxsim.pbx.account import UNIT, Account, Rate, Tariff
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.call import CallOrder
from pbxsim.pbx.directory import Directory, NumberingPlan, OutboundRoute, Trunk
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.pbx import NOTHING_SAVED, Pbx
from pbxsim.pbx.queue import Member, Queue, QueueFigures, Waiter
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import NoFiles, extension
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.server import PbxServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.kit.request import Request
    from pbxsim.pbx.saved import Saved

START: Instant = parse_iso("2026-01-01T00:00:00Z")
TEXT = "text/plain; charset=utf-8"


class AcmeSettings(msgspec.Struct, forbid_unknown_fields=True):
    """What a PBX file could say of this vendor."""

    secret: str


class Acme:
    """A vendor's interface that places calls, tells what it was sent, and breaks on demand."""

    def __init__(self, settings: AcmeSettings, pbx: Pbx) -> None:
        self._secret = settings.secret
        self._pbx = pbx

    def claims(self, request: Request) -> bool:
        """Know the PBX by its secret."""
        return same_secret(request.params.text("secret"), self._secret)

    def answer(self, request: Request) -> Reply:
        """Call, echo or break."""
        params = request.params
        if request.fault:
            return Reply(body=f"FAULT {request.fault}".encode(), content_type=TEXT, status=400, code="fault")
        if params.text("do") == "break":
            raise RuntimeError(f"it broke over {request.query}")
        if params.text("do") == "echo":
            return Reply(body=compact_json(_seen(request)), content_type="application/json")
        if not self.claims(request):
            hints = parameter_hints(params, ("do", "secret", "from", "to", "custom"))
            return Reply(body=b"WHO ARE YOU", content_type=TEXT, status=401, code="401", hints=hints)
        return self._call(request)

    def curl(self, base_url: str) -> str | None:
        """Give a line that rings 100, then 102."""
        return f"curl '{base_url}/acme/api?secret={self._secret}&from=100&to=102'"

    def _call(self, request: Request) -> Reply:
        params = request.params
        order = CallOrder(
            vendor="acme",
            first=self._pbx.dialplan.resolve(params.text("from"), "main"),
            src=params.text("from"),
            dst=params.text("to"),
            second=params.text("to"),
            context="main",
            custom=(params.text("custom"), "", "", ""),
            account=self._pbx.accounts.get(params.text("account")),
            reference=params.text("account") and "R1",
        )
        call = self._pbx.calls.originate(order)
        return Reply(body=f"CALL {call.number}".encode(), content_type=TEXT, call=call.number)


def _seen(request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query,
        "params": dict(request.params),
        "body": request.body.decode("latin-1"),
        "remote": request.remote,
        "type": request.headers.get("content-type", ""),
    }


ACME = Vendor(
    name="acme",
    title="Acme",
    settings=AcmeSettings,
    paths=("/acme/api", "/acme/v4/*"),
    open=Acme,
    secret_params=frozenset({"secret", "pin"}),
    secret_headers=frozenset({"authorization", "cookie", "x-acme-key"}),
)


def assemble(name: str, secret: str, clock: Scheduler, seed: int, saved: Saved = NOTHING_SAVED) -> Assembled:
    """Build the PBX: two telephones, one of them with a public number, a trunk, an agent in a queue, two accounts."""
    archive = CdrMemory()
    trunk = Trunk(id=1, name="upc", capacity=2)
    agent = Agent(number="1000", name="Jana", pin="1234")
    prices = Tariff("standard", (Rate(per_minute=UNIT),))
    till = Account(name="till", credit=5 * UNIT, tariff=prices, changed_at=clock.now, currency="CZK")
    waiter = Waiter(channel="SIP/x-1", unique_id="1.1", caller_number="7", caller_name="Z", joined_at=START)
    queue = Queue(name="sales", members=[Member(agent=agent)], waiters=[waiter], figures=QueueFigures())
    pbx = Pbx(
        name=name,
        clock=clock,
        seed=seed,
        directory=Directory(
            extensions=[extension("100", public=("299299000",)), extension("102")],
            trunks=[trunk],
            routes=[OutboundRoute(id=1, name="out", patterns=("_XXX.",), trunks=(trunk,))],
            dialplans=[NumberingPlan(id=1, name="main")],
        ),
        cdrs=archive,
        files=NoFiles(),
        queues=[queue],
        agents=[agent],
        accounts=[till, Account(name="free calls", credit=0, tariff=Tariff(""), changed_at=clock.now)],
        saved=saved,
    )
    pbx.events.subscribe(CdrClosed, archive.on_cdr)
    engine = SimulatedEngine(pbx)
    pbx.connect_engine(engine, SimulatedHandset(pbx, engine))
    return Assembled(pbx, {"acme": Acme(AcmeSettings(secret), pbx)})


def plan(name: str = "town", secret: str = "s3cret!", seed: int = 1) -> Plan:
    """Give the plan of such a PBX, whose clock begins at START."""
    return Plan(
        name=name,
        seed=seed,
        assemble=lambda clock, seed, saved: assemble(name, secret, clock, seed, saved),
        start=lambda rate: START,
    )


class Answered(msgspec.Struct, frozen=True):
    """What came back."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - a test looks into it
        """Read the body as JSON."""
        return msgspec.json.decode(self.body)


class Town:
    """A running server and its client."""

    def __init__(self, server: PbxServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.hosts = server.hosts
        self._session = session

    @property
    def url(self) -> str:
        """Give where it is."""
        return f"http://127.0.0.1:{self.server.port}"

    @property
    def host(self) -> HostedPbx:
        """Give the first PBX."""
        return self.hosts.first()

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> Answered:
        """Send a request; a body that is no text goes as JSON. Header names are written with `_` for `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None
        if body is not None:
            data = BytesIO(body.encode() if isinstance(body, str) else msgspec.json.encode(body))
            named.setdefault("Content-Type", "application/json")
        async with self._session.request(method, self.url + path, data=data, headers=named) as reply:
            return Answered(reply.status, reply.reason or "", reply.headers, await reply.read())

    async def get(self, path: str) -> Answered:
        """Send a GET."""
        return await self.ask("GET", path)

    async def post(self, path: str, body: object = None) -> Answered:
        """Send a POST with a JSON body."""
        return await self.ask("POST", path, body)

    async def advance(self, seconds: float) -> None:
        """Move the clock on."""
        moved = await self.post("/_pbxsim/clock/advance", {"seconds": seconds})
        assert moved.status == 200, moved.body

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        """Connect, without a word of HTTP."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        try:
            async with asyncio.timeout(10):
                yield reader, writer
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def raw(self, request: bytes) -> bytes:
        """Send these very bytes on a connection of their own, and read until the server closes it."""
        async with self.connection() as (reader, writer):
            writer.write(request)
            await writer.drain()
            return await reader.read()

    async def raw_get(self, target: bytes) -> bytes:
        """Send a GET for this very target, and read all that comes back."""
        return await self.raw(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


@asynccontextmanager
async def running(
    *plans: Plan, rate: float = 0, token: str = "", host: str = "127.0.0.1", body_seconds: float = 10.0
) -> AsyncIterator[Town]:
    """Serve PBXs by these plans, or one as `plan` gives it, until the block ends."""
    vendors = {"acme": ACME}
    hosts = Hosts(HostedPbx(each, vendors, rate=rate) for each in plans or (plan(),))
    server = PbxServer(hosts, vendors, ControlApi(hosts, Guard(host, token)), body_seconds=body_seconds)
    await server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session:
            yield Town(server, session)
    finally:
        await server.stop()
