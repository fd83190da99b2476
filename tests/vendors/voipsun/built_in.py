"""The built-in PBXs with VoIPSUN's interface, and their recordings under a folder of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import path_of, read
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import assemble
from pbxsim.kit.request import Request
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from pbxsim.testing.office import START
from pbxsim.vendors.voipsun.api import PATH
from tests.vendors import golden

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pbxsim.kit.reply import Reply
    from pbxsim.vendors.voipsun.settings import Quirks, Settings


class BuiltIn:
    """A PBX from a built-in file, on a paused clock, with `quirks` in the place of its own.

    `also` holds lines to put behind a section's heading, as `extensions:`.
    """

    def __init__(
        self, name: str, root: Path, quirks: Quirks | None = None, also: Mapping[str, str] | None = None
    ) -> None:
        vendors = find_vendors()
        text = path_of(name).read_text("utf-8")
        for heading, lines in (also or {}).items():
            assert f"\n{heading}\n" in text
            text = text.replace(f"\n{heading}\n", f"\n{heading}\n{lines}\n", 1)
        loaded = read(text, name, vendors)
        self.root = root
        self.files = RecordingRoot(root)
        self.recorder = Recorder(self.files)
        built = assemble(loaded, clock=Scheduler(START), seed=1, files=self.recorder)
        self.recorder.attach(built.pbx)
        self.pbx = built.pbx
        self.recordings = built.placements
        self.interface = built.interfaces["voipsun"]
        if quirks is not None:
            settings = cast("Settings", loaded.file.vendors["voipsun"])
            self.interface = vendors["voipsun"].open(msgspec.structs.replace(settings, quirks=quirks), self.pbx)

    def place_recordings(self) -> None:
        """Put the file's recordings where its records say that they are."""
        for recording in self.recordings:
            self.files.place(recording.folder, recording.file, recording.content)

    def replay(self, name: str) -> Reply:
        """Send one of the golden requests, as it stands."""
        return self.interface.answer(golden.request("voipsun", name))

    def ask(self, action: str, **params: str) -> Reply:
        """Send a GET request as the API user of the examples."""
        query = urlencode({"username": "voipsun", "password": "secretpwd", "action": action, **params})
        return self.interface.answer(Request("GET", PATH, query))

    def advance(self, span: float) -> None:
        """Let so many seconds go by."""
        assert self.pbx.clock.run_until(self.pbx.clock.now + seconds(span))
