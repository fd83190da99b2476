"""The forms that every vendor gives of its actions: complete, without a secret, and sent as they stand understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import pytest
from multidict import CIMultiDict

from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.kit.form import HIDDEN, filled_headers, filled_query
from pbxsim.kit.request import Request
from tests.vendors.documents import pbx_file
from tests.vendors.installed import open_interface

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.kit.form import Form, Identity
    from pbxsim.kit.vendor import Interface, Vendor

VENDORS: Final = {
    name: vendor for name, vendor in find_vendors().items() if list(vendor.forms(open_interface(name).interface))
}

every_vendor = pytest.mark.parametrize("vendor", VENDORS.values(), ids=list(VENDORS))


def sent(vendor: Vendor, interface: Interface, form: Form, identity: Identity) -> Request:
    """Give the example as the server has it: with the secrets in it."""
    request = form.example(identity)
    secrets = vendor.secrets(interface, identity.path, request)
    headers = CIMultiDict(filled_headers(request.headers.items(), secrets))
    query = filled_query(request.query, secrets)
    return Request(request.method, request.path, query, headers=headers, body=request.body)


def test_our_vendors_have_forms() -> None:
    assert {"duocom", "simotel", "voipsun", "vum"} <= set(VENDORS)


@every_vendor
def test_forms_have_names_of_their_own_and_lie_at_paths_of_the_vendor(vendor: Vendor) -> None:
    forms = list(vendor.forms(open_interface(vendor.name).interface))
    assert len({form.action for form in forms}) == len(forms)
    for form in forms:
        assert len({field.name for field in form.fields}) == len(form.fields), form.action
        assert form.methods
        assert any(
            form.path == path or (path.endswith("/*") and form.path.startswith(path[:-1])) for path in vendor.paths
        )


@every_vendor
def test_no_form_has_a_secret_in_it(vendor: Vendor) -> None:
    settings = load(pbx_file(vendor.name)).file.vendors[vendor.name]
    shown = msgspec.json.encode(list(vendor.forms(open_interface(vendor.name).interface))).decode()
    secrets = {part[-1] for credential in vendor.credentials(settings) for part in credential.parts}
    assert secrets
    for secret in secrets:
        assert secret not in shown


@every_vendor
def test_an_example_with_the_secrets_in_it_is_claimed_for_each_who_may_ask(vendor: Vendor) -> None:
    interface = open_interface(vendor.name).interface
    asked = 0
    for form in vendor.forms(interface):
        for identity in form.identities:
            assert HIDDEN in identity.values.values(), form.action
            request = sent(vendor, interface, form, identity)
            assert HIDDEN not in f"{request.query}{list(request.headers.values())}", form.action
            assert interface.claims(request), form.action
            asked += 1
    assert asked


@every_vendor
def test_an_example_is_understood_to_its_last_parameter(vendor: Vendor, tmp_path: Path) -> None:
    for form in vendor.forms(open_interface(vendor.name).interface):
        interface = open_interface(vendor.name, recordings=tmp_path / form.action.replace("/", "-")).interface
        reply = interface.answer(sent(vendor, interface, form, form.identities[0]))
        assert reply.status not in (401, 403, 405), form.action
        assert [hint for hint in reply.hints if "parameter" in hint] == [], form.action


@every_vendor
def test_an_example_places_a_call(vendor: Vendor) -> None:
    installed = open_interface(vendor.name)
    forms = list(vendor.forms(installed.interface))
    replies = [
        installed.interface.answer(sent(vendor, installed.interface, form, form.identities[0])) for form in forms
    ]
    assert [reply.call for reply in replies if reply.call is not None]


@every_vendor
def test_who_is_not_in_the_settings_has_no_secret(vendor: Vendor) -> None:
    interface = open_interface(vendor.name).interface
    form = next(iter(vendor.forms(interface)))
    for path in ("", "users[99]", "accounts[-1]", "keys", "../users[0]"):
        assert not vendor.secrets(interface, path, form.example())
