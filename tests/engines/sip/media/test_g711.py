"""G.711 against a decoder that is not ours, and the laws' own properties."""

from __future__ import annotations

import struct
from array import array
from itertools import pairwise

import miniaudio
import pytest

from pbxsim.engines.sip.media.g711 import Law, decoded, encoded, other_law

ALL = bytes(range(256))
EVERY_SAMPLE = array("h", range(-32_768, 32_768))


def _wav(law: Law, payload: bytes) -> bytes:
    kind = 7 if law is Law.MU else 6
    form = struct.pack("<4sIHHIIHHH", b"fmt ", 18, kind, 1, 8_000, 8_000, 1, 8, 0)
    data = struct.pack("<4sI", b"data", len(payload)) + payload
    return struct.pack("<4sI4s", b"RIFF", 4 + len(form) + len(data), b"WAVE") + form + data


@pytest.mark.parametrize("law", Law)
def test_every_byte_is_the_sample_that_another_decoder_makes_of_it(law: Law) -> None:
    theirs = miniaudio.decode(_wav(law, ALL), nchannels=1, sample_rate=8_000)
    assert decoded(law, ALL) == theirs.samples.tobytes()


@pytest.mark.parametrize("law", Law)
def test_every_byte_comes_back_from_its_sample(law: Law) -> None:
    there_and_back = encoded(law, decoded(law, ALL))
    expected = ALL.replace(b"\x7f", b"\xff") if law is Law.MU else ALL  # µ-law has two zeros
    assert there_and_back == expected


@pytest.mark.parametrize("law", Law)
def test_every_sample_becomes_the_byte_whose_sample_is_near_and_order_is_kept(law: Law) -> None:
    near = array("h", decoded(law, encoded(law, EVERY_SAMPLE.tobytes())))
    assert all(before <= after for before, after in pairwise(near))
    assert all(abs(is_ - was) <= max(16, abs(was) / 16) for was, is_ in zip(EVERY_SAMPLE, near, strict=True))


@pytest.mark.parametrize("law", Law)
def test_silence_is_nothing_in_either_law(law: Law) -> None:
    assert abs(array("h", decoded(law, law.silence))[0]) <= 8


@pytest.mark.parametrize("law", Law)
def test_one_law_becomes_the_other_with_no_more_error_than_the_laws_have(law: Law) -> None:
    to = Law.A if law is Law.MU else Law.MU
    before, after = array("h", decoded(law, ALL)), array("h", decoded(to, ALL.translate(other_law(law))))
    assert all(abs(is_ - was) <= max(16, abs(was) / 16) for was, is_ in zip(before, after, strict=True))
