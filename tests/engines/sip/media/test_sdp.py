"""Descriptions of media, byte for byte: what telephones offer, and what they are answered."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.engines.sip.media.codecs import EVENTS, PCMA, PCMU, Codec
from pbxsim.engines.sip.media.sdp import (
    LONGEST,
    BadDescription,
    Direction,
    Ours,
    Unacceptable,
    answer,
    offer,
    read,
)

OURS = Ours("192.0.2.1", 40_000, session=7)

LINPHONE = (
    b"v=0\r\no=jan 1234 5678 IN IP4 198.51.100.7\r\ns=Talk\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\n"
    b"a=ice-pwd:secret\r\na=rtcp-xr:rcvr-rtt=all:10000\r\n"
    b"m=audio 7078 RTP/AVP 96 8 0 101\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\na=candidate:1 1 UDP 2130706303 198.51.100.7 7078 typ host\r\n"
    b"a=rtcp:7999\r\na=ptime:20\r\n"
    b"m=video 9078 RTP/AVP 97\r\na=rtpmap:97 VP8/90000\r\n"
)


def test_an_offer_of_ours_holds_both_laws_and_digits() -> None:
    assert offer(OURS) == (
        b"v=0\r\no=pbxsim 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        b"m=audio 40000 RTP/AVP 0 8 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
        b"a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
    )


def test_a_telephones_offer_is_read() -> None:
    audio = read(LINPHONE).audio
    assert (audio.host, audio.port, audio.direction, audio.ptime) == ("198.51.100.7", 7078, Direction.SENDRECV, 20)
    opus = Codec(96, "opus", 48_000, 2, "useinbandfec=1")
    assert audio.codecs == (opus, PCMA, PCMU, Codec(101, "telephone-event"))
    assert (audio.speech, audio.events) == (opus, Codec(101, "telephone-event"))


def test_the_answer_takes_the_codec_that_the_offer_likes_best_and_refuses_pictures() -> None:
    body, chosen = answer(read(LINPHONE), OURS)
    assert chosen == (PCMA, Codec(101, "telephone-event"))
    assert body == (
        b"v=0\r\no=pbxsim 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
        b"m=audio 40000 RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        b"a=ptime:20\r\na=sendrecv\r\n"
        b"m=video 0 RTP/AVP 97\r\n"
    )


@pytest.mark.parametrize(
    ("offered", "liked", "answered"),
    [
        (Direction.SENDRECV, Direction.SENDRECV, b"sendrecv"),
        (Direction.SENDONLY, Direction.SENDRECV, b"recvonly"),
        (Direction.RECVONLY, Direction.SENDRECV, b"sendonly"),
        (Direction.INACTIVE, Direction.SENDRECV, b"inactive"),
        (Direction.SENDRECV, Direction.SENDONLY, b"sendonly"),
        (Direction.SENDONLY, Direction.SENDONLY, b"inactive"),
    ],
)
def test_hold_is_answered_as_rfc_3264_has_it(offered: Direction, liked: Direction, answered: bytes) -> None:
    theirs = read(offer(Ours("198.51.100.9", 9, 1), direction=offered))
    assert answer(theirs, OURS, direction=liked)[0].endswith(b"a=" + answered + b"\r\n")


def test_hold_as_it_was_before_rfc_3264_is_understood() -> None:
    audio = read(offer(Ours("0.0.0.0", 9, 1))).audio
    assert audio.direction is Direction.SENDONLY
    assert not audio.direction.receives


def test_ipv6_is_spelt_and_read() -> None:
    ours = Ours("2001:db8::1", 40_000, 1)
    assert b"c=IN IP6 2001:db8::1\r\n" in offer(ours)
    assert read(offer(ours)).audio.host == "2001:db8::1"


def test_an_address_of_the_stream_and_a_static_payload_type_need_no_more() -> None:
    audio = read(b"v=0\nc=IN IP4 192.0.2.9\nm=audio 9/2 RTP/AVP 18 77\nc=IN IP4 192.0.2.8/127\na=ptime:x\n").audio
    assert (audio.host, audio.codecs, audio.ptime) == ("192.0.2.8", (Codec(18, "G729"),), 0)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"v=1\r\n", "begins with v=0"),
        (b"v=0\r\nrubbish\r\n", "not a line of a description: 'rubbish'"),
        (b"v=0\r\nm=audio x RTP/AVP 0\r\n", "port is a number, not 'x'"),
        (b"v=0\r\nm=audio 65536 RTP/AVP 0\r\n", "at most 65535"),
        (b"v=0\r\nm=audio 9\r\n", "an m= line has"),
        (b"v=0\r\nm=audio 9 RTP/AVP 0\r\n", "no c= line"),
        (b"v=0\r\nc=IN IP4 example.com\r\nm=audio 9 RTP/AVP 0\r\n", "media goes to an address, not to 'example.com'"),
        (b"v=0\r\nc=IN IP4 224.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n", "goes to one telephone"),
        (b"v=0\r\nc=IN IP6 ff02::1\r\nm=audio 9 RTP/AVP 0\r\n", "goes to one telephone"),
        (b"v=0\r\nc=IN IP4 255.255.255.255\r\nm=audio 9 RTP/AVP 0\r\n", "goes to one telephone"),
        (b"v=0\r\nc=IP4\r\nm=audio 9 RTP/AVP 0\r\n", "a c= line has"),
        (b"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 9 RTP/AVP 128\r\n", "at most 127"),
        (b"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 9 RTP/AVP 96\r\na=rtpmap:96 opus\r\n", "names a codec and its rate"),
        (b"v=0\r\ns=\xff\r\n", "not UTF-8"),
        (b"v=0\r\n" + 17 * b"m=audio 9 RTP/AVP 0\r\n", "too many media"),
        (b"v=0\r\n" + 500 * b"a=x\r\n", "too many lines"),
        (b"v=0\r\na=" + LONGEST * b"x", "too long"),
    ],
)
def test_what_is_wrong_with_a_description_is_said(body: bytes, why: str) -> None:
    with pytest.raises(BadDescription, match=why):
        _ = read(body).audio


@pytest.mark.parametrize(
    "stream", ["m=video 9 RTP/AVP 0", "m=audio 0 RTP/AVP 0", "m=audio 9 RTP/SAVP 0", "m=image 9 udptl t38"]
)
def test_what_we_cannot_take_is_told_apart_from_what_is_wrong(stream: str) -> None:
    with pytest.raises(Unacceptable, match="no audio by RTP/AVP"):
        answer(read(f"v=0\r\nc=IN IP4 192.0.2.9\r\n{stream}\r\n".encode()), OURS)


def test_digits_alone_are_no_call() -> None:
    offered = read(offer(Ours("198.51.100.9", 9, 1), (EVENTS,)))
    with pytest.raises(Unacceptable, match="no codec is offered that we know: telephone-event"):
        answer(offered, OURS)


@given(st.lists(st.sampled_from([*LINPHONE.split(b"\r\n"), b"m=audio 9 RTP/AVP 0", b"c=IN IP6 ::1", b"a=rtpmap:0 "])))
def test_lines_in_any_order_are_read_or_refused_and_what_is_read_can_be_answered(lines: list[bytes]) -> None:
    with suppress(BadDescription, Unacceptable):
        theirs = read(b"v=0\r\n" + b"\r\n".join(lines))
        body, chosen = answer(theirs, OURS)
        assert read(body).audio.codecs == chosen
        assert len(read(body).media) == len(theirs.media)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(BadDescription, Unacceptable):
        _ = read(body).audio
    with suppress(BadDescription, Unacceptable):
        _ = read(b"v=0\r\nc=IN IP4 192.0.2.9\r\nm=audio 9 RTP/AVP 0\r\na=" + body).audio
