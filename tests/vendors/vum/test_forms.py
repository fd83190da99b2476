"""VUM's kinds of keys as forms: what is required is what the interface insists on."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from pbxsim.kit.request import Request
from pbxsim.vendors.vum.actions import ACTIONS
from pbxsim.vendors.vum.api import VumInterface
from pbxsim.vendors.vum.forms import forms, secrets
from tests.vendors.installed import open_interface


@pytest.fixture
def vum() -> VumInterface:
    """Open the interface on the PBX of the manual's examples."""
    interface = open_interface("vum").interface
    assert isinstance(interface, VumInterface)
    return interface


def ask(vum: VumInterface, identity: str, params: dict[str, str]) -> str:
    """Send a request with the key in it, and give the refusal; empty for none."""
    request = Request("GET", "/ustredna/webapi.php", urlencode(params))
    known = secrets(vum, identity, request)
    return vum.answer(Request("GET", "/ustredna/webapi.php", urlencode({**params, **known}))).code


def test_each_kind_of_key_has_a_form_with_the_keys_of_that_kind(vum: VumInterface) -> None:
    found = {form.action: form for form in forms(vum)}
    assert list(found) == [kind.value for kind in ACTIONS]
    assert [who.path for form in found.values() for who in form.identities] == [f"keys[{n}]" for n in range(4)]
    assert [field.name for field in found["info"].fields] == ["klic", "typ", "styp"]


@pytest.mark.parametrize("name", ["given_first", "own_first", "callback", "info"])
def test_what_is_required_is_what_is_refused_without_it(vum: VumInterface, name: str) -> None:
    form = next(form for form in forms(vum) if form.action == name)
    (who,) = form.identities
    params = dict(form.example().params)
    assert ask(vum, who.path, params) == ""
    for field in form.fields:
        if field.required and field.name != "klic":
            assert ask(vum, who.path, params | {field.name: ""}) != "", field.name


def test_every_choice_is_taken(vum: VumInterface) -> None:
    form = next(form for form in forms(vum) if form.action == "info")
    choices = {field.name: field.choices for field in form.fields}
    for kind in choices["typ"]:
        for narrowed in ("", *choices["styp"]):
            assert ask(vum, "keys[3]", {"klic": "***", "typ": kind, "styp": narrowed}) == ""


def test_the_number_to_call_is_not_the_keys_own(vum: VumInterface) -> None:
    for form in forms(vum):
        assert form.example().params.get("cislo", "") not in {key.own for key in vum.state.settings.keys if key.own}
