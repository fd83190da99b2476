"""What a route declares, and what is done around its handler: the clock caught up and re-armed, the journal's line.

A handler never does these itself, so none can forget them: whoever declares a route says of which kind it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

import msgspec

from pbxsim.web.control.request import ControlRequest, Nothing
from pbxsim.web.control.response import Response

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import Hosts
    from pbxsim.kit.request import Request

Q = TypeVar("Q", bound=msgspec.Struct)
B = TypeVar("B", bound=msgspec.Struct)

Reply: TypeAlias = "Response | Awaitable[Response]"


class Command(msgspec.Struct, frozen=True):
    """What a client wants done to a PBX, found to be possible: the journal's line of it, and the deed.

    `data` is plain, as JSON can hold it; `call` the number of the call that it is about. `act` does it and answers;
    what it answers may still wait for something, e.g. that a record is stored.
    """

    data: dict[str, object]
    act: Callable[[], Reply]
    call: int | None = None


class _Declared(msgspec.Struct, Generic[Q, B], frozen=True, kw_only=True):
    """What may stand in a route's query and in its body. `is_open`: no token is asked for."""

    method: str
    path: str
    query: type[Q] = Nothing  # type: ignore[assignment]  # the type that Q then is
    body: type[B] = Nothing  # type: ignore[assignment]  # the type that B then is
    is_open: bool = False

    def read(self, request: Request, hosts: Hosts, parts: Mapping[str, str]) -> ControlRequest[Q, B]:
        """Read a request by these types. Raises Problem."""
        return ControlRequest(request, hosts, parts, self.query, self.body)


class Server(_Declared[Q, B], frozen=True, kw_only=True):
    """Is about the server, or moves a clock by itself: nothing is done around its handler."""

    handler: Callable[[ControlRequest[Q, B]], Reply]

    def answer(self, request: Request, hosts: Hosts, parts: Mapping[str, str]) -> Reply:
        """Call the handler. Raises Problem."""
        return self.handler(self.read(request, hosts, parts))


class Reading(_Declared[Q, B], frozen=True, kw_only=True):
    """Looks at a PBX as it is at this moment: the clock is caught up first."""

    handler: Callable[[ControlRequest[Q, B]], Reply]

    def answer(self, request: Request, hosts: Hosts, parts: Mapping[str, str]) -> Reply:
        """Catch the clock up, then call the handler. Raises Problem."""
        asked = self.read(request, hosts, parts)
        asked.host.driver.catch_up()
        return self.handler(asked)


class Commanding(_Declared[Q, B], frozen=True, kw_only=True):
    """Has something done to a PBX at this moment. Its handler says what, and the journal has it before it is done."""

    handler: Callable[[ControlRequest[Q, B]], Command]

    def answer(self, request: Request, hosts: Hosts, parts: Mapping[str, str]) -> Reply:
        """Catch the clock up, see whether it can be done, take it down, do it, and re-arm the clock. Raises Problem."""
        asked = self.read(request, hosts, parts)
        host = asked.host
        host.driver.catch_up()
        command = self.handler(asked)
        host.journal.append("control", call=command.call, data=command.data)
        try:
            return command.act()
        finally:
            host.driver.rearm()


Route: TypeAlias = "Server[Any, Any] | Reading[Any, Any] | Commanding[Any, Any]"
