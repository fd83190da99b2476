"""The recorder: what a call leaves as a file, what it sounds like, and what happens where no file can be made."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.instant import SECOND
from pbxsim.pbx import transfer
from pbxsim.pbx.call import CallKind, RecordingWish
from pbxsim.pbx.channel import Report
from pbxsim.pbx.dialplan import ToHunt
from pbxsim.pbx.errors import RecordingMoveRefused, RecordingUnreadable
from pbxsim.pbx.events import CdrClosed, RecordingFailed
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.recording import HOME
from pbxsim.pbx.routes import Context, Step
from pbxsim.sinks.recordings import formats
from pbxsim.sinks.recordings import recorder as recorder_module
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from pbxsim.testing.office import Office, extension
from tests.sinks.hostile_paths import BAD_NAMES, LEADING_OUT, NOT_FOLDERS, ODD_BUT_HARMLESS, THROUGH_LINKS
from tests.sinks.listening import Heard, of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pbxsim.pbx.call import Call
    from tests.sinks.sandbox import Sandbox

KEPT = RecordingWish(regardless=True)
MP3 = RecordingWish("duocom", "1.mp3", regardless=True)
HOSTILE = (*LEADING_OUT, *THROUGH_LINKS, *NOT_FOLDERS, *BAD_NAMES)
A_4 = Context(name="main", dialplan="main", entries=(("4", Step(play_seconds=4)),))


class Studio:
    """An office whose calls are recorded under a root: 100 records by its switch, the others do not."""

    def __init__(self, root: Path, *, longest: int = 14_400, most_bytes: int = 8_000_000) -> None:
        recording, *others = (extension(number) for number in ("100", "102", "103", "104"))
        recording.records = True
        self.office = Office(recording, *others, contexts=(A_4,))
        self.root = root
        self.recorder = Recorder(RecordingRoot(root), longest=longest, most_bytes=most_bytes)
        self.recorder.attach(self.office.pbx)

    def files(self) -> dict[str, bytes]:
        """Give the files there are, once none is being written any more."""
        self.recorder.close(finish=True)
        found = sorted(path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}

    def heard(self) -> Heard:
        """Listen to the one file that there is."""
        (content,) = self.files().values()
        return Heard(content)

    def reference(self, call: Call) -> str:
        """Tell what the call's record names."""
        record = self.office.cdr(call)
        return f"{record.recording_folder}|{record.recording_file}"

    def failures(self) -> list[RecordingFailed]:
        """Give what was told of recordings that could not be made."""
        return [event for event in self.office.heard if isinstance(event, RecordingFailed)]


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "recordings")
    yield made
    made.recorder.close(finish=True)


# -- a file -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_recorded_call_leaves_a_file_as_long_as_billsec_with_a_voice_on_each_channel(studio: Studio) -> None:
    studio.office.phones["102"].answers(after=3.25, talks=7.8)
    call = studio.office.call("100", "102")
    studio.office.finish()

    assert studio.reference(call) == f"{HOME}|1700000000.1.wav"
    assert list(studio.files()) == ["var/spool/asterisk/monitor/1700000000.1.wav"]
    heard = studio.heard()
    assert studio.office.cdr(call).billsec == 7
    assert (heard.frames, heard.channels, heard.rate) == (7 * 8_000, 2, 8_000)
    assert heard.voices() == of("100", "102")


@pytest.mark.slow
def test_of_a_call_that_went_through_a_menu_only_the_talk_is_kept(studio: Studio) -> None:
    office, menu = studio.office, Menu(name="hall", context="main", digits={"1": Step(extension="102")}, say=9 * SECOND)
    hall = MenuHunt(office.pbx.calls, office.directory, menu)
    office.pbx.calls.hunts = {hall.name: hall}
    office.phones["102"].answers(after=3, talks=4)
    office.dials("sip100", "700", second_to=ToHunt("700", hall.name))
    office.advance(5)
    office.handset.press(office.phones["100"].line, "1")
    office.finish()
    (call,) = office.pbx.calls.recent
    assert (office.cdr(call).duration, studio.heard().frames) == (12, 4 * 8_000)
    assert studio.heard().voices() == of("100", "102")


