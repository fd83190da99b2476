"""A recordings' root, full of links and things that are no files, and beside it a folder that must never be touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TypeAlias

from pbxsim.sinks.recordings.files import RecordingRoot

RECORDING = b"RIFF: what was said"
SECRET = b"what nobody may hear"

_Entry: TypeAlias = tuple[str, int, bytes, int]


class Sandbox:
    """`root` is the recordings' root; `root/monitor/call.wav` is the recording; `outside` lies beside the root."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.root = base / "root"
        self.outside = base / "outside"
        for folder in (self.outside / "monitor", self.root / "monitor"):
            folder.mkdir(parents=True)
        (self.outside / "secret.wav").write_bytes(SECRET)
        (self.outside / "monitor" / "call.wav").write_bytes(SECRET)
        (self.root / "monitor" / "call.wav").write_bytes(RECORDING)
        (self.root / "a-file.wav").write_bytes(b"another")
        self.files = RecordingRoot(self.root)

    def add_links(self) -> None:
        """Put symbolic links under the root, to everywhere."""
        targets = {
            "link-up": "..",
            "link-outside": "../outside",
            "link-absolute": str(self.outside),
            "link-to-root-of-all": "/",
            "link-to-etc": "/etc",
            "link-to-link": "link-outside",
            "link-to-itself": "link-to-itself",
            "link-dangling": "../nowhere",
            "link-inside": "monitor",
            "monitor/link-deep": "../../outside",
            "link-to-proc": "/proc",
            "link-to-dev": "/dev",
            "link-to-file": "../outside/secret.wav",
        }
        for name, target in targets.items():
            (self.root / name).symlink_to(target)

    def add_things(self) -> None:
        """Put things under the root that are neither files nor folders: a pipe, a socket, a device."""
        os.mkfifo(self.root / "pipe")
        os.mknod(self.root / "socket", stat.S_IFSOCK | 0o600)
        try:
            os.mknod(self.root / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
        except PermissionError:  # only root makes devices; a pipe is as little a file
            os.mkfifo(self.root / "null")

    def state_outside(self) -> list[_Entry]:
        """Give all that lies beside the root, with times: what was made there and removed again shows too."""
        return [*(_entry(path, times=path != self.root) for path in sorted(self.base.iterdir())), *_tree(self.outside)]

    def state_inside(self) -> list[_Entry]:
        """Give all that lies under the root: names, kinds, contents."""
        return _tree(self.root, times=False)

    def move(
        self, folder: str | None = None, file: str | None = None, *, source: tuple[str, str] = ("monitor", "call.wav")
    ) -> None:
        """Move the recording, to where it is unless another folder or file is given."""
        self.files.move(
            from_folder=source[0],
            from_file=source[1],
            to_folder=source[0] if folder is None else folder,
            to_file=source[1] if file is None else file,
        )


def _tree(folder: Path, *, times: bool = True) -> list[_Entry]:
    found = []
    for parent, folders, files in os.walk(folder):
        folders.sort()
        found += [_entry(Path(parent, name), times=times) for name in sorted([*folders, *files])]
    return found


def _entry(path: Path, *, times: bool) -> _Entry:
    """Give path, kind and rights, content or target, and the time of the last change."""
    seen = path.lstat()
    content = b""
    if stat.S_ISREG(seen.st_mode):
        content = path.read_bytes()
    elif stat.S_ISLNK(seen.st_mode):
        content = os.fsencode(path.readlink())
    return str(path), seen.st_mode, content, seen.st_mtime_ns if times else 0
