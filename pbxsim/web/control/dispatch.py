"""The control API's one entrance: finds the route, asks the guard, turns problems into documents.

The routes and all that answers them are imported with the first request: a start need not wait for them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pbxsim.web.control.response import Problem, Response
from pbxsim.web.paths import CONTROL_ROOT, HEALTH, METRICS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.hosting.hosted_pbx import Hosts
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

    async def answer(self, request: Request) -> Response:
        """Do what is asked and answer it; whatever goes wrong becomes a problem document."""
        try:
            return await self._answer(request)
        except Problem as problem:
            return problem.response()
        except Exception:
            _log.exception("the control API failed at %s %s", request.method, request.path)
            return Problem(500, "a fault in pbxsim; its log has more").response()

    async def _answer(self, request: Request) -> Response:
        from pbxsim.web.control.routes import ROUTES

        if request.path not in HEALTH:
            self._guard.check_page(request)
        fitting = [(route, parts) for route in ROUTES if (parts := _parts(route.path, request.path)) is not None]
        if not (fitting and all(route.is_open for route, _ in fitting)):
            self._guard.check_token(request)
        if not fitting:
            raise Problem(404, f"the control API has no {request.path}; {CONTROL_ROOT}/openapi.json lists its routes")
        route, parts = _by_method(fitting, request)
        self._guard.check_type(request)
        reply = route.answer(request, self._hosts, parts)
        return reply if isinstance(reply, Response) else await reply


def _by_method(fitting: Iterable[tuple[Route, dict[str, str]]], request: Request) -> tuple[Route, dict[str, str]]:
    method = "GET" if request.method == "HEAD" else request.method
    for route, parts in fitting:
        if route.method == method:
            return route, parts
    allowed = ", ".join(sorted({route.method for route, _ in fitting}))
    raise Problem(405, f"{request.path} answers to {allowed}, not to {request.method}", ("Allow", allowed))


def _parts(template: str, path: str) -> dict[str, str] | None:
    """Match a path with a template, segment by segment; give the values of its `{names}`, None if it does not fit."""
    wanted, given = template.split("/"), path.split("/")
    if len(wanted) != len(given):
        return None
    parts: dict[str, str] = {}
    for want, have in zip(wanted, given, strict=True):
        if want.startswith("{"):
            parts[want[1:-1]] = unquote(have)
        elif want != have:
            return None
    return parts