@pytest.mark.slow
def test_an_mp3_is_as_long_and_sounds_alike(studio: Studio) -> None:
    studio.office.phones["104"].answers(after=1, talks=5.5)
    studio.office.call("103", "104", recording=MP3)
    studio.office.finish()

    assert list(studio.files()) == ["duocom/1.mp3"]
    heard = studio.heard()
    assert (heard.frames, heard.channels, heard.rate) == (5 * 8_000, 2, 8_000)
    assert heard.voices(0.1, 4.9) == of("103", "104")


@pytest.mark.slow
def test_the_same_call_is_the_same_bytes(tmp_path: Path) -> None:
    def one_run(root: Path) -> dict[str, bytes]:
        studio = Studio(root)
        for number, wish in (("102", None), ("103", KEPT), ("104", MP3)):
            studio.office.call("100", number, recording=wish, talk_limit=3 * SECOND)
            studio.office.finish()
        return studio.files()

    first = one_run(tmp_path / "first")
    assert len(first) == 3
    assert one_run(tmp_path / "second") == first


@pytest.mark.slow
def test_a_party_on_hold_is_silent_and_only_then(studio: Studio) -> None:
    office = studio.office
    office.call("100", "102", talk_limit=10 * SECOND)
    office.advance(2)
    office.handset.hold(office.phones["100"].line)
    office.advance(3)
    office.handset.hold(office.phones["102"].line)
    office.advance(1)
    office.handset.unhold(office.phones["100"].line)
    office.advance(1.5)
    office.handset.unhold(office.phones["102"].line)
    office.finish()

    heard = studio.heard()
    assert heard.voices(0, 2) == of("100", "102")
    assert heard.voices(2, 5) == of("", "102")
    assert heard.loudness(0, 2, 6) == 0
    assert heard.voices(5, 6) == of("", "")
    assert heard.voices(6, 7.5) == of("100", "")
    assert heard.loudness(1, 5, 7.5) == 0
    assert heard.voices(7.5, 10) == of("100", "102")
    assert heard.frames == 10 * 8_000


@pytest.mark.slow
def test_where_the_pbx_plays_something_that_is_the_other_side(studio: Studio) -> None:
    studio.office.call("100", "4")
    studio.office.finish()
    heard = studio.heard()
    assert (heard.frames, heard.voices()) == (4 * 8_000, of("100", "4"))


@pytest.mark.slow
def test_after_a_transfer_who_stays_keeps_the_channel_and_the_other_has_ring_back_first(studio: Studio) -> None:
    office = studio.office
    office.phones["103"].answers(after=5)
    call = office.call("100", "102")
    office.advance(3)
    assert call.first is not None
    assert transfer.blind(office.pbx.calls, call.first, "103")
    office.advance(9)
    office.pbx.calls.hang_up(call)

    heard = studio.heard()
    assert heard.frames == office.cdr(call).billsec * 8_000 == 12 * 8_000
    assert heard.voices(0, 3) == of("100", "102")
    assert heard.voices(3, 4) == (425, 0)
    assert heard.voices(4, 8) == (0, 0)
    assert heard.voices(8, 12) == of("103", "102")


def test_what_is_too_long_is_cut_off(tmp_path: Path) -> None:
    studio = Studio(tmp_path, longest=5)
    call = studio.office.call("100", "102", talk_limit=60 * SECOND)
    studio.office.finish()
    assert studio.office.cdr(call).billsec == 60
    assert studio.heard().frames == 5 * 8_000


@pytest.mark.slow
def test_four_hours_are_written_beside_the_switch_which_goes_on_meanwhile(studio: Studio) -> None:
    office = studio.office
    call = office.call("100", "102", talk_limit=4 * 3600 * SECOND)
    office.finish()
    name = office.cdr(call).recording_file
    home = studio.root / HOME.strip("/")
    assert not (home / name).exists()  # a call of nobody's concern takes place before it is there
    other = office.call("103", "104", talk_limit=SECOND)
    office.finish()
    assert office.cdr(other).recording_file == ""
    studio.recorder.close(finish=True)
    assert (home / name).stat().st_size == 44 + 4 * 3600 * 32_000


