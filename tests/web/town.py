"""A small PBX with a vendor of its own, served on a real socket: what the tests of the edge talk to."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec

from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.config.load import read
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.access import same_secret
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.reply import Reply, compact_json
from pbxsim.kit.vendor import Vendor
from pbxsim.pbx.call import DetailedOrder
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.page.page import Page, open_to
from pbxsim.web.server import PbxServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from ssl import SSLContext

    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.web.connection_limits import ConnectionLimits

START: Instant = parse_iso("2026-01-01T00:00:00Z")
TEXT = "text/plain; charset=utf-8"


ERRORS = {"closed": "WE ARE CLOSED", "unknown": "NO {what} HERE"}


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

    def refuse(self, _request: Request, error: str, filled: Mapping[str, str]) -> Reply:
        """Say one of its errors."""
        return Reply(body=ERRORS[error].format_map(filled).encode(), content_type=TEXT, status=422, code=error)

    def curl(self, base_url: str) -> str | None:
        """Give a line that rings 100, then 102."""
        return f"curl '{base_url}/acme/api?secret={self._secret}&from=100&to=102'"

    def _call(self, request: Request) -> Reply:
        params = request.params
        order = DetailedOrder(
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
    errors=ERRORS,
    refuse=Acme.refuse,
    secret_params=frozenset({"secret", "pin"}),
    secret_headers=frozenset({"authorization", "cookie", "x-acme-key"}),
)


FILE = """
name: {name}
seed: {seed}
start_at: 2026-01-01T00:00:00Z
dialplans: [{{name: main}}]
extensions:
  - {{internal: "100", id: 100, dialplan: main, public: ["299299000"],
     lines: [{{user: sip100, id: 100, registration: {at_home}}}]}}
  - {{internal: "102", id: 102, dialplan: main, lines: [{{user: sip102, id: 102, registration: {at_home}}}]}}
trunks: [{{name: upc, capacity: 2}}]
routes: [{{name: out, patterns: ["_XXX."], trunks: [upc]}}]
tariffs: [{{name: standard, rates: [{{per_minute: 1}}]}}]
accounts: [{{name: till, credit: 5, currency: CZK, tariff: standard}}, {{name: free calls}}]
agents: [{{number: "1000", name: Jana, pin: "1234"}}]
queues:
  - name: sales
    members: [{{agent: "1000", membership: dynamic}}]
    waiters: [{{channel: SIP/x-1, unique_id: "1.1", number: "7", name: Z}}]
vendors: {{acme: {{secret: "{secret}"}}}}
"""
AT_HOME = "{host: 192.0.2.1, port: 5060, contact: '', status: Unmonitored}"


def plan(name: str = "town", secret: str = "s3cret!", seed: int = 1, limits: str = "") -> FileAssembly:
    """Say how a PBX begins: two telephones, one with a public number, a trunk, an agent in a queue, two accounts."""
    text = FILE.format(name=name, secret=secret, seed=seed, at_home=AT_HOME) + limits
    return FileAssembly(read(text, "town.yaml", {"acme": ACME}))


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
        """Send a request; a body that is no text goes as JSON. Header names are written with `_` for `-`.

        Of events, which do not end, only the first are read.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        data = None
        if body is not None:
            data = BytesIO(body.encode() if isinstance(body, str) else msgspec.json.encode(body))
            named.setdefault("Content-Type", "application/json")
        async with self._session.request(method, self.url + path, data=data, headers=named) as reply:
            is_endless = reply.content_type == "text/event-stream"
            came = await (reply.content.readany() if is_endless else reply.read())
            return Answered(reply.status, reply.reason or "", reply.headers, came)

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

    async def leave(self, request: bytes) -> None:
        """Send these very bytes, say that nothing more will come, and wait until the server closes or resets."""
        async with self.connection() as (reader, writer):
            with suppress(ConnectionError):
                writer.write(request)
                await writer.drain()
                writer.write_eof()
                await reader.read()

    async def raw_get(self, target: bytes) -> bytes:
        """Send a GET for this very target, and read all that comes back."""
        return await self.raw(b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


@asynccontextmanager
async def running(
    *plans: FileAssembly,
    rate: float = 0,
    token: str = "",
    host: str = "127.0.0.1",
    limits: ConnectionLimits | None = None,
    tls: SSLContext | None = None,
    vendor: Vendor = ACME,
) -> AsyncIterator[Town]:
    """Serve PBXs by these plans, or one as `plan` gives it, until the block ends."""
    vendors = {"acme": vendor}
    hosts = Hosts(HostedPbx(each, vendors, rate=rate) for each in plans or (plan(),))
    guard = Guard(host, token)
    page = Page(guard, hosts, open_to(host, needs_token=token != ""))
    server = PbxServer(hosts, vendors, ControlApi(hosts, guard), limits=limits, page=page)
    await server.start("127.0.0.1", 0, tls)
    try:
        async with aiohttp.ClientSession() as session:
            yield Town(server, session)
    finally:
        await server.stop()
