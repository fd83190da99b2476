"""One trial: a PBX at its start, with what goes wrong on purpose; the integration places a call; what was seen of it.

All of it is done by the control API, as anybody could do it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.kit.request import Request
from pbxsim.sinks.delivery import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.request_log import RequestShown
    from pbxsim.kit.trap import Trap
    from pbxsim.traps.integration import Integration, Said
    from pbxsim.web.control.dispatch import ControlApi

_DAY: Final = 86_400
_AFTERWARDS: Final = 120  # seconds, in which whatever is late comes
_JSON: Final = {"Content-Type": "application/json"}


class ControlFailed(Exception):
    """The PBX would not do what a trial needs; says why."""


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests place calls: to a vendor's path, with that parameter `action` where it has one."""

    vendor: str
    path: str
    action: str | None

    @classmethod
    def by(cls, request: RequestShown) -> Placing:
        """Tell it by one that did."""
        return cls(vendor=request.vendor or "", path=request.path, action=request.params.get("action"))

    @property
    def match(self) -> dict[str, str]:
        """Give it as faults and forced replies take it."""
        return {"vendor": self.vendor, "path": self.path, **({"action": self.action} if self.action else {})}


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a trial: what the integration said, what the PBX had of it, what `check` said, if there is one.

    `webhooks` counts those that were tried, `unwelcome` tells of those that no server took. `struck` counts what went
    wrong on purpose.
    """

    said: Said
    requests: tuple[RequestShown, ...]
    calls: int
    numbers: tuple[str, ...]
    webhooks: int
    unwelcome: tuple[str, ...]
    struck: int
    check: Said | None

    @property
    def placing(self) -> dict[Placing, None]:
        """Give which requests placed calls, each way once."""
        return {Placing.by(each): None for each in self.requests if each.call is not None}


class Trials(msgspec.Struct, frozen=True, kw_only=True):
    """Tries an integration against a PBX that is served at `url`, whose clock goes at `rate`; 0: when it is done.

    `check` is asked in the end whether all is as it should be.
    """

    host: HostedPbx
    api: ControlApi
    url: str
    integration: Integration
    check: Integration | None
    rate: float

    async def run(self, trap: Trap, placing: Placing | None, error: str = "") -> Seen:
        """Have the integration place a call; raises ControlFailed, NotThere."""
        await self._set(trap, placing, error)
        told = {"url": self.url, "number": trap.number, "trap": trap.name}
        said = await self.integration.ask(told)
        await self._let_it_end()
        for _ in range(trap.days):
            await self._ask("POST", "/clock/advance", {"seconds": _DAY})
            said = await self.integration.ask(told)
            await self._let_it_end()
        return await self._seen(said, told)

    async def _set(self, trap: Trap, placing: Placing | None, error: str) -> None:
        await self._ask("POST", "/reset")
        await self._ask("PUT", "/clock", {"rate": self.rate})
        if trap.faults:
            await self._ask("PUT", "/faults", {"faults": [_aimed(each, placing) for each in trap.faults]})
        if error and placing is not None:
            wish = {"error": error, "count": None, "fill": dict(trap.filled), **placing.match}
            await self._ask("PUT", "/replies", wish)
        if trap.our_phones:
            for phone in await self._ask("GET", "/phones"):
                await self._ask("PUT", f"/phones/{phone['user']}/behaviour", {"outcome": trap.our_phones})

    async def _let_it_end(self) -> None:
        await self._ask("POST", "/clock/run-until-idle", {"limit_seconds": _DAY})
        await self._ask("POST", "/clock/advance", {"seconds": _AFTERWARDS})

    async def _seen(self, said: Said, told: Mapping[str, str]) -> Seen:
        host = self.host
        requests = tuple(host.requests.shown(record) for record in host.requests.records())
        placed = {each.call for each in requests if each.call is not None}
        calls = [call for call in await self._ask("GET", "/calls") if call["id"] in placed]
        outcome = ",".join(str(call["disposition"]) for call in calls)
        check = None if self.check is None else await self.check.ask({**told, "disposition": outcome})
        tried = [each for each in host.outbox.known() if each.tries]
        return Seen(
            said=said,
            requests=requests,
            calls=len(calls),
            numbers=tuple(call["dst"] for call in calls),
            webhooks=len(tried),
            unwelcome=tuple(
                f"{each.notice.event}: {each.tries[-1].error or each.tries[-1].status}"
                for each in tried
                if each.state is not DeliveryState.DELIVERED
            ),
            struck=sum(each["struck"] for each in await self._ask("GET", "/faults")),
            check=check,
        )

    async def _ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        content = b"" if body is None else msgspec.json.encode(body)
        answer = await self.api.answer(Request(method, f"/_pbxsim{path}", "", headers=_JSON, body=content))
        assert isinstance(answer.body, bytes)
        found = msgspec.json.decode(answer.body)
        if answer.status >= 400:
            raise ControlFailed(f"{method} {path}: {found.get('detail')}")
        return found


_OF_REQUESTS: Final = frozenset({"reset", "status", "truncated", "overtaken"})


def _aimed(fault: Mapping[str, object], placing: Placing | None) -> dict[str, object]:
    """Have a fault of requests befall those alone that place calls."""
    aim = placing.match if placing is not None and fault["fault"] in _OF_REQUESTS else {}
    return {**aim, **fault}
