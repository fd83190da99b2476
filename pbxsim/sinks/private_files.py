"""Files and folders that only their owner may read, whatever the umask: what is kept has tokens and telephone numbers.

Windows has no such modes; there the folder's own access list holds. What exists keeps the mode that somebody gave it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = 0o600
FOLDER: Final = 0o700


def private(path: str, flags: int) -> int:
    """Open a file, for `open(..., opener=private)`: one that is made is its owner's alone. Raises OSError."""
    return os.open(path, flags, FILE)


def make_file(file: Path) -> None:
    """See that a file is there, and can be written. Raises OSError."""
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, FILE))


def write_file(file: Path, text: str) -> None:
    """Write a file that is its owner's alone, whatever mode one of that name had. Raises OSError."""
    file.unlink(missing_ok=True)
    with open(file, "x", encoding="utf-8", opener=private) as made:
        made.write(text)


def make_folder(folder: Path) -> None:
    """See that a folder is there, with those above it; each that is made is its owner's alone. Raises OSError."""
    if not folder.parent.exists():
        make_folder(folder.parent)
    folder.mkdir(mode=FOLDER, exist_ok=True)
