"""Recordings of real sound: both sides apart, each where it was said."""

from __future__ import annotations

from array import array

from pbxsim.clock.instant import SECOND
from pbxsim.engines.sip.media import sounds
from pbxsim.engines.sip.media.g711 import Law, decoded
from pbxsim.engines.sip.media.recording import Recordings
from tests.engines.sip.media.scene import Scene, notice
from tests.engines.sip.media.telephones import Telephone, Time, packet

LOUD, SOFT = bytes([0x80]) * 160, bytes([0xAF]) * 160


def values(recordings: Recordings, call: int, seconds: int) -> tuple[array[int], array[int]]:
    """Give the samples of both sides."""
    put_together = recordings.sound(call)
    assert put_together is not None
    both = array("h", b"".join(put_together(seconds)))
    return both[::2], both[1::2]


class Hearing:
    """Stands for a party that is listened to."""

    def __init__(self) -> None:
        self.said: list[object] = []
        self.heard: list[object] = []

    def listened(self) -> None:
        """Nothing is led anywhere."""


async def test_each_telephone_is_on_its_own_side() -> None:
    with Scene() as scene:
        one, his, other, hers = scene.two()
        recordings = Recordings(scene.time.time)
        recordings.begin(7, 0, his, hers)
        recordings.begin(7, 0, his, hers)
        scene.time.passes(0.020)
        for telephone, party, said in ((one, his, LOUD), (other, hers, SOFT)):
            came = notice(party)
            telephone.says(packet(said), party.port)
            await came.wait()
        left, right = values(recordings, 7, 1)
        assert set(left[:160]) == set(array("h", decoded(Law.MU, LOUD)))
        assert set(right[:160]) == set(array("h", decoded(Law.MU, SOFT)))
        assert not any(left[160:])
        assert not any(right[160:])
        assert recordings.sound(7) is None


async def test_a_simulated_party_is_recorded_as_it_was_played_on_either_side() -> None:
    with Scene() as scene:
        _, his = scene.telephone()
        recordings = Recordings(scene.time.time)
        his.hears(sounds.voice("100"))
        recordings.begin(7, 0, his, None)
        recordings.begin(8, SECOND, None, his)
        scene.time.passes(1.0)
        silent, voice = values(recordings, 7, 1)
        later, also_silent = values(recordings, 8, 2)
        assert not any(silent)
        assert not any(also_silent)
        expected = array("h", b"".join(decoded(Law.MU, sounds.voice("100").payload(Law.MU, at)) for at in range(50)))
        assert voice == expected
        assert later == array("h", bytes(16_000)) + expected
        assert not his.heard


async def test_a_gap_is_silence_and_a_little_too_late_is_not() -> None:
    time, party = Time(), Hearing()
    recordings = Recordings(time.time)
    recordings.begin(7, 0, party, None)  # type: ignore[arg-type]
    say = party.said[0]
    time.passes(0.020)
    say(array("h", [1] * 160).tobytes())  # type: ignore[operator]
    time.passes(0.080)
    say(array("h", [2] * 160).tobytes())  # type: ignore[operator]
    time.passes(0.500)
    say(array("h", [3] * 160).tobytes())  # type: ignore[operator]
    left, _ = values(recordings, 7, 1)
    assert list(left[:320]) == [1] * 160 + [2] * 160
    assert not any(left[320:4_640])
    assert list(left[4_640:4_800]) == [3] * 160
    assert not any(left[4_800:])


async def test_what_comes_faster_than_time_goes_does_not_pile_up() -> None:
    time, party = Time(), Hearing()
    recordings = Recordings(time.time)
    recordings.begin(7, 0, party, None)  # type: ignore[arg-type]
    for _ in range(10_000):
        party.said[0](bytes(320))  # type: ignore[operator]
    recordings.pause(7)
    (file,) = recordings._folder.path.glob("*.first.sln")  # noqa: SLF001
    assert file.stat().st_size <= 2 * (8_000 // 5 + 160)


async def test_others_in_a_call_begin_another_part_and_the_end_lets_go_of_the_files() -> None:
    with Scene() as scene, Telephone() as third:
        _, his, _, hers = scene.two()
        recordings = Recordings(scene.time.time)
        recordings.begin(7, 0, his, hers)
        last = scene.media.open(third.host)
        recordings.begin(7, SECOND, his, last)
        assert len(hers.said) == 0
        assert len(last.said) == 1
        recordings.close()
        assert not his.said
        assert not last.said
        left, right = values(recordings, 7, 2)
        assert not any(left)
        assert not any(right)
