"""What a telephone is played, and who listens to it: tones, files, digits, spies."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pytest

from pbxsim import tones
from pbxsim.engines.sip.media import rtp, sounds
from pbxsim.engines.sip.media.codecs import PCMA, PCMU
from pbxsim.engines.sip.media.digits import press
from pbxsim.engines.sip.media.g711 import Law, decoded, encoded, other_law
from pbxsim.engines.sip.media.spy import Spy
from tests.engines.sip.media.scene import Scene, notice
from tests.engines.sip.media.telephones import Telephone, hertz, packet

if TYPE_CHECKING:
    from pathlib import Path


async def test_ring_back_is_a_second_of_tone_in_five_and_its_packets_are_numbered() -> None:
    with Scene() as scene:
        one, his = scene.telephone()
        his.hears(sounds.ring_back())
        packets = []
        for _ in range(250):
            scene.time.passes(0.020)
            packets.append(await one.hears())
        assert [int.from_bytes(each[2:4]) for each in packets] == list(range(1, 251))
        assert [rtp.timestamp(each) for each in packets] == list(range(0, 250 * 160, 160))
        assert [each[1] for each in packets] == [rtp.MARK] + 249 * [0]
        assert len({rtp.source(each) for each in packets}) == 1
        heard = b"".join(decoded(Law.MU, each[rtp.HEADER :]) for each in packets)
        assert hertz(heard[:16_000]) in (424, 425)
        assert not any(heard[16_000:])


async def test_a_simulated_party_has_its_own_voice_in_either_law() -> None:
    with Scene() as scene:
        (one, his), (other, hers) = scene.telephone(PCMU), scene.telephone(PCMA)
        his.hears(sounds.voice("100"))
        hers.hears(sounds.voice("100"))
        scene.time.passes(0.020)
        heard, also = await one.hears(), await other.hears()
        assert (heard[1] & 127, also[1] & 127) == (0, 8)
        expected = encoded(Law.MU, tones.voice(tones.pitch("100"))[:160].tobytes())
        assert heard[rtp.HEADER :] == expected
        assert also[rtp.HEADER :] == expected.translate(other_law(Law.MU))


async def test_what_is_heard_is_switched_at_once() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        his.hears(sounds.music())
        came = notice(hers)
        other.says(packet(b"while music plays"), hers.port)
        await came.wait()
        scene.time.passes(0.001)
        music = await one.hears()
        assert music[rtp.HEADER :] == sounds.music().payload(Law.MU, 0)
        his.hears(hers)
        scene.time.passes(1.0)
        other.says(packet(b"again"), hers.port)
        led = await one.hears()
        assert (led[:2], led[rtp.HEADER :]) == (bytes((0x80, rtp.MARK)), b"again"), "it says that sound begins there"
        assert rtp.source(led) == rtp.source(music), "for the telephone it is the stream that it had before"
        assert scene.time.waiting == 0


async def test_rtcp_names_a_stream_as_it_is_named_where_it_goes() -> None:
    with Scene() as scene, Telephone() as reports, Telephone() as others:
        one, his, other, hers = scene.two()
        his.hears(sounds.music())
        reports.says(b"\x80\xc9\0\x01\0\0\0\x09", his.port + 1)
        scene.time.passes(0.001)
        music = (await one.hears())[8 : rtp.HEADER]
        his.hears(hers)
        other.says(packet(b"again"), hers.port)
        assert (await one.hears())[8 : rtp.HEADER] == music
        others.says(b"\x80\xc9\0\x01\0\0\0\x07", hers.port + 1)  # 7 is how the other one names what it says
        assert await reports.hears() == b"\x80\xc9\0\x01" + music
        reports.says(b"\x81\xc9\0\x07\0\0\0\x09" + music + bytes(20), his.port + 1)
        assert await others.hears() == b"\x81\xc9\0\x07\0\0\0\x09\0\0\0\x07" + bytes(20)


async def test_a_file_is_played_to_its_end_which_is_told(tmp_path: Path) -> None:
    import wave

    samples = tones.voice(200)[:800].tobytes()
    with wave.open(str(tmp_path / "greeting.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(8_000)
        out.writeframes(samples)
    with Scene() as scene:
        one, his = scene.telephone()
        over = list[bool]()
        his.hears(sounds.file(tmp_path / "greeting.wav"), over=lambda: over.append(True))
        scene.time.passes(0.099)
        heard = b"".join([(await one.hears())[rtp.HEADER :] for _ in range(5)])
        assert heard == encoded(Law.MU, samples)
        assert not over
        scene.time.passes(1.0)
        assert over == [True]
        assert scene.time.waiting == 0


async def test_what_is_no_sound_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "page.wav").write_text("<html>")
    with pytest.raises(sounds.NotPlayable, match=r"page\.wav is no WAV file"):
        sounds.file(tmp_path / "page.wav")
    with pytest.raises(FileNotFoundError):
        sounds.file(tmp_path / "none.wav")


async def test_a_digit_is_passed_on_and_told_once_though_packets_are_lost() -> None:
    with Scene() as scene:
        one, his, other, _ = scene.two()
        told = list[str]()
        his.on_digit = told.append
        for at, digit in enumerate("1#1", start=1):
            for content in list(press(digit, 100))[2:]:
                one.says(packet(content, 101, at=at * 8_000), his.port)
                assert await other.hears() == packet(content, 101, at=at * 8_000)
        assert told == ["1", "#", "1"]


async def test_a_press_of_many_seconds_is_one_digit_and_a_flash_is_none() -> None:
    with Scene() as scene:
        one, his, other, _ = scene.two()
        told = list[str]()
        his.on_digit = told.append
        for at in (100, 100 + 0xFFFF, 100 + 2 * 0xFFFF):
            one.says(packet(b"\x05\x0a\xff\xff", 101, at=at), his.port)
        one.says(packet(b"\x10\x0a\x00\xa0", 101, at=400_000), his.port)
        one.says(packet(b"\x05", 101, at=500_000), his.port)
        for _ in range(5):
            await other.hears()
        assert told == ["5"]


async def test_a_digit_of_a_simulated_party_stands_in_its_voice() -> None:
    with Scene() as scene:
        one, his = scene.telephone()
        his.hears(sounds.voice("100"))
        scene.time.passes(0.001)
        first = await one.hears()
        assert his.press("7")
        packets = []
        for _ in range(9):
            scene.time.passes(0.020)
            packets.append(await one.hears())
        assert [each[1] & 127 for each in packets] == 8 * [101] + [0]
        assert [each[1] & rtp.MARK for each in packets] == [rtp.MARK] + 7 * [0] + [rtp.MARK]
        assert {rtp.timestamp(each) for each in packets[:8]} == {rtp.timestamp(first) + 160}
        assert [each[rtp.HEADER :] for each in packets[:8]] == list(press("7", 100))
        assert rtp.timestamp(packets[8]) == rtp.timestamp(first) + 9 * 160


async def test_who_takes_no_digits_is_sent_none_and_what_is_none_is_refused() -> None:
    with Scene() as scene:
        _, his = scene.telephone(PCMU)
        assert not his.press("7")
        _, hers = scene.telephone()
        with pytest.raises(ValueError, match="substring"):
            hers.press("x")
        assert sum(hers.press("1") for _ in range(1_000)) < 500


def test_sounds_are_added_up_as_loud_as_they_may_be() -> None:
    loudest, softest = (array("h", [value]).tobytes() for value in (32_767, -32_768))
    pairs = [(b"\x01\0", b"\x02\0", 3), (b"\xff\xff", b"\xfe\xff", -3), (b"\xff\xff", b"\x01\0", 0)]
    pairs += [(loudest, loudest, 32_767), (softest, softest, -32_768), (loudest, softest, -1)]
    for first, second, together in pairs:
        assert array("h", sounds.mixed(first, second))[0] == together


async def test_a_spy_hears_both_sides_and_is_heard_by_nobody() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        ear, spy = scene.telephone()
        spy.hears(Spy(his))
        low, high = tones.voice(110), tones.voice(400)
        said = [encoded(Law.MU, voice[:160].tobytes()) for voice in (low, high)]
        one.says(packet(said[0]), his.port)
        other.says(packet(said[1]), hers.port)
        assert (await other.hears(), await one.hears()) == (packet(said[0]), packet(said[1]))
        ear.says(packet(b"let me out"), spy.port)
        scene.time.passes(0.020)
        heard = (await ear.hears())[rtp.HEADER :]
        assert heard == encoded(Law.MU, sounds.mixed(*(decoded(Law.MU, each) for each in said)))
        spy.hears(None)
        assert not his.said
        assert not his.heard


async def test_a_spy_hears_what_is_played_there_and_a_side_that_is_silent_stops_nothing() -> None:
    with Scene() as scene:
        one, his = scene.telephone()
        ear, spy = scene.telephone()
        his.hears(sounds.music())
        spy.hears(Spy(his))
        scene.time.passes(0.021)
        heard = [(await ear.hears())[rtp.HEADER :] for _ in range(2)]
        music = [decoded(Law.MU, sounds.music().payload(Law.MU, number)) for number in range(2)]
        assert heard[-1] in [encoded(Law.MU, each) for each in music]
        assert (await one.hears())[rtp.HEADER :] == sounds.music().payload(Law.MU, 0)
