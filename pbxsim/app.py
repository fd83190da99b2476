"""The composition root of `pbxsim serve`: puts PBX files, what is installed, store and server together.

Not here: how the command line is read (cli.py), how a file becomes a PBX (hosting/assemble.py).
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import shutil
import signal
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.driver import wall_clock
from pbxsim.clock.instant import Instant  # noqa: TC001 - msgspec reads the annotations of `ServeSettings`
from pbxsim.config.clashes import refuse_clashes, refuse_name
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import LoadedFile, load, path_of, read
from pbxsim.discovery import BrokenPackage, Engines, find_engines, find_vendors
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.hosting.allocator import give_back_large_blocks
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.collector import tune_garbage_collection
from pbxsim.hosting.errors import CannotBegin
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.hosting.recordings_folder import RecordingsFolder
from pbxsim.hosting.secret_values import SecretValues
from pbxsim.hosting.storage import InMemory, Storage, Wanted, opened
from pbxsim.kit.later import LaterModule
from pbxsim.sinks.store.errors import StoreUnreachable
from pbxsim.sinks.store.location import IN_MEMORY
from pbxsim.web import logs
from pbxsim.web.banner import banner, base_url, reach
from pbxsim.web.connection_limits import ConnectionLimits, ConnectionWishes, TooManyConnections
from pbxsim.web.control.access import Guard, is_loopback
from pbxsim.web.control.dispatch import ControlApi
from pbxsim.web.hint_lines import HintLines, Log
from pbxsim.web.listening import AddressInUse, refuse_taken
from pbxsim.web.page.page import Page, open_to
from pbxsim.web.paths import PathClaimedTwice, VendorPaths
from pbxsim.web.server import PbxServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from ssl import SSLContext

    from pbxsim.config import copies
    from pbxsim.hosting import admission, file_watch
    from pbxsim.kit.vendor import Vendor
    from pbxsim.web import tls
else:
    copies = LaterModule("pbxsim.config.copies")
    file_watch = LaterModule("pbxsim.hosting.file_watch")
    admission = LaterModule("pbxsim.hosting.admission")
    tls = LaterModule("pbxsim.web.tls")

_log: Final = logging.getLogger("pbxsim")

_SOON: Final = 1.0
"""Seconds after a start, for what the first reply need not wait for."""


class ServeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What `pbxsim serve` was told. `rate` 0 is a paused clock, 1 real time; None and empty are "not said".

    `is_open`: the control API may be used without a token by whoever reaches the server, beyond the loopback, too.
    `is_terminal`: what is said is read by a person, and not kept by what started the server. `is_demo`: it is to say
    how a real telephone is had, and rung. `ready_file` is written once it serves: where, what, and by which process, as
    JSON. `log`: of which requests there is a line in the log;
    `hint_header`: replies have their hints in a header. `secrets` are those that an engine was told. `link` is a
    descriptor to the process that started this one, which is told what `ready_file` says, and without which it ends.
    """

    pbxs: tuple[str, ...] = ("documented",)
    host: str = "127.0.0.1"
    port: int = 8080
    rate: float = 1.0
    start_at: Instant | None = None
    seed: int | None = None
    engines: Engines | None = None
    recordings: Path | None = None
    stored: Wanted = Wanted(place=IN_MEMORY)
    tls: str = ""
    control_token: str = ""
    connections: ConnectionWishes = ConnectionWishes()
    is_open: bool = False
    is_terminal: bool = False
    is_demo: bool = False
    watch: bool = False
    ready_file: Path | None = None
    log: Log = "none"
    hint_header: bool = False
    secrets: tuple[str, ...] = ()
    link: int | None = None


class Refused(Exception):
    """What was given cannot be served; says why."""


class AnotherName(Refused):
    """A running PBX was to get another name: nobody could tell which one is meant."""


class Contradictory(Exception):
    """Two things that were asked for do not go together; says which."""


class Unreachable(Exception):
    """Something that serving needs cannot be had: the port, a package, what an engine works with; says what."""


