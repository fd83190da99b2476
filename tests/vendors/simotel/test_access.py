"""API key, HTTP Basic, or both: who is let in, and what the others are told.

The vendor's JavaScript sample runs in a browser: which pages may call, and what the browser is told.
"""

from __future__ import annotations

from base64 import b64encode

import pytest
from msgspec.structs import replace

from pbxsim.vendors.simotel.settings import Account, Mode, Settings
from tests.vendors.simotel.client import ACCOUNT, BASIC, HEADERS, KEY, Client, accepted, failure

OK = accepted("orig.call.1700000000.000000")
MISSING = failure("BasicAuth or ApiKey is missing")
INVALID = failure("BasicAuth or ApiKey is invalid")
CHALLENGE = (("WWW-Authenticate", 'Basic realm="Simotel"'),)
JSON = {"Content-Type": "application/json"}
WRONG_BASIC = "Basic " + b64encode(b"test:wrong").decode()


def answer(mode: Mode, headers: dict[str, str]) -> tuple[int, bytes]:
    """Send a call to a PBX whose one account has that mode."""
    account = Account(mode=mode, username="test", password="Aa123456", api_key=KEY)
    reply = Client(Settings(accounts=(account,))).send(headers=JSON | headers)
    assert [name for name, _ in reply.headers] == (["WWW-Authenticate"] if reply.status == 401 else [])
    return reply.status, reply.body


@pytest.mark.cites("S7", "S12")
@pytest.mark.parametrize("mode", list(Mode))
def test_both_credentials_fit_every_mode(mode: Mode) -> None:
    assert answer(mode, {"X-APIKEY": KEY, "Authorization": BASIC}) == (200, OK)


@pytest.mark.cites("S12")
@pytest.mark.parametrize("mode", list(Mode))
def test_the_key_alone_fits_the_token_mode_only(mode: Mode) -> None:
    assert answer(mode, {"X-APIKEY": KEY}) == ((200, OK) if mode is Mode.TOKEN else (401, INVALID))


@pytest.mark.cites("S12")
@pytest.mark.parametrize("mode", list(Mode))
def test_basic_alone_fits_the_basic_mode_only(mode: Mode) -> None:
    assert answer(mode, {"Authorization": BASIC}) == ((200, OK) if mode is Mode.BASIC else (401, INVALID))


@pytest.mark.cites("R3")
@pytest.mark.parametrize("other", ["Basic Og==", WRONG_BASIC, "Bearer x", "nonsense"])
def test_a_token_account_does_not_look_at_basic(other: str) -> None:
    assert answer(Mode.TOKEN, {"X-APIKEY": KEY, "Authorization": other}) == (200, OK)


@pytest.mark.cites("R3")
def test_a_basic_account_does_not_look_at_the_key() -> None:
    assert answer(Mode.BASIC, {"X-APIKEY": "wrong", "Authorization": BASIC}) == (200, OK)


@pytest.mark.cites("R3")
@pytest.mark.parametrize(
    ("setting", "sent"),
    [
        ({}, ('Basic realm="Simotel"',)),
        ({"www_authenticate": 'Basic realm="x"'}, ('Basic realm="x"',)),
        ({"www_authenticate": ""}, ()),
    ],
)
@pytest.mark.parametrize("headers", [{}, {"X-APIKEY": "wrong"}, {"Authorization": WRONG_BASIC}, {"Authorization": "x"}])
def test_a_401_says_how_to_identify_oneself(
    setting: dict[str, str], sent: tuple[str, ...], headers: dict[str, str]
) -> None:
    reply = Client(replace(Settings(accounts=(ACCOUNT,)), **setting)).send(headers=JSON | headers)
    assert reply.status == 401
    assert tuple(value for name, value in reply.headers if name == "WWW-Authenticate") == sent


@pytest.mark.cites("R3")
def test_a_reply_that_is_no_401_has_no_challenge() -> None:
    for method in ("PUT", "GET"):
        assert "WWW-Authenticate" not in dict(Client().send(method=method).headers)


@pytest.mark.cites("R3", "S15")
@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("headers", [{}, {"X-APIKEY": ""}, {"X-APIKEY": "", "Authorization": ""}])
def test_without_any_credential_it_is_missing(mode: Mode, headers: dict[str, str]) -> None:
    assert answer(mode, headers) == (401, MISSING)


@pytest.mark.cites("R3", "S15")
@pytest.mark.parametrize(
    "headers",
    [
        {"X-APIKEY": KEY + "x", "Authorization": BASIC},
        {"X-APIKEY": KEY.lower(), "Authorization": BASIC},
        {"X-APIKEY": KEY, "Authorization": WRONG_BASIC},
        {"X-APIKEY": KEY, "Authorization": "Basic " + b64encode(b"Test:Aa123456").decode()},
        {"X-APIKEY": KEY, "Authorization": "Bearer dGVzdDpBYTEyMzQ1Ng=="},
        {"X-APIKEY": KEY, "Authorization": "Basic"},
        {"X-APIKEY": KEY, "Authorization": "Basic ***"},
        {"X-APIKEY": KEY, "Authorization": "Basic /w=="},
        {"X-APIKEY": KEY, "Authorization": "Basic Og=="},
        {"X-APIKEY": KEY, "Authorization": "dGVzdDpBYTEyMzQ1Ng=="},
        {"X-APIKEY": "\udcff", "Authorization": "Basic \udcff"},
    ],
)
def test_a_wrong_credential_is_invalid(headers: dict[str, str]) -> None:
    assert answer(Mode.BOTH, headers) == (401, INVALID)


