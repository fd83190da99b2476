"""Messages out of a stream, however it is cut."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.engines.sip.framing import Framer, NotSip

FIRST = b"OPTIONS sip:h SIP/2.0\r\nContent-Length: 5\r\n\r\nab\r\nc"
SECOND = b"BYE sip:h SIP/2.0\r\nl : 0\r\n\r\n"


@pytest.mark.slow
@given(st.lists(st.integers(0, len(FIRST + SECOND) + 6), max_size=6))
def test_however_a_stream_is_cut_the_same_messages_come_out(cuts: list[int]) -> None:
    stream, framer, messages, before = b"\r\n\r\n" + FIRST + b"\r\n" + SECOND, Framer(), [], 0
    for cut in sorted([*cuts, len(stream)]):
        messages += framer.feed(stream[before:cut])
        before = cut
    assert messages == [FIRST, SECOND]


def test_keep_alives_are_counted() -> None:
    framer = Framer()
    assert framer.feed(b"\r\n\r\n\r\n\r\n") == []
    assert framer.pings == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("piece", "messages", "pings"),
    [(b"\r\n\r\n", 0, 200_000), (b"a\r\nl:0\r\n\r\n", 200_000, 0)],
    ids=["pings", "tiny"],
)
def test_a_large_read_of_small_pieces_costs_no_more_than_its_length(piece: bytes, messages: int, pings: int) -> None:
    framer = Framer()
    begun = process_time()
    assert len(framer.feed(piece * 200_000)) == messages
    assert framer.pings == pings
    assert process_time() - begun < 1.5, "what is left was moved for each piece"


@pytest.mark.parametrize(
    "stream",
    [
        b"BYE sip:h SIP/2.0\r\n\r\n",
        b"BYE sip:h SIP/2.0\r\nContent-Length: 99999\r\n\r\n",
        b"BYE sip:h SIP/2.0\r\nContent-Length: -1\r\n\r\n",
        b"x" * 70_000,
    ],
)
def test_a_stream_that_cannot_be_cut_is_given_up(stream: bytes) -> None:
    with pytest.raises(NotSip):
        Framer().feed(stream)
