"""The control API's one entrance: asks the guard, finds the route, has it answer, turns problems into documents.

What is read of a request, and what is done around a handler, is in route.py.

The routes and all that answers them are imported with the first request: a start need not wait for them, nor who asks
whether the server is there.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.web.control.response import Problem, Response
from pbxsim.web.paths import CONTROL_ROOT, HEALTH, LIVEZ, METRICS, SNAPSHOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.hosting.hosts import Hosts
    from pbxsim.kit.request import Request
    from pbxsim.web.control.access import Guard
    from pbxsim.web.control.route import Route

_log: Final = logging.getLogger("pbxsim")


class ControlApi:
    """Answers the control API for the PBXs of a server."""

    def __init__(self, hosts: Hosts, guard: Guard) -> None:
        self._hosts = hosts
        self._guard = guard

    def is_control(self, path: str) -> bool:
        """Tell whether a path is the control API's own."""
        return path in HEALTH or path in (METRICS, CONTROL_ROOT) or path.startswith(CONTROL_ROOT + "/")

    def takes_snapshot(self, request: Request) -> bool:
        """Tell whether a request, of which the body is not read yet, may bring a snapshot, which is long."""
        return request.method == "PUT" and request.path == SNAPSHOT and self._guard.trusts(request)

    def with_secrets(self, request: Request, vendor: str) -> Request:
        """Give a request of the live page's to a vendor with the credentials that it asks for. Raises Problem."""
        from pbxsim.web.control.trying import with_secrets

        return with_secrets(request, vendor, self._hosts, self._guard)

    def hints(self, path: str) -> tuple[str, ...]:
        """Say that a path that nobody owns is one of the control API's without its root."""
        from pbxsim.web.control.routes import ROUTES

        near = _near(path, ROUTES) if path.count("/") == 1 else ""
        return (f"path {path!r} is probably {CONTROL_ROOT}{near} of pbxsim's control API",) if near else ()

    async def answer(self, request: Request) -> Response:
        """Do what is asked and answer it; whatever goes wrong becomes a problem document."""
        try:
            return await self._answer(request)
        except Problem as problem:
            return self.told(problem)
        except Exception:
            _log.exception("the control API failed at %s %s", request.method, request.path)
            return Problem(500, "a fault in pbxsim; its log has more").response()

    def told(self, problem: Problem) -> Response:
        """Spell a problem out; it may quote what a client put in the wrong place."""
        response = problem.response()
        assert isinstance(response.body, bytes)
        return msgspec.structs.replace(response, body=self._hosts.secrets.json(response.body))

    async def _answer(self, request: Request) -> Response:
        from pbxsim.web.control.paging import linked
        from pbxsim.web.control.request import pbx_meant

        routes = _routes(request.path)
        if request.path not in HEALTH:
            self._guard.check_page(request)
        segments = request.path.split("/")
        fitting = _closest([(route, parts) for route in routes if (parts := route.match(segments)) is not None])
        if not (fitting and all(route.is_open for route, _ in fitting)):
            self._guard.check_token(request)
        if not fitting:
            raise Problem(404, _nowhere(request.path, routes))
        route, parts = _by_method(fitting, request)
        self._guard.check_type(request)
        if request.path in HEALTH and not self._guard.trusts(request):
            return _for_strangers(self._hosts, request.path)
        host = pbx_meant(self._hosts, request.params)
        response = await route.answer(host, route.arguments(request, self._hosts, host, parts), request)
        return linked(response, request.path, request.params)


def _routes(path: str) -> tuple[Route[Any], ...]:
    """Give the routes among which that of a path is."""
    if path in HEALTH or path == METRICS:
        from pbxsim.web.control.health import ROUTES as OF_HEALTH

        return OF_HEALTH
    from pbxsim.web.control.routes import ROUTES

    return ROUTES


def _nowhere(path: str, routes: Iterable[Route[Any]]) -> str:
    """Say that there is no such route, and which was probably meant."""
    near = _near(path.removeprefix(CONTROL_ROOT), routes)
    meant = f": did you mean {CONTROL_ROOT}{near}?" if near else ""
    return f"the control API has no {path}{meant}; {CONTROL_ROOT}/openapi.json lists its routes"


def _near(rest: str, routes: Iterable[Route[Any]]) -> str:
    """Find the route that is most like what stands behind the control API's root; empty where none is."""
    from pbxsim.kit.near_miss import nearest

    own = [route for route in routes if route.path.startswith(CONTROL_ROOT)]
    paths = dict.fromkeys(route.path_like(CONTROL_ROOT + rest).removeprefix(CONTROL_ROOT) for route in own)
    return next(iter(nearest(rest, paths)), "")


def _for_strangers(hosts: Hosts, path: str) -> Response:
    """Tell somebody who may not use the control API how the server is; which PBXs there are, he is not told either."""
    from pbxsim.web.control.health import livez, readyz_for_strangers

    return livez() if path == LIVEZ else readyz_for_strangers(hosts)


def _closest(fitting: list[tuple[Route[Any], dict[str, str]]]) -> list[tuple[Route[Any], dict[str, str]]]:
    """Of routes that fit a path give those that name most of it: `/{user}/behaviour` goes before `/{user}/{verb}`."""
    fewest = min((len(parts) for _, parts in fitting), default=0)
    return [(route, parts) for route, parts in fitting if len(parts) == fewest]


def _by_method(
    fitting: Iterable[tuple[Route[Any], dict[str, str]]], request: Request
) -> tuple[Route[Any], dict[str, str]]:
    method = "GET" if request.method == "HEAD" else request.method
    for route, parts in fitting:
        if route.method == method:
            return route, parts
    allowed = ", ".join(sorted({route.method for route, _ in fitting}))
    raise Problem(405, f"{request.path} answers to {allowed}, not to {request.method}", ("Allow", allowed))
