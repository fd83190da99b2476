"""pbxsim as a user runs it: a server in a process of its own, or a command that ends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PBXES: Final = Path(__file__).parent / "pbxes"
_ADDRESS: Final = re.compile(r"^pbxsim (\S+) on http://127\.0\.0\.1:(\d+)\n")
_LONGEST: Final = 120.0  # seconds of the world's time


@dataclass(frozen=True)
class Banner:
    """What a server printed, and where it listens."""

    text: str
    port: int

    def settled(self) -> bytes:
        """Give it without its port and version."""
        text = _ADDRESS.sub("pbxsim VERSION on http://127.0.0.1:SERVER\n", self.text)
        return text.replace(f":{self.port}", ":SERVER").encode()


@contextmanager
def served(*arguments: str) -> Iterator[Banner]:
    """Serve with these arguments until the block ends; its clock stands still and its port is free."""
    command = [sys.executable, "-m", "pbxsim", "serve", *arguments, "--port", "0", "--clock", "paused"]
    child = subprocess.Popen(
        command, cwd=PBXES, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    try:
        text = ""
        while not text.endswith("openapi.json'\n"):
            line = child.stdout.readline()
            if not line:
                raise RuntimeError(f"{' '.join(command)} ended: {child.communicate()[1]}")
            text += line
        found = _ADDRESS.match(text)
        assert found is not None, text
        yield Banner(text, int(found[2]))
    finally:
        child.terminate()
        child.communicate(timeout=_LONGEST)


def command(*arguments: str) -> bytes:
    """Run a command to its end; give its exit code and what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pbxsim", *arguments],
        cwd=PBXES,
        env=_environment(),
        capture_output=True,
        timeout=_LONGEST,
    )
    complaint = done.stderr if done.returncode != 2 else done.stderr.splitlines(keepends=True)[-1]
    return b"%d\n%s\n%s" % (done.returncode, done.stdout, complaint)


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PBXSIM_")}
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return own | {"PYTHONPATH": os.pathsep.join(paths), "PYTHONIOENCODING": "utf-8"}
