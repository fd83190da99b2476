"""Known secrets are struck out wherever they stand, and nothing else is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.hosting import secret_values
from pbxsim.hosting.secret_values import SecretValues, _alternation

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRETS = SecretValues(["secretpwd", "pw", "4711", "123456", "kl\u00ed\u010d-Z", "a/b c&d'e", '"quo\\ted"'])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("secretpwd", "***"),
        ("a secretpwd, secretpwdsecretpwd", "a ***, ******"),
        ("secretpw d", "secretpw d"),
        ("SECRETPWD", "SECRETPWD"),
        ("kl%C3%AD%C4%8D-Z kl%c3%ad%c4%8d-Z", "*** ***"),
        ("kl\u00c3\u00ad\u00c4\u008d-Z", "***"),
        ("a%2Fb%20c%26d%27e a/b%20c%26d%27e a%2Fb+c%26d%27e", "*** *** ***"),
        ('"\\"quo\\\\ted\\""', '"***"'),
        ("4711 123456 pw", "4711 123456 pw"),
        ("", ""),
    ],
)
def test_longer_secrets_are_struck_out_of_a_text_in_every_spelling(text: str, shown: str) -> None:
    assert SECRETS.text(text) == shown


@pytest.mark.parametrize("value", ["4711", "123456", "pw", "secretpwd"])
def test_a_value_that_is_a_secret_is_hidden_however_short(value: str) -> None:
    assert SECRETS.value(value) == "***"
    assert SECRETS.mapping({"a": value, value: "b"}) == {"a": "***", "***": "b"}
    assert SECRETS.path(f"/x/{value}/y") == "/x/***/y"


def test_what_is_no_secret_stays_the_very_same() -> None:
    values = {"dstNum": "471100", "note": "pwx", "x": "a/b c"}
    assert SECRETS.mapping(values) == values
    assert SECRETS.path("/a%2Fb/4711x") == "/a%2Fb/4711x"
    encoded = b'[{"a": 4711, "b": "4711"}]'
    assert SECRETS.json(encoded) is encoded


def test_a_segment_of_a_path_is_a_secret_in_any_spelling() -> None:
    every = "".join(f"%{letter:02x}" for letter in b"secretpwd")
    assert SECRETS.path(f"/a/{every}/b%20c") == "/a/***/b%20c"
    assert SECRETS.path("/a/%34711") == "/a/***"


def test_json_stays_json() -> None:
    lines = b'{"seq":123456,"data":{"secretpwd":["x secretpwd",null,1.5]}}\n{"seq":2}\n'
    assert SECRETS.json(lines) == b'{"seq":123456,"data":{"***":["x ***",null,1.5]}}\n{"seq":2}\n'


def test_in_a_command_line_short_ones_are_struck_out_where_they_stand_alone() -> None:
    assert SECRETS.spaced("curl 'http://h/?k=4711&n=47110' -H 'X: pw' secretpwd1") == (
        "curl 'http://h/?k=***&n=47110' -H 'X: ***' ***1"
    )
    assert SecretValues().spaced("curl x") == "curl x"


def test_what_is_public_as_well_is_no_secret() -> None:
    secrets = SecretValues()
    secrets.learn(["simotel", "hidden-one"], ["simotel", "1000"])
    assert secrets.text("simotel and hidden-one") == "simotel and ***"
    secrets.learn(["another-one"])
    assert secrets.text("hidden-one, another-one") == "***, ***"


def test_an_empty_secret_hides_nothing() -> None:
    assert SecretValues([""]).text("abc") == "abc"
    assert SecretValues([""]).value("") == ""


@pytest.mark.slow
@given(st.sets(st.text("ab.", min_size=1, max_size=5), min_size=1), st.text("ab.", max_size=30))
def test_the_pattern_finds_what_a_plain_list_of_all_would(texts: set[str], text: str) -> None:
    plain = "|".join(re.escape(one) for one in sorted(texts, key=len, reverse=True))
    assert re.sub(_alternation(sorted(texts)), "#", text) == re.sub(plain, "#", text)


def test_at_no_place_is_a_letter_tried_for_more_than_one_secret() -> None:
    pattern = _alternation(sorted(quote(f"same-beginning-{number}") for number in range(100)))
    assert pattern.count("same\\-beginning\\-") == 1
    assert pattern.count("|") == 99 - pattern.count(")?")


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("shop", False),
        ("s3cret-one", True),
        ("the-s3cret-one-2", True),
        ("1234", True),
        ("shop-1234", False),
        ("a b", False),
        ("of%20blanks%20and", True),
        ("of blanks and", True),
        ("public-one", False),
    ],
)
def test_a_name_that_is_or_holds_a_secret_is_known_before_and_after_the_pattern_is_made(
    name: str, is_secret: bool
) -> None:
    known = SecretValues()
    known.learn({"s3cret-one", "1234", "of blanks and", "public-one"}, {"public-one"})
    before = known.is_in_name(name)
    assert known.text("s3cret-one") != "s3cret-one"
    assert (before, known.is_in_name(name), known.value(name) != name) == (is_secret,) * 3


def test_it_knows_what_was_struck_out_before_more_was_learnt() -> None:
    secrets = SecretValues(["first-one", "1234"])
    before = secrets.learnt
    secrets.learn(["first-one"])
    assert (secrets.learnt, secrets.as_of(before)) == (before, secrets)
    secrets.learn(["second-one"], ["1234"])
    between = secrets.learnt
    secrets.learn(["third-one"], ["first-one"])
    told = [
        [known.text("first-one second-one third-one"), known.value("1234")]
        for known in map(secrets.as_of, (before, between, secrets.learnt, before))
    ]
    assert told == [
        ["*** second-one third-one", "***"],
        ["*** *** third-one", "1234"],
        ["first-one *** ***", "1234"],
        ["*** second-one third-one", "***"],
    ]


def test_texts_without_a_secret_are_read_by_many_earlier_ones_and_patterns_made_of_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spelt: list[str] = []

    def spell(value: str) -> Iterator[str]:
        spelt.append(value)
        yield value

    monkeypatch.setattr(secret_values, "spellings", spell)
    secrets = SecretValues(["first-one"])
    for number in range(40):
        secrets.learn([f"another-{number}"], [f"another-{number - 7}"])
    for learnt in range(1, secrets.learnt + 1):
        assert secrets.as_of(learnt).text("first, another") == "first, another"
        assert secrets.as_of(learnt).mapping({"a": "b"}) == {"a": "b"}
    assert len(spelt) <= 2 * len(set(spelt)), "those of today, and all that ever were"
    assert (
        secrets.as_of(36).text("another-34, another-29, another-27, another-39") == "***, ***, another-27, another-39"
    )
