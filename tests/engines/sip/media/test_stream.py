"""What a telephone is sent is one stream, whoever is heard."""

from __future__ import annotations

from pbxsim.engines.sip.media import rtp
from pbxsim.engines.sip.media.stream import Stream

RING_BACK, HERS, KEYS = 1, 7, 9


class Heard:
    """A stream in a time that a test moves."""

    def __init__(self) -> None:
        self.now = 50.0
        self.stream = Stream(lambda: self.now)

    def says(self, source: int, number: int, at: int, kind: int = 8) -> tuple[int, int, int, int]:
        """Lead a packet; give its mark and kind, number, time and source as the telephone has them."""
        went: list[bytes] = []
        self.stream.send(went.append, rtp.header(kind, number, at, source) + b"sound")
        (led,) = went
        assert (led[0], led[rtp.HEADER :]) == (0x80, b"sound")
        return led[1], int.from_bytes(led[2:4]), rtp.timestamp(led), rtp.source(led)


def test_one_source_passes_as_it_is_with_what_it_lost_and_what_came_late() -> None:
    heard = Heard()
    for number, at in ((65_534, 2**32 - 160), (65_535, 0), (3, 640), (1, 320), (4, 800)):
        assert heard.says(HERS, number, at) == (8, number, at, HERS)


def test_another_source_goes_on_where_the_one_before_has_stopped_as_late_as_it_comes() -> None:
    heard = Heard()
    heard.says(RING_BACK, 10, 1_600)
    heard.now += 0.5
    assert heard.says(HERS, 30_000, 4_000_000_000) == (8 | rtp.MARK, 11, 1_600 + 4_000, RING_BACK)
    heard.now += 0.02
    assert heard.says(HERS, 30_001, 4_000_000_160) == (8, 12, 5_760, RING_BACK)
    assert heard.says(RING_BACK, 500, 99) == (8 | rtp.MARK, 13, 5_760 + 160, RING_BACK), "a packet later at the least"


def test_digits_that_are_pressed_while_somebody_is_heard_keep_the_time_at_which_they_began() -> None:
    heard = Heard()
    heard.says(HERS, 1, 160)
    pressed = []
    for turn in range(3):
        heard.now += 0.01
        pressed.append(heard.says(KEYS, 70 + turn, 8_000, kind=101))
        heard.now += 0.01
        heard.says(HERS, 2 + turn, 320 + 160 * turn)
    assert [one[1] for one in pressed] == [2, 4, 6]
    assert len({one[2] for one in pressed}) == 1
    assert [one[0] & rtp.MARK for one in pressed] == [rtp.MARK, 0, 0]


def test_a_source_that_has_stood_still_while_another_was_heard_does_not_set_the_time_back() -> None:
    heard = Heard()
    heard.says(HERS, 1, 160)
    heard.now += 0.02
    heard.says(RING_BACK, 1, 0)
    heard.now += 20
    mark, number, at, _ = heard.says(HERS, 2, 320)
    assert (mark & rtp.MARK, number, at) == (rtp.MARK, 3, 320 + 160_000)


def test_many_sources_one_after_the_other_are_not_all_kept() -> None:
    heard = Heard()
    for source in range(1, 100):
        heard.now += 0.02
        assert heard.says(source, 0, 0)[1:3] == (source - 1, (source - 1) * 160)
    assert len(heard.stream._sources) <= 9  # noqa: SLF001 - nobody else counts them
