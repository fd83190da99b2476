"""A server that a test kills and starts again, or whose processor time it counts."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pbxsim.testing import Pbx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def serving(folder: Path, port: int, pbx: Path | str) -> Iterator[tuple[Pbx, int]]:
    """Serve a PBX at a port (0: any), its clock held, on a store in a folder; killed at the end.

    Gives the PBX and the number of the process.
    """
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    options = [
        "--clock",
        "paused",
        "--port",
        str(port),
        "--db",
        str(folder / "store.sqlite3"),
        "--ready-file",
        str(ready),
    ]
    command = [sys.executable, "-m", "pbxsim.testing.child", "serve", str(pbx), *options]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        try:
            while not ready.exists():
                with suppress(subprocess.TimeoutExpired):
                    raise AssertionError(f"the server ended with {process.wait(0.02)}")
            yield Pbx(json.loads(ready.read_bytes())["url"]), process.pid
        finally:
            process.kill()
