"""What telephones of pyVoIP are told, without any: plans as orders, and what is said where they cannot be had."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines import pyvoip_telephones
from pbxsim.engines.engine import EngineUnreachable, SipAccount
from pbxsim.engines.pyvoip_telephones import PyvoipTelephones, order_of
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed, plan, spelt
from pbxsim.pbx.cause import HangupCause
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from collections.abc import Mapping


@pytest.mark.parametrize(
    ("behaviour", "order"),
    [
        (Behaviour(ring=fixed(2.5)), {"after": 2.5}),
        (Behaviour(outcome=Outcome.DROP, dialing=fixed(1), ring=fixed(2)), {"after": 3.0}),
        (Behaviour(outcome=Outcome.NO_ANSWER), {"after": None}),
        (Behaviour(outcome=Outcome.BUSY), {"after": 3.0, "code": "486 Busy Here"}),
        (Behaviour(outcome=Outcome.REJECT), {"after": 3.0, "code": "603 Decline"}),
        (Behaviour(outcome=Outcome.FAIL), {"after": 3.0, "code": "404 Not Found"}),
        (
            Behaviour(outcome=Outcome.FAIL, cause=HangupCause.NORMAL_CIRCUIT_CONGESTION),
            {"after": 3.0, "code": "503 Service Unavailable"},
        ),
        (
            Behaviour(outcome=Outcome.FAIL, cause=HangupCause.NO_ROUTE_DESTINATION),
            {"after": 3.0, "code": "480 Temporarily Unavailable"},
        ),
        (spelt("990103020"), {"after": 3.0}),
        (spelt("990205000"), {"after": 5.0, "code": "486 Busy Here"}),
    ],
)
def test_a_plan_becomes_an_order(behaviour: Behaviour, order: Mapping[str, object]) -> None:
    assert order_of(plan(behaviour)) == order


def telephones() -> PyvoipTelephones:
    """Make those of one line."""
    office = Office(extension("100", line("sip100")))
    return PyvoipTelephones(office.pbx, frozenset({"sip100"}), lambda _channel: plan(Behaviour()))


async def test_where_the_package_is_not_it_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyvoip_telephones, "find_spec", lambda name: PathFinder.find_spec(name, []))
    with pytest.raises(EngineUnreachable, match=r"pip install 'pbxsim\[sip\]'"):
        await telephones().start(lambda user: SipAccount(server="127.0.0.1:5060", user=user, secret="s"))


async def test_ipv6_is_refused_by_name() -> None:
    with pytest.raises(EngineUnreachable, match="know IPv4 only"):
        await telephones().start(lambda user: SipAccount(server="[::1]:5060", user=user, secret="s"))


async def test_a_line_for_which_nobody_can_register_is_refused() -> None:
    with pytest.raises(EngineUnreachable, match="no telephone can register as sip100"):
        await telephones().start(lambda _user: None)


@pytest.mark.slow
def test_pbxsim_never_imports_pyvoip() -> None:
    asked = (
        "import json, sys, pbxsim.app, pbxsim.engines.sip.work, pbxsim.engines.asterisk.session;"
        "print(json.dumps([name for name in sys.modules if name.startswith('pyVoIP')]))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
