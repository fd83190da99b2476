"""Simotel's services as forms: what is required is what they insist on, and operators follow the queues."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from multidict import CIMultiDict

from pbxsim.kit.request import Request
from pbxsim.vendors.simotel.actions import ACTIONS
from pbxsim.vendors.simotel.api import SimotelInterface
from pbxsim.vendors.simotel.forms import forms, secrets
from pbxsim.vendors.simotel.settings import Mode
from tests.vendors.installed import open_interface

MISSING = "value is missing"


@pytest.fixture
def simotel() -> SimotelInterface:
    """Open the interface on the PBX of the manual's examples."""
    interface = open_interface("simotel").interface
    assert isinstance(interface, SimotelInterface)
    return interface


def ask(simotel: SimotelInterface, service: str, body: dict[str, Any]) -> str:
    """Send a request as the account does, and give the refusal; empty for none."""
    action = ACTIONS[service]
    request = Request(action.methods[0], f"/api/v4/{service}", body=msgspec.json.encode(body))
    known = secrets(simotel, "accounts[0]", request)
    request.headers = CIMultiDict({**known, "Content-Type": "application/json"})
    return simotel.answer(request).code


def body_of(simotel: SimotelInterface, service: str) -> dict[str, Any]:
    """Give the example's body."""
    form = next(form for form in forms(simotel) if form.action == service)
    body: dict[str, Any] = msgspec.json.decode(form.example().body)
    return body


def test_each_service_has_a_form(simotel: SimotelInterface) -> None:
    assert [form.action for form in forms(simotel)] == list(ACTIONS)


@pytest.mark.parametrize("service", sorted(set(ACTIONS) - {"setting/ping/act"}))
def test_what_is_required_is_what_is_refused_without_it(simotel: SimotelInterface, service: str) -> None:
    form = next(form for form in forms(simotel) if form.action == service)
    body = body_of(simotel, service)
    for field in form.fields:
        if field.required:
            refusal = ask(simotel, service, {name: value for name, value in body.items() if name != field.name})
            assert refusal.endswith(MISSING), (field.name, refusal)
        elif field.place == "json":
            without = ask(simotel, service, {name: value for name, value in body.items() if name != field.name})
            assert not without.endswith(MISSING), (field.name, without)


def test_operators_go_through_a_queue_by_their_forms(simotel: SimotelInterface) -> None:
    for verb in ("add", "pause", "resume", "remove", "batchadd", "batchpause", "batchresume", "batchremove"):
        service = f"pbx/queues/{verb}agent"
        assert ask(simotel, service, body_of(simotel, service)) == "", verb


def test_whoever_is_in_a_queue_is_offered_for_what_comes_next(simotel: SimotelInterface) -> None:
    added = {"queue": "10000", "source": "570", "agent": "570"}
    assert ask(simotel, "pbx/queues/addagent", added) == ""
    assert body_of(simotel, "pbx/queues/pauseagent") == {"queue": "10000", "agent": "570"}
    assert body_of(simotel, "pbx/queues/addagent")["agent"] == "557"


@pytest.mark.parametrize(
    ("mode", "names"),
    [(Mode.BOTH, {"X-APIKEY", "Authorization"}), (Mode.BASIC, {"Authorization"}), (Mode.TOKEN, {"X-APIKEY"})],
)
def test_an_account_asks_by_what_its_mode_takes(simotel: SimotelInterface, mode: Mode, names: set[str]) -> None:
    settings = simotel.state.settings
    accounts = tuple(msgspec.structs.replace(account, mode=mode) for account in settings.accounts)
    other = SimotelInterface(msgspec.structs.replace(settings, accounts=accounts), simotel.state.pbx)
    form = next(forms(other))
    assert set(form.example().headers) - {"Content-Type"} == names
    assert set(secrets(other, "accounts[0]", form.example())) == names
