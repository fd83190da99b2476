"""What one request costs at a large customer's size, a start on a long history, a queue's wake with many who wait.

CPU time of the thread or of the whole process, so that neighbours matter little; a list is measured beside msgspec's
encoding of its own rows.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec
from multidict import CIMultiDict

from pbxsim.app import ServeSettings, serving
from pbxsim.hosting.storage import Wanted
from pbxsim.kit.request import Request
from pbxsim.sinks.store.engine import make_engine, make_indexes
from pbxsim.sinks.store.location import IN_MEMORY, SQLITE, StorePlace
from pbxsim.sinks.store.versions.v7_view import WRITTEN
from pbxsim.vendors.voipsun.api import VoipsunInterface
from pbxsim.vendors.voipsun.rows import AccountRows, ChannelRows
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.preparing import prepared
from tests.bench import servers
from tests.bench.harness import expect, settle_gc

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator, Iterator

    from pbxsim.app import Installation
    from tests.bench.harness import Figures

_PATH: Final = "/api/api.php"
_REPORT: Final = "/api/v4/reports/cdr/search"
_REPORT_HEADERS: Final = {"X-APIKEY": "change-me", "Content-Type": "application/json"}
_USER: Final = "username=voipsun&password=secretpwd"
_CALL: Final = f"{_USER}&action=originate&srcExtenInternalNum=100100&dstNum=990100001"
_ACCEPTED: Final = b'{"success":"true"}'
_TURNS: Final = 5
_MINUTE: Final = 60  # records of the history: one is of each second
_LINES: Final = 5_000  # on which calls are, two on each, in each round of ten thousand

ONE_THING: Final = {
    "originate": _CALL,
    "hangupcall of no channel": f"{_USER}&action=hangupcall&channelName=SIP/nobody-00000001",
    "agentlogout of nobody": f"{_USER}&action=agentlogout&agentNumber=77",
    "call that is over": "calls/{ended}",
    "call that nobody knows": "calls/99999999",
    "calls?limit=1": "calls?limit=1",
    "cdrs?limit=1": "cdrs?limit=1",
    "cdrs?src=nobody": "cdrs?src=nobody",
    "cdrs?custom1=nobody": "cdrs?custom1=nobody",
    "cdrs?order=newest&limit=1": "cdrs?order=newest&limit=1",
    "cdrs behind 500,000": "cdrs?after=500000&limit=1",
    "requests?after=end": "requests?after=999999999",
    "requests?order=newest": "requests?order=newest&limit=1",
    "journal?after=end": "journal?after=999999999",
    "phones?limit=1": "phones?limit=1",
    "webhooks?limit=1": "webhooks?limit=1",
}
"""Requests that ask for one thing or a few, by name: a query of VoIPSUN's, or a path of the control API."""

REPORTS: Final[dict[str, dict[str, object]]] = {
    "report of an old call": {"alike": "false", "conditions": {"cuid": "{cuid}"}, "date_range": {}},
    "report of an old minute": {
        "alike": "false",
        "conditions": {},
        "date_range": {"from": "2026-01-05 10:00", "to": "2026-01-05 10:00"},
    },
}
"""Reports of Simotel's about records that are in the store alone, by name: what is asked."""

LISTS: Final = {
    "listcalls": f"{_USER}&action=listcalls",
    "sipstatus": f"{_USER}&action=sipstatus",
    "calls?limit=10000": "calls?limit=10000",
    "cdrs?limit=10000": "cdrs?limit=10000",
    "phones?limit=10000": "phones?limit=10000",
}
"""Requests for everything there is, or a longest page of it."""


def pbx_file(folder: str, extensions: int) -> str:
    """Write a PBX file of so many extensions, and give its path."""
    file = Path(folder, f"{extensions}.yaml")
    subscribers = "".join(
        f"  - {{internal: '{100_100 + number}', user: sip{100_100 + number}, calls: 10000}}\n"
        for number in range(extensions)
    )
    file.write_text(
        f"name: large\nextensions:\n{subscribers}phones:\n  rules:\n"
        "    - {number: _sip!, does: {outcome: answer, ring: 0, talk: never}}\n"
        "vendors:\n  voipsun:\n    users: [{username: voipsun, password: secretpwd}]\n"
        "  simotel:\n    accounts: [{mode: token, api_key: change-me}]\n",
        encoding="utf-8",
    )
    return str(file)


def requests(active: int, extensions: int, records: int) -> Figures:
    """Ask a PBX of that size for each thing, a few times; the medians."""
    return asyncio.run(_requests(active, extensions, records))


async def _requests(active: int, extensions: int, records: int) -> Figures:
    with TemporaryDirectory() as folder:
        settings = ServeSettings(
            pbxs=(pbx_file(folder, extensions),),
            port=0,
            rate=0.0,
            stored=Wanted(place=str(await _history(folder, records))),
        )
        async with serving(settings) as installation:
            large = Large(installation)
            await large.fill(active)
            settle_gc()
            figures = {f"{name} ms": await large.cost(asked) for name, asked in ONE_THING.items()}
            figures |= {f"{name} ms": large.cost_of_report(asked) for name, asked in REPORTS.items()}
            for name, asked in LISTS.items():
                figures |= await large.cost_of_list(name, asked)
    return figures


