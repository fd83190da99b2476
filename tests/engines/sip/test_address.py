"""URIs, addresses and Via, as they stand in header fields."""

from __future__ import annotations

import pytest

from pbxsim.engines.sip.address import address, quoted, split, unquoted, uri, via


def test_an_address_is_read_with_its_name_its_uri_and_its_parameters() -> None:
    read = address(
        '"Novák, \\"Jan\\"; <x>" <sip:sip100;phone@10.0.0.7:5062;ob>;expires=60 ; Q = 0.5;+sip.instance="<u;v>"'
    )
    assert read is not None
    assert read.name == 'Novák, "Jan"; <x>'
    assert (read.uri.user, read.uri.host, read.uri.port, read.uri.parameters) == (
        "sip100;phone",
        "10.0.0.7",
        5062,
        {"ob": ""},
    )
    assert read.parameters == {"expires": "60", "q": "0.5", "+sip.instance": "<u;v>"}


def test_without_angle_brackets_parameters_are_the_addresss() -> None:
    read = address("sip:a@h;tag=1")
    assert read is not None
    assert (read.uri.text, read.tag) == ("sip:a@h", "1")


@pytest.mark.parametrize(
    ("text", "user", "host", "port"),
    [
        ("sip:100@pc33", "100", "pc33", 0),
        ("SIP:100@[2001:db8::1]:5061;transport=tcp", "100", "2001:db8::1", 5061),
        ("sip:%2a21%23@h", "*21#", "h", 0),
        ("sips:h?Replaces=a%3Bb", "", "h", 0),
        ("sip:a:secret@h", "a", "h", 0),
        ("tel:+420299299000;phone-context=x", "+420299299000", "", 0),
    ],
)
def test_a_uri_is_taken_apart(text: str, user: str, host: str, port: int) -> None:
    read = uri(text)
    assert read is not None
    assert (read.user, read.host, read.port) == (user, host, port)


@pytest.mark.parametrize("text", ["", "sip:", "http://h", "sip:a@", "sip:a@h:0", "sip:a@h:99999", "sip:a b@h", "*"])
def test_what_is_no_uri_is_none(text: str) -> None:
    assert uri(text) is None


def test_a_via_of_ipv6_is_read() -> None:
    read = via("SIP/2.0/TCP [::1]:5060;branch=z9hG4bKx;received=::1")
    assert read is not None
    assert (read.transport, read.host, read.port, read.branch) == ("TCP", "::1", 5060, "z9hG4bKx")


def test_quotes_hide_separators_and_what_is_quoted_comes_back() -> None:
    assert split('a, "b, c\\", d" <x,y>, e', ",") == ["a", '"b, c\\", d" <x,y>', "e"]
    assert unquoted(quoted('a "b" \\ c')) == 'a "b" \\ c'
    assert quoted("a\r\nb") == '"ab"'