# -- who is recorded ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_call_to_an_extension_that_records_is_recorded_too(studio: Studio) -> None:
    call = studio.office.incoming("777123456", "100", talk_limit=5 * SECOND)
    assert call is not None
    studio.office.finish()
    assert studio.heard().voices() == of("777123456", "100")


def test_a_call_between_two_that_do_not_record_is_not_recorded(studio: Studio) -> None:
    call = studio.office.call("102", "103", recording=RecordingWish("x", "y.wav"), talk_limit=5 * SECOND)
    studio.office.finish()
    assert studio.reference(call) == "|"
    assert studio.files() == {}


def test_what_was_asked_for_regardless_is_recorded_whatever_the_switch_says(studio: Studio) -> None:
    call = studio.office.call("102", "103", recording=KEPT, talk_limit=5 * SECOND)
    studio.office.finish()
    assert studio.reference(call) == f"{HOME}|1700000000.1.wav"


@pytest.mark.parametrize("why_not", ["is_busy", "rejects", "never_answers"])
def test_a_call_that_was_never_connected_leaves_nothing(studio: Studio, why_not: str) -> None:
    getattr(studio.office.phones["102"], why_not)()
    call = studio.office.call("100", "102", recording=KEPT)
    studio.office.finish()
    assert (studio.reference(call), studio.files()) == ("|", {})


def test_less_than_a_second_leaves_nothing(studio: Studio) -> None:
    call = studio.office.call("100", "102", talk_limit=SECOND - 1)
    studio.office.finish()
    assert (studio.reference(call), studio.files()) == ("|", {})


def test_a_spy_is_never_recorded(studio: Studio) -> None:
    talk = studio.office.call("102", "103")
    studio.office.call("100", kind=CallKind.SPY, spied_channel=talk.legs[0], recording=KEPT)
    studio.office.advance(5)
    studio.office.pbx.calls.hang_up(talk)
    assert studio.files() == {}


def test_with_a_longest_of_0_nothing_is_recorded(tmp_path: Path) -> None:
    studio = Studio(tmp_path, longest=0)
    call = studio.office.call("100", "102", recording=KEPT, talk_limit=5 * SECOND)
    studio.office.finish()
    assert (studio.reference(call), studio.files()) == ("|", {})


@pytest.mark.slow
def test_a_call_with_the_name_of_an_earlier_one_takes_its_place(studio: Studio) -> None:
    wish = RecordingWish("in", "a.wav")
    for number, seconds in (("102", 9), ("103", 4)):
        studio.office.call("100", number, recording=wish, talk_limit=seconds * SECOND)
        studio.office.finish()
    heard = studio.heard()
    assert (heard.frames, heard.voices()) == (4 * 8_000, of("100", "103"))


# -- hostile wishes -----------------------------------------------------------------------------------------------


def _numbered(paths: tuple[str, ...]) -> list[str]:
    return [f"{index}-{ascii(path)[1:-1][:24]}" for index, path in enumerate(paths)]


@pytest.mark.parametrize("path", HOSTILE, ids=_numbered(HOSTILE))
def test_a_hostile_wish_never_leaves_the_root_and_never_breaks_the_call(sandbox: Sandbox, path: str) -> None:
    sandbox.add_links()
    sandbox.add_things()
    studio = Studio(sandbox.root)
    inside, outside = sandbox.state_inside(), sandbox.state_outside()
    wishes = [RecordingWish(path, "new.wav"), RecordingWish(path, "secret.wav")]
    if path != "a-file.wav":  # no folder, but a good name: what is there gives way, as it does to every recording
        wishes.append(RecordingWish("/", path))
    calls = []
    for wish in wishes:
        calls.append(studio.office.call("100", "102", recording=wish, talk_limit=2 * SECOND))
        studio.office.finish()
    studio.recorder.close(finish=True)

    assert [studio.office.cdr(call).disposition.value for call in calls] == ["ANSWERED"] * len(calls)
    assert [studio.reference(call) for call in calls] == ["|"] * len(calls)
    assert sorted(event.call for event in studio.failures()) == [call.number for call in calls]
    assert all(event.reason and str(sandbox.base) not in event.reason for event in studio.failures())
    assert (sandbox.state_inside(), sandbox.state_outside()) == (inside, outside)


