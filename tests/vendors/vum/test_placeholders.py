"""How the template of a hang-up notice is read, and how values come into it."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.vendors.vum.placeholders import LETTERS, has_place_in_server, read

VALUES = {letter: f"<{letter}>" for letter in LETTERS}


def filled(url: str) -> str:
    """Fill in values that show which placeholder they stand for, and give the URL without its percent-encoding."""
    return read(url).filled(VALUES).replace("%3C", "<").replace("%3E", ">")


@pytest.mark.cites("S12", "R18")
def test_the_companions_example_has_a_value_for_each_of_its_placeholders() -> None:
    example = "http://mujserver.cz/mujskript.php?volajici=s%&volany=d%&cas=t%&stav=i%&delka_celkem=c%&delka_hovor=p%"
    template = read(example)
    assert filled(example) == (
        "http://mujserver.cz/mujskript.php?volajici=<s>&volany=<d>&cas=<t>&stav=<i>&delka_celkem=<c>&delka_hovor=<p>"
    )
    assert template.doubts == ()


@pytest.mark.cites("S12", "R18")
@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://a/?u=u%&r=r%", "http://a/?u=<u>&r=<r>"),
        ("http://a/s%/d%", "http://a/<s>/<d>"),
        ("http://a?s%", "http://a?<s>"),
        ("http://a/?x=s%d%c%", "http://a/?x=<s><d><c>"),
        ("http://a/?x=kdo-s%-komu-d%", "http://a/?x=kdo-<s>-komu-<d>"),
        ("http://a/?x=S%&y=a%", "http://a/?x=S%&y=a%"),  # letters of the list only, and small ones
        ("http://a/?x=%20&y=%C4%8D", "http://a/?x=%20&y=%C4%8D"),
        ("http://a/", "http://a/"),
        ("http://a:8080/?x=s%", "http://a:8080/?x=<s>"),
        ("http://tester%20s:d%41@a/?x=s%", "http://a/?x=<s>"),  # the credentials are the receiver's
    ],
)
def test_a_letter_with_a_percent_sign_is_a_placeholder(url: str, expected: str) -> None:
    assert filled(url) == expected


@pytest.mark.cites("R18")
@pytest.mark.parametrize(
    ("url", "expected", "doubt"),
    [
        ("http://a/?n=s%41", "http://a/?n=<s>41", "'s%41' is taken for the placeholder 's%' and the text '41'"),
        ("http://a/?n=cas%20t%", "http://a/?n=cas%20<t>", "'s%20' is taken for the letter 's' and the escape '%20'"),
        ("http://a/s%20x", "http://a/s%20x", "'s%20' is taken for the letter 's' and the escape '%20'"),
        ("http://a/?n=xs%2d%", "http://a/?n=xs%2d%", "'s%2d' is taken for the letter 's' and the escape '%2d'"),
        ("http://a/?n=%2d%&x=y", "http://a/?n=%2d%&x=y", "'%2d%' is taken for the escape '%2d' and a '%'"),
        ("http://a/?d%=1", "http://a/?<d>=1", "'d%' stands where a parameter's name does"),
        ("http://a/?x=100%", "http://a/?x=100%", "the '%' in '0%' is neither"),
        ("http://a/?x=val%s%20y", "http://a/?x=val%s%20y", "'s%20' is taken for the letter 's' and the escape '%20'"),
    ],
)
def test_what_can_be_read_in_two_ways_is_read_in_one_and_told(url: str, expected: str, doubt: str) -> None:
    assert filled(url) == expected
    assert any(told.startswith(doubt) for told in read(url).doubts), read(url).doubts


@pytest.mark.cites("R18")
@pytest.mark.parametrize("url", ["http://a/?x=s%&y=t%c%p%", "http://a/cesta%20k/?x=i%-r%", "http://a/?x=%73%64"])
def test_where_there_is_no_doubt_none_is_told(url: str) -> None:
    assert read(url).doubts == ()


@pytest.mark.cites("R18")
def test_a_value_is_never_read_again() -> None:
    template = read("http://a/?x=s%&y=d%")
    assert template.filled(VALUES | {"s": "d%", "d": "%73%s%"}) == "http://a/?x=d%25&y=%2573%25s%25"


@pytest.mark.cites("R19")
def test_a_value_is_percent_encoded_as_utf_8() -> None:
    template = read("http://a/t%?x=s%")
    assert template.filled(VALUES | {"t": "2026-01-31 09:05:00", "s": "+420/ž&="}) == (
        "http://a/2026-01-31%2009%3A05%3A00?x=%2B420%2F%C5%BE%26%3D"
    )


@pytest.mark.parametrize(
    ("url", "does"),
    [
        ("http://s%.example.com/", True),
        ("http://a:p%/", True),
        ("http://s%", True),
        ("http://a/s%", False),
        ("http://a?s%", False),
        ("http://u:s%@a/", False),
        ("no url", False),
    ],
)
def test_a_placeholder_for_the_server_is_found(url: str, does: bool) -> None:
    assert has_place_in_server(url) is does


@pytest.mark.slow
@given(st.text(f"{LETTERS}%=&/2dx", max_size=30), st.dictionaries(st.sampled_from(LETTERS), st.text(max_size=5)))
def test_whatever_stands_there_is_text_or_a_placeholder_and_nothing_is_lost(tail: str, some: dict[str, str]) -> None:
    template = read(f"http://a/{tail}")
    assert "".join(
        text + letter
        for text, letter in zip(template.texts, (*(f"{one}%" for one in template.letters), ""), strict=True)
    ) == (f"http://a/{tail}")
    url = template.filled(VALUES | some)
    assert url.isascii()
    assert url.count("/") == template.filled(dict.fromkeys(LETTERS, "")).count("/")  # no value adds to the path


@given(st.text(max_size=30))
def test_whatever_a_value_is_the_receiver_gets_it_back(value: str) -> None:
    value = value.encode(errors="replace").decode()
    url = read("http://a/?x=s%").filled(VALUES | {"s": value})
    assert unquote(url.removeprefix("http://a/?x=")) == value
