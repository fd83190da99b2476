"""What a PBX file may say of Simotel's components, and what is refused with the place where it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.fault import Fault, PbxFileRefused
from pbxsim.config.load import read
from pbxsim.hosting.assemble import assemble
from pbxsim.kit.vendor import NOT_SHOWN
from pbxsim.testing.office import START
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import office

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.vendor import SettingsFault

ADDRESS = "http://crm.example.com/route?token=s3cret"
EXTENSION: dict[str, object] = {"name": "vip", "kind": "extension_api", "address": ADDRESS, "context": "main_routing"}
IVR: dict[str, object] = EXTENSION | {"name": "menu", "kind": "ivr_api", "cases": {"1": "557", "2": "552"}}
FILE = """
name: office
extensions: [{internal: "120"}, {internal: "121"}]
contexts: [{name: main_routing, dialplan: default, routes: [], entries: {"700": {component: vip}}}]
dids: [{number: "31041000", component: vip, context: main_routing}]
vendors:
  simotel:
    accounts: [{username: test, password: x, api_key: y}]
    components:
      - {name: vip, kind: extension_api, address: "http://crm.example.com/", context: main_routing, failure: "121"}
"""


def faults(*components: Mapping[str, object]) -> list[SettingsFault]:
    """Read components as a PBX file gives them, and check them against a PBX."""
    return list(vendor.check(msgspec.convert({"components": components}, Settings), office().pbx))


def told(text: str) -> Fault:
    """Give the one fault of a file."""
    with pytest.raises(PbxFileRefused) as refused:
        assemble(read(text, "office.yaml", {"simotel": vendor}), clock=Scheduler(START))
    (fault,) = refused.value.faults
    return fault


def test_each_kind_of_component_may_be_there() -> None:
    trunk: dict[str, object] = EXTENSION | {
        "name": "out",
        "kind": "trunk_api",
        "failure": "557",
        "answer_within": 0.5,
        "timeout": 60,
    }
    basic: dict[str, object] = {"username": "test", "password": "Aa123456", "method": "GET", "data": "4", "busy": "552"}
    assert faults(EXTENSION | basic, trunk, IVR | {"failure": "02112345678"}) == []


@pytest.mark.parametrize(
    ("component", "path", "value", "expected"),
    [
        (EXTENSION | {"name": ""}, "name", "", "a name of at most 100 characters"),
        (EXTENSION | {"name": " vip"}, "name", " vip", "a name of at most 100 characters"),
        (EXTENSION | {"answer_within": 0}, "answer_within", 0, "seconds, more than 0 and at most 60"),
        (EXTENSION | {"answer_within": 61}, "answer_within", 61, "seconds, more than 0 and at most 60"),
        (EXTENSION | {"timeout": 0}, "timeout", 0, "seconds, from 1 to 86400"),
        (EXTENSION | {"timeout": 86_401}, "timeout", 86_401, "seconds, from 1 to 86400"),
        (EXTENSION | {"context": "main"}, "context", "main",
         "one of the file's contexts: simotel, elsewhere, main_routing"),
        (EXTENSION | {"failure": "999"}, "failure", "999", "a number that leads somewhere in context main_routing"),
        (EXTENSION | {"busy": "999"}, "busy", "999", "a number that leads somewhere in context main_routing"),
        (IVR | {"cases": {"1": "557", "2": "999"}}, "cases.2", "999",
         "a number that leads somewhere in context main_routing"),
        (IVR | {"cases": {"1": ""}}, "cases.1", "", "a number that leads somewhere in context main_routing"),
        (IVR | {"cases": {}}, "cases", {}, "a case at least, as {'3': '552'}"),
        (IVR | {"busy": "552"}, "busy", "552", "nothing: only an extension_api has an output B"),
        (EXTENSION | {"cases": {"1": "552"}}, "cases", {"1": "552"}, "nothing: only an ivr_api has cases"),
        (EXTENSION | {"username": "a:b"}, "username", "a:b", "a name without ':'"),
        (EXTENSION | {"password": "hidden"}, "username", "", "a user name to the password"),
    ],
)  # fmt: skip
def test_what_could_never_work_is_a_fault(
    component: dict[str, object], path: str, value: object, expected: str
) -> None:
    (found,) = faults(component)
    assert (found.path, found.value, found.expected) == (f"components[0].{path}", value, expected)


@pytest.mark.parametrize(
    "address", ["", "crm.example.com", "ftp://crm", "http://u:p@crm/", "http://crm/#x", "http://a b"]
)
def test_an_address_is_that_of_a_web_service_and_no_fault_shows_its_token(address: str) -> None:
    (found,) = faults(EXTENSION | {"address": address})
    assert (found.path, found.value) == ("components[0].address", NOT_SHOWN)


def test_two_components_of_one_name_are_a_fault() -> None:
    assert [fault.path for fault in faults(EXTENSION, IVR, EXTENSION)] == ["components[2].name"]


@pytest.mark.cites("R400")
def test_a_context_and_a_public_number_lead_to_a_component_by_its_name() -> None:
    file = read(FILE, "office.yaml", {"simotel": vendor}).file
    assert (file.dids[0].component, file.contexts[0].entries["700"].component) == ("vip", "vip")


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ('"700": {component: vip}', '"700": {component: vio}', 'contexts[0].entries["700"].component'),
        ("component: vip, context", "component: vio, context", "dids[0].component"),
    ],
)
def test_a_component_that_is_not_there_is_a_fault(before: str, after: str, path: str) -> None:
    fault = told(FILE.replace(before, after))
    assert (fault.path, fault.value, fault.expected) == (path, "vio", "a component of this file (did you mean vip?)")


def test_an_output_that_leads_nowhere_is_a_fault_of_the_file() -> None:
    fault = told(FILE.replace('failure: "121"', 'failure: "122"'))
    assert (fault.path, fault.value) == ("vendors.simotel.components[0].failure", "122")
    assert fault.expected == "a number that leads somewhere in context main_routing"
