"""What is secret in a message is struck out, and nothing else is touched."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pbxsim.engines.sip.struck_out import struck_out

REGISTER = (
    b"REGISTER sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1;rport\r\n"
    b'Authorization: Digest username="sip100", realm="pbxsim", nonce="n1", uri="sip:pbx.example",\r\n'
    b' response="0123456789abcdef0123456789abcdef", cnonce="c1", nc=00000001, qop=auth, opaque="o1"\r\n'
    b"Content-Length: 0\r\n\r\n"
)


def test_the_digest_is_struck_out_even_where_the_field_goes_on_in_the_next_line() -> None:
    assert struck_out(REGISTER) == (
        b"REGISTER sip:pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.4;branch=z9hG4bK1;rport\r\n"
        b'Authorization: Digest username="sip100", realm="pbxsim", nonce="n1", uri="sip:pbx.example",\r\n'
        b' response="***", cnonce="***", nc=00000001, qop=auth, opaque="***"\r\n'
        b"Content-Length: 0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (b"Authorization: Basic c2VjcmV0", b"Authorization: ***"),
        (
            b"pRoXy-AuThOrIzAtIoN :Digest response=topsecret,qop=auth",
            b'pRoXy-AuThOrIzAtIoN :Digest response="***",qop=auth',
        ),
        (b'Authorization: Digest response="topsecret', b'Authorization: Digest response="***"'),
        (b"Contact: <sip:jan:secret@192.0.2.4:5060>", b"Contact: <sip:jan:***@192.0.2.4:5060>"),
        (b"Refer-To: <sip:jan;phone-context=a?:secret@h:5060>", b"Refer-To: <sip:jan;phone-context=a?:***@h:5060>"),
        (b"Contact: sip:h;lr,sip:jan@192.0.2.4:5060", b"Contact: sip:h;lr,sip:jan@192.0.2.4:5060"),
        (b'WWW-Authenticate: Digest nonce="n1", opaque="o1"', b'WWW-Authenticate: Digest nonce="n1", opaque="o1"'),
        (b"Contact: <sip:jan@192.0.2.4:5060>", b"Contact: <sip:jan@192.0.2.4:5060>"),
    ],
)
def test_fields_that_hold_secrets_and_fields_that_do_not(field: bytes, shown: bytes) -> None:
    assert struck_out(b"OPTIONS sip:a SIP/2.0\r\n" + field + b"\r\n\r\n") == (
        b"OPTIONS sip:a SIP/2.0\r\n" + shown + b"\r\n\r\n"
    )


def test_keys_of_media_are_struck_out() -> None:
    body = (
        b"v=0\r\nk=base64:c2VjcmV0\r\na=ice-ufrag:F7gI\r\na=ice-pwd:x9cml/YzichV2+XlhiMu8g\r\n"
        b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR\r\n"
    )
    assert struck_out(b"X\r\n\r\n" + body) == (
        b"X\r\n\r\nv=0\r\nk=***\r\na=ice-ufrag:F7gI\r\na=ice-pwd:***\r\n"
        b"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\r\n"
    )


def test_a_second_message_in_a_datagram_has_no_secrets_either() -> None:
    assert b"0123456789abcdef" not in struck_out(b"OPTIONS sip:a SIP/2.0\r\n\r\n" + REGISTER)


@given(st.binary(max_size=200))
@example(b"\r\n\r\n")
def test_whatever_it_is_it_can_be_shown(message: bytes) -> None:
    assert isinstance(struck_out(message), bytes)
    assert b"topsecret" not in struck_out(message + b'\r\nAuthorization: Digest response="topsecret"')
