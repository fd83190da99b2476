"""A server with a real SIP telephone for each line: baresip where calls are taken, else one that refuses."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pbxsim.testing import Receiver
from tests.parity.engines.history import Moment, Words, moment
from tests.parity.engines.office import pbx_file
from tests.parity.engines.playing import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from tests.engines.refusing import RefusingTelephone
    from tests.engines.telephones import Telephone, Telephones
    from tests.parity.engines.playing import EngineAtWork
    from tests.parity.engines.scenario import Hand, Scenario
    from tests.parity.scenario import Phone

_AT_ONCE: Final = 8
_STARTS: Final = 15.0


class TelephonesAtWork:
    """Implements `EngineAtWork`. `real` are the telephones that take calls, by SIP user."""

    at_once = _AT_ONCE

    def __init__(self, url: str) -> None:
        self.url = url
        self.real: dict[str, Telephone] = {}
        self.refusing: list[RefusingTelephone] = []
        self.telephones: Telephones | None = None
        self._noted: list[tuple[float, str, str, str]] = []
        self._consultations: dict[str, Any] = {}

    async def wait_until(self, began: float, second: float) -> None:
        await _pass(began + second - _now())

    async def touch(self, scenario: Scenario, hand: Hand) -> None:
        user, to = scenario.user(hand.who), scenario.dialled(hand.to)
        telephone = self.real[user]
        if hand.verb == "dial":
            await telephone.dial(to)
        elif hand.verb in ("unregister", "register"):
            await getattr(telephone.agent, hand.verb)()
        else:
            await getattr(self, f"_{hand.verb}")(telephone, user, to)

    def seen(self, scenario: Scenario, calls: Iterable[Mapping[str, Any]], began: str) -> tuple[Moment, ...]:
        words, start = Words(scenario), moment(began)
        users = {scenario.user(who) for who in scenario.phones}
        return tuple(
            Moment(at=at - start, what=f"{what} {words.who(other)}".strip(), who=words.who(user))
            for at, user, what, other in self._noted
            if user in users
        )

    def note(self, user: str, what: str, other: str) -> None:
        """Take what a telephone noticed."""
        self._noted.append((_now(), user, what, other))

    # -- hands --------------------------------------------------------------------------------------------------------

    async def _hang_up(self, telephone: Telephone, _user: str, _to: str) -> None:
        await telephone.calls[0].hangup()

    async def _hold(self, telephone: Telephone, _user: str, _to: str) -> None:
        await telephone.calls[0].hold()

    async def _unhold(self, telephone: Telephone, _user: str, _to: str) -> None:
        await telephone.calls[0].resume()

    async def _transfer(self, telephone: Telephone, _user: str, to: str) -> None:
        from tests.engines.telephones import quietly

        # Who is handed on has left before the other has answered: what is told of it afterwards comes to nobody.
        await quietly(asyncio.wait_for(telephone.calls[0].transfer(f"sip:{to}@{telephone.server}"), 2))

    async def _consult(self, telephone: Telephone, user: str, to: str) -> None:
        await telephone.calls[0].hold()
        self._consultations[user] = await telephone.dial(to)

    async def _complete(self, telephone: Telephone, user: str, _to: str) -> None:
        await telephone.calls[0].attended_transfer(self._consultations.pop(user))


def _now() -> float:
    """Give the time of day: the server's clock is the same, and it runs on this machine."""
    from datetime import UTC, datetime

    return datetime.now(UTC).timestamp()  # noqa: TID251 - real telephones live in real time


async def _pass(seconds: float) -> None:
    if seconds > 0:
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


