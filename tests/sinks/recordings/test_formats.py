"""Audio files, read back by decoders that did not write them: length, channels, tones, for WAV and MP3."""

from __future__ import annotations

import sys
from io import BytesIO

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.sinks.recordings import formats
from pbxsim.sinks.recordings.formats import NoMp3Encoder, write_mp3, write_wav, writer
from pbxsim.sinks.recordings.sound import RING_BACK, Scene, frames
from tests.sinks.listening import Heard, of

SCENES = [Scene(0, "100", "102"), Scene(2 * SECOND, "", "102"), Scene(3 * SECOND, "100", "")]


def _file(name: str, seconds: int, scenes: list[Scene] | None = None) -> bytes:
    file = BytesIO()
    writer(name)(file, frames(SCENES if scenes is None else scenes, seconds), seconds)
    return file.getvalue()


@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
@pytest.mark.parametrize("seconds", [1, 4, 33, 61])
def test_a_decoder_finds_the_length_to_the_sample_two_channels_and_the_rate(name: str, seconds: int) -> None:
    heard = Heard(_file(name, seconds))
    assert (heard.frames, heard.channels, heard.rate) == (seconds * 8_000, 2, 8_000)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_a_decoder_hears_who_speaks_when(name: str) -> None:
    heard = Heard(_file(name, 5))
    assert heard.voices(0.2, 1.8) == of("100", "102")
    assert heard.voices(2.2, 2.8) == of("", "102")
    assert heard.voices(3.2, 4.8) == of("100", "")


def test_silence_in_a_wav_is_silence() -> None:
    heard = Heard(_file("a.wav", 5))
    assert (heard.loudness(0, 2, 3), heard.loudness(1, 3, 5)) == (0, 0)


def test_ring_back_is_a_tone_of_its_own() -> None:
    heard = Heard(_file("a.mp3", 5, [Scene(0, "", RING_BACK)]))
    assert heard.voices(0.1, 0.9) == (0, 425)
    assert heard.voices(1.1, 4.9) == (0, 0)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_the_same_sound_is_the_same_bytes(name: str) -> None:
    assert _file(name, 7) == _file(name, 7)


def test_an_empty_wav_is_a_wav() -> None:
    assert Heard(_file("a.wav", 0)).frames == 0


@pytest.mark.parametrize("name", ["a.wav", "a.WAV", "a", "a.gsm", "mp3", ".wav", "a.mp3.wav", "a.mp3 "])
def test_whatever_does_not_end_in_mp3_is_a_wav(name: str) -> None:
    assert writer(name) is write_wav


@pytest.mark.parametrize("name", ["a.mp3", "a.MP3", ".mp3", "a.wav.Mp3"])
def test_what_ends_in_mp3_is_an_mp3(name: str) -> None:
    assert writer(name) is write_mp3


def test_without_the_encoder_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(NoMp3Encoder, match=r"pip install 'pbxsim\[mp3\]'"):
        writer("a.mp3")
    assert writer("a.wav") is write_wav


@pytest.mark.slow
def test_the_encoder_is_not_loaded_before_it_is_needed() -> None:
    import subprocess

    program = "import sys; import pbxsim.app; print([name for name in ('lameenc', 'miniaudio') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_tag_is_a_frame_like_the_others_and_counts_them() -> None:
    content = _file("a.mp3", 10)
    assert content[:4] == content[formats.FRAME_BYTES :][:4]
    assert content[21:25] == b"Info"
    sound_frames, size = (int.from_bytes(content[at : at + 4], "big") for at in (29, 33))
    assert size == len(content) == (sound_frames + 1) * formats.FRAME_BYTES
    assert content[141:150] == b"LAME3.100"


def test_the_tags_checksum_is_crc_16_arc() -> None:
    assert formats._crc(b"123456789") == 0xBB3D  # noqa: SLF001 - the catalogue's check value
