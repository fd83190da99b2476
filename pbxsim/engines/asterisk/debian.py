"""An Asterisk of Debian's, unpacked into a cache folder: no root, nothing installed, no maintainer's script run.

Debian's stable releases carry no Asterisk; testing and unstable do. Its packages, and what they need down to libc, are
had with apt's own client from the mirror that this machine is configured for, with a state of its own (signatures are
checked, the system's is not touched), and run through the unpacked dynamic linker. What lies in the cache is used
again only if it is what was fetched: packages by checksum, unpacked files by size. Else it is fetched anew.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.engines.asterisk.release import OR_IMAGE
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

INSTEAD: Final = f"install one, or {OR_IMAGE}"
"""What is left to do where none can be fetched."""

SUITES: Final = ("testing", "sid")
"""The suites of Debian that are asked, one after the other."""

_WANTED: Final = ("asterisk", "asterisk-core-sounds-en-gsm")
_KEPT: Final = re.compile(
    r"asterisk|asterisk-modules|asterisk-config|asterisk-core-sounds-en-gsm|base-files|libc6|libgcc-s1|libstdc\+\+6"
    r"|zlib1g|libzstd1|libssl[0-9].*|libcrypt1|libxml2.*|libxslt1.1|libsqlite3-0|libjansson4|liburiparser1|libuuid1"
    r"|libedit2|libtinfo6|libbsd0|libmd0|libcap2|libsystemd0|libgsm1|libsrtp2-1|libnss3|libnspr4"
)
"""Of all that these need, what the modules need that are loaded here: a quarter of it."""

_KEY: Final = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_TOOLS: Final = ("apt-get", "apt-cache", "dpkg-deb", "dpkg")
_PATIENCE: Final = 120
_LOCK: Final = "checksums.json"
_MANIFEST: Final = "sizes.json"
_APT: Final = """\
Dir::Etc {{ sourcelist "{folder}/sources.list"; sourceparts "{folder}/parts"; preferences "/dev/null";
  preferencesparts "{folder}/parts"; }};