@pytest.mark.cites("R4")
@pytest.mark.parametrize(
    "basic", ["Basic dGVzdDpBYTEyMzQ1Ng", "basic dGVzdDpBYTEyMzQ1Ng==", "  BASIC   dGVzdDpBYTEyMzQ1Ng= "]
)
def test_base64_counts_with_and_without_its_padding_and_basic_in_any_case(basic: str) -> None:
    assert answer(Mode.BASIC, {"Authorization": basic}) == (200, OK)


@pytest.mark.cites("R4")
def test_user_and_password_are_utf8_and_only_the_first_colon_parts_them() -> None:
    account = Account(mode=Mode.BASIC, username="žofie", password="a:b:ç")
    client = Client(Settings(accounts=(account,)))
    pair = b64encode("žofie:a:b:ç".encode()).decode()
    assert client.send(headers=JSON | {"Authorization": f"Basic {pair}"}).body == OK


@pytest.mark.cites("S13", "R3")
def test_a_disabled_account_is_invalid() -> None:
    account = Account(username="test", password="Aa123456", api_key=KEY, enabled=False)
    client = Client(Settings(accounts=(account,)))
    assert (client.send().status, client.send().body) == (401, INVALID)
    assert not client.interface.claims(client.request(b""))


@pytest.mark.cites("R3")
def test_the_first_account_that_fits_decides() -> None:
    basic = Account(mode=Mode.BASIC, username="test", password="Aa123456", permissions=())
    token = Account(mode=Mode.TOKEN, api_key=KEY)
    assert Client(Settings(accounts=(basic, token))).send().status == 403
    assert Client(Settings(accounts=(token, basic))).send().status == 200


def test_an_account_that_lacks_its_credentials_lets_nobody_in() -> None:
    for mode in Mode:
        client = Client(Settings(accounts=(Account(mode=mode),)))
        for headers in ({"Authorization": "Basic Og=="}, {"X-APIKEY": "x"}, {"X-APIKEY": "x", "Authorization": "x"}):
            assert client.send(headers=JSON | headers).body == INVALID


def test_a_pbx_without_accounts_refuses_everybody() -> None:
    assert Client(Settings()).send().body == INVALID


def test_the_journal_says_which_half_was_missing_and_which_header_was_meant() -> None:
    client = Client()
    assert client.send(headers=JSON | {"X-APIKEY": KEY}).hints == (
        "only one of X-APIKEY and Authorization came: an account of mode both needs Authorization too",
        "accounts of this PBX are of the mode both",
    )
    assert client.send(headers=JSON | {"X-Api-Key": KEY}).hints == (
        "header 'X-Api-Key' is not documented: X-APIKEY and Authorization are",
    )


def test_secrets_stand_neither_in_a_body_nor_in_a_hint() -> None:
    client = Client()
    for headers in (HEADERS, HEADERS | {"X-APIKEY": KEY + "1"}, {"X-APIKEY": KEY}, {"Authorization": BASIC}):
        reply = client.send(b"{", headers=JSON | headers)
        told = reply.body.decode() + reply.code + " ".join(reply.hints)
        assert not [secret for secret in (KEY, "Aa123456", BASIC[6:]) if secret in told]


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
    assert (reply.status, reply.headers) == (401, CHALLENGE)
    assert not one.interface.claims(one.request(b"", method="OPTIONS", headers=ASKS))


@pytest.mark.cites("R17")
def test_a_listed_page_can_read_replies_and_failures() -> None:
    one = client(PAGE)
    done = one.send(headers=HEADERS | {"Origin": PAGE})
    refused = one.send(headers={"Origin": PAGE})
    assert (done.body, done.headers) == (accepted("orig.call.1700000000.000000"), ALLOWED)
    assert (refused.body, refused.headers) == (failure("BasicAuth or ApiKey is missing"), CHALLENGE + ALLOWED)


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


def coded(pair: str) -> str:
    """Give the header of HTTP Basic for that pair."""
    return "Basic " + b64encode(pair.encode()).decode()


@pytest.mark.parametrize(
    ("headers", "hint"),
    [
        ({"X-APIKEY": "wrong"}, "no api_key of this PBX is the one sent"),
        ({"X-APIKEY": "wrong", "Authorization": coded("test:Aa123456")}, "no api_key of this PBX is the one sent"),
        ({"Authorization": "Bearer s3cr3t"}, "Authorization is of the scheme Bearer: only Basic is documented"),
        ({"Authorization": "s3cr3t"}, "Authorization has another scheme: only Basic is documented"),
        ({"Authorization": coded("nobody:x")}, "no account of this PBX has the username that was sent"),
        ({"Authorization": coded("test:x")}, "the password is not that of the username that was sent"),
    ],
)
def test_the_journal_says_which_credential_is_wrong_and_which_modes_there_are(
    headers: dict[str, str], hint: str
) -> None:
    hints = Client().send(headers=JSON | headers).hints
    assert hints == (hint, "accounts of this PBX are of the mode both")
    assert "s3cr3t" not in " ".join(hints)
