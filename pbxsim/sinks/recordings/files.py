"""Recordings as files under one root, wherever a client says that they are.

A client's folder `/mnt/nas/2018` is `<root>/mnt/nas/2018`. Nothing outside the root is ever read, written or probed.
Names are judged as text first (`..`, `/`, control characters are no names). Then the way is walked one folder at a time
from an open root, each opened relative to the one before, never through a symbolic link: whoever swaps a folder for a
link meanwhile gains nothing, for no path is resolved twice. The root itself is the operator's, and may be a link.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Final

from pbxsim.pbx.errors import RecordingFolderRefused, RecordingMoveRefused, RecordingUnreadable
from pbxsim.sinks.private_files import FILE, FOLDER, make_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

_LONGEST: Final = 4096  # characters of folder or file name: Linux's PATH_MAX, so no real PBX takes more
_DEEPEST: Final = 64  # folders within each other; as many stay open while the way is walked
_NO_NAME: Final = ("Cc", "Cs", "Zl", "Zp")  # control characters, half UTF-16 pairs, line and paragraph separators

# Some systems lack some flags. One without them, or without `dir_fd`, cannot walk safely: it is refused in `_folder`.
_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0)
_FOLDER: Final = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_AT_ONCE: Final = getattr(os, "O_NONBLOCK", 0)  # opening a pipe must not wait for somebody to write into it
_NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | _NO_LINK
_CAN_WALK: Final = bool(_NO_LINK) and {os.open, os.mkdir, os.rename, os.stat, os.unlink} <= os.supports_dir_fd


class RecordingRoot:
    """Implements `RecordingFiles` under `root`, which is made when the first recording is placed there.

    A file that stands in the way of a move is never overwritten: the move is refused, so no recording is lost by a name
    used twice. But one that `gives_way` is as good as gone, until a recording is put there again. Folders are made as
    needed, and taken away again where the move then fails.

    `is_changed`: something was to be put or moved somewhere since whoever reads this last set it to False.
    """

    def __init__(self, root: Path) -> None:
        self.is_changed = False
        self._root = root.absolute()
        self._giving_way: set[tuple[bytes, ...]] = set()

    def gives_way(self, folder: str, file: str) -> None:
        """Let the recording that lies there be replaced by whatever is moved there. Raises RecordingUnreadable."""
        try:
            self._giving_way.add(_place(folder, file))
        except OSError as error:
            raise RecordingUnreadable(_shown(folder, file)) from error

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Move a recording in one step; to where it lies already is no error.

        Raises RecordingUnreadable, RecordingFolderRefused, RecordingMoveRefused, in this order of checks; each leaves
        everything as it was. A target on another file system is refused: a copy could be left half done.
        """
        try:
            with self._folder(from_folder) as source:
                name = _name(from_file)
                os.close(_opened(name, source))
                self._move(name, source, to_folder, to_file)
        except OSError as error:
            raise RecordingUnreadable(_shown(from_folder, from_file)) from error

    def _move(self, name: bytes, source: int, folder: str, file: str) -> None:
        with self._made(folder) as target:
            try:
                place = _place(folder, file)
                if place in self._giving_way:
                    _replace(name, source, _name(file), target)
                else:
                    _rename(name, source, _name(file), target)
                self._giving_way.discard(place)
            except OSError as error:
                raise RecordingMoveRefused(_shown(folder, file)) from error

    def place(self, folder: str, file: str, content: bytes) -> None:
        """Put a recording there, whole or not at all, in the place of one of that name.

        Raises RecordingFolderRefused, RecordingMoveRefused.
        """
        self.compose(folder, file, lambda draft: draft.write(content))

    def compose(self, folder: str, file: str, write: Callable[[BinaryIO], object]) -> None:
        """Put a recording there that `write` makes bit by bit, whole or not at all, in the place of one of that name.

        Whatever `write` raises but OSError comes out unchanged. Raises RecordingFolderRefused, RecordingMoveRefused.
        """
        with self._placing(folder, file) as (target, name):
            _write(name, target, write)
            self._giving_way.discard(_place(folder, file))

    def prepare(self, folder: str, file: str) -> None:
        """See that a recording can be put there; its folder is made. Nothing of that name is touched.

        Raises RecordingFolderRefused, RecordingMoveRefused.
        """
        with self._placing(folder, file) as (target, name):
            _check_free(name, target)
            if not os.access(".", os.W_OK | os.X_OK, dir_fd=target):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    def remove(self, folder: str, file: str) -> None:
        """Take a regular file away; nothing happens where there is none. Raises RecordingUnreadable."""
        try:
            with self._folder(folder) as source:
                name = _name(file)
                _check_free(name, source)
                os.unlink(name, dir_fd=source)
        except FileNotFoundError:
            return
        except OSError as error:
            raise RecordingUnreadable(_shown(folder, file)) from error

    def open(self, folder: str, file: str) -> BinaryIO:
        """Open a recording for reading; a regular file, and nothing else. Raises RecordingUnreadable."""
        try:
            with self._folder(folder) as source:
                return os.fdopen(_opened(_name(file), source), "rb")
        except OSError as error:
            raise RecordingUnreadable(_shown(folder, file)) from error

    @contextmanager
    def _placing(self, folder: str, file: str) -> Iterator[tuple[int, bytes]]:
        """Open the folder where a file is to be placed, made where it is missing, and read the file's name."""
        try:
            make_folder(self._root)
        except OSError as error:
            raise RecordingFolderRefused from error
        with self._made(folder) as target:
            try:
                yield target, _name(file)
            except OSError as error:
                raise RecordingMoveRefused(_shown(folder, file)) from error

    @contextmanager
    def _made(self, folder: str) -> Iterator[int]:
        """Open a folder, to change what is in it; made where it is missing. Raises RecordingFolderRefused."""
        self.is_changed = True
        try:
            with self._folder(folder, makes=True) as here:
                yield here
        except OSError as error:
            raise RecordingFolderRefused from error

    @contextmanager
    def _folder(self, folder: str, *, makes: bool = False) -> Iterator[int]:
        """Walk to a folder and keep it open; if what follows fails, folders made go away again. Raises OSError."""
        if not _CAN_WALK:
            raise OSError(errno.ENOTSUP, "this system cannot open folders relative to each other")
        names = _names(folder)
        with ExitStack() as way:
            here = os.open(self._root, _FOLDER)
            way.callback(os.close, here)
            for name in names:
                if makes and _make(name, here):
                    way.push(_unmaking(name, here))
                here = os.open(name, _FOLDER | _NO_LINK, dir_fd=here)
                way.callback(os.close, here)
            yield here


