"""What lies in the cache is used again only if it is what was fetched; how apt's words are read. Nothing is fetched."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.asterisk import debian
from pbxsim.engines.engine import EngineUnreachable

if TYPE_CHECKING:
    from pathlib import Path

ONE_LINE = """# a comment
deb-src http://src.example/debian stable main
deb [arch=amd64] http://one.example/debian/ stable main
"""
DEB822 = "Types: deb\nURIs: http://two.example/debian\nSuites: stable\n\nTypes: deb\nURIs: http://s.example/debian-security\n"


def fetched(folder: Path) -> Path:
    """Leave two packages as if they had been fetched."""
    packages = folder / "packages"
    packages.mkdir()
    for name in ("a.deb", "b.deb"):
        (packages / name).write_bytes(name.encode() * 100)
    checksums = {file.name: sha256(file.read_bytes()).hexdigest() for file in packages.glob("*.deb")}
    (packages / "checksums.json").write_text(json.dumps(checksums))
    return packages


def unpacked(folder: Path) -> Path:
    """Leave an unpacked file."""
    root = folder / "root"
    (root / "usr").mkdir(parents=True)
    (root / "usr/asterisk").write_bytes(b"x" * 50)
    (root / "sizes.json").write_text(json.dumps({"usr/asterisk": 50}))
    return root


def test_packages_that_were_fetched_are_whole(tmp_path: Path) -> None:
    assert debian.are_whole(fetched(tmp_path))


def test_a_truncated_package_is_noticed(tmp_path: Path) -> None:
    packages = fetched(tmp_path)
    (packages / "b.deb").write_bytes((packages / "b.deb").read_bytes()[:-1])
    assert not debian.are_whole(packages)


def test_a_package_with_one_other_byte_is_noticed(tmp_path: Path) -> None:
    packages = fetched(tmp_path)
    (packages / "a.deb").write_bytes(b"A" + (packages / "a.deb").read_bytes()[1:])
    assert not debian.are_whole(packages)


def test_a_package_that_is_gone_is_noticed(tmp_path: Path) -> None:
    packages = fetched(tmp_path)
    (packages / "a.deb").unlink()
    assert not debian.are_whole(packages)


@pytest.mark.parametrize("lock", ["", "{", "[]", "{}", "null"])
def test_packages_whose_checksums_cannot_be_read_are_fetched_anew(tmp_path: Path, lock: str) -> None:
    packages = fetched(tmp_path)
    (packages / "checksums.json").write_text(lock)
    assert not debian.are_whole(packages)


def test_an_unpacked_asterisk_is_found_again(tmp_path: Path) -> None:
    assert debian.unpacked(tmp_path) is None
    root = unpacked(tmp_path)
    assert debian.unpacked(tmp_path) == root
    assert debian.prepared(tmp_path, pytest.fail) == root


def test_an_unpacked_file_that_is_cut_short_or_gone_is_noticed(tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    (root / "usr/asterisk").write_bytes(b"x" * 49)
    assert debian.unpacked(tmp_path) is None
    (root / "usr/asterisk").unlink()
    assert debian.unpacked(tmp_path) is None


def test_without_apt_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        EngineUnreachable,
        match=r"^no Asterisk can be fetched here, for apt-get is not on this machine: install one, or --asterisk-i",
    ):
        debian.prepared(tmp_path / "cache", pytest.fail)


@pytest.mark.parametrize(
    ("text", "mirror"),
    [(ONE_LINE, "http://one.example/debian"), (DEB822, "http://two.example/debian"), ("", ""), ("deb cdrom:x y z", "")],
)
def test_the_mirror_is_the_one_that_apt_is_configured_for(tmp_path: Path, text: str, mirror: str) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list.d/any.sources").write_text(text)
    assert debian.mirror(tmp_path) == mirror


def test_of_what_asterisk_needs_only_what_its_loaded_modules_need_is_fetched() -> None:
    listed = "asterisk\n  Depends: libc6\n  Depends: adduser\nadduser\nlibc6\n  Depends: x\nlibssl3t64\nlibc-client\n"
    assert debian.needed(listed) == ["asterisk", "libc6", "libssl3t64"]
