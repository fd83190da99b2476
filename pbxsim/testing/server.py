"""Serves PBXs for tests: in this process, or in a child of it; found on a free port, with a held clock."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pbxsim.testing.client import Pbx
from pbxsim.testing.control import Control
from pbxsim.testing.pbx_files import PbxText, with_receiver
from pbxsim.testing.running import ServeOptions, ServerFailed, running_here, started_child

if TYPE_CHECKING:
    from typing import Self

    from pbxsim.testing.async_client import AsyncPbx
    from pbxsim.testing.receiver import Receiver
    from pbxsim.testing.running import Running

__all__ = ["PbxServer", "ServerFailed"]


class PbxServer(Pbx):
    """A server, and its first PBX. `with PbxServer("shop.yaml") as pbx:` or `async with …`, which gives an AsyncPbx.

    `pbxs` are built-in names or paths of PBX files; `${RECEIVER}` in these becomes the `receiver`'s address. It serves
    in this process, in a thread of its own that touches neither signals nor the garbage collector; with `process` in a
    child, which ends with this process. Either begins without a past: records are in memory unless `db` says otherwise,
    as `--db` does. `clock` 0 is held, 1 real time. Raises OSError for a file that cannot be read, and ValueError for
    one with `${RECEIVER}` where none is given.
    """

    def __init__(
        self,
        *pbxs: str | Path | PbxText,
        receiver: Receiver | str | None = None,
        process: bool = False,
        clock: float = 0.0,
        seed: int | None = None,
        start_at: str | None = None,
        db: str = ":memory:",
        token: str = "",
        timeout: float = 60.0,
    ) -> None:
        address = receiver if receiver is None or isinstance(receiver, str) else receiver.url
        self._texts = [with_receiver(_read(source), address) for source in pbxs or ("documented",)]
        super().__init__("", token=token, timeout=timeout, vendors=self._texts[0].vendors)
        self._process = process
        self._options = ServeOptions(clock=clock, seed=seed, start_at=start_at, db=db, token=token)
        self._running: Running | None = None
        self._folder: TemporaryDirectory[str] | None = None
        self.pbxs: tuple[str, ...] = ()

    def start(self) -> None:
        """Serve. Raises ServerFailed."""
        self._folder = TemporaryDirectory(prefix="pbxsim-testing-")
        try:
            begin = started_child if self._process else running_here
            self._running = begin(self._sources(Path(self._folder.name)), self._options)
        except BaseException:
            self._folder.cleanup()
            raise
        self._control = Control(self._running.url, token=self._token, timeout=self._timeout)
        self.pbxs = self._running.pbxs
        self.name = self.pbxs[0]

    def stop(self) -> None:
        """Serve no more. Nothing happens where it does not serve."""
        running, self._running = self._running, None
        if running is not None:
            running.stop()
        if self._folder is not None:
            self._folder.cleanup()

    def pbx(self, name: str) -> Pbx:
        """Give another of the server's PBXs."""
        return Pbx(self.url, name, token=self._token, timeout=self._timeout)

    def _sources(self, folder: Path) -> list[str]:
        """Give the files to serve; those that name the receiver are written anew, into a folder each."""
        return [text.path(folder / str(number)) for number, text in enumerate(self._texts)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    async def __aenter__(self) -> AsyncPbx:
        """Serve; the event loop goes on meanwhile."""
        import asyncio

        from pbxsim.testing.async_client import AsyncPbx

        await asyncio.to_thread(self.start)
        return AsyncPbx(self)

    async def __aexit__(self, *error: object) -> None:
        """Serve no more."""
        import asyncio

        await asyncio.to_thread(self.stop)


def _read(source: str | Path | PbxText) -> PbxText:
    return source if isinstance(source, PbxText) else PbxText.read(str(source))
