"""The composition root: the only file that knows every room. Puts PBX files, vendors, engine and server together.

Not here: how the command line is read (cli.py).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import Instant, from_datetime, parse_iso
from pbxsim.config.build import build
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import load, path_of
from pbxsim.discovery import BrokenVendor, find_vendors
from pbxsim.hosting.file_watch import FileWatch
from pbxsim.hosting.hosted_pbx import Assembled, CannotBegin, HostedPbx, Hosts, Plan
from pbxsim.hosting.recordings_folder import RecordingsFolder
from pbxsim.hosting.storage import InMemory, Storage, Wanted, opened
from pbxsim.sinks.recordings.recorder import Recorder
from pbxsim.sinks.store.errors import StoreUnreachable
from pbxsim.sinks.store.location import IN_MEMORY
from pbxsim.web import tls
from pbxsim.web.banner import banner, base_url
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.paths import PathClaimedTwice, VendorPaths
from pbxsim.web.server import AddressInUse, PbxServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from ssl import SSLContext

    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.config.file import PbxFile
    from pbxsim.pbx.saved import Saved

_log: Final = logging.getLogger("pbxsim")

PAUSED_START: Final[Instant] = parse_iso("2026-01-01T00:00:00Z")
"""Where a clock that is held begins, unless somebody says otherwise: so that two runs compare."""


_GC_THRESHOLDS: Final = (200_000, 50, 1000)
"""The standard ones look at every live call again and again: at 200,000 calls these alone double the switch's speed.

What stays is frozen, so that no collection looks at it: what is loaded for a start, and SQLAlchemy, which comes later
and is as much again (its objects alone cost 3 % of a busy server).
"""


class ServeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What `pbxsim serve` was told. `rate` 0 is a paused clock, 1 real time; None and empty are "not said"."""

    pbxs: tuple[str, ...] = ("documented",)
    host: str = "127.0.0.1"
    port: int = 8080
    rate: float = 1.0
    start_at: Instant | None = None
    seed: int | None = None
    recordings: Path | None = None
    stored: Wanted = Wanted(place=IN_MEMORY)
    tls: str = ""
    control_token: str = ""
    watch: bool = False


class Refused(Exception):
    """What was given cannot be served; says why."""


class SamePbxTwice(Refused):
    """Two PBX files have one name, or a running PBX was to get another: nobody could tell which one is meant."""


class Unreachable(Exception):
    """Something that serving needs cannot be had: the port, a package; says what."""


