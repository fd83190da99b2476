"""Messages of voice mail as files: what they sound like, moved when they were heard, gone when they are deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.mailbox import HOME, Mailbox, MailboxRules
from pbxsim.pbx.routes import Context, Step
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from pbxsim.testing.office import Office, extension
from pbxsim.tones import pitch
from tests.sinks.listening import Heard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BOX = f"{HOME[1:]}/default/100"


class Studio:
    """An office with a mailbox whose files lie under a root."""

    def __init__(self, root: Path, *, longest: int = 14_400) -> None:
        self.office = Office(
            extension("101"),
            contexts=[Context(name="in", dialplan="main", entries=(("8", Step(voicemail="100")),))],
            mailboxes=[Mailbox(number="100", rules=MailboxRules(greeting=SECOND, silence=0))],
        )
        self.root = root
        self.recorder = Recorder(RecordingRoot(root), longest=longest)
        self.recorder.attach(self.office.pbx)

    def leaves(self, seconds: float) -> None:
        """Have somebody outside leave a message."""
        call = self.office.calls_in("605000001", "8")
        self.office.advance(1 + seconds)
        self.office.pbx.calls.hang_up(call)

    def files(self) -> dict[str, bytes]:
        """Give the files there are, once nothing is to be done with them any more."""
        self.recorder.close(finish=True)
        found = sorted(path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    made = Studio(tmp_path / "recordings")
    yield made
    made.recorder.close(finish=True)


def test_a_message_is_the_callers_voice_on_one_channel_to_the_second(studio: Studio) -> None:
    studio.leaves(7.8)
    ((name, content),) = studio.files().items()
    heard = Heard(content)
    assert (name, heard.channels, heard.rate, heard.frames) == (f"{BOX}/INBOX/msg0000.wav", 1, 8_000, 56_000)
    assert heard.tone(0, 1, 2) == heard.tone(0, 5, 6) == pitch("605000001")


def test_the_caller_is_silent_while_it_holds(studio: Studio) -> None:
    call = studio.office.dials("sip101", "8", context="in")
    assert call is not None
    line = studio.office.phones["101"].line
    studio.office.advance(3)
    studio.office.handset.hold(line)
    studio.office.advance(2)
    studio.office.handset.unhold(line)
    studio.office.advance(2)
    studio.office.handset.hold(line)
    studio.office.advance(1)
    studio.office.pbx.calls.hang_up(call)
    (content,) = studio.files().values()
    heard = Heard(content)
    assert [any(heard.side(0, begin, begin + 1)) for begin in range(7)] == [True, True, False, False, True, True, False]


def test_a_heard_message_moves_back_and_forth_and_a_deleted_one_is_gone(studio: Studio) -> None:
    studio.leaves(2)
    studio.leaves(3)
    first = studio.files()[f"{BOX}/INBOX/msg0000.wav"]
    studio.office.pbx.voicemail.mark(1, is_heard=True)
    assert list(studio.files()) == [f"{BOX}/INBOX/msg0001.wav", f"{BOX}/Old/msg0000.wav"]
    studio.office.pbx.voicemail.mark(1, is_heard=False)
    assert studio.files()[f"{BOX}/INBOX/msg0000.wav"] == first
    studio.office.pbx.voicemail.delete(2)
    assert list(studio.files()) == [f"{BOX}/INBOX/msg0000.wav"]


def test_what_was_marked_in_the_moment_in_which_it_was_written_is_where_it_should_be(studio: Studio) -> None:
    for number in (1, 2, 3):
        studio.leaves(4)
        studio.office.pbx.voicemail.mark(number, is_heard=True)
    studio.office.pbx.voicemail.delete(2)
    assert list(studio.files()) == [f"{BOX}/Old/msg0000.wav", f"{BOX}/Old/msg0002.wav"]


def test_a_file_that_somebody_took_away_disturbs_nothing(studio: Studio) -> None:
    studio.leaves(2)
    studio.files()
    (studio.root / BOX / "INBOX/msg0000.wav").unlink()
    studio.office.pbx.voicemail.mark(1, is_heard=True)
    studio.office.pbx.voicemail.delete(1)
    assert studio.files() == {}
    assert studio.office.pbx.events.failures == []


def test_messages_are_kept_where_calls_are_not_recorded(tmp_path: Path) -> None:
    studio = Studio(tmp_path / "recordings", longest=0)
    studio.leaves(2)
    assert list(studio.files()) == [f"{BOX}/INBOX/msg0000.wav"]


def test_the_same_message_is_the_same_bytes(tmp_path: Path) -> None:
    contents: list[bytes] = []
    for name in ("one", "two"):
        studio = Studio(tmp_path / name)
        studio.leaves(5)
        contents += studio.files().values()
    assert contents[0] == contents[1]


def test_memory_for_messages_that_wait_is_counted_and_given_back(studio: Studio) -> None:
    for _ in range(5):
        studio.leaves(2)
    studio.files()
    assert studio.recorder.queued == (0, 0)