class Sources(msgspec.Struct, frozen=True):
    """What a server is made of: the vendors and engines that are installed, and the PBX files, by where they are."""

    vendors: Mapping[str, Vendor]
    engines: Engines
    files: Mapping[str, LoadedFile]

    @classmethod
    def of(cls, settings: ServeSettings) -> Sources:
        """Look and read. Raises Contradictory, PbxFileRefused, BrokenPackage."""
        engines = find_engines() if settings.engines is None else settings.engines
        if settings.rate != 1 and not engines.chosen.can_hold_clock:
            raise Contradictory(
                f"the telephones of the engine {engines.chosen.name} live in real time: its clock cannot be held, nor"
                " go faster; leave --clock out"
            )
        vendors = find_vendors()
        files = {source: load(source, vendors, engines) for source in settings.pbxs}
        refuse_clashes(files[source] for source in settings.pbxs)
        return cls(vendors, engines, files)


def run(settings: ServeSettings, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM, SIGHUP or Ctrl-C; `say` prints the banner. Raises Refused, Contradictory, Unreachable."""
    _check_reach(settings)
    try:
        asyncio.run(_serve(settings, say))
    except (PbxFileRefused, PathClaimedTwice, BrokenPackage, CannotBegin, tls.TlsRefused) as error:
        raise Refused(str(error)) from error
    except TooManyConnections as error:
        raise Contradictory(f"--connections: {error}") from error
    except (AddressInUse, EngineUnreachable, StoreUnreachable, tls.TlsNotInstalled) as error:
        raise Unreachable(str(error)) from error


def _check_reach(settings: ServeSettings) -> None:
    """See that nobody opens the control API to a network by accident. Raises Contradictory."""
    if is_loopback(settings.host) or settings.control_token:
        return
    who = f"whoever reaches {settings.host or 'this machine'} may use the control API"
    if not settings.is_open:
        raise Contradictory(f"without --control-token {who}; give it one, or say --open to have it so")
    _log.warning("%s: there is no --control-token", who)


async def _serve(settings: ServeSettings, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    stop_on_signals(stop.set)  # before anything is made that must not be left behind
    async with serving(settings, owns_process=True) as installation, AsyncExitStack() as stack:
        if settings.watch:
            watch = file_watch.FileWatch(installation.watched(), installation.reload)
            watch.start()
            stack.callback(watch.close)
        if settings.ready_file is not None:
            stack.callback(settings.ready_file.unlink, missing_ok=True)
            write_whole(settings.ready_file, installation.ready())
        say(installation.banner(shows_credentials=settings.is_terminal))
        if settings.link is not None:
            os.write(settings.link, installation.ready() + b"\n")
            asyncio.get_running_loop().add_reader(settings.link, stop.set)
        await stop.wait()


@asynccontextmanager
async def serving(settings: ServeSettings, *, owns_process: bool = False) -> AsyncIterator[Installation]:
    """Serve in the running event loop until the block ends.

    With `owns_process` the log and the garbage collector are set up for it as well; without, nothing is touched that
    belongs to somebody else. Raises what Installation does, AddressInUse, EngineUnreachable, StoreUnreachable.
    """
    async with AsyncExitStack() as stack:
        workplace = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pbxsim-")))
        sources = Sources.of(settings)
        kept = {loaded.file.name: loaded.file.limits.cdrs for loaded in sources.files.values()}
        await refuse_taken(settings.host, settings.port)  # before there is a store: nothing is left by who never served
        storage = await stack.enter_async_context(opened(settings.stored, kept, gc.freeze if owns_process else None))
        installation = Installation(settings, workplace, storage, sources)
        context = _tls(settings, workplace)
        if sources.engines.chosen.secured is not None:
            sources.engines.chosen.secured(context)
        if owns_process:
            stack.enter_context(logs.without(installation.secrets))
            tune_garbage_collection()
            asyncio.get_running_loop().call_later(_SOON, give_back_large_blocks)
        await installation.server.start(settings.host, settings.port, context)
        stack.push_async_callback(installation.server.stop)
        yield installation


def write_whole(file: Path, content: bytes) -> None:
    """Write a file that is there with all of it or not at all. Raises CannotBegin."""
    part = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CannotBegin(f"--ready-file {file}: {error.strerror or error}") from error


def stop_on_signals(stop: Callable[[], object]) -> None:
    """Have that called at SIGTERM, SIGINT, and SIGHUP, a terminal that is closed; under `nohup` that stays ignored."""
    loop = asyncio.get_running_loop()
    names = [signal.SIGTERM, signal.SIGINT]
    hangup = getattr(signal, "SIGHUP", None)  # Windows has none
    if hangup is not None and signal.getsignal(hangup) is not signal.SIG_IGN:
        names.append(hangup)
    for name in names:
        try:
            loop.add_signal_handler(name, stop)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stop))


def _is_self_signed(settings: ServeSettings) -> bool:
    return settings.tls != "" and settings.tls == tls.SELF_SIGNED


def _tls(settings: ServeSettings, workplace: Path) -> SSLContext | None:
    if not settings.tls:
        return None
    if not _is_self_signed(settings):
        return tls.given(settings.tls)
    names = {"localhost", "127.0.0.1", "::1", settings.host}
    return tls.self_signed(workplace, names, wall_clock())


class Installation:
    """The PBXs of one server, from their files, and the server itself. `workplace` is a folder for what need not stay.

    Raises PbxFileRefused, PathClaimedTwice, CannotBegin, and what `Sources.of` does without `sources`.
    """

    def __init__(
        self,
        settings: ServeSettings,
        workplace: Path,
        storage: Storage | None = None,
        sources: Sources | None = None,
    ) -> None:
        self._settings = settings
        self._workplace = workplace
        self._storage = InMemory() if storage is None else storage
        self._installed = Sources.of(settings) if sources is None else sources
        self._sources: dict[str, str] = {}
        self._folders: dict[str, RecordingsFolder] = {}
        self._loaded: dict[str, LoadedFile] = {}
        limits = ConnectionLimits.of_this_process(settings.connections)
        self.secrets = SecretValues({settings.control_token, self._storage.password, *settings.secrets})
        self.vendors = self._installed.vendors
        self.hosts = Hosts([self._host(source) for source in settings.pbxs], self._storage.store)
        guard = Guard(settings.host, settings.control_token)
        control = ControlApi(self.hosts, guard)
        lines = HintLines(settings.log, has_header=settings.hint_header)
        page = Page(guard, self.hosts, open_to(settings.host, needs_token=settings.control_token != ""))
        self.server = PbxServer(self.hosts, self.vendors, control, limits=limits, lines=lines, page=page)
        self.hosts.admission = self

    @property
    def url(self) -> str:
        """Give where the server is; it must listen."""
        return base_url(self._settings.host, self.server.port, tls=self._settings.tls != "")

    def ready(self) -> bytes:
        """Give what a program that started the server wants to know, as JSON; the server must listen."""
        return msgspec.json.encode({"url": self.url, "pbxs": self.hosts.names(), "pid": os.getpid()})

    def banner(self, *, shows_credentials: bool = True) -> str:
        """Write what a start prints; the server must listen."""
        settings = self._settings
        self_signed, needs_token = _is_self_signed(settings), settings.control_token != ""
        if settings.is_demo:
            from pbxsim.web.demo_banner import demo_banner

            told = demo_banner(self.hosts, self.url, self_signed=self_signed, needs_token=needs_token)
            if told:
                return told
        return banner(
            self.hosts,
            self.vendors,
            self.url,
            kept_in=self._storage.words,
            self_signed=self_signed,
            needs_token=needs_token,
            shows_credentials=shows_credentials,
            reach=reach(settings.host, needs_token=needs_token),
        )

    def watched(self) -> dict[str, Path]:
        """Give the PBX files to look at, by PBX."""
        return {name: path_of(source) for name, source in self._sources.items()}

    def reload(self, name: str) -> None:
        """Begin anew by a file that has changed. A bad one is refused whole: its faults are told, that is all."""
        source = self._sources.get(name)
        if source is None:  # it is served no more
            return
        try:
            self._restart(name, source)
        except (PbxFileRefused, PathClaimedTwice, Refused, CannotBegin) as error:
            _log.error("%s has changed, and is refused; the PBX goes on as it was\n%s", source, error)
        else:
            _log.info("%s has changed: the PBX %s begins anew", source, name)

    # -- PBXs that come and go (hosting/admission.py) --------------------------------------------------------------

    async def admit(self, wish: admission.NewPbx) -> admission.Admitted:
        """Implement `Admission`."""
        loaded, fresh = self._wanted(wish)
        refuse_clashes([*self._loaded.values(), loaded])
        refuse_name(loaded, is_secret=self.secrets.is_in_name(loaded.file.name))
        VendorPaths(self.vendors[vendor] for vendor in sorted({*self.hosts.vendors(), *loaded.file.vendors}))
        assembly = self._assembly(loaded, self._folder(loaded))
        host = HostedPbx(assembly, self.vendors, rate=self._settings.rate, secrets=self.secrets)
        self._loaded[host.name] = loaded  # before anybody else can ask for that name, or a credential of it
        try:
            await host.start()
        except BaseException:
            del self._loaded[host.name]
            await host.close()
            raise
        self.hosts.add(host)
        self.server.reindex()
        return admission.Admitted(host.name, fresh)

    async def dismiss(self, name: str) -> None:
        """Implement `Admission`."""
        host = self.hosts.named(name)
        if host is None:
            raise admission.NoSuchPbx(name)
        if len(self.hosts.names()) == 1:
            raise admission.LastPbx(name)
        self.hosts.drop(name)
        self.server.reindex()
        self._sources.pop(name, None)
        self._folders.pop(name, None)
        await host.close()
        del self._loaded[name]
        shutil.rmtree(self._workplace / name, ignore_errors=True)

    def _wanted(self, wish: admission.NewPbx) -> tuple[LoadedFile, list[copies.FreshCredential]]:
        """Make a file of what is asked for."""
        if wish.text:
            text = wish.text.replace("${RECEIVER}", wish.receiver) if wish.receiver else wish.text
            loaded = read(text, "text", self.vendors, self._installed.engines)
        elif wish.like in self._loaded:
            loaded = self._loaded[wish.like]
            loaded = copies.told_to(loaded, wish.receiver) if wish.receiver else loaded
        else:
            raise admission.NoSuchPbx(wish.like)
        loaded = copies.renamed(loaded, wish.name or self._free_name(loaded.file.name))
        return copies.with_fresh_credentials(loaded) if wish.is_fresh else (loaded, [])

    def _free_name(self, name: str) -> str:
        """Give the name itself, or the first with a number behind it that no PBX has."""
        names = (f"{name[:50]}-{number}" for number in count(2))
        return name if name not in self._loaded else next(each for each in names if each not in self._loaded)

    def _restart(self, name: str, source: str) -> None:
        loaded = load(source, self.vendors, self._installed.engines)
        file = loaded.file
        if file.name != name:
            raise AnotherName(f"{source}: name: found {file.name!r}, expected {name!r}, which a running PBX keeps")
        refuse_clashes([*(each for other, each in self._loaded.items() if other != name), loaded])
        others = {vendor for host in self.hosts if host.name != name for vendor in host.interfaces}
        VendorPaths(self.vendors[vendor] for vendor in sorted(others | set(file.vendors)))
        host = self.hosts.named(name)
        assert host is not None
        folder = self._folder(loaded)
        host.restart(self._assembly(loaded, folder))
        self._folders[name] = folder
        self._loaded[name] = loaded
        self.server.reindex()

    def _host(self, source: str) -> HostedPbx:
        loaded = self._installed.files[source]
        name = loaded.file.name
        self._sources[name] = source
        folder = self._folders[name] = self._folder(loaded)
        self._loaded[name] = loaded
        return HostedPbx(
            self._assembly(loaded, folder),
            self.vendors,
            rate=self._settings.rate,
            record_store=self._storage.record_store(name),
            resumed=self._storage.resumed(name),
            secrets=self.secrets,
        )

    def _assembly(self, loaded: LoadedFile, folder: RecordingsFolder) -> FileAssembly:
        return FileAssembly(loaded, seed=self._settings.seed, start_at=self._settings.start_at, folder=folder)

    def _folder(self, loaded: LoadedFile) -> RecordingsFolder:
        name, chosen = loaded.file.name, self._settings.recordings
        folder = (chosen or self._storage.recordings or self._workplace) / name
        return RecordingsFolder(folder, loaded.file, keep=chosen is not None, before=self._folders.get(name))
