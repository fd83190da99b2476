"""The one way in which a PBX file becomes a PBX: served, simulated, checked, or in a test.

Not here: the file (config), how such a PBX lives (hosted_pbx.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import Instant, parse_iso
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.build import build, placements
from pbxsim.config.credentials import NO_CREDENTIALS, Credentials
from pbxsim.config.extensions import Subscribers, TakenOver
from pbxsim.config.file import Limits, settings_of
from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.pbx.saved import Saved
from pbxsim.sinks.recordings.files import NoRecordings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.config.injected_faults import FaultEntry
    from pbxsim.config.load import LoadedFile, PlacedCredential
    from pbxsim.config.records import Placement
    from pbxsim.engines.engine import Engine, Opened
    from pbxsim.hosting.recordings_folder import RecordingsFolder
    from pbxsim.kit.vendor import Interface
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.recording import RecordingFiles
    from pbxsim.sinks.outbox.smtp import SmtpServer
    from pbxsim.sinks.recordings.recorder import Recorder

PAUSED_START: Final[Instant] = parse_iso("2026-01-01T00:00:00Z")
"""Where a clock that is held begins, unless somebody says otherwise: so that two runs compare."""


class Assembled(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """A PBX at its very start, its engine connected, and its interface for each vendor it speaks, by vendor's name.

    `opened` is what `engine` opened on it. `placements` are the recordings that its file puts in place. `recorder`
    makes its recordings and gives them out, where there is a folder for them. `smtp` is the server that takes its
    e-mails. `limits` say how much of a request is read, and of what happened is kept. `credentials` are the texts of
    its file, the secret ones apart from all others, and `placed` what its vendors' clients identify themselves with.
    `faults` are those that its file injects.
    """

    pbx: Pbx
    engine: Engine
    opened: Opened
    interfaces: Mapping[str, Interface]
    placements: tuple[Placement, ...] = ()
    recorder: Recorder | None = None
    smtp: SmtpServer | None = None
    limits: Limits = Limits()
    credentials: Credentials = NO_CREDENTIALS
    placed: tuple[PlacedCredential, ...] = ()
    faults: tuple[FaultEntry, ...] = ()


class Assembly(Protocol):
    """How a hosted PBX begins: whenever it is reset, all of this is done again."""

    def __call__(self, rate: float, seed: int | None, saved: Saved, /) -> Assembled:
        """Assemble the PBX, going on from what an earlier run saved, on a clock that is to go at `rate`.

        `seed` None: the one that it has of itself. Raises CannotBegin.
        """
        ...


def assemble(
    loaded: LoadedFile,
    *,
    clock: Scheduler,
    seed: int | None = None,
    files: RecordingFiles | None = None,
    folder: RecordingsFolder | None = None,
    saved: Saved = NOTHING_SAVED,
    taken: TakenOver | None = None,
) -> Assembled:
    """Make a PBX of a loaded file; nothing is shared with another that is made of it. `seed` None: the file's.

    Recordings are made in `folder`, and the file's are put in place there; without one nothing is recorded, and `files`
    moves what lies somewhere. `saved` is what an earlier run left; the clock must stand no earlier. `taken` are
    extensions that need not be made.

    Raises PbxFileRefused if a vendor finds fault with its settings, and CannotBegin if `folder` cannot be used.
    """
    file, packages = loaded.file, loaded.packages
    limits = file.limits
    recorder = None
    if folder is not None:
        recorder = folder.recorder(longest=limits.recording, most_bytes=limits.recording_bytes)
    pbx = build(
        file,
        clock=clock,
        seed=file.seed if seed is None else seed,
        files=recorder or files or NoRecordings(),
        saved=saved,
        taken=taken,
    )
    loaded.check(pbx)
    engine = packages.engines.chosen
    opened = engine.open(settings_of(file, engine), pbx)
    pbx.connect_engine(opened.engine, opened.handset)
    interfaces = {name: packages.vendors[name].open(settings, pbx) for name, settings in file.vendors.items()}
    placed = placements(file)
    if folder is not None and recorder is not None:
        folder.put_back(pbx, placed, recorder, anew=saved.is_empty)
    return Assembled(
        pbx=pbx,
        engine=engine,
        opened=opened,
        interfaces=interfaces,
        placements=placed,
        recorder=recorder,
        smtp=None if file.smtp is None else file.smtp.server(),
        limits=limits,
        credentials=loaded.credentials,
        placed=loaded.credentials_placed,
        faults=file.faults,
    )


class FileAssembly:
    """Implements `Assembly` for a loaded PBX file.

    `seed` and `start_at`, the instant at which its clock begins, override the file's. Where nobody says where it
    begins, it does in the present, and a clock that is held at PAUSED_START.
    """

    def __init__(
        self,
        loaded: LoadedFile,
        *,
        seed: int | None = None,
        start_at: Instant | None = None,
        folder: RecordingsFolder | None = None,
    ) -> None:
        self._loaded = loaded
        self._seed = seed
        self._start_at = loaded.file.start if start_at is None else start_at
        self._folder = folder
        self._subscribers: Subscribers | None = None  # those of the last PBX that was made

    def __call__(self, rate: float, seed: int | None, saved: Saved, /) -> Assembled:
        """Assemble the PBX. Raises CannotBegin, PbxFileRefused."""
        clock = Scheduler(max(self._start(rate), saved.now))
        made = assemble(
            self._loaded, clock=clock, seed=self._seed if seed is None else seed, folder=self._folder, saved=saved
        )
        self._subscribers = Subscribers(self._loaded.file, made.pbx.directory) if saved.is_empty else None
        return made

    def again(self, rate: float, seed: int | None, before: Pbx) -> Assembled:
        """Assemble the PBX as at its very start, instead of `before`, which is not used any more.

        Of what the file says of fifty thousand extensions only those are made that calls or telephones have changed.
        If it cannot be done, `before` may be used on. Raises CannotBegin, PbxFileRefused.
        """
        known = self._subscribers
        if known is None or known.directory is not before.directory:
            return self(rate, seed, NOTHING_SAVED)
        changed = known.changed()
        made = assemble(
            self._loaded,
            clock=Scheduler(self._start(rate)),
            seed=self._seed if seed is None else seed,
            folder=self._folder,
            taken=TakenOver(known.directory, [*changed.values()]),
        )
        known.go_on(made.pbx.directory, changed)
        return made

    @property
    def vendors(self) -> Mapping[str, object]:
        """Give its file's section `vendors`."""
        return self._loaded.file.vendors

    def apart(self) -> FileAssembly:
        """Give one of the same PBX that touches nothing outside: it has no folder of recordings."""
        return FileAssembly(self._loaded, seed=self._seed, start_at=self._start_at)

    def bring_back(self, before: Pbx, now: Pbx) -> None:
        """Have recordings lie where the records of `now` say, which `before` has gone back to."""
        if self._folder is not None:
            self._folder.bring_back(before, now)

    def _start(self, rate: float) -> Instant:
        if self._start_at is not None:
            return self._start_at
        return wall_clock() if rate else PAUSED_START


class AssemblyAt:
    """Implements `Assembly` for a PBX that is to begin at an instant of its past, by the seed that it had then."""

    def __init__(self, assembly: FileAssembly, now: Instant, seed: int) -> None:
        self._assembly = assembly
        self._now = now
        self._seed = seed

    def __call__(self, _rate: float, _seed: int | None, _saved: Saved, /) -> Assembled:
        """Assemble the PBX as a held clock would have it. Raises CannotBegin."""
        return self._assembly(0.0, self._seed, Saved(now=self._now))