@asynccontextmanager
async def at_work(
    engine_name: str, section: Mapping[str, Any], scenarios: Iterable[Scenario]
) -> AsyncIterator[EngineAtWork]:
    """Have a server with that engine, whose section of the PBX file that is. Raises EngineUnavailable."""
    chosen = list(scenarios)
    if importlib.util.find_spec("baresip") is None:
        raise EngineUnavailable("baresip is not installed")
    async with AsyncExitStack() as stack:
        receiver = stack.enter_context(Receiver())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="par-")))
        file = folder / "parity.yaml"
        file.write_text(json.dumps({**pbx_file(chosen, receiver.url), engine_name: section}), "utf-8")
        server = await _Server.started(folder, file, engine_name)
        stack.push_async_callback(server.close)
        engine = TelephonesAtWork(server.url)
        stack.push_async_callback(_put_away, engine)
        await _registered(engine, chosen, server)
        yield engine


class _Server:
    """A server in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], url: str, accounts: dict[str, tuple[str, str]]) -> None:
        self._process = process
        self.url = url
        self.accounts = accounts  # server and password, by SIP user

    @classmethod
    async def started(cls, folder: Path, file: Path, engine: str) -> _Server:
        environment = os.environ | {"TMPDIR": str(folder), "XDG_DATA_HOME": str(folder / "data")}
        accounts = await asyncio.to_thread(_accounts, file, engine, environment)
        ready, log = folder / "ready.json", folder / "log.txt"
        options = [
            "--engine",
            engine,
            "--port",
            "0",
            "--db",
            ":memory:",
            "--log",
            "none",
            "--ready-file",
            str(ready),
        ]
        command = [sys.executable, "-m", "pbxsim", "serve", str(file), *options, "--recordings", str(folder / "sound")]
        process = await asyncio.to_thread(_begun, command, environment, log)
        ends = _now() + _STARTS
        while not ready.exists():
            if process.poll() is not None or _now() > ends:
                process.kill()
                raise EngineUnavailable(log.read_text("utf-8").strip() or "the server does not start")
            await _pass(0.05)
        return cls(process, json.loads(ready.read_text("utf-8"))["url"], accounts)

    async def close(self) -> None:
        self._process.terminate()
        await asyncio.to_thread(self._process.wait)


def _begun(command: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as said:
        return subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)


def _accounts(file: Path, engine: str, environment: dict[str, str]) -> dict[str, tuple[str, str]]:
    command = [sys.executable, "-m", "pbxsim", "phones", str(file), "--engine", engine, "--json"]
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    return {one["user"]: (one["server"], one["secret"]) for one in json.loads(told)}


async def _registered(engine: TelephonesAtWork, scenarios: list[Scenario], server: _Server) -> None:
    from tests.engines.telephones import Telephones

    engine.telephones = Telephones(next(iter(server.accounts.values()))[0])
    await engine.telephones.start()
    for scenario in scenarios:
        for who, phone in scenario.phones.items():
            if phone.is_registered:
                await _telephone(engine, scenario.user(who), phone, *server.accounts[scenario.user(who)])


async def _telephone(engine: TelephonesAtWork, user: str, phone: Phone, server: str, password: str) -> None:
    from tests.engines.refusing import STATUS, RefusingTelephone

    assert engine.telephones is not None
    noted = partial(engine.note, user)
    (does,) = phone.turns or ({"outcome": "no answer"},)
    outcome, rings = does["outcome"], does.get("ring", 0)
    if outcome in ("busy", "reject", "fail"):
        status = STATUS[does["cause"] if outcome == "fail" else outcome]
        refusing = RefusingTelephone(user, status, after=rings, rings=outcome == "reject", noted=noted)
        await refusing.register(server, password)
        engine.refusing.append(refusing)
        return
    telephone = await engine.telephones.registered(user, password)
    telephone.noted = noted
    if outcome == "answer":
        telephone.answers(rings, None if does["talk"] == "never" else does["talk"])
    engine.real[user] = telephone


async def _put_away(engine: TelephonesAtWork) -> None:
    for telephone in engine.refusing:
        telephone.close()
    if engine.telephones is not None:
        await engine.telephones.close()