def run(settings: ServeSettings, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM, SIGINT or Ctrl-C; `say` prints the banner. Raises Refused, Unreachable."""
    try:
        asyncio.run(_serve(settings, say))
    except (PbxFileRefused, PathClaimedTwice, BrokenVendor, CannotBegin, tls.TlsRefused) as error:
        raise Refused(str(error)) from error
    except (AddressInUse, StoreUnreachable, tls.TlsNotInstalled) as error:
        raise Unreachable(str(error)) from error


async def _serve(settings: ServeSettings, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    _stop_on_signals(stop)  # before anything is made that must not be left behind
    async with AsyncExitStack() as stack:
        workplace = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pbxsim-")))
        files = files_of(settings.pbxs)
        kept = {file.name: file.limits.cdrs for file in files.values()}
        storage = await stack.enter_async_context(opened(settings.stored, kept, gc.freeze))
        installation = Installation(settings, workplace, storage, files)
        context = _tls(settings, workplace)
        _tune_garbage_collection()
        await installation.server.start(settings.host, settings.port, context)
        stack.push_async_callback(installation.server.stop)
        if settings.watch:
            watch = FileWatch(installation.watched(), installation.reload)
            watch.start()
            stack.callback(watch.close)
        say(installation.banner())
        await stop.wait()


def _tune_garbage_collection() -> None:
    """Have collections look at nothing that stays, and seldom at anything."""
    gc.freeze()
    gc.set_threshold(*_GC_THRESHOLDS)
    gc.enable()


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(name, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop.set))


def _tls(settings: ServeSettings, workplace: Path) -> SSLContext | None:
    if not settings.tls:
        return None
    if settings.tls != tls.SELF_SIGNED:
        return tls.given(settings.tls)
    names = {"localhost", "127.0.0.1", "::1", settings.host}
    return tls.self_signed(workplace, names, wall_clock())


class Installation:
    """The PBXs of one server, from their files, and the server itself. `workplace` is a folder for what need not stay.

    Raises PbxFileRefused, SamePbxTwice, PathClaimedTwice, BrokenVendor.
    """

    def __init__(
        self,
        settings: ServeSettings,
        workplace: Path,
        storage: Storage | None = None,
        files: Mapping[str, PbxFile] | None = None,
    ) -> None:
        self._settings = settings
        self._workplace = workplace
        self._storage = InMemory() if storage is None else storage
        self._sources: dict[str, str] = {}
        self.vendors = find_vendors()
        read = files_of(settings.pbxs) if files is None else files
        self.hosts = Hosts([self._host(source, read[source]) for source in settings.pbxs], self._storage.store)
        control = ControlApi(self.hosts, Guard(settings.host, settings.control_token))
        self.server = PbxServer(self.hosts, self.vendors, control)

    def banner(self) -> str:
        """Write what a start prints; the server must listen."""
        settings = self._settings
        return banner(
            self.hosts,
            self.vendors,
            base_url(settings.host, self.server.port, tls=settings.tls != ""),
            kept_in=self._storage.words,
            self_signed=settings.tls == tls.SELF_SIGNED,
            needs_token=settings.control_token != "",
        )

    def watched(self) -> dict[str, Path]:
        """Give the PBX files to look at, by PBX."""
        return {name: path_of(source) for name, source in self._sources.items()}

    def reload(self, name: str) -> None:
        """Begin anew by a file that has changed. A bad one is refused whole: its faults are told, that is all."""
        source = self._sources[name]
        try:
            self._restart(name, source)
        except (PbxFileRefused, PathClaimedTwice, Refused, CannotBegin) as error:
            _log.error("%s has changed, and is refused; the PBX goes on as it was\n%s", source, error)
        else:
            _log.info("%s has changed: the PBX %s begins anew", source, name)

    def _restart(self, name: str, source: str) -> None:
        file = load(source, self.vendors)
        if file.name != name:
            raise SamePbxTwice(f"{source}: name: found {file.name!r}, expected {name!r}, which a running PBX keeps")
        others = {vendor for host in self.hosts if host.name != name for vendor in host.interfaces}
        VendorPaths(self.vendors[vendor] for vendor in sorted(others | set(file.vendors)))
        host = self.hosts.named(name)
        assert host is not None
        plan = self._plan(file)
        host.restart(plan)
        self.server.reindex()

    def _host(self, source: str, file: PbxFile) -> HostedPbx:
        plan = self._plan(file)
        if plan.name in self._sources:
            raise SamePbxTwice(f"two PBXs are named {plan.name!r}: {self._sources[plan.name]} and {source}")
        self._sources[plan.name] = source
        return HostedPbx(
            plan,
            self.vendors,
            rate=self._settings.rate,
            record_store=self._storage.record_store(plan.name),
            resumed=self._storage.resumed(plan.name),
        )

    def _plan(self, file: PbxFile) -> Plan:
        settings = self._settings
        chosen = settings.recordings
        folder = (chosen or self._storage.recordings or self._workplace) / file.name
        recordings = RecordingsFolder(folder, file, keep=chosen is not None)

        def assemble(clock: Scheduler, seed: int, saved: Saved) -> Assembled:
            recorder = Recorder(recordings.root, longest=file.limits.recording)
            built = build(file, vendors=self.vendors, clock=clock, seed=seed, files=recorder, saved=saved)
            recordings.put_back(built, recorder, anew=saved.is_empty)
            smtp = None if file.smtp is None else file.smtp.server()
            return Assembled(built.pbx, built.interfaces, recorder, smtp)

        return Plan(
            name=file.name,
            seed=file.seed if settings.seed is None else settings.seed,
            assemble=assemble,
            start=start_of(file.start if settings.start_at is None else settings.start_at),
        )


def files_of(sources: Iterable[str]) -> dict[str, PbxFile]:
    """Read PBX files, by their sources. Raises PbxFileRefused, BrokenVendor."""
    vendors = find_vendors()
    return {source: load(source, vendors) for source in sources}


def start_of(said: Instant | None) -> Callable[[float], Instant]:
    """Give the rule where a PBX's clock begins: where it is said, else now; a paused clock at PAUSED_START."""
    if said is not None:
        return lambda rate: said
    return lambda rate: wall_clock() if rate else PAUSED_START


def wall_clock() -> Instant:
    """Tell the world's time."""
    return from_datetime(datetime.now(UTC))  # noqa: TID251 - where a clock that nobody set begins is the world's
