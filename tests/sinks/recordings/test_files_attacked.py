"""Recordings' files under attack: nothing outside the root is read, written or probed, by any path, link or race."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pbxsim.pbx.errors import RecordingFolderRefused, RecordingMoveRefused, RecordingUnreadable
from tests.sinks.hostile_paths import BAD_NAMES, LEADING_OUT, NOT_FOLDERS, ODD_BUT_HARMLESS, THROUGH_LINKS
from tests.sinks.sandbox import RECORDING, Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = (*LEADING_OUT, *THROUGH_LINKS, *NOT_FOLDERS, *BAD_NAMES)
REFUSALS = (RecordingUnreadable, RecordingFolderRefused, RecordingMoveRefused)


def _numbered(paths: tuple[str, ...]) -> list[str]:
    """Name the cases: what is in them would spoil a report."""
    return [f"{index}-{ascii(path)[1:-1][:24]}" for index, path in enumerate(paths)]


@pytest.fixture
def trap(sandbox: Sandbox) -> Sandbox:
    """Give a root full of links and things that are no files."""
    sandbox.add_links()
    sandbox.add_things()
    return sandbox


# -- every path in every place ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", HOSTILE, ids=_numbered(HOSTILE))
def test_a_hostile_path_is_refused_wherever_it_stands_and_changes_nothing(trap: Sandbox, path: str) -> None:
    inside, outside = trap.state_inside(), trap.state_outside()
    with pytest.raises(RecordingFolderRefused):
        trap.move(path, "new.wav")
    with pytest.raises(RecordingFolderRefused):
        trap.move(path, "secret.wav")
    with pytest.raises(RecordingMoveRefused) as refused:
        trap.move("", path)
    assert refused.value.filename == path
    for file in ("call.wav", "secret.wav", ""):
        with pytest.raises(RecordingUnreadable):
            trap.move("new", "new.wav", source=(path, file))
    with pytest.raises(RecordingFolderRefused):
        trap.files.place(path, "new.wav", b"new")
    if path != "a-file.wav":  # no folder, but a good file
        with pytest.raises(RecordingUnreadable):
            trap.move("new", "new.wav", source=("", path))
        with pytest.raises(RecordingMoveRefused):
            trap.files.place("", path, b"new")
    assert (trap.state_inside(), trap.state_outside()) == (inside, outside)


@pytest.mark.parametrize("folder", ODD_BUT_HARMLESS, ids=_numbered(ODD_BUT_HARMLESS))
def test_an_odd_folder_is_a_folder_like_any_other_below_the_root(trap: Sandbox, folder: str) -> None:
    outside = trap.state_outside()
    trap.move(folder, "new.wav")
    assert (trap.root / folder.strip("/") / "new.wav").read_bytes() == RECORDING
    trap.move("monitor", "call.wav", source=(folder, "new.wav"))
    assert (trap.root / "monitor" / "call.wav").read_bytes() == RECORDING
    assert trap.state_outside() == outside


@pytest.mark.parametrize("file", ODD_BUT_HARMLESS, ids=_numbered(ODD_BUT_HARMLESS))
def test_an_odd_file_name_is_one_name_or_none(trap: Sandbox, file: str) -> None:
    outside, inside = trap.state_outside(), trap.state_inside()
    if "/" in file or file == ".":
        with pytest.raises(RecordingMoveRefused):
            trap.move("new", file)
        assert trap.state_inside() == inside
    else:
        trap.move("new", file)
        assert [path.name for path in (trap.root / "new").iterdir()] == [file]
        trap.move("monitor", "call.wav", source=("new", file))
        assert (trap.root / "monitor" / "call.wav").read_bytes() == RECORDING
    assert trap.state_outside() == outside


def test_an_empty_file_name_is_no_name(trap: Sandbox) -> None:
    with pytest.raises(RecordingMoveRefused):
        trap.move(file="")
    with pytest.raises(RecordingUnreadable):
        trap.move(source=("monitor", ""))


# -- nothing can be learnt of what is outside ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "not_there"),
    [
        (("../outside", "secret.wav"), ("../nowhere", "secret.wav")),
        (("../outside", "secret.wav"), ("../outside", "nothing.wav")),
        (("/../../../../etc", "passwd"), ("/../../../../etc", "no such file")),
        (("link-outside", "secret.wav"), ("link-dangling", "secret.wav")),
        (("link-to-etc", "passwd"), ("link-to-etc", "no such file")),
        (("", "link-to-file"), ("", "link-dangling")),
        (("/etc", "passwd"), ("/etc", "no such file")),
    ],
)
def test_a_refusal_is_the_same_whether_something_is_there_or_not(
    trap: Sandbox, there: tuple[str, str], not_there: tuple[str, str]
) -> None:
    assert _told(trap, *there) == _told(trap, *not_there)


def _told(trap: Sandbox, folder: str, file: str) -> list[type[Exception]]:
    with pytest.raises(REFUSALS) as as_source:
        trap.move("new", "new.wav", source=(folder, file))
    with pytest.raises(REFUSALS) as as_folder:
        trap.move(f"{folder}/{file}", "a/b")
    with pytest.raises(REFUSALS) as as_target:
        trap.move(folder, f"{file}/x")
    return [as_source.type, as_folder.type, as_target.type]


# -- races --------------------------------------------------------------------------------------------------------


class Swap:
    """Does something the moment before a system call opens a given name, as an attacker on the same machine would."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: bytes, do: Callable[[], object], *, at: int = 1) -> None:
        self._real = os.open
        self._name = name
        self._do = do
        self._left = at
        monkeypatch.setattr(os, "open", self._open)

    def _open(self, path: str | bytes, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if path == self._name:
            self._left -= 1
            if self._left == 0:
                self._do()
        return self._real(path, flags, mode, dir_fd=dir_fd)

    @property
    def happened(self) -> bool:
        """Tell whether it came to that."""
        return self._left <= 0


def _replace_by_link(path: Path, target: str) -> None:
    path.rename(path.with_name("moved-away"))
    path.symlink_to(target)


def test_a_folder_swapped_for_a_link_just_after_it_was_made_leads_nowhere(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = sandbox.state_outside()
    swap = Swap(monkeypatch, b"new", lambda: _replace_by_link(sandbox.root / "new", "../outside"))
    with pytest.raises(RecordingFolderRefused):
        sandbox.move("new/folder", "new.wav")
    assert swap.happened
    assert sandbox.state_outside() == outside
    assert (sandbox.root / "monitor/call.wav").read_bytes() == RECORDING


def test_a_folder_swapped_for_a_link_after_it_was_opened_leads_nowhere(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = sandbox.state_outside()
    swap = Swap(monkeypatch, b"new.wav", lambda: _replace_by_link(sandbox.root / "new", "../outside"))
    sandbox.move("new", "new.wav")
    assert swap.happened
    assert sandbox.state_outside() == outside
    assert (sandbox.root / "moved-away/new.wav").read_bytes() == RECORDING


def test_a_folder_swapped_for_a_link_before_it_is_taken_away_again_leads_nowhere(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sandbox.outside / "empty").mkdir()
    outside = sandbox.state_outside()

    def swap_parent_and_fail() -> None:
        _replace_by_link(sandbox.root / "new", "../outside")
        raise PermissionError("no file can be made here")

    swap = Swap(monkeypatch, b"new.wav", swap_parent_and_fail)
    with pytest.raises(RecordingMoveRefused):
        sandbox.move("new/empty", "new.wav")
    assert swap.happened
    assert sandbox.state_outside() == outside
    assert (sandbox.outside / "empty").is_dir()


@pytest.mark.parametrize("kind", ["link to a file", "link to itself", "pipe", "folder", "another file"])
def test_a_recording_swapped_while_it_is_looked_at_is_not_moved(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    path = sandbox.root / "monitor/call.wav"
    makers: dict[str, Callable[[], object]] = {
        "link to a file": lambda: path.symlink_to("../../outside/secret.wav"),
        "link to itself": lambda: path.symlink_to("call.wav"),
        "pipe": lambda: os.mkfifo(path),
        "folder": path.mkdir,
        "another file": lambda: path.write_bytes(b"another"),
    }

    def swap() -> None:
        path.rename(path.with_name("moved-away"))
        makers[kind]()

    outside = sandbox.state_outside()
    swapped = Swap(monkeypatch, b"call.wav", swap)
    with pytest.raises(RecordingUnreadable):
        sandbox.move("new")
    assert swapped.happened
    assert sandbox.state_outside() == outside
    assert path.with_name("moved-away").read_bytes() == RECORDING


def test_a_recording_swapped_for_a_link_at_the_last_moment_moves_the_link_and_nothing_else(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = sandbox.state_outside()
    path = sandbox.root / "monitor/call.wav"
    swap = Swap(monkeypatch, b"new.wav", lambda: _replace_by_link(path, "../../outside/secret.wav"))
    sandbox.move("new", "new.wav")
    assert swap.happened
    assert (sandbox.root / "new/new.wav").is_symlink()
    assert sandbox.state_outside() == outside
    with pytest.raises(RecordingUnreadable):
        sandbox.move("again", source=("new", "new.wav"))


def test_a_file_that_takes_the_name_at_the_last_moment_is_not_overwritten(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sandbox.root / "new").mkdir()
    swap = Swap(monkeypatch, b"new.wav", lambda: (sandbox.root / "new/new.wav").write_bytes(b"somebody else's"))
    with pytest.raises(RecordingMoveRefused):
        sandbox.move("new", "new.wav")
    assert swap.happened
    assert (sandbox.root / "new/new.wav").read_bytes() == b"somebody else's"
    assert (sandbox.root / "monitor/call.wav").read_bytes() == RECORDING


# -- whatever is sent ---------------------------------------------------------------------------------------------

BITS = (
    *(
        "..",
        ".",
        "/",
        "//",
        "a",
        "monitor",
        "call.wav",
        "outside",
        "root",
        "secret.wav",
        "link-outside",
        "link-to-link",
    ),
    *("link-inside", "link-up", "link-to-root-of-all", "\x00", "\n", "\udc80", " ", "%2e", "\\", "pipe", "x" * 255),
)
some_bits = st.lists(st.sampled_from(BITS), max_size=8)
paths = st.one_of(some_bits.map("".join), some_bits.map("/".join), st.text(max_size=40))


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(orders=st.lists(st.tuples(paths, paths, paths, paths), min_size=1, max_size=5))
def test_no_order_of_moves_gets_out_or_loses_the_recording(
    tmp_path_factory: pytest.TempPathFactory, orders: list[tuple[str, str, str, str]]
) -> None:
    trap = Sandbox(tmp_path_factory.mktemp("sandbox"))
    trap.add_links()
    trap.add_things()
    outside = trap.state_outside()
    place = ("monitor", "call.wav")
    for from_folder, from_file, to_folder, to_file in orders:
        with suppress(*REFUSALS):
            trap.move(to_folder, to_file, source=place)
            place = (to_folder, to_file)
        with suppress(*REFUSALS):
            trap.move(to_folder, to_file, source=(from_folder, from_file))
    assert trap.state_outside() == outside
    contents = [content for _, mode, content, _ in trap.state_inside() if mode & 0o170000 == 0o100000]
    assert sorted(contents) == sorted([RECORDING, b"another"])
