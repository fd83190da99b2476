"""Which texts of a PBX file are secrets."""

from __future__ import annotations

from base64 import b64encode
from enum import StrEnum

import msgspec
import pytest

from pbxsim.config.credentials import credentials_of, is_token, tokens_of
from pbxsim.config.load import load


class Choice(StrEnum):
    """Words of the program's own."""

    ONE = "one"


class Entry(msgspec.Struct):
    """An entry of a vendor that nobody knows yet."""

    username: str = ""
    password: str = ""
    secrets: tuple[str, ...] = ()
    tokens: dict[str, str] = {}
    dialer_key: Choice = Choice.ONE
    url: str = ""


class Keys(msgspec.Struct):
    """Entries under a name that sounds secret, which they are not for that."""

    keys: tuple[Entry, ...] = ()


def secret(**settings: object) -> set[str]:
    return set(credentials_of(Keys((msgspec.convert(settings, Entry),))).secret)


def test_a_setting_is_secret_by_its_own_name() -> None:
    assert secret(username="ana") == set()
    assert secret(password="hush", secrets=["a", "b"], tokens={"x": "c"}) == {"hush", "a", "b", "c"}
    assert secret(dialer_key="one") == set()


def test_a_user_with_a_password_is_secret_as_http_basic_spells_them() -> None:
    assert secret(username="ana", password="hush") == {"hush", b64encode(b"ana:hush").decode()}


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://crm.example.com/simotel?state=x", set()),
        ("https://u:p%21@h/", {"p!", b64encode(b"u:p!").decode()}),
        ("https://u@h/", set()),
        ("https://h/?k=1a&HASH=2b&callid=3&pw=&heslo=%20z", {"1a", "2b", " z"}),
        ("https://h/hooks/T0K3N/x", {"T0K3N"}),
        ("https://h/token/abc/x", {"abc"}),
        ("https://[::1/x", set()),
        ("T0K3N/x", set()),
    ],
)
def test_what_is_secret_in_a_url(url: str, found: set[str]) -> None:
    assert secret(url=url) == found


@pytest.mark.parametrize("segment", ["T0K3N", "9f86d081884c7d65", "a1B2c3", "abcdefghijklmnop"])
def test_a_token_looks_like_one(segment: str) -> None:
    assert is_token(segment)
    assert tokens_of(f"/x/{segment}/y") == {segment}


@pytest.mark.parametrize(
    "segment", ["", "v4", "3cx", "simotel", "events2", "222333444", "crm-of-the-shop-x", "NewState"]
)
def test_a_word_a_number_and_a_version_are_none(segment: str) -> None:
    assert not is_token(segment)


def test_the_secrets_of_the_documented_pbx_are_all_found_and_nothing_else() -> None:
    found = load("documented").credentials
    assert {text for text in found.secret if text not in found.public} >= {
        "secretpwd",
        "VUMGIVEN0001",
        "VUMINFO00001",
        "Aa123456",
        "vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG",
        "dGVzdDpBYTEyMzQ1Ng==",
        "MiClaveSecreta",
        "ClaveVoip",
    }
    assert {"voipsun", "test", "666111666", "mikrotech", "simotel"} <= found.public
    assert not found.secret & {"voipsun", "test", "666111666", "mikrotech", "both", "agents", "dialer"}
