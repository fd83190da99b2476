"""What is secret in a request, however it is spelt."""

from __future__ import annotations

import pytest

from pbxsim.hosting.masking import Mask
from pbxsim.kit.request import Request
from tests.web.town import ACME

MASK = Mask([ACME])


@pytest.mark.parametrize(
    "name",
    [
        "secret",
        "SECRET",
        " secret\n",
        "secret[]",
        "sec%AFet\0",
        "s_e_c_r_e_t",
        "secert",
        "secrets",
        "pin",
        "password",
        "Api-Key",
        "x_token",
    ],
)
def test_what_is_nearly_a_secrets_name_is_one(name: str) -> None:
    assert MASK.hides(name)


@pytest.mark.parametrize("name", ["from", "to", "username", "section", "passive", "spinning", "", "s" * 10_000])
def test_what_only_looks_a_little_like_one_is_none(name: str) -> None:
    assert not MASK.hides(name)


@pytest.mark.slow
def test_it_forgets_names_when_there_are_too_many() -> None:
    mask = Mask([ACME])
    assert not any(mask.hides(f"n{number}") for number in range(10_000))
    assert mask.hides("secret")


def test_a_flood_of_parameters_is_shown_in_part() -> None:
    assert len(MASK.params({f"p{number}": "" for number in range(10_000)})) == 200


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/acme/api", "/acme/api"),
        ("/acme/api&secret=hush&x=1", "/acme/api&secret=***&x=***"),
        ("/acme/api;a=b/c", "/acme/api;a=***/c"),
        ("/acme%3fsecret%3Dhush", "/acme%3fsecret%3D***"),
    ],
)
def test_what_stands_behind_an_equals_sign_in_a_path_is_hidden(path: str, shown: str) -> None:
    assert MASK.path(path) == shown


def test_secrets_are_struck_out_of_a_text_in_every_spelling() -> None:
    request = Request("GET", "/", "secret=a%20b%2F!&pin=12", headers={"X-Acme-Key": "k3y"})
    assert (
        MASK.struck_out("a b/! and a%20b/%21 and a+b%2F%21 and k3y and 12", request)
        == "*** and *** and *** and *** and 12"
    )