class _Timed:
    """Awaits something, and tells the milliseconds of CPU of each of its turns, between which others have theirs."""

    def __init__(self, awaited: Coroutine[Any, Any, bytes | tuple[bytes, ...]]) -> None:
        self._awaited = awaited
        self.spent: list[float] = []

    def __await__(self) -> Generator[Any, Any, bytes | tuple[bytes, ...]]:
        sent = None
        while True:
            began = time.thread_time()
            try:
                waits_for = self._awaited.send(sent)
            except StopIteration as over:
                body: bytes | tuple[bytes, ...] = over.value
                return body
            finally:
                self.spent.append((time.thread_time() - began) * 1000)
            sent = yield waits_for


class Taken(NamedTuple):
    """Milliseconds of CPU that a request took, in all and before others had their turn; and what it answered."""

    whole: float
    longest: float
    body: bytes


class Large:
    """A PBX of a large customer in this process, and who asks it."""

    def __init__(self, installation: Installation) -> None:
        self._host = installation.hosts.first()
        self._control = ControlApi(installation.hosts, Guard("127.0.0.1", ""))
        self._ended = 0

    async def fill(self, active: int) -> None:
        """Have ten thousand calls end, and so many be in progress."""
        for number in range(10_000):
            self._vendor(_CALL.replace("100100", str(100_100 + number % _LINES)))
        await self._host.driver.advance(2_000_000)
        await self._host.record_store.settled()
        self._ended = next(iter(self._host.pbx.calls.recent)).number
        for number in range(active):
            query = _CALL.replace("100100", str(100_100 + number % _LINES))
            self._vendor(query.replace("990100001", "990100999"))
        await self._host.driver.advance(1_000_000)
        expect("calls in progress", len(self._host.pbx.calls.live), active)
        expect("channels", sum(1 for _ in self._host.pbx.calls.channels()), 2 * active)

    async def cost(self, asked: str) -> float:
        """Give the milliseconds of CPU for which a request holds the event loop.

        A vendor's waits there for the thread that asks the database, so that one's are among them.
        """
        return (await self._taken(asked.format(ended=self._ended))).whole

    def cost_of_report(self, asked: dict[str, object]) -> float:
        """Give the milliseconds of CPU that a report about old records takes, its question to the database included."""
        old = self._host.pbx.cdrs.get(self._host.pbx.calls.next_cdr // 2)
        body = msgspec.json.encode(asked).replace(b"{cuid}", old.linked_id.encode())
        found = []
        for _ in range(_TURNS):
            request = Request("POST", _REPORT, headers=CIMultiDict(_REPORT_HEADERS), body=body)
            began = time.process_time()
            reply = self._host.answer("simotel", request, ())
            found.append((time.process_time() - began) * 1000)
            total = msgspec.json.decode(reply.body)["data"]["pagination"]["total"]
            expect("records found", 0 < total <= _MINUTE, True)
        return median(found)

    async def cost_of_list(self, name: str, asked: str) -> Figures:
        """Give how often its rows could be encoded while a list holds the loop, and in all the CPU that it takes.

        The first time, when nothing is remembered of it, and asked again; and how long it holds the loop at a time.
        """
        first = await self._taken(asked, self._forget)
        taken = await self._taken(asked)
        rows = msgspec.json.decode(taken.body)
        encode = msgspec.json.Encoder().encode
        encoding = median(_milliseconds(lambda: encode(rows)) for _ in range(_TURNS))
        found = {}
        for which, cost in ((f"first {name}", first), (name, taken)):
            found[f"{which} held, of msgspec's"] = cost.longest / encoding
            found[f"{which} of msgspec's"] = cost.whole / encoding
            found[f"{which} at a time"] = cost.longest
        return found

    def _forget(self) -> None:
        """Forget how lists were spelt."""
        self._host.derived.clear()
        interface = self._host.interfaces["voipsun"]
        assert isinstance(interface, VoipsunInterface)
        state = interface.state
        state.channel_rows, state.account_rows = ChannelRows(), AccountRows()

    async def _taken(self, asked: str, before: Callable[[], None] = lambda: None) -> Taken:
        last = Taken(0, 0, b"")
        whole, longest = [], []
        for _ in range(_TURNS):
            before()
            last = last._replace(body=b"")  # a reply is let go before the next is made, as a server does
            last = await self._once(asked)
            whole.append(last.whole)
            longest.append(last.longest)
        return Taken(median(whole), median(longest), last.body)

    async def _once(self, asked: str) -> Taken:
        answering = _Timed(self._told(asked) if asked.startswith(_USER) else self._controlled(asked))
        sent = await answering
        return Taken(sum(answering.spent), max(answering.spent), sent if isinstance(sent, bytes) else b"".join(sent))

    def _vendor(self, query: str) -> bytes:
        return self._host.answer("voipsun", Request("GET", _PATH, query), ()).body

    async def _told(self, query: str) -> bytes:
        """Have a vendor's request answered as the edge does, which has a long reply made ready before."""
        request = Request("GET", _PATH, query)
        await prepared(self._host.preparation("voipsun", request))
        return self._host.answer("voipsun", request, ()).body

    async def _controlled(self, path: str) -> bytes | tuple[bytes, ...]:
        rest, _, query = path.partition("?")
        body = (await self._control.answer(Request("GET", f"/_pbxsim/{rest}", query))).body
        assert isinstance(body, bytes | tuple)
        return body


def _milliseconds(action: Callable[[], object]) -> float:
    began = time.thread_time()
    action()
    return (time.thread_time() - began) * 1000


async def _history(folder: str, records: int) -> Path:
    """Make a store of so many records: one of a real call, and copies of it with other numbers."""
    store = Path(folder, "history.sqlite3")
    settings = ServeSettings(pbxs=(pbx_file(folder, 1),), port=0, rate=0.0, stored=Wanted(place=str(store)))
    async with serving(settings) as installation:
        host = installation.hosts.first()
        expect("reply", host.answer("voipsun", Request("GET", _PATH, _CALL), ()).body, _ACCEPTED)
        await host.driver.advance(2_000_000)
        await host.record_store.settled()
    with closing(sqlite3.connect(store)) as database, database:
        _multiply(database, records)
    await _index(store)
    return store


async def _index(store: Path) -> None:
    """Give it what it would have got as it grew."""
    engine = make_engine(StorePlace(kind=SQLITE, file=store))
    await make_indexes(engine)
    await engine.dispose()


def _multiply(database: sqlite3.Connection, records: int) -> None:
    columns = [name for _, name, *_, hidden in database.execute(f"pragma table_xinfo({WRITTEN})") if not hidden]
    (row,) = database.execute(f"SELECT {','.join(columns)} FROM cdr")
    id_, call, source = (columns.index(name) for name in ("id", "callno", "src"))
    moments = [
        columns.index(name) for name in ("start_us", "answer_us", "end_us", "talk_us") if row[columns.index(name)]
    ]
    serials = [columns.index(name) for name in ("serial", "first_serial", "second_serial")]

    def rows() -> Iterator[tuple[object, ...]]:
        for number in range(2, records + 1):
            other = list(row)
            other[id_], other[call], other[source] = number, number, f"7{number % 100_000:05d}"
            for place in moments:
                other[place] += (number - 1) * 1_000_000
            for place in serials:
                other[place] += 2 * (number - 1)
            yield tuple(other)

    database.executemany(f"INSERT INTO {WRITTEN} ({','.join(columns)}) VALUES ({','.join('?' * len(columns))})", rows())


def start(records: int) -> Figures:
    """Start a server on a store of so many records: its CPU time and memory when it is ready."""
    with TemporaryDirectory() as folder:
        store = asyncio.run(_history(folder, records))
        options = ("--db", str(store), "--clock", "paused")
        with servers.running(servers.pbxsim(pbx_file(folder, 1), *options)):
            pass  # the bytecode of all that it imports is there now
        with servers.running(servers.pbxsim(pbx_file(folder, 1), *options)) as server:
            figures = {"CPU s": _cpu_seconds(server.process), "MiB": _resident_mebibytes(server.process)}
            for after in (10, records // 2, records - 1):
                seen = server.get(f"/_pbxsim/cdrs?after={after}&limit=1")
                expect("the record behind it", [row["id"] for row in _rows(seen)], [after + 1])
            return figures


def _rows(body: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = msgspec.json.decode(body)
    return rows


def _cpu_seconds(process: int) -> float:
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text(encoding="ascii").split()[0]) for thread in threads) / 1e9


def _resident_mebibytes(process: int) -> float:
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text(encoding="ascii"))
    assert found is not None
    return int(found[1]) / 1024


def reset(extensions: int) -> Figures:
    """Reset a PBX of so many extensions on which a call was made; CPU time of the thread, median of several."""
    return asyncio.run(_reset(extensions))


async def _reset(extensions: int) -> Figures:
    found = []
    with TemporaryDirectory() as folder:
        source = pbx_file(folder, extensions)
        settings = ServeSettings(pbxs=(source,), port=0, rate=0.0, stored=Wanted(place=IN_MEMORY))
        async with serving(settings) as installation:
            host = installation.hosts.first()
            settle_gc()
            for _ in range(2 * _TURNS):
                expect("reply", host.answer("voipsun", Request("GET", _PATH, _CALL), ()).body, _ACCEPTED)
                found.append(_milliseconds(host.reset))
                expect("calls after a reset", len(host.pbx.calls.live), 0)
                await asyncio.sleep(0)  # what it forgot is let go
    return {"CPU ms reset": median(found)}
