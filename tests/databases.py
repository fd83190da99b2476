"""Real database servers for tests and bench: started here in a folder of their own, on a free port, and ended again.

Where their programs are missing and this is Debian's root, they are installed once with apt-get; elsewhere the tests
that need them are skipped, with the reason. Durability against a power cut is switched off: nobody cuts the power.

    from tests.databases import database_url, mariadb_server, postgresql_server  # in a conftest.py: fixtures

    with PostgresqlServer.started() as server:  # anywhere else
        url = server.new_database()
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from abc import ABC, abstractmethod
from contextlib import ExitStack, contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, ClassVar, Final, TypeVar
from urllib.parse import quote

import pytest

from tests.debian import NotInstalled, install

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

USER: Final = "pbxsim"
PASSWORD: Final = "s3cret/p@ss:word"
"""Needs quoting in a URL, and must never be seen in an error."""

SERVERS: Final = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("postgresql", "mariadb")]
"""The kinds that have a server, as parameters: it takes seconds to start, once in a session."""

_S = TypeVar("_S", bound="Server")
_PATIENCE: Final = 60.0  # seconds for a server that starts or ends
_numbers: Final = count(1)


class NoServer(Exception):
    """A server cannot be had here; says why."""


class Server(ABC):
    """A database server of ours. `started` makes, starts and ends one."""

    kind: ClassVar[str]
    package: ClassVar[str]
    ready: ClassVar[str]
    end: ClassVar[signal.Signals]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self.log: list[str] = []

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[Self]:
        """Make a server in a temporary folder, start it, and end it. Raises NoServer."""
        cls.find_programs()
        folder = Path(tempfile.mkdtemp(prefix=f"pbxsim-{cls.kind}-"))
        server = cls(folder)
        try:
            server.make()
            server.start()
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @classmethod
    def find_programs(cls) -> None:
        """See that its programs are here. Raises NoServer."""
        if cls.program() is None:
            try:
                install(cls.package)
            except NotInstalled as error:
                raise NoServer(str(error)) from None
        if cls.program() is None:
            raise NoServer(f"the package {cls.package} did not bring the server's program")

    @classmethod
    @abstractmethod
    def program(cls) -> Path | None:
        """Find the server's program."""

    @abstractmethod
    def make(self) -> None:
        """Make what it stores its databases in."""

    @abstractmethod
    def command(self) -> list[str]:
        """Give the command that runs it."""

    @abstractmethod
    def execute(self, statement: str) -> None:
        """Have it do something as its owner."""

    def start(self) -> None:
        """Start it, again perhaps, and return when it takes connections."""
        self._process = subprocess.Popen(
            self.command(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, errors="replace", cwd="/"
        )
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.log.append(line)
            if self.ready in line:
                break
        else:
            raise NoServer(f"{self.kind} did not start: {''.join(self.log[-5:])}")
        self._reader = threading.Thread(target=self._read_on, args=(self._process.stderr,), daemon=True)
        self._reader.start()

    @property
    def is_running(self) -> bool:
        """Tell whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """End it at once, as a crash would; `start` brings it back, with its databases."""
        self._signal(self.end)

    def stop(self) -> None:
        """End it, if it runs."""
        if self.is_running:
            self.kill()

    def pause(self) -> None:
        """Have it answer nobody, without ending; `resume` undoes it."""
        self._each(signal.SIGSTOP)

    def resume(self) -> None:
        """Have it go on."""
        self._each(signal.SIGCONT)

    def url(self, database: str) -> str:
        """Give what `--db` takes."""
        return f"{self.kind}://{USER}:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """Make an empty database, and give its URL."""
        name = f"test_{os.getpid()}_{next(_numbers)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def _read_on(self, said: IO[str]) -> None:
        with said:
            self.log.extend(said)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)
        self._process.wait(_PATIENCE)
        if self._reader is not None:
            self._reader.join(_PATIENCE)

    def _each(self, number: signal.Signals) -> None:
        assert self._process is not None
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text(encoding="ascii")
        for process in (self._process.pid, *map(int, children.split())):
            with suppress(ProcessLookupError):
                os.kill(process, number)


class PostgresqlServer(Server):
    """PostgreSQL, as the user `postgres` where we are root, for it refuses to be root's."""

    kind = "postgresql"
    package = "postgresql"
    ready = "ready to accept connections"
    end = signal.SIGQUIT  # "immediate shutdown": recovers at the next start

    @classmethod
    def program(cls) -> Path | None:
        """Find it where Debian puts it, the newest, or on PATH."""
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
        on_path = shutil.which("postgres")
        return found[-1] if found else Path(on_path) if on_path else None

    def make(self) -> None:
        """Make a cluster whose owner has our password."""
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        secret = self.folder / "password"
        secret.write_text(PASSWORD, encoding="ascii")
        secret.chmod(0o644)
        authentication = ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
        layout = ["--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        _run([*self._as_owner(), self._beside("initdb"), "-D", str(self._data), "-U", USER, *authentication, *layout])

    def command(self) -> list[str]:
        """Run it without fsync, its socket in its folder."""
        settings = {
            "fsync": "off",
            "full_page_writes": "off",
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "shared_buffers": "16MB",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [*self._as_owner(dies_with_us=True), self._beside("postgres"), "-D", str(self._data), *chosen]

    def execute(self, statement: str) -> None:
        """Have psql do it."""
        _run(
            [
                self._beside("psql"),
                "-h",
                str(self.folder),
                "-p",
                str(self.port),
                "-U",
                USER,
                "-c",
                statement,
                "postgres",
            ]
        )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _beside(self, program: str) -> str:
        found = self.program()
        assert found is not None
        return str(found.with_name(program))

    @staticmethod
    def _as_owner(*, dies_with_us: bool = False) -> list[str]:
        owner = ["--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.getuid() == 0 else []
        end = ["--pdeathsig=QUIT"] if dies_with_us else []
        return ["setpriv", *owner, *end] if owner or (end and shutil.which("setpriv")) else []


class MariadbServer(Server):
    """MariaDB."""

    kind = "mariadb"
    package = "mariadb-server"
    ready = "ready for connections"
    end = signal.SIGKILL

    @classmethod
    def program(cls) -> Path | None:
        """Find it on PATH, or where Debian puts what root runs."""
        found = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
        return Path(found) if found else None

    def make(self) -> None:
        """Make its system tables, and have it make our user when it starts."""
        user = f"'{USER}'@'127.0.0.1'"
        (self.folder / "init.sql").write_text(
            f"CREATE USER IF NOT EXISTS {user} IDENTIFIED BY '{PASSWORD}';\nGRANT ALL ON *.* TO {user};\n"
        )
        where = ["--no-defaults", f"--datadir={self.folder / 'data'}", "--auth-root-authentication-method=normal"]
        where.append(f"--tmpdir={self.folder}")  # in a common one two that are made at once take each other's tables
        _run(["mariadb-install-db", *where, "--skip-test-db", *self._user()])

    def command(self) -> list[str]:
        """Run it small, and without waiting for the disk."""
        settings = {
            "datadir": self.folder / "data",
            "tmpdir": self.folder,
            "socket": self.folder / "socket",
            "pid-file": self.folder / "pid",
            "init-file": self.folder / "init.sql",
            "port": self.port,
            "bind-address": "127.0.0.1",
            "innodb-flush-log-at-trx-commit": 2,
            "innodb-buffer-pool-size": "32M",
            "innodb-log-file-size": "16M",
        }
        chosen = [f"--{name}={value}" for name, value in settings.items()]
        ends = ["setpriv", "--pdeathsig=KILL"] if shutil.which("setpriv") else []
        return [*ends, str(self.program()), "--no-defaults", *self._user(), *chosen]

    def execute(self, statement: str) -> None:
        """Have its client do it."""
        _run(["mariadb", "--no-defaults", f"--socket={self.folder / 'socket'}", "-u", "root", "-e", statement])

    @staticmethod
    def _user() -> list[str]:
        return ["--user=root"] if os.getuid() == 0 else []


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Give this session's PostgreSQL."""
    with _or_skip(PostgresqlServer) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[MariadbServer]:
    """Give this session's MariaDB."""
    with _or_skip(MariadbServer) as server:
        yield server


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer) -> str:
    """Give a fresh database of PostgreSQL."""
    return postgresql_server.new_database()


@pytest.fixture
def mariadb_url(mariadb_server: MariadbServer) -> str:
    """Give a fresh database of MariaDB."""
    return mariadb_server.new_database()


@pytest.fixture(params=["sqlite", *SERVERS])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give a fresh database: the test runs once with each."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    url = request.getfixturevalue(f"{request.param}_url")
    assert isinstance(url, str)
    return url


@contextmanager
def _or_skip(kind: type[_S]) -> Iterator[_S]:
    with ExitStack() as stack:
        try:
            server = stack.enter_context(kind.started())
        except NoServer as error:
            pytest.skip(f"{kind.__name__}: {error}")
        yield server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_PATIENCE, cwd="/")
    if done.returncode:
        raise NoServer(f"{Path(command[0]).name}: {done.stderr.strip() or done.stdout.strip()}")
