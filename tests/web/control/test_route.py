"""What is done around a handler is the route's, by its kind, and never the handler's own."""

from __future__ import annotations

import ast
import typing
from pathlib import Path

import pytest

import pbxsim.web.control
from pbxsim.web.control.route import Command, Commanding, Reading, Route, Server
from pbxsim.web.control.routes import ROUTES

FOLDER = Path(pbxsim.web.control.__file__).parent
HANDLERS = sorted(path.name for path in FOLDER.glob("*.py") if path.name != "route.py")
AROUND = {"catch_up", "rearm", "append"}
COMMANDS = {
    "POST /_pbxsim/calls",
    "POST /_pbxsim/calls/{call}/hangup",
    "POST /_pbxsim/phones/{user}/{verb}",
    "POST /_pbxsim/accounts/{name}/credit",
}
MOVING_THE_CLOCK_OR_ABOUT_THE_SERVER = {
    "GET /livez",
    "GET /readyz",
    "GET /metrics",
    "GET /_pbxsim/openapi.json",
    "PUT /_pbxsim/clock",
    "POST /_pbxsim/clock/advance",
    "POST /_pbxsim/clock/next",
    "POST /_pbxsim/clock/run-until-idle",
    "POST /_pbxsim/reset",
}


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.mark.parametrize("name", HANDLERS)
def test_no_handler_moves_the_clock_or_writes_the_journal_by_itself(name: str) -> None:
    tree = ast.parse((FOLDER / name).read_text(encoding="utf-8"))
    called = {
        node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert called & AROUND == set()


def test_what_changes_a_pbx_is_a_command_and_what_looks_at_it_is_caught_up() -> None:
    kinds: dict[type, set[str]] = {Server: set(), Reading: set(), Commanding: set()}
    for route in ROUTES:
        kinds[type(route)].add(_name(route))
    assert kinds[Commanding] == COMMANDS
    assert kinds[Server] == MOVING_THE_CLOCK_OR_ABOUT_THE_SERVER
    changing = {name for name in kinds[Reading] if not name.startswith("GET ")}
    assert changing == {"POST /_pbxsim/webhooks/{id}/redeliver"}  # the outbox's, which the switch knows nothing of


@pytest.mark.parametrize("route", ROUTES, ids=_name)
def test_a_handler_takes_what_its_route_reads(route: Route) -> None:
    known = vars(pbxsim.web.control.request) | {"Nothing": pbxsim.web.control.request.Nothing, "Command": Command}
    module = vars(__import__(route.handler.__module__, fromlist=["_"]))
    (asked, *_), (name, *_) = route.handler.__annotations__.values(), route.handler.__annotations__
    assert name.lstrip("_") == "asked"
    query, body = typing.get_args(eval(asked, known | module))
    assert (query, body) == (route.query, route.body)
    assert (route.handler.__annotations__["return"] == "Command") is isinstance(route, Commanding)