Dir::State "{folder}"; Dir::State::lists "{folder}/lists"; Dir::State::status "{folder}/status";
Dir::Cache "{folder}/cache";
APT::Architecture "{architecture}"; APT::Architectures {{ "{architecture}"; }};
APT::Install-Recommends "false"; APT::Sandbox::User "";
APT::Update::Post-Invoke-Success ""; APT::Update::Post-Invoke "";
Acquire::Languages "none"; Acquire::Retries "2"; Acquire::http::Timeout "20"; Acquire::Check-Valid-Until "false";
Debug::NoLocking "true";
"""


def prepared(cache: Path, say: Callable[[str], None]) -> Path:
    """Give the folder into which an Asterisk is unpacked, below `cache`; fetch it if it is not there, or not whole.

    Two who ask at once wait for each other. Raises EngineUnreachable.
    """
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = unpacked(cache)
        if root is not None:
            return root
        packages = cache / "packages"
        if not are_whole(packages):
            _fetch(packages, say)
        return _unpack(packages, cache / "root")


def unpacked(cache: Path) -> Path | None:
    """Give the folder of an Asterisk that was unpacked here, if all of its files are there in their length."""
    root, manifest = cache / "root", cache / "root" / _MANIFEST
    try:
        sizes: dict[str, int] = json.loads(manifest.read_text())
        is_whole = bool(sizes) and all((root / name).lstat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError):
        return None
    return root if is_whole else None


def are_whole(packages: Path) -> bool:
    """Tell whether the packages in a folder are those that were fetched, byte for byte."""
    try:
        known: dict[str, str] = json.loads((packages / _LOCK).read_text())
        return bool(known) and all(_checksum(packages / name) == checksum for name, checksum in known.items())
    except (OSError, ValueError):
        return False


def _checksum(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _fetch(packages: Path, say: Callable[[str], None]) -> None:
    """Fetch the packages into a folder of their own, and put that in place when it is whole."""
    for tool in _TOOLS:
        if shutil.which(tool) is None:
            raise EngineUnreachable(f"no Asterisk can be fetched here, for {tool} is not on this machine: {INSTEAD}")
    place = mirror()
    if not place:
        raise EngineUnreachable(
            f"no Asterisk can be fetched here, for apt is configured for no mirror of Debian's: {INSTEAD}"
        )
    fetched = packages.with_name("packages.new")
    for suite in SUITES:
        say(f"fetching Asterisk from Debian {suite}")
        shutil.rmtree(fetched, ignore_errors=True)
        fetched.mkdir(parents=True)
        if _download(suite, place, fetched):
            checksums = {file.name: _checksum(file) for file in sorted(fetched.glob("*.deb"))}
            (fetched / _LOCK).write_text(json.dumps(checksums, indent=1))
            shutil.rmtree(packages, ignore_errors=True)
            fetched.rename(packages)
            return
    raise EngineUnreachable(
        f"no Asterisk could be fetched from Debian {' or '.join(SUITES)}: is there a network? Else {INSTEAD}"
    )


def mirror(folder: Path = Path("/etc/apt")) -> str:
    """Give the first mirror of Debian's that apt's sources name: a URI that ends in `/debian`."""
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    text = "\n".join(file.read_text(errors="replace") for file in files if file.is_file())
    found = re.search(r"^(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s+(\S+/debian)/?(?:\s|$)", text, re.MULTILINE)
    return found[1] if found else ""


def _download(suite: str, source: str, into: Path) -> bool:
    with tempfile.TemporaryDirectory(prefix="pbxsim-apt-") as place:
        folder = Path(place)
        for name in ("lists/partial", "cache/archives/partial", "parts"):
            (folder / name).mkdir(parents=True)
        (folder / "status").touch()
        signed = f"[signed-by={_KEY}] " if _KEY.exists() else ""
        (folder / "sources.list").write_text(f"deb {signed}{source} {suite} main\n")
        architecture = _run(["dpkg", "--print-architecture"], {}, into) or ""
        (folder / "apt.conf").write_text(_APT.format(folder=folder, architecture=architecture.strip()))
        environment = {"APT_CONFIG": str(folder / "apt.conf")}
        if _run(["apt-get", "-qq", "update"], environment, into) is None:
            return False
        names = needed(_run(_depends(), environment, into) or "")
        if _WANTED[0] not in names:
            return False
        return _run(["apt-get", "-qq", "download", *names], environment, into) is not None


def _depends() -> list[str]:
    left_out = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    return ["apt-cache", "depends", "--recurse", *(f"--no-{kind}" for kind in left_out), *_WANTED]


def needed(listed: str) -> list[str]:
    """Give the packages to fetch, of all those that `apt-cache depends` lists."""
    names = {line.partition(":")[0].strip() for line in listed.splitlines() if line[:1].isalnum()}
    return sorted(name for name in names if _KEPT.fullmatch(name))


def _run(command: list[str], environment: dict[str, str], folder: Path) -> str | None:
    """Run a command; give what it printed, None where it failed."""
    try:
        done = subprocess.run(
            command,
            env=os.environ | {"LC_ALL": "C.UTF-8"} | environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _unpack(packages: Path, root: Path) -> Path:
    new = root.with_name("root.new")
    shutil.rmtree(new, ignore_errors=True)
    for name in ("lib", "bin", "sbin"):
        (new / "usr" / name).mkdir(parents=True, exist_ok=True)
    for package in sorted(packages.glob("*.deb")):
        if _run(["dpkg-deb", "--extract", str(package), str(new)], {}, packages) is None:
            raise EngineUnreachable(f"{package} cannot be unpacked: is the disk full?")
    for useless in ("doc", "man", "locale"):
        shutil.rmtree(new / "usr/share" / useless, ignore_errors=True)
    sounds = new / "usr/share/asterisk/sounds"
    if not (sounds / "en").exists() and (sounds / "en_US_f_Allison").is_dir():
        (sounds / "en").symlink_to("en_US_f_Allison")  # what a maintainer's script would do
    (new / _MANIFEST).write_text(json.dumps(dict(_sizes(new))))
    shutil.rmtree(root, ignore_errors=True)
    new.rename(root)
    return root


def _sizes(root: Path) -> Iterable[tuple[str, int]]:
    files = (file for file in sorted(root.rglob("*")) if file.is_file() and not file.is_symlink())
    return ((str(file.relative_to(root)), file.lstat().st_size) for file in files)
