"""Lines whose telephones are pyVoIP's: their processes, and what each telephone does with the calls that it gets.

They register wherever telephones of the PBX do, and are rung as any other. What they do, the same rules and numbers say
as of simulated telephones; it is drawn when one is dialled, and told to its process (pyvoip_process.py) before the call
can be there. A process in which a telephone still has a call two seconds after the switch has ended it is begun anew,
and so is one that ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final

from pbxsim.clock.instant import SECOND
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.events import CallBridged, CallTransferred, LegDialed, LegEnded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pbxsim.engines.engine import SipAccount
    from pbxsim.engines.line_settings import LineEntry
    from pbxsim.engines.simulated.behaviour import LegPlan
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.pbx import Pbx

PATIENCE: Final = 2.0
"""Seconds within which a telephone must have let go of a call that the switch has ended."""

PER_PROCESS: Final = 8
"""Telephones in one process."""

_PAUSE, _LONGEST_PAUSE = 0.5, 60.0  # seconds before a process is begun anew: twice as long each time, until it works
_LAST_WORDS: Final = 3.0  # seconds for one to take its registrations back
_PROGRAM: Final = "pbxsim.engines.pyvoip_process"
_REFUSALS: Final = {
    HangupCause.USER_BUSY: "486 Busy Here",
    HangupCause.CALL_REJECTED: "603 Decline",
    HangupCause.UNALLOCATED: "404 Not Found",
    HangupCause.NORMAL_CIRCUIT_CONGESTION: "503 Service Unavailable",
}
_UNAVAILABLE: Final = "480 Temporarily Unavailable"
_log: Final = logging.getLogger("pbxsim")


def pyvoip_lines(lines: Iterable[LineEntry]) -> frozenset[str]:
    """Give the SIP users of lines whose telephones are pyVoIP's."""
    return frozenset(each.line for each in lines if each.telephone == "pyvoip")


class PyvoipTelephones:
    """The telephones of a PBX's lines `users`. `fate` draws what becomes of a leg that is rung."""

    def __init__(self, pbx: Pbx, users: frozenset[str], fate: Callable[[Channel], LegPlan]) -> None:
        self._users = users
        self._fate = fate
        self._lines = pbx.directory.lines
        self._plans: dict[Channel, LegPlan] = {}
        self._workers: dict[str, _Worker] = {}
        if users:
            pbx.events.subscribe(LegDialed, self._dialled)
            pbx.events.subscribe(LegEnded, self._ended)
            pbx.events.subscribe(CallBridged, self._bridged)
            pbx.events.subscribe(CallTransferred, self._bridged)

    async def start(self, account_of: Callable[[str], SipAccount | None] | None) -> None:
        """Begin their processes, which register them. Raises EngineUnreachable."""
        if not self._users or account_of is None:
            return
        orders = [self._registers(user, account_of(user)) for user in sorted(self._users & self._lines.keys())]
        if find_spec("pyVoIP") is None:
            raise EngineUnreachable("telephones of pyVoIP need the package: pip install 'pbxsim[sip]'")
        for start in range(0, len(orders), PER_PROCESS):
            worker = _Worker(orders[start : start + PER_PROCESS])
            self._workers.update({order["line"]: worker for order in worker.orders})
        await asyncio.gather(*(worker.begin() for worker in set(self._workers.values())))

    async def close(self) -> None:
        """End their processes."""
        workers, self._workers = set(self._workers.values()), {}
        await asyncio.gather(*(worker.close() for worker in workers))

    @property
    def processes(self) -> list[int]:
        """Give the numbers of their processes, the oldest first."""
        return sorted({worker.number for worker in self._workers.values()} - {0})

    def _registers(self, user: str, account: SipAccount | None) -> dict[str, Any]:
        if account is None:
            raise EngineUnreachable(f"no telephone can register as {user}, and one of pyVoIP is to")
        host, _, port = account.server.rpartition(":")
        if host.startswith("["):
            raise EngineUnreachable("telephones of pyVoIP know IPv4 only, and the PBX is told to listen at IPv6")
        number = self._lines[user].extension.internal
        told = {"line": user, "host": host or account.server, "port": int(port) if host else 5060}
        return {"do": "register", **told, "secret": account.secret, "number": number}

    # -- what the switch tells ---------------------------------------------------------------------------------------

    def _dialled(self, event: LegDialed) -> None:
        channel = event.channel
        user = self._user(channel)
        if not user or channel.is_calling:
            return
        plan = self._plans[channel] = self._fate(channel)
        self._tell(user, "expect", leg=channel.serial, **order_of(plan))

    def _bridged(self, event: CallBridged | CallTransferred) -> None:
        for channel in (event.call.first, event.call.second):
            plan = self._plans.get(channel) if channel is not None else None
            if channel is not None and plan is not None and plan.talk is not None:
                self._tell(self._user(channel), "talk", leg=channel.serial, seconds=plan.talk / SECOND)

    def _ended(self, event: LegEnded) -> None:
        user = self._user(event.channel)
        if user and self._plans.pop(event.channel, None) is not None:
            self._tell(user, "forget", leg=event.channel.serial)
            worker = self._workers.get(user)
            if worker is not None:
                worker.watch(user, event.channel.serial)

    def _user(self, channel: Channel) -> str:
        line = channel.line
        return line.user if line is not None and line.user in self._users else ""

    def _tell(self, user: str, do: str, **more: object) -> None:
        worker = self._workers.get(user)
        if worker is not None:
            worker.tell({"do": do, "line": user, **more})


