"""Forms of type multipart/form-data."""

from __future__ import annotations

import pytest

from pbxsim.kit.multipart import parse_multipart
from pbxsim.kit.request import Request

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
    assert request.reading_hints == ()


def test_a_body_of_another_type_is_not_read_and_the_author_is_told() -> None:
    request = Request("POST", "/", "a=1", headers={"Content-Type": "application/json"}, body=b'{"a":2}')
    assert request.params == {"a": "1"}
    assert request.reading_hints == (
        "the body is of type 'application/json': parameters are read from a query or a form",
    )
