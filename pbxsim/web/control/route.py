"""How a route is declared, and what is done around its handler, which no handler has to remember.

A handler takes what it names: `host` (the PBX that is meant), `query` and `body` (read as the Structs of their
annotations), each value of the path by its name (a number where it is annotated as int; `id_` stands for `{id}`),
`hosts` (all PBXs of the server), `request` (as it came). Everything is read once, and before the handler: a query or
body of which it takes none must be empty. The annotations are resolved, so what they name is imported at run time.

There are four kinds of routes: Reading, Commanding and Untimed here, and those that move the clock (clock.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Final, Generic, TypeAlias, TypeVar
from urllib.parse import unquote

import msgspec

from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.request import Nothing, body_of, number_of, query_of, refuse_repetitions
from pbxsim.web.control.response import Problem, Response

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.kit.request import Request

R = TypeVar("R")

Answer: TypeAlias = "Response | Awaitable[Response]"

_GIVEN: Final = frozenset({"request", "hosts", "host", "query", "body"})


class OnceStored(msgspec.Struct, frozen=True):
    """A response that is sent once the store has all that was done; if it cannot write, 503 with `otherwise`."""

    response: Response
    otherwise: str


class Command(msgspec.Struct, frozen=True):
    """What a request asks for, found possible; done by `act` when the journal has it.

    The journal's line tells what it `does`, with which `data`, and to which call.
    """

    does: str
    data: Mapping[str, object]
    act: Callable[[], Response | OnceStored]
    call: int | None = None


class Route(ABC, Generic[R]):
    """One route. `is_open`: no token is asked for. Raises TypeError for a handler that takes what no route can give."""

    def __init__(self, method: str, path: str, handler: Callable[..., R], *, is_open: bool = False) -> None:
        self.method = method
        self.path = path
        self.handler = handler
        self.is_open = is_open
        takes = {name.rstrip("_"): taken for name, taken in signature(handler, eval_str=True).parameters.items()}
        self._takes = tuple(takes)
        self._segments = path.split("/")
        self.parts: Mapping[str, type] = self._parts_of(takes)
        self.query: type[msgspec.Struct] = takes["query"].annotation if "query" in takes else Nothing
        self.body: type[msgspec.Struct] = takes["body"].annotation if "body" in takes else Nothing

    @abstractmethod
    async def answer(self, host: HostedPbx, arguments: list[Any], request: Request | None = None) -> Response:
        """Have the handler answer, with all that belongs around it; `request` is what was sent. Raises Problem."""

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """Give the values of its `{names}` in a path, split at its slashes; None if it is another route's."""
        if len(segments) != len(self._segments):
            return None
        parts: dict[str, str] = {}
        for wanted, given in zip(self._segments, segments, strict=True):
            if wanted.startswith("{"):
                parts[wanted[1:-1]] = unquote(given)
            elif wanted != given:
                return None
        return parts

    def path_like(self, path: str) -> str:
        """Give the route's path with what another path has at the places of its `{names}`, as far as that goes."""
        given = [*path.split("/"), *self._segments[path.count("/") + 1 :]]
        pairs = zip(self._segments, given, strict=False)
        return "/".join(have if wanted.startswith("{") and have else wanted for wanted, have in pairs)

    def arguments(self, request: Request, hosts: Hosts, host: HostedPbx, parts: Mapping[str, str]) -> list[Any]:
        """Read the request, and give what the handler takes, in its order. Raises Problem 400, 404."""
        given: dict[str, Any] = {"request": request, "hosts": hosts, "host": host}
        refuse_repetitions(request.query)
        given["query"] = query_of(request.params, self.query)
        given["body"] = body_of(request.body, self.body)
        for name, kind in self.parts.items():
            given[name] = number_of(name, parts[name]) if kind is int else parts[name]
        return [given[name] for name in self._takes]

    def _parts_of(self, takes: Mapping[str, Parameter]) -> Mapping[str, type]:
        names = [segment[1:-1] for segment in self._segments if segment.startswith("{")]
        if unknown := set(takes) - _GIVEN - set(names):
            raise TypeError(f"{self.path}: its handler takes {sorted(unknown)}, which no request has")
        if unused := set(names) - set(takes):
            raise TypeError(f"{self.path}: its handler does not take {sorted(unused)}")
        return {name: takes[name].annotation for name in names}


class Untimed(Route[Answer]):
    """Looks at no clock: what is the whole server's, and what begins a PBX anew."""

    async def answer(self, host: HostedPbx, arguments: list[Any], request: Request | None = None) -> Response:
        """Ask the handler."""
        return await _awaited(self.handler(*arguments))


class Reading(Route[Answer]):
    """Looks at a PBX, whose clock is caught up first. It changes nothing that the journal would tell of."""

    async def answer(self, host: HostedPbx, arguments: list[Any], request: Request | None = None) -> Response:
        """Catch the clock up, then ask the handler."""
        host.driver.catch_up()
        try:
            return await _awaited(self.handler(*arguments))
        except NotStored as error:
            raise Problem(503, f"old records cannot be looked at: {error}") from None


class Commanding(Route[Command]):
    """Does something to a PBX. Its handler sees whether it can be done, and gives the Command; it does nothing itself.

    From the look at the clock until it is set again nothing else happens: there is no await.
    """

    async def answer(self, host: HostedPbx, arguments: list[Any], request: Request | None = None) -> Response:
        """Catch up, have the command checked, journal it, do it, set the clock; wait for the store where asked."""
        host.driver.catch_up()
        command = self.handler(*arguments)
        if request is not None:
            host.commands.asked(host.pbx.clock.now, host.requests.counted, request)
        host.journal.append("control", call=command.call, data={"does": command.does, **command.data})
        try:
            done = command.act()
        finally:
            host.driver.rearm()
        return done if isinstance(done, Response) else await _stored(host, done)


async def _awaited(answer: Answer) -> Response:
    return answer if isinstance(answer, Response) else await answer


async def _stored(host: HostedPbx, done: OnceStored) -> Response:
    try:
        await host.record_store.settled()
    except NotStored as error:
        raise Problem(503, f"{done.otherwise}: {error}") from None
    return done.response
