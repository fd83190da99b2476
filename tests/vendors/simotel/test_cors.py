"""The vendor's JavaScript sample runs in a browser: which pages may call, and what the browser is told."""

from __future__ import annotations

import pytest

from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import ACCOUNT, HEADERS, Client, accepted, failure

PAGE = "https://crm.example.com"
ASKS = {"Origin": PAGE, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "x-apikey"}
ALLOWED = (("Access-Control-Allow-Origin", PAGE), ("Vary", "Origin"))
PREFLIGHT = (
    ("Access-Control-Allow-Methods", "PUT, POST"),
    ("Access-Control-Allow-Headers", "X-APIKEY, Authorization, Content-Type"),
    ("Access-Control-Max-Age", "600"),
)


def client(*origins: str) -> Client:
    """Make a client of a PBX that these pages may call."""
    return Client(Settings(accounts=(ACCOUNT,), cors_origins=origins))


@pytest.mark.cites("R17")
def test_the_preflight_of_a_listed_page_is_answered_and_claimed_without_a_credential() -> None:
    one = client(PAGE)
    reply = one.send(b"", method="OPTIONS", headers=ASKS)
    assert (reply.status, reply.body, reply.headers) == (204, b"", ALLOWED + PREFLIGHT)
    assert one.interface.claims(one.request(b"", method="OPTIONS", headers=ASKS))


@pytest.mark.cites("R17")
@pytest.mark.parametrize("origins", [(), ("https://other.example.com",), ("http://crm.example.com",)])
def test_the_preflight_of_any_other_page_is_refused_like_every_request(origins: tuple[str, ...]) -> None:
    one = client(*origins)
    reply = one.send(b"", method="OPTIONS", headers=ASKS)
    assert (reply.status, reply.headers) == (401, ())
    assert not one.interface.claims(one.request(b"", method="OPTIONS", headers=ASKS))


@pytest.mark.cites("R17")
def test_a_listed_page_can_read_replies_and_failures() -> None:
    one = client(PAGE)
    done = one.send(headers=HEADERS | {"Origin": PAGE})
    refused = one.send(headers={"Origin": PAGE})
    assert (done.body, done.headers) == (accepted("orig.call.1700000000.000000"), ALLOWED)
    assert (refused.body, refused.headers) == (failure("BasicAuth or ApiKey is missing"), ALLOWED)


@pytest.mark.cites("R17")
def test_a_star_lets_every_page_in_a_file_opened_in_the_browser_too() -> None:
    one = client("*")
    reply = one.send(headers=HEADERS | {"Origin": "null"})
    assert reply.headers == (("Access-Control-Allow-Origin", "*"),)
    assert one.send(b"", method="OPTIONS", headers=ASKS).status == 204


@pytest.mark.cites("R17")
def test_by_default_no_page_may_and_no_header_says_otherwise() -> None:
    reply = client().send(headers=HEADERS | {"Origin": PAGE})
    assert reply.headers == ()


def test_an_options_request_that_is_no_preflight_is_another_method() -> None:
    assert client("*").send(method="OPTIONS").status == 405