@pytest.mark.parametrize("folder", ODD_BUT_HARMLESS, ids=_numbered(ODD_BUT_HARMLESS))
def test_an_odd_folder_is_a_folder_below_the_root(sandbox: Sandbox, folder: str) -> None:
    studio = Studio(sandbox.root)
    outside = sandbox.state_outside()
    call = studio.office.call("100", "102", recording=RecordingWish(folder, "new.wav"), talk_limit=SECOND)
    studio.office.finish()
    studio.recorder.close(finish=True)
    assert studio.reference(call) == f"{folder}|new.wav"
    assert Heard((sandbox.root / folder.strip("/") / "new.wav").read_bytes()).frames == 8_000
    assert sandbox.state_outside() == outside


def test_a_failure_tells_the_same_whether_something_is_there_outside_or_not(sandbox: Sandbox) -> None:
    sandbox.add_links()
    studio = Studio(sandbox.root)
    for folder in ("../outside", "../nowhere", "link-outside", "link-dangling", "link-to-etc"):
        studio.office.call("100", "102", recording=RecordingWish(folder, "secret.wav"), talk_limit=SECOND)
        studio.office.finish()
    up, up_nowhere, *links = [event.reason for event in studio.failures()]
    assert up == up_nowhere
    assert len(links) == 3
    assert len(set(links)) == 1


# -- where no file can be made ------------------------------------------------------------------------------------


