"""The table of routes, walked: each is of a kind that sees to clock and journal, and no handler does so itself."""

from __future__ import annotations

import re
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.web import control
from pbxsim.web.control.clock import Moving
from pbxsim.web.control.route import Commanding, Reading, Route, Untimed
from pbxsim.web.control.routes import ROUTES
from tests.web.control.test_contract import REAL, routed

if TYPE_CHECKING:
    from tests.web.town import Town

NO_COMMANDS = {
    "/_pbxsim/reset": Untimed,  # the journal that could tell of it begins anew
    "/_pbxsim/snapshot": Untimed,  # as if nothing had been asked: the journal is that of never having stopped
    "/_pbxsim/webhooks/{id}/redeliver": Reading,  # deliveries are outside the switch
    "/_pbxsim/pbxs": Untimed,  # the whole server's
    "/_pbxsim/pbxs/{name}": Untimed,
    "/_pbxsim/requests/verify": Reading,  # questions that are too long for a query
    "/_pbxsim/wait": Reading,
}
LOOKS_AT_NO_PBX = {"/livez", "/readyz", "/metrics", "/_pbxsim/openapi.json"}
LOOKS_WITHOUT_A_TRACE = {"/_pbxsim/events"}  # not even a clock that runs is caught up for whoever only looks on

KINDS = {(route.method, route.path): type(route) for route in ROUTES}
MODULES = sorted(path for path in Path(control.__file__).parent.glob("*.py") if path.name != "route.py")
BY_ITSELF = re.compile(r"\.catch_up\(|\.rearm\(|journal\.append\(")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_what_is_sent_to_change_something_is_a_command_or_moves_the_clock(route: Route[Any]) -> None:
    if route.path in NO_COMMANDS:
        assert type(route) is NO_COMMANDS[route.path]
    elif route.method == "GET":
        assert type(route) is (Untimed if route.path in LOOKS_AT_NO_PBX | LOOKS_WITHOUT_A_TRACE else Reading)
    else:
        assert type(route) in (Commanding, Moving)


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_nothing_is_awaited_between_the_check_of_a_command_and_its_doing(route: Route[Any]) -> None:
    assert not (type(route) is Commanding and iscoroutinefunction(route.handler))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_no_handler_sees_to_the_clock_or_the_journal_itself(module: Path) -> None:
    found = BY_ITSELF.findall(module.read_text(encoding="utf-8"))
    assert found == ([".catch_up("] if module.stem == "clock" else [])  # the one kind of route that is declared there


@pytest.mark.slow
async def test_a_command_that_is_done_has_one_line_before_all_that_comes_of_it_and_nothing_else_has_any(
    town: Town,
) -> None:
    for method, path, template, body, status in REAL:
        journal = town.host.journal
        before = len(journal)
        await town.ask(method, path, body)
        kinds = [entry.kind for entry in journal.entries(before)]
        is_command = KINDS[method, routed(template)] is Commanding
        if is_command and status < 300:
            assert kinds[0] == "control", path
        assert kinds.count("control") == (is_command and status in (200, 201, 409)), path
