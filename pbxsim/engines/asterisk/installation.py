"""Which Asterisk there is on this machine: one that is installed, or the one in the user's cache (debian.py)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.asterisk.release import MAJOR, OR_IMAGE, is_fit, version_in
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable

_FETCHES: Final = "`pbxsim asterisk-up` fetches one, "
_NONE_HERE: Final = (
    f"there is no Asterisk {MAJOR} on this machine: {_FETCHES}{OR_IMAGE}, or --asterisk HOST:PORT names one that runs"
)


class AsteriskInstallation(msgspec.Struct, frozen=True):
    """An Asterisk that can be started: `command` is what runs it, `modules` and `data` are its folders."""

    command: tuple[str, ...]
    version: str
    modules: Path
    data: Path


def cache_folder() -> Path:
    """Give the folder in which a fetched Asterisk lies: `asterisk` in the user's cache of pbxsim."""
    chosen = os.environ.get("XDG_CACHE_HOME")
    return Path(chosen or Path.home() / ".cache") / "pbxsim" / "asterisk"


def found() -> AsteriskInstallation:
    """Give the Asterisk of this machine, without fetching anything. Raises EngineUnreachable where there is none."""
    installed = _installed()
    if installed is not None:
        return installed
    from pbxsim.engines.asterisk import debian

    root = debian.unpacked(cache_folder())
    if root is None:
        raise EngineUnreachable(_NONE_HERE)
    return of_folder(root)


def found_or_fetched(say: Callable[[str], None]) -> AsteriskInstallation:
    """Give the Asterisk of this machine, fetched now where there is none. Raises EngineUnreachable."""
    installed = _installed()
    if installed is not None:
        return installed
    try:
        from pbxsim.engines.asterisk import debian
    except ImportError:  # no fcntl: Windows
        raise EngineUnreachable(_NONE_HERE.replace(_FETCHES, "")) from None
    return of_folder(debian.prepared(cache_folder(), say))


def of_folder(root: Path) -> AsteriskInstallation:
    """Give the Asterisk that was unpacked there. Raises EngineUnreachable where it does not run."""
    linker = _first(root, "usr/lib64/ld-linux*", "lib64/ld-linux*", "usr/lib/ld-linux*", "usr/lib/*/ld-linux*")
    modules = _first(root, "usr/lib/*/asterisk/modules")
    if linker is None or modules is None:
        raise EngineUnreachable(f"the Asterisk in {root} is not whole: remove that folder, and have it fetched anew")
    libraries = modules.parents[1]
    paths = f"{libraries}:{root / 'lib' / libraries.name}:{root / 'usr/lib'}"
    command = (str(linker), "--library-path", paths, str(root / "usr/sbin/asterisk"))
    version = version_of(command)
    if not is_fit(version):
        raise EngineUnreachable(f"{command[-1]} is Asterisk {version or '(unknown)'}, and pbxsim works with {MAJOR}")
    return AsteriskInstallation(command, version, modules, root / "usr/share/asterisk")


def _installed() -> AsteriskInstallation | None:
    """Give the Asterisk that is installed; None where there is none, or one of another release."""
    path = shutil.which("asterisk", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if path is None:
        return None
    modules = _first(Path("/"), "usr/lib/*/asterisk/modules", "usr/lib/asterisk/modules", "usr/lib64/asterisk/modules")
    data = _first(Path("/"), "usr/share/asterisk", "var/lib/asterisk")
    if modules is None or data is None:
        return None
    version = version_of((path,))
    return AsteriskInstallation((path,), version, modules, data) if is_fit(version) else None


def version_of(command: tuple[str, ...]) -> str:
    """Ask an Asterisk for its version; empty where it does not run."""
    try:
        return version_in(
            subprocess.run([*command, "-V"], capture_output=True, text=True, check=False, timeout=10).stdout
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _first(root: Path, *patterns: str) -> Path | None:
    return next((path for pattern in patterns for path in sorted(root.glob(pattern))), None)
