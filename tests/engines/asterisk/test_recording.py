"""How two sides that Asterisk wrote become one recording: in time, in their length, with silence where nothing is."""

from __future__ import annotations

import gc
from array import array
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.asterisk.recording import Monitors
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.pbx.call import Call


class Noted:
    """A link that only notes what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []

    def send(self, name: str, **values: str) -> None:
        """Note it."""
        self.asked.append({"Action": name, **values})


def talk() -> Call:
    """Have two talk."""
    return Office(extension("100"), extension("101")).call("100", "101")


def written(asked: dict[str, str], first: list[int], second: list[int]) -> list[Path]:
    """Write the files that Asterisk was asked for."""
    from pathlib import Path

    paths = [Path(text.partition("(")[2]) for text in asked["Options"].split(")")[:2]]
    for path, samples in zip(paths, (first, second), strict=True):
        path.write_bytes(array("h", samples).tobytes())
    return paths


@pytest.mark.slow
def test_both_sides_stand_where_they_were_said_and_are_cut_to_length() -> None:
    call, link, monitors = talk(), Noted(), Monitors()
    monitors.begin(link, call, "PJSIP/a", call.bridged_at)  # type: ignore[arg-type]
    monitors.begin(link, call, "PJSIP/a", call.bridged_at + SECOND)  # type: ignore[arg-type]
    monitors.begin(link, call, "PJSIP/b", call.bridged_at + SECOND)  # type: ignore[arg-type]
    assert [asked["Channel"] for asked in link.asked] == ["PJSIP/a", "PJSIP/b"]
    files = written(link.asked[0], [1] * 8_000, [2] * 8_000) + written(link.asked[1], [3] * 16_000, [4])
    put_together = monitors.sound(call)
    assert put_together is not None
    sound = array("h", b"".join(put_together(2)))
    assert len(sound) == 2 * 2 * 8_000
    assert list(sound[::2]) == [1] * 8_000 + [3] * 8_000
    assert list(sound[1::2]) == [2] * 8_000 + [4] + [0] * 7_999
    assert not any(file.exists() for file in files)
    assert monitors.sound(call) is None


@pytest.mark.slow
def test_what_asterisk_did_not_write_is_silence() -> None:
    call, monitors = talk(), Monitors()
    monitors.begin(Noted(), call, "PJSIP/a", call.bridged_at)  # type: ignore[arg-type]
    put_together = monitors.sound(call)
    assert put_together is not None
    assert b"".join(put_together(1)) == bytes(32_000)


@pytest.mark.slow
def test_the_folder_lasts_as_long_as_somebody_may_read_from_it_and_no_longer() -> None:
    call, link, monitors = talk(), Noted(), Monitors()
    monitors.begin(link, call, "PJSIP/a", call.bridged_at)  # type: ignore[arg-type]
    (first, _) = written(link.asked[0], [7], [7])
    put_together = monitors.sound(call)
    del monitors
    assert put_together is not None
    assert next(put_together(1))[:2] == b"\x07\x00"
    del put_together
    gc.collect()
    assert not first.parent.exists()
