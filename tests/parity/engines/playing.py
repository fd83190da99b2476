"""Plays scenarios on one engine: asks vendors, lends hands, waits, and reads what came of it.

What differs between engines is in `EngineAtWork`: how time goes by, who has hands, and what telephones noticed.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import wave
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from tests.parity.engines import history
from tests.parity.engines.history import History, Words
from tests.parity.engines.office import key_of, principal_of
from tests.parity.engines.scenario import API_KEY, Ask, outside, public, queue_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import aiohttp

    from tests.parity.engines.history import Moment
    from tests.parity.engines.scenario import Hand, Scenario

_PLACE: Final = re.compile(r"\{([A-Za-z]+)(?:\.(\w+))?\}")
_MOST: Final = "limit=1000"
_SETTLES: Final = 0.5
_JSON: Final = {"Content-Type": "application/json", "X-APIKEY": API_KEY}


class EngineUnavailable(Exception):
    """The engine cannot be played on here; says why."""


class EngineAtWork(Protocol):
    """A server with one engine, on the PBX of all scenarios. `at_once`: how many scenarios are played at a time."""

    url: str
    at_once: int

    async def wait_until(self, began: float, second: float) -> None:
        """Wait until so many seconds after the moment `began` of the PBX's clock."""
        ...

    async def touch(self, scenario: Scenario, hand: Hand) -> None:
        """Do something with a telephone."""
        ...

    def seen(self, scenario: Scenario, calls: Iterable[Mapping[str, Any]], began: str) -> tuple[Moment, ...]:
        """Tell what the telephones noticed."""
        ...


class _Played(msgspec.Struct):
    scenario: Scenario
    began: str
    replies: list[history.Reply] = []


async def play(
    scenarios: Iterable[Scenario], engine: EngineAtWork, client: aiohttp.ClientSession
) -> dict[int, History]:
    """Play scenarios; give what each came to."""
    free = asyncio.Semaphore(engine.at_once)

    async def played(scenario: Scenario) -> _Played:
        async with free:
            return await _Playing(scenario, engine, client).play()

    done = await asyncio.gather(*(played(scenario) for scenario in scenarios))
    return await _read(done, engine, client)


class _Playing:
    """One scenario that is being played."""

    def __init__(self, scenario: Scenario, engine: EngineAtWork, client: aiohttp.ClientSession) -> None:
        self._scenario = scenario
        self._engine = engine
        self._client = client
        self._words = Words(scenario)
        self._reference = ""

    async def play(self) -> _Played:
        clock = await self._asked("/_pbxsim/clock")
        played = _Played(self._scenario, clock["now"])
        began = history.moment(played.began)
        for second, step in self._scenario.steps:
            await self._engine.wait_until(began, second)
            if isinstance(step, Ask):
                played.replies.append(await self._ask(step))
            else:
                await self._engine.touch(self._scenario, step)
        await self._engine.wait_until(began, self._scenario.lasts)
        await self._hang_up_the_rest()
        await self._engine.wait_until(began, self._scenario.lasts + _SETTLES)
        return played

    async def _ask(self, step: Ask) -> history.Reply:
        query = {name: await self._filled(value) for name, value in step.query.items()}
        told = None if step.json is None else await self._document(step.json)
        more: dict[str, Any] = {} if told is None else {"data": json.dumps(told), "headers": _JSON}
        async with self._client.request(step.method, self._engine.url + step.path, params=query, **more) as reply:
            body = await reply.text()
        if step.name.startswith("Duocom"):
            self._reference = (body.split() or [""])[-1]
            body = body.replace(self._reference, "<id>") if self._reference.isdigit() else body
        return history.reply(self._words, step.name, reply.status, body if step.reads_reply else "")

    async def _document(self, fields: Mapping[str, str | float]) -> dict[str, str | float]:
        return {name: await self._filled(value) if isinstance(value, str) else value for name, value in fields.items()}

    async def _filled(self, text: str) -> str:
        for whole, name, what in [(found[0], found[1], found[2]) for found in _PLACE.finditer(text)]:
            text = text.replace(whole, await self._value(name, what))
        return text

    async def _value(self, name: str, what: str | None) -> str:
        number = self._scenario.number
        known = {
            ("queue", None): f"q{number:02d}",
            ("queue", "number"): queue_number(number),
            ("key", None): key_of(self._scenario),
            ("principal", None): principal_of(self._scenario),
            ("outside", None): outside(number),
            ("reference", None): self._reference,
        }
        if (name, what) in known:
            return known[name, what]
        user = self._scenario.user(name)
        return {None: user, "public": public(user)}.get(what) or await self._channel(user)

    async def _channel(self, user: str) -> str:
        """Name the oldest channel of a telephone; of one that has none, a name that nothing has."""
        phones = await self._asked(f"/_pbxsim/phones?{_MOST}")
        (found,) = [phone for phone in phones if phone["user"] == user]
        names = [call["channel"] for call in found["calls"]]
        return names[0] if names else f"SIP/{user}-ffffffff"

    async def _hang_up_the_rest(self) -> None:
        for call in await self._asked(f"/_pbxsim/calls?{_MOST}"):
            if call["state"] != "ended" and history.calls(self._words, [call], call["started"]):
                url = f"{self._engine.url}/_pbxsim/calls/{call['id']}/hangup"
                async with self._client.post(url, data="{}", headers=_JSON):
                    pass  # one that ended just now is as good

    async def _asked(self, path: str) -> Any:  # noqa: ANN401 - any JSON
        return await _document(self._client, self._engine.url + path)


async def _read(done: Iterable[_Played], engine: EngineAtWork, client: aiohttp.ClientSession) -> dict[int, History]:
    calls = await _document(client, f"{engine.url}/_pbxsim/calls?{_MOST}")
    records = await _document(client, f"{engine.url}/_pbxsim/cdrs?{_MOST}")
    notices = await _document(client, f"{engine.url}/_pbxsim/webhooks?{_MOST}")
    lengths = {one["id"]: await _length(client, engine.url, one["id"]) for one in records if one["recording"]}
    found = {}
    for played in done:
        words = Words(played.scenario)
        found[played.scenario.number] = History(
            calls=history.calls(words, calls, played.began),
            records=history.records(words, records, lengths),
            replies=tuple(played.replies),
            notices=history.notices(words, notices, played.began),
            seen=engine.seen(played.scenario, calls, played.began),
        )
    return found


async def _document(client: aiohttp.ClientSession, url: str) -> Any:  # noqa: ANN401 - any JSON
    async with client.get(url) as reply:
        return json.loads(await reply.text())


async def _length(client: aiohttp.ClientSession, url: str, record: int) -> float:
    """Give how many seconds a recording has; 0 where there is none."""
    async with client.get(f"{url}/_pbxsim/cdrs/{record}/recording") as reply:
        content = await reply.read()
    if reply.status != 200:
        return 0
    with wave.open(io.BytesIO(content)) as sound:
        return float(sound.getnframes() / sound.getframerate())