@contextmanager
def _small_disk(longest_file: int) -> Iterator[None]:
    """Let no file become longer: what a full disk does, by the system itself."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest_file, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("wish", [RecordingWish("in", "a.wav"), RecordingWish("in", "a.mp3")])
def test_a_disk_that_fills_up_leaves_no_file_and_the_record_names_none(studio: Studio, wish: RecordingWish) -> None:
    with _small_disk(300_000):
        call = studio.office.call("100", "102", recording=wish, talk_limit=120 * SECOND)
        studio.office.finish()
        assert studio.reference(call) == f"in|{wish.file}"
        files = studio.files()
    assert (files, studio.reference(call)) == ({}, "|")
    assert [(event.call, event.file, event.reason) for event in studio.failures()] == [
        (call.number, wish.file, os.strerror(errno.EFBIG))
    ]


def test_a_disk_that_fills_up_keeps_what_was_there_under_that_name(studio: Studio) -> None:
    wish = RecordingWish("in", "a.wav")
    studio.office.call("100", "102", recording=wish, talk_limit=SECOND)
    studio.office.finish()
    studio.recorder.settle()
    with _small_disk(300_000):
        studio.office.call("100", "102", recording=wish, talk_limit=120 * SECOND)
        studio.office.finish()
        assert studio.heard().frames == 8_000


def test_a_folder_in_which_nothing_can_be_written_is_told_at_once(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_args, **_options: False)  # as root everything may be written
    call = studio.office.call("100", "102", talk_limit=5 * SECOND)
    studio.office.finish()
    assert studio.reference(call) == "|"
    assert [event.reason for event in studio.failures()] == [os.strerror(errno.EACCES)]


def test_a_root_that_cannot_be_made_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    studio = Studio(tmp_path / "file" / "recordings")
    call = studio.office.call("100", "102", talk_limit=5 * SECOND)
    studio.office.finish()
    assert (studio.reference(call), len(studio.failures())) == ("|", 1)


def test_without_the_encoder_an_mp3_is_told_at_once(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    call = studio.office.call("103", "104", recording=MP3, talk_limit=5 * SECOND)
    studio.office.finish()
    assert (studio.reference(call), studio.files()) == ("|", {})
    assert [event.reason for event in studio.failures()] == ["MP3 needs the package lameenc: pip install 'pbxsim[mp3]'"]


def test_a_record_tells_of_its_recording_from_the_start_or_never(studio: Studio) -> None:
    studio.office.call("100", "102", talk_limit=5 * SECOND)
    studio.office.call("100", "103", recording=RecordingWish("..", "x.wav"), talk_limit=5 * SECOND)
    studio.office.finish()
    told = [event.cdr.recording_file for event in studio.office.heard if isinstance(event, CdrClosed)]
    assert sorted(told) == ["", "1700000000.1.wav"]


# -- while it is being written ------------------------------------------------------------------------------------


def _a_long_call(studio: Studio, wish: RecordingWish = KEPT) -> tuple[str, str]:
    call = studio.office.call("102", "103", recording=wish, talk_limit=1800 * SECOND)
    studio.office.finish()
    record = studio.office.cdr(call)
    return record.recording_folder, record.recording_file


@pytest.mark.slow
def test_a_move_waits_for_the_file(studio: Studio) -> None:
    folder, file = _a_long_call(studio)
    studio.recorder.move(from_folder=folder, from_file=file, to_folder="/new", to_file="b.wav")
    assert [(name, len(content)) for name, content in studio.files().items()] == [("new/b.wav", 44 + 1800 * 32_000)]


def test_nothing_is_moved_to_where_a_file_is_about_to_be(studio: Studio) -> None:
    studio.recorder._root.place("in", "old.wav", b"old")  # noqa: SLF001 - the recorder's own root
    folder, file = _a_long_call(studio, RecordingWish("out/./", "a.wav", regardless=True))
    with pytest.raises(RecordingMoveRefused):
        studio.recorder.move(from_folder="in", from_file="old.wav", to_folder="/out", to_file="a.wav")
    assert (folder, file) == ("out/./", "a.wav")
    assert {name: len(content) for name, content in studio.files().items()} == {
        "in/old.wav": 3,
        "out/a.wav": 44 + 1800 * 32_000,
    }


async def test_a_reader_waits_for_the_file(studio: Studio) -> None:
    folder, file = _a_long_call(studio)
    with await studio.recorder.open(folder, file) as content:
        assert len(content.read()) == 44 + 1800 * 32_000


def test_whoever_reads_the_whole_waits_for_the_file(studio: Studio) -> None:
    studio.office.phones["102"].answers(talks=60)
    call = studio.office.call("100", "102")
    studio.office.advance(120)
    record = studio.office.cdr(call)
    whole = studio.office.pbx.recordings.content(record)
    assert studio.files() == {f"{record.recording_folder[1:]}/{record.recording_file}": whole}


def test_nothing_but_a_recording_is_ever_read(studio: Studio) -> None:
    for folder, file in (("monitor", "x.wav"), ("", ".."), ("", ""), ("../..", "etc/passwd"), ("/", "etc")):
        with pytest.raises(RecordingUnreadable):
            studio.recorder.read(folder, file)


def test_recordings_are_read_where_none_are_made(tmp_path: Path) -> None:
    studio = Studio(tmp_path, longest=0)
    (tmp_path / "old.wav").write_bytes(b"RIFF")
    assert studio.recorder.read("", "old.wav") == b"RIFF"
    assert studio.office.pbx.recordings.reader is studio.recorder


async def test_what_is_not_there_cannot_be_read(studio: Studio) -> None:
    for folder, file in ((HOME, "none.wav"), ("..", "none.wav"), ("/etc", "passwd")):
        with pytest.raises(RecordingUnreadable):
            await studio.recorder.open(folder, file)


async def test_advance_returns_when_the_files_are_there(studio: Studio) -> None:
    office = studio.office
    driver = ClockDriver(office.clock, rate=0)
    driver.barriers.append(studio.recorder.written)
    driver.start()
    try:
        calls = [office.call("102", "103", recording=KEPT, talk_limit=(600 + each) * SECOND) for each in range(2)]
        await driver.advance(700 * SECOND)
        names = [office.cdr(call).recording_file for call in calls]
        assert sorted(path.name for path in studio.root.rglob("*.wav")) == sorted(names)
    finally:
        driver.close()


@pytest.mark.slow
async def test_the_loop_goes_on_while_four_hours_are_written(studio: Studio) -> None:
    studio.office.call("100", "102", talk_limit=4 * 3600 * SECOND)
    studio.office.finish()
    writing = asyncio.ensure_future(studio.recorder.written())
    turns = 0
    while not writing.done():
        turns += 1
        await asyncio.wait([writing], timeout=0.01)
    assert turns > 5
    assert len(list(studio.root.rglob("*.wav"))) == 1


async def test_in_real_time_a_failure_is_told_without_anybody_waiting(studio: Studio) -> None:
    with _small_disk(300_000):
        call = studio.office.call("100", "102", talk_limit=120 * SECOND)
        studio.office.finish()
        async with asyncio.timeout(10):
            while not studio.failures():
                await asyncio.wait([asyncio.ensure_future(asyncio.to_thread(lambda: None))])
    assert studio.reference(call) == "|"


@pytest.mark.slow
async def test_whoever_is_tired_of_waiting_stops_nothing(studio: Studio) -> None:
    folder, file = _a_long_call(studio)
    waiting = asyncio.ensure_future(studio.recorder.written())
    await asyncio.wait([waiting], timeout=0.001)
    waiting.cancel()
    with await studio.recorder.open(folder, file) as content:
        assert len(content.read()) == 44 + 1800 * 32_000


def test_what_is_given_up_leaves_no_file_not_even_a_part_and_is_no_failure(studio: Studio) -> None:
    for number in ("102", "103", "104"):
        studio.office.call("100", number, talk_limit=4 * 3600 * SECOND)
        studio.office.finish()
    studio.recorder.close(finish=False)
    assert [path for path in studio.root.rglob("*") if path.is_file()] == []
    assert studio.failures() == []


def test_a_draft_is_never_seen_under_the_recordings_name(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    real, seen = os.rename, []

    def rename(source: bytes, target: bytes, *, src_dir_fd: int, dst_dir_fd: int) -> None:
        size = os.stat(source, dir_fd=src_dir_fd).st_size
        seen.append((source.startswith(b".placing-"), os.access(target, os.F_OK, dir_fd=dst_dir_fd), size))
        real(source, target, src_dir_fd=src_dir_fd, dst_dir_fd=dst_dir_fd)

    monkeypatch.setattr(os, "rename", rename)
    studio.office.call("100", "102", talk_limit=3 * SECOND)
    studio.office.finish()
    studio.files()
    assert seen == [(True, False, 44 + 3 * 32_000)]


# -- memory -------------------------------------------------------------------------------------------------------


def test_where_too_many_wait_to_be_written_the_next_waits_for_the_oldest_and_none_is_lost(tmp_path: Path) -> None:
    studio = Studio(tmp_path, most_bytes=4_000)
    studio.office.phones["102"].answers(after=1, talks=5)
    for _ in range(12):
        studio.office.call("100", "102")
        studio.office.finish()
        waiting, taken = studio.recorder.queued
        assert (waiting <= 2, taken <= 4_000) == (True, True)
    assert len(studio.files()) == 12
    assert studio.failures() == []
    assert studio.recorder.queued == (0, 0)


@pytest.mark.slow
def test_of_too_many_changes_in_a_call_the_last_are_not_heard(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder_module, "MOST_SCENES", 1)
    studio.office.phones["102"].answers(after=1, talks=6)
    call = studio.office.call("100", "102")
    studio.office.advance(3)
    studio.office.pbx.calls.on_leg(call.legs[0], Report.HELD)
    studio.office.finish()
    assert studio.heard().voices() == of("100", "102")
