"""Requests of the live page: real ones, for which the server knows the credential, and only for whoever may ask."""

from __future__ import annotations

import msgspec
import pytest
from multidict import CIMultiDict

from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.request import Request
from pbxsim.web.control.access import Guard
from pbxsim.web.control.response import Problem
from pbxsim.web.control.trying import with_secrets

TOKEN = "t0ken-of-the-tester"
BROWSER = {"Host": "127.0.0.1:8080", "Sec-Fetch-Site": "same-origin", "Accept": "*/*"}


@pytest.fixture(scope="module")
def hosts() -> Hosts:
    """Host the PBX of the vendors' examples."""
    vendors = find_vendors()
    return Hosts([HostedPbx(FileAssembly(load("documented")), vendors, rate=0.0)])


def page_request(query: str, body: bytes = b"", /, **headers: str) -> Request:
    """Make a request as the page sends it."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("GET", "/api/api.php", query, headers=CIMultiDict(BROWSER | named), body=body)


def refused(request: Request, vendor: str, hosts: Hosts, token: str = "") -> int:
    """Give the status with which it is refused."""
    with pytest.raises(Problem) as caught:
        with_secrets(request, vendor, hosts, Guard("127.0.0.1", token))
    return caught.value.status


def test_password_and_pin_come_from_the_pbx_file(hosts: Hosts) -> None:
    asked = "username=voipsun&password=***&action=agentstatus&agentNumber=1000&agentPin=***"
    request = page_request(asked, X_Pbxsim_As="documented/users%5B0%5D")
    sent = with_secrets(request, "voipsun", hosts, Guard("127.0.0.1"))
    assert sent.query == asked.replace("password=***", "password=secretpwd").replace("Pin=***", "Pin=1234")
    assert dict(sent.headers) == BROWSER
    assert request.query == asked


def test_headers_and_forms_are_filled_in_too(hosts: Hosts) -> None:
    guard = Guard("127.0.0.1")
    keyed = page_request("", X_Pbxsim_As="documented/accounts[0]", X_APIKEY="***", Authorization="***")
    sent = with_secrets(keyed, "simotel", hosts, guard)
    assert sent.headers["Authorization"] == "Basic dGVzdDpBYTEyMzQ1Ng=="
    assert sent.headers["x-apikey"].startswith("vZKtIKWsld0eg")
    form = page_request(
        "",
        b"klic=%2a%2a%2a&cislo=1",
        X_Pbxsim_As="documented/keys[1]",
        Content_Type="application/x-www-form-urlencoded",
    )
    assert with_secrets(form, "vum", hosts, guard).body == b"klic=VUMOWN000001&cislo=1"


def test_what_somebody_typed_himself_is_sent(hosts: Hosts) -> None:
    request = page_request("username=voipsun&password=wrong", X_Pbxsim_As="documented/users[0]")
    assert with_secrets(request, "voipsun", hosts, Guard("127.0.0.1")).query == "username=voipsun&password=wrong"


@pytest.mark.parametrize("entry", ["", "documented", "documented/users[7]", "documented/accounts[0]", "other/users[0]"])
def test_an_entry_that_is_not_there_is_not_found(hosts: Hosts, entry: str) -> None:
    assert refused(page_request("password=***", X_Pbxsim_As=entry), "voipsun", hosts) == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Host": "evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
    ],
)
def test_a_page_of_another_site_gets_no_credential_filled_in(hosts: Hosts, headers: dict[str, str]) -> None:
    request = page_request("password=***", X_Pbxsim_As="documented/users[0]", **headers)
    assert refused(request, "voipsun", hosts) == 403


@pytest.mark.parametrize("headers", [{}, {"X_Pbxsim_Token": "wrong"}, {"Authorization": f"Bearer {TOKEN}"}])
def test_with_a_token_only_its_holder_gets_one_filled_in(hosts: Hosts, headers: dict[str, str]) -> None:
    request = page_request("password=***", X_Pbxsim_As="documented/users[0]", **headers)
    assert refused(request, "voipsun", hosts, TOKEN) == 401


def test_the_token_goes_no_further(hosts: Hosts) -> None:
    request = page_request("password=***", X_Pbxsim_As="documented/users[0]", X_Pbxsim_Token=TOKEN)
    sent = with_secrets(request, "voipsun", hosts, Guard("127.0.0.1", TOKEN))
    assert sent.query == "password=secretpwd"
    assert TOKEN not in msgspec.json.encode(dict(sent.headers)).decode()