def order_of(plan: LegPlan) -> Mapping[str, object]:
    """Spell what a telephone is to do when it is rung, as its process reads it."""
    if plan.report is None:
        return {"after": None}
    after = plan.settles_after / SECOND
    if plan.report is Report.ANSWERED:
        return {"after": after}
    return {"after": after, "code": _REFUSALS.get(plan.cause, _UNAVAILABLE)}


class _Worker:
    """One process and its telephones; `orders` have them register. `number` is the process's, 0 while there is none."""

    def __init__(self, orders: list[dict[str, Any]]) -> None:
        self.orders = orders
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._watches: dict[tuple[str, int], asyncio.TimerHandle] = {}  # by line and leg
        self._closing = asyncio.Event()
        self._pause = _PAUSE

    @property
    def number(self) -> int:
        return self._process.pid if self._process is not None and self._process.returncode is None else 0

    async def begin(self) -> None:
        """Start the process. Raises EngineUnreachable."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", _PROGRAM),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the server, which ends it in order
            )
        except OSError as error:
            raise EngineUnreachable(f"the telephones of pyVoIP cannot be started: {error.strerror}") from error
        for order in self.orders:
            self.tell(order)
        self._reading = asyncio.create_task(self._read(self._process))

    def tell(self, order: Mapping[str, object]) -> None:
        """Have a telephone do something; while there is no process nothing can."""
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.write(json.dumps(order).encode() + b"\n")

    def watch(self, line: str, leg: int) -> None:
        """See that a telephone lets go of a call in time."""
        self._watches[line, leg] = asyncio.get_running_loop().call_later(PATIENCE, self._give_up, line, leg)

    async def close(self) -> None:
        """End the process, by force where it does not end by itself."""
        self._closing.set()
        self._watch_nothing()
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _LAST_WORDS)
            self._kill()
            await process.wait()
        if self._reading is not None:
            await self._reading

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Hear what the telephones tell; begin anew when there is nobody left who could."""
        assert process.stdout is not None  # it was started so
        async for line in process.stdout:
            self._heard(json.loads(line))
        await process.wait()
        self._watch_nothing()  # its calls are over with it
        while not self._closing.is_set():
            _log.warning("a process with telephones of pyVoIP has ended, and is begun anew in %.1f s", self._pause)
            if await self._closes_within(self._pause):
                return
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            with suppress(EngineUnreachable):
                await self.begin()
                return

    async def _closes_within(self, seconds: float) -> bool:
        try:
            return await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return False

    def _heard(self, told: Mapping[str, Any]) -> None:
        if told["is"] == "quiet":
            watch = self._watches.pop((told["line"], told["leg"]), None)
            if watch is not None:
                watch.cancel()
        elif told["is"] == "registered":
            self._pause = _PAUSE
        elif told["is"] == "failed":
            _log.warning("the telephone of %s (pyVoIP): %s", told["line"] or "any line", told["why"])

    def _watch_nothing(self) -> None:
        for watch in self._watches.values():
            watch.cancel()
        self._watches.clear()

    def _give_up(self, line: str, leg: int) -> None:
        del self._watches[line, leg]
        _log.warning("the telephone of %s (pyVoIP) does not let go of its call: its process is begun anew", line)
        self._kill()

    def _kill(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
