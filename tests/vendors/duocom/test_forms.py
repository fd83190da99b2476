"""Duocom's programs as forms: what is required is what they insist on, and references follow the calls."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
import pytest

from pbxsim.kit.request import Request
from pbxsim.vendors.duocom.actions import ACTIONS
from pbxsim.vendors.duocom.api import DuocomInterface
from pbxsim.vendors.duocom.forms import forms, secrets
from tests.vendors.installed import open_interface

ACCOUNT = "accounts[0]"


@pytest.fixture
def duocom() -> DuocomInterface:
    """Open the interface on the PBX of the manual's examples."""
    interface = open_interface("duocom").interface
    assert isinstance(interface, DuocomInterface)
    return interface


def ask(duocom: DuocomInterface, path: str, params: dict[str, str]) -> str:
    """Send a request with the secrets in it, and give the refusal; empty for none."""
    known = secrets(duocom, ACCOUNT, Request("GET", path, urlencode(params)))
    hidden = {name: known.get(name, "") for name, value in params.items() if value == "***"}
    return duocom.answer(Request("GET", path, urlencode(params | hidden))).code


def test_each_program_of_one_brand_has_a_form_with_all_its_parameters(duocom: DuocomInterface) -> None:
    found = list(forms(duocom))
    assert {form.path for form in found} == {path for path in ACTIONS if path.startswith("/cgi-bin/oficinaweb/")}
    for form in found:
        assert tuple(field.name for field in form.fields) == ACTIONS[form.path].parameters


def test_what_is_required_is_what_is_refused_without_it(duocom: DuocomInterface) -> None:
    web_call = next(form for form in forms(duocom) if form.action == "oficinaweb_webcallservice")
    assert ask(duocom, web_call.path, dict(web_call.example().params)) == ""
    for form in forms(duocom):
        params = dict(form.example().params)
        assert ask(duocom, form.path, params) == "", form.action
        for field in form.fields:
            if field.required:
                assert ask(duocom, form.path, params | {field.name: ""}) != "", (form.action, field.name)


def test_a_voip_user_may_ask_for_his_masks(duocom: DuocomInterface) -> None:
    form = next(form for form in forms(duocom) if form.action == "apimascaras")
    (user,) = next(field for field in form.fields if field.name == "usuario_voip").choices
    assert ask(duocom, form.path, {"usuario_voip": user, "password_voip": "***"}) == ""


def test_an_account_is_offered_only_for_what_it_has_switched_on(duocom: DuocomInterface) -> None:
    settings = duocom.state.settings
    (account,) = settings.accounts
    switched_off = msgspec.structs.replace(account, activated=False, activated_apis=("api_consumos",))
    other = DuocomInterface(msgspec.structs.replace(settings, accounts=(switched_off,)), duocom.state.pbx)
    assert [form.action for form in forms(other) if form.identities] == ["api_consumos"]
