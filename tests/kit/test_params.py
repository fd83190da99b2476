"""Query and form, read as PHP reads them, hostile ones too."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, quote_plus, unquote_plus, urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.kit.limits import RequestLimits
from pbxsim.kit.params import Params, has_control, parse_form, parse_query
from tests.growth import steps


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("", {}),
        ("a=1&b=2", {"a": "1", "b": "2"}),
        ("a=1&a=2", {"a": "2"}),
        ("a", {"a": ""}),
        ("a=", {"a": ""}),
        ("=1&&a=1&", {"a": "1"}),
        ("a=b=c", {"a": "b=c"}),
        ("a=x+y%20z", {"a": "x y z"}),
        ("a=%2B420", {"a": "+420"}),
        ("a%5B%5D=1", {"a[]": "1"}),
        ("a=%C5%BE", {"a": "ž"}),
        ("a=ž", {"a": "ž"}),
        ("a=ž%C5%BE", {"a": "žž"}),
        ("a=%", {"a": "%"}),
        ("a=%zz", {"a": "%zz"}),
        ("a=1;b=2", {"a": "1;b=2"}),
        ("a=SIP\\5555-0000b704", {"a": "SIP\\5555-0000b704"}),
        ("a=%00", {"a": "\0"}),
    ],
)
def test_a_query_is_split_and_decoded(query: str, params: dict[str, str]) -> None:
    assert parse_query(query) == params


def test_bytes_beyond_ascii_in_the_raw_query_are_utf8_even_as_latin1_text() -> None:
    assert parse_query("a=" + "ž".encode().decode("latin-1")) == {"a": "ž"}


@pytest.mark.parametrize("query", ["a=%FF", "a=%C5", "a=%ED%A0%80"])
def test_what_is_no_utf8_is_unclean(query: str) -> None:
    params = parse_query(query)
    assert params.unclean() == "a"


def test_a_form_is_read_like_a_query() -> None:
    assert parse_form(b"a=1&a=x+y&b=\xc5\xbe&c=%C5%BE") == {"a": "x y", "b": "ž", "c": "ž"}


def test_an_absent_parameter_reads_as_empty() -> None:
    params = Params(a="1", b="")
    assert (params.text("a"), params.text("b"), params.text("c")) == ("1", "", "")


class Order(msgspec.Struct, frozen=True):
    """A few parameters."""

    a: str = ""
    b: str = ""


def test_a_struct_is_read_of_all_that_it_has_fields_for_and_only_once() -> None:
    params = parse_query("c=3&a=1")

    assert params.read(Order) == Order(a="1")
    assert params.read(Order) is params.read(Order)


def test_given_and_missing_keep_the_callers_order_and_take_empty_as_absent() -> None:
    params = Params(b="1", a="1", c="")
    assert params.given(("a", "b", "c", "d")) == ["a", "b"]
    assert params.missing(("d", "c", "a")) == ["d", "c"]


@pytest.mark.parametrize("bad", ["\0", "\r", "\n", "\t", "\x1f", "\x7f", "\ud800"])
def test_a_control_character_makes_a_name_or_a_value_unclean(bad: str) -> None:
    assert has_control(f"x{bad}y")
    assert Params({"a": "1", "b": f"x{bad}"}).unclean() == "b"
    assert Params({f"c{bad}": "1"}).unclean() == f"c{bad}"


@pytest.mark.parametrize("good", ["", " ", "ž", "\u2028", "\xa0", "\x80", "😀", "\\", "~"])
def test_any_other_character_is_clean(good: str) -> None:
    assert not has_control(good)
    assert Params({"a": good}).unclean() is None


def test_the_first_unclean_name_is_told() -> None:
    assert Params({"ok": "1", "b": "\n", "a": "\n"}).unclean() == "b"


NAMES = st.text(st.characters(codec="utf-8"), min_size=1)
VALUES = st.text(st.characters(codec="utf-8"))


@pytest.mark.slow
@settings(deadline=None)
@given(pairs=st.dictionaries(NAMES, VALUES))
def test_whatever_a_client_encodes_is_what_is_read(pairs: dict[str, str]) -> None:
    assert parse_query(urlencode(pairs, quote_via=quote)) == pairs
    assert parse_form(urlencode(pairs, quote_via=quote_plus).encode()) == pairs


WORDS: Final = r"% %% %4 %41 %C5%BE %c5%be %3D %3d %25 %0A %zz = == =41 + _ a 4 1 ž é . %00 %ff %FF %%ff ÿ %C5"
PIECES: Final = st.sampled_from([*WORDS.split(), "\n", "\r\n", "=\n", "%\n", "%\r", " ", "\t"])


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(pieces=st.lists(PIECES, max_size=12))
def test_escapes_are_decoded_as_urllib_decodes_them(pieces: list[str]) -> None:
    text = "".join(pieces)
    sent = text.encode().decode("latin-1")
    try:
        wanted = unquote_plus(text, errors="strict")
    except UnicodeDecodeError:
        wanted = sent + "\0"
    assert parse_query(f"a={sent}") == {"a": wanted}
    assert parse_query(f"a={quote_plus(text)}") == {"a": text}


@pytest.mark.parametrize(
    "unit", ["%41", "%C5%BE", "%zz", "%", "%%41", "%\n", "%4", "+", "=", "%3D", "%ff", "\xff", "\xa0"]
)
def test_a_megabyte_of_escapes_is_decoded_without_a_step_for_each(unit: str) -> None:
    limits = RequestLimits(parameter_value=1_048_576)
    sent = ("a=" + unit * (1_000_000 // len(unit))).encode("latin-1")
    assert steps(lambda: parse_form(sent, limits).unclean()) < 100


@pytest.mark.slow
@settings(max_examples=1_000)
@given(query=st.text('x=&2+% "\\{:,\n', max_size=24))
def test_a_query_reads_the_same_whether_it_is_read_at_once_or_piece_by_piece(query: str) -> None:
    pairs = [pair.partition("=") for pair in query.split("&")]
    assert parse_query(query) == {unquote_plus(name): unquote_plus(value) for name, _, value in pairs if name}


@pytest.mark.parametrize("longer", ["abcde=1&b=2", "a=12345&b=2"])
def test_a_name_or_a_value_that_is_too_long_is_not_read_however_plain_it_is(longer: str) -> None:
    limits = RequestLimits(parameter_name=4, parameter_value=4)
    assert "b" in parse_query(longer, limits)
    assert len(parse_query(longer, limits)) == 1
    assert parse_query(longer, limits).unread


@pytest.mark.slow
@settings(deadline=None)
@given(query=st.text(), body=st.binary())
def test_no_text_and_no_bytes_are_too_strange_to_read(query: str, body: bytes) -> None:
    for params in (parse_query(query), parse_form(body)):
        assert all(isinstance(value, str) for value in params.values())
        params.unclean()


FEW: Final = RequestLimits(parameters=2, parameter_name=32, parameter_value=256)


def test_the_first_thousand_parameters_are_read_as_by_phps_max_input_vars() -> None:
    names = [f"p{number}" for number in range(1_001)]
    params = parse_query("&".join(names))
    assert list(params) == names[:1_000]
    assert params.unread == ("more than 1000 parameters: those behind were not read",)


@pytest.mark.parametrize("query", ["a=1&b=2", "a=1&b=2&", "a=1&b=2&&&"])
def test_as_many_as_are_allowed_are_all_read(query: str) -> None:
    params = parse_query(query, FEW)
    assert (params, params.unread) == ({"a": "1", "b": "2"}, ())


def test_a_name_or_a_value_that_is_too_long_is_left_out_and_told_by_the_names_beginning() -> None:
    assert parse_query(f"{'n' * 32}={'%41' * 256}", FEW) == {"n" * 32: "A" * 256}
    params = parse_query(f"{'n' * 200}=1&v={'x' * 257}", FEW)
    assert params == {}
    assert params.unread == (
        f"parameter {'n' * 64!r}… was not read: longer than 32",
        "parameter 'v' was not read: its value is longer than 256",
    )


def test_at_most_ten_things_that_were_left_out_are_told() -> None:
    assert len(parse_query("&".join(f"{'n' * 300}{number}" for number in range(50))).unread) == 10


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("a=1&a=2", ["a"]),
        ("a=1&b=2&a=1", ["a"]),
        ("a=1&a=2&a=3&b=1&b=", ["a", "b"]),
        ("a[]=1&a[]=2", ["a[]"]),
        ("a=1&%61=2", ["a"]),
        ("a=1&A=2", []),
        ("a=1&=2&=3", []),
    ],
)
def test_a_name_that_comes_more_than_once_is_told_of_and_its_values_are_not(query: str, names: list[str]) -> None:
    told = parse_query(query).unread
    assert told == tuple(f"parameter {name!r} came more than once: its last value counts" for name in names)
