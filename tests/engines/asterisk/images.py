"""A real container image for tests, of the Asterisk in the user's cache, in a storage of this run; podman's stand-in.

Podman is installed once, where this is Debian's root: 20 s.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tarfile
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pytest

from pbxsim.engines.asterisk import debian
from pbxsim.engines.asterisk.container import asked
from pbxsim.engines.asterisk.installation import cache_folder
from pbxsim.engines.engine import EngineUnreachable
from tests.debian import NotInstalled, install

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE: Final = "localhost/pbxsim-tests:22"
WITHOUT_ASTERISK: Final = "localhost/pbxsim-tests:none"
LACKING: Final = "res_crypto.so"
"""The module that the image has not got: it need not be there."""

_TOP: Final = (
    "lib",
    "lib64",
    "bin",
    "sbin",
)  # a whole Debian has these at its top, too: there its linker is looked for
_ENGINE: Final = 'runtime = "runc"\n'  # where it is: crun needs more of a kernel
_CONTAINERS: Final = """\
[containers]
cgroups = "no-conmon"
default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
"""
_STORAGE: Final = '[storage]\ndriver = "{driver}"\ngraphroot = "{folder}/graph"\nrunroot = "{folder}/run"\n'


@contextmanager
def podman_with_images() -> Iterator[str]:
    """Have podman know the images, in a storage of its own; give podman. Skips where none can be run."""
    with suppress(NotInstalled):
        if shutil.which("podman") is None:
            install("podman", "runc")
    podman = shutil.which("podman")
    if podman is None:
        pytest.skip("no container: podman is not here (Debian, Ubuntu: apt install podman)")
    try:
        root = debian.prepared(cache_folder(), lambda _: None)
    except EngineUnreachable as error:
        pytest.skip(f"no Asterisk for an image: {error}")
    folder = Path(tempfile.mkdtemp(prefix="pods-"))
    with pytest.MonkeyPatch.context() as patch:
        try:
            _configure(folder, patch)
            _import(podman, IMAGE, root, folder)
            _import(podman, WITHOUT_ASTERISK, None, folder)
            done = asked(podman, "run", "--rm", "--network=host", "--entrypoint=asterisk", IMAGE, "-V")
            if "Asterisk 22" not in done.stdout:
                pytest.skip(f"no container runs here: {(done.stderr or done.stdout).strip()[-300:]}")
            yield podman
        finally:
            asked(podman, "rm", "--all", "--force")
            asked(podman, "rmi", "--all", "--force")
            shutil.rmtree(folder, ignore_errors=True)


def containers(podman: str) -> list[str]:
    """Give the names of all containers of this run, running or not."""
    return asked(podman, "ps", "--all", "--format", "{{.Names}}").stdout.split()


def _configure(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Have podman keep all in a folder, and need little of a machine."""
    runtime = _ENGINE if shutil.which("runc", path=f"{os.environ['PATH']}:/usr/sbin") else ""
    (folder / "containers.conf").write_text(f'{_CONTAINERS}{runtime}tmp_dir = "{folder}/tmp"\n')
    driver = "overlay" if os.getuid() == 0 else "vfs"
    (folder / "storage.conf").write_text(_STORAGE.format(driver=driver, folder=folder))
    patch.setenv("CONTAINERS_CONF", str(folder / "containers.conf"))
    patch.setenv("CONTAINERS_STORAGE_CONF", str(folder / "storage.conf"))


def _import(podman: str, name: str, root: Path | None, folder: Path) -> None:
    """Make an image of an Asterisk's files; None: of none at all."""
    archive = folder / "image.tar"
    with tarfile.open(archive, "w") as packed:
        place = tarfile.TarInfo("tmp")
        place.type, place.mode = tarfile.DIRTYPE, 0o1777
        packed.addfile(place)
        if root is not None:
            _pack(root, packed)
    done = asked(podman, "import", str(archive), name)
    archive.unlink()
    if done.returncode:
        pytest.skip(f"no container: podman imports no image ({done.stderr.strip()[-300:]})")


def _pack(root: Path, packed: tarfile.TarFile) -> None:
    for top in _TOP:
        link = tarfile.TarInfo(top)
        link.type, link.linkname = tarfile.SYMTYPE, f"usr/{top}"
        packed.addfile(link)
    for top in ("etc", "usr", "var"):
        packed.add(root / top, top, filter=lambda entry: None if entry.name.endswith(f"/{LACKING}") else entry)


# -- a stand-in, which notes how it is called --------------------------------------------------------------------------

_STAND_IN: Final = """\
#!{python}
import json, signal, sys
with open({called!r}, "a+") as file:
    file.seek(0)
    replies = {first!r} if not file.read() else {then!r}
    file.write(json.dumps(sys.argv[1:]) + "\\n")
for begins, out, err, code in replies:
    if " ".join(sys.argv[1:]).startswith(begins):
        print(out, end="")
        print(err, end="", file=sys.stderr)
        sys.exit(signal.pause() if code < 0 else code)
"""
RUNS_ON: Final = ("", "", -1)
"""The reply to a call that does not end by itself."""

Reply: TypeAlias = tuple[str, str, int]


class StandIn:
    """A program that answers each call by how it begins, and notes it; whatever is not named succeeds in silence.

    `then` is for all calls but the first, if it differs.
    """

    def __init__(
        self, folder: Path, name: str, replies: dict[str, Reply], then: dict[str, Reply] | None = None
    ) -> None:
        self.path = folder / name
        self._called = folder / f"{name}.calls"
        first, after = ([(begins, *reply) for begins, reply in some.items()] for some in (replies, then or replies))
        python = f"{sys.executable} -IS"
        self.path.write_text(_STAND_IN.format(python=python, called=str(self._called), first=first, then=after))
        self.path.chmod(0o755)

    @property
    def calls(self) -> list[list[str]]:
        """Give what it was called with, in order."""
        return [json.loads(line) for line in self._called.read_text().splitlines()] if self._called.exists() else []