def _shown(folder: str, file: str) -> str:
    """Join a path as the client gave it."""
    return f"{folder.rstrip('/')}/{file}" if folder else file


def _place(folder: str, file: str) -> tuple[bytes, ...]:
    """Name a place in the one way in which it can be told from others, however the client spelt it. Raises OSError."""
    return (*_names(folder), _name(file))


def _names(folder: str) -> list[bytes]:
    """Split a client's folder into names, from the root on; an absolute one begins there too. Raises OSError."""
    if len(folder) > _LONGEST:
        raise OSError(errno.ENAMETOOLONG, "folder too long")
    names = [part for part in folder.split("/") if part not in ("", ".")]
    if len(names) > _DEEPEST:
        raise OSError(errno.ENAMETOOLONG, "too many folders within each other")
    return [_name(name) for name in names]


def _name(text: str) -> bytes:
    """Give a name as the file system knows it. Raises OSError for what is no name of one file or folder."""
    if len(text) > _LONGEST:
        raise OSError(errno.ENAMETOOLONG, "name too long")
    if text in ("", ".", "..") or "/" in text or any(unicodedata.category(one) in _NO_NAME for one in text):
        raise OSError(errno.EINVAL, "not a name")
    return text.encode()


def _make(name: bytes, parent: int) -> bool:
    """Make a folder; False if something of that name is there, folder or not."""
    try:
        os.mkdir(name, FOLDER, dir_fd=parent)
    except FileExistsError:
        return False
    return True


def _unmaking(name: bytes, parent: int) -> Callable[[object, BaseException | None, object], None]:
    def unmake(_kind: object, error: BaseException | None, _trace: object) -> None:
        if error is not None:
            with suppress(OSError):  # somebody uses it by now: then it stays
                os.rmdir(name, dir_fd=parent)

    return unmake


def _opened(name: bytes, folder: int) -> int:
    """Open a file for reading, seeing that it is a regular one. Raises OSError.

    It is looked at before it is opened, because opening a device can do something; and after, because it may have been
    swapped in between.
    """
    seen = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if not stat.S_ISREG(seen.st_mode):
        raise OSError(errno.EINVAL, "not a file")
    handle = os.open(name, os.O_RDONLY | _NO_LINK | _AT_ONCE, dir_fd=folder)
    if not os.path.samestat(seen, os.fstat(handle)):
        os.close(handle)
        raise OSError(errno.ESTALE, "swapped while it was looked at")
    return handle


def _rename(name: bytes, source: int, new_name: bytes, target: int) -> None:
    """Rename without overwriting: make an empty file of the new name, unless there is one, and rename over that.

    Raises OSError.
    """
    if name == new_name and os.path.samestat(os.fstat(source), os.fstat(target)):
        return
    os.close(os.open(new_name, _NEW_FILE, FILE, dir_fd=target))
    try:
        os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)
    except BaseException:
        os.unlink(new_name, dir_fd=target)
        raise


def _replace(name: bytes, source: int, new_name: bytes, target: int) -> None:
    """Rename over a regular file of the new name. Raises OSError."""
    _check_free(new_name, target)
    os.rename(name, new_name, src_dir_fd=source, dst_dir_fd=target)


def _check_free(name: bytes, folder: int) -> None:
    """See that nothing of that name stands in the way; only a regular file gives way. Raises OSError."""
    with suppress(FileNotFoundError):
        if not stat.S_ISREG(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode):
            raise OSError(errno.EEXIST, "something that is no file has that name")


def _write(name: bytes, folder: int, write: Callable[[BinaryIO], object]) -> None:
    """Write a new file beside the old one, then put it in its place. Raises OSError."""
    _check_free(name, folder)
    draft = f".placing-{os.urandom(8).hex()}".encode()
    handle = os.open(draft, _NEW_FILE, FILE, dir_fd=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
        os.rename(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(draft, dir_fd=folder)
        raise


class NoRecordings:
    """Implements `RecordingFiles` where nothing is recorded, so that nothing can be moved."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Find nothing there. Raises RecordingUnreadable."""
        raise RecordingUnreadable(_shown(from_folder, from_file))
