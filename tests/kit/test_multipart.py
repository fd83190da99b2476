"""Forms of type multipart/form-data."""

from __future__ import annotations

import pytest

from pbxsim.kit.limits import RequestLimits
from pbxsim.kit.multipart import parse_multipart
from pbxsim.kit.request import Request
from tests.growth import steps

TYPE = "multipart/form-data; boundary=----7ac0"


def _form(*parts: bytes) -> bytes:
    return b"".join(b"------7ac0\r\n" + part + b"\r\n" for part in parts) + b"------7ac0--\r\n"


def _field(name: str, value: bytes, more: str = "") -> bytes:
    return f'Content-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value


def test_text_fields_are_read_and_the_last_of_a_name_counts() -> None:
    body = _form(_field("klic", b"A"), _field("cislo", "žluť".encode()), _field("klic", b"B"))
    assert parse_multipart(TYPE, body) == {"klic": "B", "cislo": "žluť"}


def test_a_file_is_left_out() -> None:
    assert parse_multipart(TYPE, _form(_field("klic", b"A", '; filename="a.txt"'))) == {}


def test_bytes_that_are_no_utf_8_make_the_value_unclean() -> None:
    assert parse_multipart(TYPE, _form(_field("klic", b"\xff\xfe"))).unclean() == "klic"


@pytest.mark.parametrize("body", [b"", b"junk", b"------7ac0", b"------7ac0--", b"\x00" * 40, _form(b"no header")])
@pytest.mark.parametrize("content_type", [TYPE, "multipart/form-data", "multipart/form-data; boundary="])
def test_what_is_no_such_form_has_no_fields(content_type: str, body: bytes) -> None:
    assert parse_multipart(content_type, body) == {}


def test_a_request_has_the_fields_of_such_a_form_over_its_query() -> None:
    request = Request("POST", "/", "a=1&b=2", headers={"Content-Type": TYPE}, body=_form(_field("a", b"3")))
    assert request.params == {"a": "3", "b": "2"}
    assert request.reading_hints == ("parameter 'a' came more than once, in query and form: its last value counts",)


def test_a_body_of_another_type_is_not_read_and_the_author_is_told() -> None:
    request = Request("POST", "/", "a=1", headers={"Content-Type": "application/json"}, body=b'{"a":2}')
    assert request.params == {"a": "1"}
    assert request.reading_hints == (
        "the body is of type 'application/json': parameters are read from a query or a form",
    )


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'Content-Disposition: form-data; name="a b"', "a b"),
        (b"content-disposition:form-data;name=plain", "plain"),
        (b'Content-Type: text/plain\r\nContent-Disposition: form-data; x=1; NAME="later"', "later"),
        (b'Content-Disposition: form-data;\r\n\tname="folded"', "folded"),
        (b'Content-Disposition: form-data; name="a\\"b\\\\c;d=e"', 'a"b\\c;d=e'),
        (b'Content-Disposition: form-data; name="unclosed', "unclosed"),
        (b'Content-Disposition: form-data; name="\xc5\xbe"', "ž"),
    ],
)
def test_a_parts_name_is_read_in_every_spelling(header: bytes, name: str) -> None:
    assert parse_multipart(TYPE, _form(header + b"\r\n\r\nv")) == {name: "v"}


@pytest.mark.parametrize(
    "header",
    [b"Content-Disposition: form-data", b"Content-Type: text/plain", b'X-Content-Disposition: x; name="a"', b""],
)
def test_a_part_without_a_name_is_left_out(header: bytes) -> None:
    assert parse_multipart(TYPE, _form(header + b"\r\n\r\nv")) == {}


def test_lines_may_end_with_lf_alone_and_the_last_boundary_may_be_missing() -> None:
    form = b"preamble\n------7ac0\nContent-Disposition: form-data; name=a\n\n1\n2\n------7ac0 \n"
    assert parse_multipart(TYPE, form + b'Content-Disposition: form-data; name="b"\n\n3') == {"a": "1\n2", "b": "3"}


@pytest.mark.parametrize("content_type", [TYPE + "; charset=utf-8", 'multipart/form-data; BOUNDARY="----7ac0"'])
def test_a_boundary_is_read_in_every_spelling(content_type: str) -> None:
    assert parse_multipart(content_type, _form(_field("a", b"1"))) == {"a": "1"}


def test_a_line_that_only_begins_with_the_boundary_ends_a_part_but_begins_none() -> None:
    one, other = _form(_field("a", b"1")), _form(_field("b", b"2"))
    assert parse_multipart(TYPE, one.replace(b"0--", b"0x\r\n\r\n") + other) == {"a": "1", "b": "2"}


def test_text_is_taken_as_it_came_whatever_transfer_encoding_is_named() -> None:
    part = b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\nMQ=='
    assert parse_multipart(TYPE, _form(part)) == {"a": "MQ=="}


def test_parts_and_parameters_beyond_the_limits_are_left_out_and_told() -> None:
    three = _form(_field("a", b"1"), _field("b", b"2"), _field("c", b"3"))
    parts = parse_multipart(TYPE, three, RequestLimits(parts=2))
    assert (parts, parts.unread) == ({"a": "1", "b": "2"}, ("more than 2 parts: those behind were not read",))
    params = parse_multipart(TYPE, three, RequestLimits(parameters=2))
    assert (params, params.unread) == ({"a": "1", "b": "2"}, ("more than 2 parameters: those behind were not read",))
    assert parse_multipart(TYPE, three, RequestLimits(parts=3, parameters=3)).unread == ()


def test_a_part_whose_header_is_too_long_is_left_out_and_told() -> None:
    params = parse_multipart(TYPE, _form(_field("a", b"1", ";x" * 5_000), _field("b", b"2")))
    assert params == {"b": "2"}
    assert params.unread == ("a part was not read: its header is longer than 8192 bytes",)


def test_a_part_whose_header_has_hundreds_of_parameters_is_left_out_and_told() -> None:
    few, many = _field("a", b"1", ";x=y" * 31), _field("b", b"2", ";x=y" * 32)
    params = parse_multipart(TYPE, _form(few, many))
    assert params == {"a": "1"}
    assert params.unread == ("a part was not read: its header has more than 32 parameters",)
    assert parse_multipart(TYPE, _form(few, many), RequestLimits(part_parameters=33)) == {"a": "1", "b": "2"}


def test_a_megabyte_of_long_headers_is_read_in_few_steps() -> None:
    head = b'Content-Disposition: form-data; name="a"' + b';a="\\""' * 1_000 + b"\r\n\r\nv"
    assert steps(lambda: parse_multipart(TYPE, _form(*[head] * 140))) < 40_000
