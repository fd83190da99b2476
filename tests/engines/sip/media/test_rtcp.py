"""RTCP that passes has the names that streams bear where it goes."""

from __future__ import annotations

import pytest

from pbxsim.engines.sip.media.rtcp import renamed

HERS, RING_BACK, HIS, OTHER = (bytes([0, 0, 0, number]) for number in (7, 1, 9, 8))
NAMES = {HERS: RING_BACK, RING_BACK: HIS}
BLOCK = bytes(20)


def packet(kind: int, count: int, *content: bytes) -> bytes:
    """Make one."""
    body = b"".join(content)
    return bytes((0x80 | count, kind)) + (len(body) // 4).to_bytes(2, "big") + body


def test_who_reports_and_of_whom_is_renamed_in_each_packet_of_several_and_nothing_else() -> None:
    sent = HERS * 5  # times and counts that look like a name
    before = packet(200, 2, HERS, sent, RING_BACK, BLOCK, OTHER, BLOCK) + packet(202, 1, HERS, b"\x01\x02hi\0\0\0\0")
    after = packet(200, 2, RING_BACK, sent, HIS, BLOCK, OTHER, BLOCK) + packet(202, 1, RING_BACK, b"\x01\x02hi\0\0\0\0")
    assert renamed(before, NAMES) == after
    assert renamed(packet(201, 1, HERS, RING_BACK, BLOCK), NAMES) == packet(201, 1, RING_BACK, HIS, BLOCK)
    assert renamed(packet(203, 2, HERS, OTHER), NAMES) == packet(203, 2, RING_BACK, OTHER)
    assert renamed(packet(206, 1, HERS, RING_BACK, HERS), NAMES) == packet(206, 1, RING_BACK, HIS, HERS)


@pytest.mark.parametrize("length", range(40))
def test_what_is_cut_off_or_lies_about_its_length_passes_as_far_as_it_goes(length: int) -> None:
    whole = packet(200, 31, HERS, bytes(20), RING_BACK, BLOCK)[:length]
    assert len(renamed(whole, NAMES)) == length
    assert len(renamed(b"\xff" * length, NAMES)) == length
    assert len(renamed(bytes(length), NAMES)) == length
