"""VoIPSUN's actions as forms: what is required is what the interface insists on, and values follow the PBX."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

import msgspec
import pytest

from pbxsim.kit.request import Request
from pbxsim.vendors.voipsun.actions import ACTIONS
from pbxsim.vendors.voipsun.api import VoipsunInterface
from pbxsim.vendors.voipsun.forms import forms, secrets
from tests.vendors.installed import Installed, open_interface

if TYPE_CHECKING:
    from pbxsim.kit.form import Form


@pytest.fixture
def installed() -> Installed:
    """Open the interface on the PBX of the manual's examples."""
    return open_interface("voipsun")


def voipsun(installed: Installed) -> VoipsunInterface:
    """Give it as what it is."""
    assert isinstance(installed.interface, VoipsunInterface)
    return installed.interface


def ask(installed: Installed, params: dict[str, str]) -> str:
    """Send a request with the secrets in it, and give the error number of the reply; empty for none."""
    request = Request("GET", "/api/api.php", urlencode(params))
    known = secrets(voipsun(installed), "users[0]", request)
    hidden = {name: known.get(name, "") for name, value in params.items() if value == "***"}
    reply = installed.interface.answer(Request("GET", "/api/api.php", urlencode(params | hidden)))
    return reply.code


def by_name(installed: Installed) -> dict[str, Form]:
    """Give the forms by their actions."""
    return {form.action: form for form in forms(voipsun(installed))}


def test_there_is_a_form_for_each_action_with_every_parameter_of_the_manual(installed: Installed) -> None:
    found = by_name(installed)
    assert list(found) == list(ACTIONS)
    assert all([field.name for field in found[name].fields] == list(ACTIONS[name].parameters) for name in ACTIONS)


@pytest.mark.parametrize("name", sorted(set(ACTIONS) - {"moverecord"}))  # which reads a file
def test_what_is_required_is_what_is_refused_without_it(installed: Installed, name: str) -> None:
    form = by_name(installed)[name]
    params = dict(form.example().params)
    assert ask(installed, params) != "120"
    for field in form.fields:
        if field.required and field.name not in ("username", "password", "action"):
            assert ask(installed, params | {field.name: ""}) == "120", field.name
        if field.group and field.value is not msgspec.UNSET:
            assert ask(installed, params | {field.name: ""}) == "120", field.name


def test_agents_work_through_their_forms_from_login_to_logout(installed: Installed) -> None:
    found = by_name(installed)
    day = ("agentlogin", "agentadd", "agentpause", "agentunpause", "agentstatus", "agentremove", "agentlogout")
    assert [ask(installed, dict(found[name].example().params)) for name in day] == [""] * 7


def test_a_call_that_is_up_can_be_hung_up_by_the_next_form(installed: Installed) -> None:
    assert ask(installed, dict(by_name(installed)["originate"].example().params)) == ""
    form = by_name(installed)["hangupcall"]
    (channel,) = next(field for field in form.fields if field.name == "channelName").choices
    assert channel.startswith("SIP/sip100-")
    assert ask(installed, dict(form.example().params)) == ""
    assert not installed.pbx.calls.live


def test_a_user_is_offered_only_for_what_he_may_use(installed: Installed) -> None:
    interface = voipsun(installed)
    (user,) = interface.state.settings.users
    limited = msgspec.structs.replace(user, username="crm", actions=("originate",))
    settings = msgspec.structs.replace(interface.state.settings, users=(user, limited))
    found = {form.action: form for form in forms(VoipsunInterface(settings, installed.pbx))}
    assert [who.path for who in found["originate"].identities] == ["users[0]", "users[1]"]
    assert [who.path for who in found["dial"].identities] == ["users[0]"]


def test_the_pin_is_that_of_the_agent_who_is_named(installed: Installed) -> None:
    for number, known in (("1000", "1234"), ("9999", None), ("", None)):
        request = Request("GET", "/api/api.php", urlencode({"agentNumber": number}))
        assert secrets(voipsun(installed), "users[0]", request).get("agentPin") == known
