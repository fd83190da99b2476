"""Real SIP telephones for tests: baresip, without a sound card; each does with a call what it is told beforehand."""

from __future__ import annotations

import asyncio
from array import array
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

_REASON = "no SIP telephones: baresip-python is not installed"
baresip = pytest.importorskip("baresip", reason=_REASON)
for _name in ("call", "errors", "runtime", "ua"):
    pytest.importorskip(f"baresip.{_name}", reason=_REASON)


class Telephone:
    """A telephone with one account. `calls` are those that it has now, oldest first.

    `noted` hears what it sees of them: `rings` with the number that calls, `talks`, `over`.
    """

    def __init__(self, agent: Any, server: str) -> None:  # noqa: ANN401 - baresip's own
        self.agent = agent
        self.calls: list[Any] = []
        self.seen: list[str] = []
        self.answers_after: float | None = None
        self.rejects_after: float | None = None
        self.talks: float | None = None
        self.noted: Callable[[str, str], None] = lambda _what, _who: None
        self.server = server
        self._work: set[asyncio.Task[None]] = set()
        agent.on_incoming(self._rings)

    def answers(self, after: float = 0, talks: float | None = None) -> None:
        """Answer from now on, and hang up after so many seconds of being up."""
        self.answers_after, self.talks = after, talks

    def rejects(self, after: float = 0) -> None:
        """Be busy from now on (486)."""
        self.rejects_after = after

    async def dial(self, number: str) -> Any:  # noqa: ANN401 - baresip's own
        """Dial."""
        call = await self.agent.dial(f"sip:{number}@{self.server}")
        self._know(call)
        return call

    def is_quiet(self) -> bool:
        """Tell whether it neither rings nor is off the hook."""
        return not self.calls

    async def close(self) -> None:
        """Put it away."""
        for task in self._work:
            task.cancel()
        for call in list(self.calls):
            await quietly(call.hangup())
        await quietly(self.agent.unregister())

    def _know(self, call: Any) -> None:  # noqa: ANN401 - baresip's own
        self.calls.append(call)
        talked: list[bool] = []

        def changed(_event: object) -> None:
            if call.state is baresip.call.CallState.ESTABLISHED and not talked:
                talked.append(True)
                self.noted("talks", "")
            if call.state is baresip.call.CallState.CLOSED and call in self.calls:
                self.calls.remove(call)
                self.noted("over", "")

        call.on(changed)
        changed(None)  # it may have been answered, or be over, by now

    def _rings(self, call: Any) -> None:  # noqa: ANN401 - baresip's own
        self.seen.append(call.peer)
        self.noted("rings", call.peer.removeprefix("sip:").partition("@")[0])
        self._know(call)
        if self.rejects_after is not None:
            self._do(self.rejects_after, lambda: call.reject())
        elif self.answers_after is not None:
            self._do(self.answers_after, lambda: self._pick_up(call))

    async def _pick_up(self, call: Any) -> None:  # noqa: ANN401 - baresip's own
        await call.answer()
        await call.wait_established()
        if self.talks is not None:
            self._do(self.talks, lambda: call.hangup())

    def _do(self, after: float, what: Callable[[], Any]) -> None:
        async def done() -> None:
            await later(after)
            await quietly(what())

        task = asyncio.get_running_loop().create_task(done())
        self._work.add(task)
        task.add_done_callback(self._work.discard)


class Telephones:
    """Telephones at one server, by `transport`; there is one set of them in a process at a time."""

    def __init__(self, server: str, transport: str = "udp") -> None:
        self._server = server
        self._transport: Any = transport
        self._runtime = baresip.runtime.Runtime()
        self._made: list[Telephone] = []

    async def start(self) -> None:
        """Let there be telephones."""
        await self._runtime.start(baresip.Config(net_interface="127.0.0.1", max_concurrent_calls=None))

    async def registered(self, user: str, password: str) -> Telephone:
        """Register a telephone."""
        account = baresip.Account(
            user=user, domain=self._server, password=password, audio_codecs=("pcma",), transport=self._transport
        )
        agent = await baresip.ua.UserAgent.create(self._runtime, account)
        await agent.register()
        more = "" if self._transport == "udp" else f";transport={self._transport}"
        self._made.append(Telephone(agent, f"{self._server}{more}"))
        return self._made[-1]

    async def close(self) -> None:
        """Put them away."""
        for telephone in self._made:
            await telephone.close()
        await self._runtime.close()


def loudness(sound: bytes) -> int:
    """Tell how loud the loudest moment of 16-bit sound is."""
    samples = array("h")
    samples.frombytes(sound[: len(sound) // 2 * 2])
    return max(samples, default=0)


async def later(seconds: float) -> None:
    """Let a telephone's own time go by: nothing is waited for by it but what a person would wait."""
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=seconds)


async def quietly(doing: Any) -> None:  # noqa: ANN401 - any awaitable
    """Do something with a call that may be over by now."""
    try:
        await doing
    except baresip.errors.BaresipError:
        return
