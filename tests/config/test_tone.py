"""The recordings that a PBX file puts in place."""

from __future__ import annotations

import wave
from array import array
from io import BytesIO
from itertools import pairwise

from pbxsim.config.tone import LONGEST, wav


def test_a_recording_is_a_wav_file_of_the_length_asked_for() -> None:
    with wave.open(BytesIO(wav(1.5))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (
            1,
            2,
            8_000,
            12_000,
        )


def test_it_holds_a_tone_of_425_hertz() -> None:
    with wave.open(BytesIO(wav(1))) as file:
        samples = array("h", file.readframes(8_000))
    rises = sum(before < 0 <= after for before, after in pairwise(samples))
    assert rises in (424, 425)
    assert max(samples) > 7_000


def test_it_is_always_the_same_and_never_longer_than_a_minute() -> None:
    assert wav(2) == wav.__wrapped__(2)
    assert len(wav(1_000_000)) == len(wav(LONGEST)) == 960_044
