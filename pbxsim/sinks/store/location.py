"""Where a store is: what `--db` says, taken apart, and files in the user's data folder where it says nothing.

Nothing is opened here, and no driver imported.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from pbxsim.sinks.private_files import make_folder
from pbxsim.sinks.store.lock import FileLock, Locked

if TYPE_CHECKING:
    from collections.abc import Iterator

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
MYSQL: Final = "mysql"
MARIADB: Final = "mariadb"
IN_MEMORY: Final = ":memory:"

_DRIVERS: Final = {SQLITE: "aiosqlite", POSTGRESQL: "asyncpg", MYSQL: "aiomysql", MARIADB: "aiomysql"}
_EXTRAS: Final = {POSTGRESQL: "postgresql", MYSQL: "mysql", MARIADB: "mysql"}
_SCHEMES: Final = {"postgres": POSTGRESQL} | {kind: kind for kind in _DRIVERS}
_KNOWN: Final = "a file, sqlite:///file, postgresql://user:password@host:port/database, mysql://… or mariadb://…"


class StorePlace(msgspec.Struct, frozen=True, kw_only=True):
    """A database. `file` is set for SQLite alone; the others have a server and the name of a database.

    `is_scratch`: the file is for this run only and goes with it.
    """

    kind: str
    file: Path | None = None
    host: str = ""
    port: int | None = None
    database: str = ""
    username: str = ""
    password: str = ""
    query: tuple[tuple[str, str], ...] = ()
    is_scratch: bool = False

    @staticmethod
    def parse(text: str) -> StorePlace | None:
        """Read the value of `--db`; None for `:memory:`, which is no store. Raises ValueError, for the user to read."""
        if text in (IN_MEMORY, "sqlite://", f"sqlite:///{IN_MEMORY}"):
            return None
        if not text.strip():
            raise ValueError(f"--db is empty; expected {_KNOWN}")
        if "://" not in text:
            return StorePlace.of_file(Path(text))
        return _from_url(text)

    @staticmethod
    def of_file(file: Path, *, is_scratch: bool = False) -> StorePlace:
        """Name an SQLite file."""
        return StorePlace(kind=SQLITE, file=file.expanduser().absolute(), is_scratch=is_scratch)

    @property
    def driver(self) -> str:
        """Name the package that speaks to it."""
        return _DRIVERS[self.kind]

    @property
    def digest(self) -> str:
        """Give a short name for what is kept beside it: the same for the same database, and free of secrets."""
        told = str(self.file.resolve()) if self.file else f"{self.kind}://{self.host}:{self.port}/{self.database}"
        return hashlib.sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:16]

    def masked(self, text: str) -> str:
        """Take the password out of a text that somebody may read."""
        return text.replace(self.password, "***") if self.password else text

    def __str__(self) -> str:
        if self.file is not None:
            return str(self.file)
        who = self.username + (":***" if self.password else "")
        where = self.host + (f":{self.port}" if self.port else "")
        return f"{self.kind}://{who}{'@' if who else ''}{where}/{self.database}"

    def __repr__(self) -> str:
        return f"<StorePlace {self}>"


def _from_url(text: str) -> StorePlace:
    scheme, _, driver = text.partition("://")[0].lower().partition("+")
    kind = _SCHEMES.get(scheme)
    if kind is None or driver not in ("", _DRIVERS[kind]):
        raise ValueError(f"--db: no database is known by {text.partition('://')[0]}://; expected {_KNOWN}")
    if kind == SQLITE:
        return _from_sqlite_url(text)
    return _from_server_url(kind, text)


def _from_sqlite_url(text: str) -> StorePlace:
    host, slash, path = text.partition("://")[2].partition("/")
    if host or not slash or not path:
        raise ValueError("--db: an SQLite file is sqlite:///relative/file or sqlite:////absolute/file")
    return StorePlace.of_file(Path(unquote(path)))


def _from_server_url(kind: str, text: str) -> StorePlace:
    parts = urlsplit(text)
    database = unquote(parts.path.removeprefix("/"))
    if not database or "/" in database:
        raise ValueError(f"--db: {kind}:// needs the name of one database behind the host: {kind}://host/database")
    if find_spec(_DRIVERS[kind]) is None:
        extra = _EXTRAS[kind]
        raise ValueError(f"--db: {kind}:// needs the package {_DRIVERS[kind]}: pip install 'pbxsim[{extra}]'")
    return StorePlace(
        kind=kind,
        host=parts.hostname or "",
        port=_port(parts),
        database=database,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
    )


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        raise ValueError("--db: the port is no number from 0 to 65535") from None


_log: Final = logging.getLogger("pbxsim.store")
_SCRATCH: Final = re.compile(r"run-(\d+)-(\d+)\.sqlite3")
_BESIDE: Final = ("", "-wal", "-shm", "-journal", ".lock")


def data_folder() -> Path:
    """Give the folder for pbxsim's data, and make it; a temporary one where it cannot be made."""
    folder = _platform_folder() / "pbxsim"
    try:
        make_folder(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "not writable")
    except OSError as error:
        temporary = Path(tempfile.mkdtemp(prefix="pbxsim-data-"))
        _log.warning("the data folder %s cannot be used (%s): data goes to %s", folder, error.strerror, temporary)
        return temporary
    return folder


def default_place(port: int) -> Path:
    """Give the file of the server on that port: what it stored is there when it is started again."""
    return data_folder() / f"pbxsim-{port}.sqlite3"


def scratch_place() -> StorePlace:
    """Give a fresh file for this run only, which the store removes when it is closed.

    Those that were left by runs that were killed are removed now.
    """
    folder = data_folder()
    for left in _left(folder):
        remove(left)
    for number in count(1):
        file = folder / f"run-{os.getpid()}-{number}.sqlite3"
        if not file.exists() and not Path(f"{file}.lock").exists():
            return StorePlace.of_file(file, is_scratch=True)
    raise AssertionError("numbers do not end")


def remove(file: Path) -> None:
    """Remove an SQLite file and what lies beside it."""
    for ending in _BESIDE:
        with suppress(OSError):
            Path(f"{file}{ending}").unlink(missing_ok=True)
    for spill in file.parent.glob(f"{StorePlace.of_file(file).digest}-*.spill*"):
        with suppress(OSError):
            spill.unlink(missing_ok=True)


def _left(folder: Path) -> Iterator[Path]:
    """Find files of runs that are no more: nobody holds their lock."""
    names: list[str] = []
    with suppress(OSError):  # who may not look sees none
        names = os.listdir(folder)  # noqa: PTH208 - a pattern's compiling takes longer
    for run in sorted({name.partition(".sqlite3")[0] for name in names if ".sqlite3" in name}):
        database = folder / f"{run}.sqlite3"
        if _SCRATCH.fullmatch(database.name) is None:
            continue
        try:
            FileLock(database).release()
        except (Locked, OSError):
            continue
        yield database


def _platform_folder() -> Path:
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
