"""An Asterisk in a container, by podman's stand-in: how it is started, what ends it, and that one server has it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.asterisk.contained import ContainedAsterisk, name_of
from pbxsim.engines.asterisk.folders import said_folder
from pbxsim.engines.asterisk.image import AsteriskImage
from pbxsim.engines.asterisk.origin import process_of
from pbxsim.engines.engine import EngineUnreachable
from tests.engines.asterisk.exchange import own_ports
from tests.engines.asterisk.images import RUNS_ON, StandIn
from tests.engines.asterisk.serving import pbxsim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.slow

FAILS = {"run": ("", "time=x level=warning msg=y\nError: crun: no such thing\n", 126)}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Give a folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="con-") as made:
        yield Path(made) / "office-5060"


def asterisk(podman: StandIn, folder: Path, *, stays: bool = False) -> ContainedAsterisk:
    """Give an Asterisk of the stand-in's."""
    files = {"modules.conf": "[modules]\nload = res_nowhere.so\n"}
    image = AsteriskImage(str(podman.path), "example.net/asterisk:22", "22.4.1", "0:0")
    process = process_of(image, folder, files, stays=stays)
    assert isinstance(process, ContainedAsterisk)
    return process


@pytest.mark.parametrize("stays", [False, True])
def test_it_is_started_on_the_hosts_network_in_our_folder_as_us_and_what_was_left_is_removed_first(
    tmp_path: Path, folder: Path, *, stays: bool
) -> None:
    podman = StandIn(tmp_path, "podman", {})
    process = asterisk(podman, folder, stays=stays)
    name = name_of(folder, stays=stays)
    assert name.startswith("pbxsim-asterisk-office-5060-")
    process.claim()
    process.start()
    while process.runs:
        pass
    assert podman.calls == [
        ["rm", "--force", "--volumes", name],
        [
            "run",
            "--rm",
            "--pull=never",
            "--network=host",
            "--userns=host",
            "--security-opt=label=disable",
            "--log-driver=none",
            "--no-healthcheck",
            "--stop-timeout=3",
            f"--name={name}",
            "--user=0:0",
            "--entrypoint=asterisk",
            f"--volume={folder}:{folder}",
            f"--volume={said_folder()}:{said_folder()}",
            "example.net/asterisk:22",
            "-f",
            "-C",
            f"{folder}/etc/asterisk.conf",
        ],
    ]
    process.stop()


@pytest.mark.parametrize("ends", [ContainedAsterisk.stop, ContainedAsterisk.kill])
def test_whatever_ends_it_leaves_no_container(
    tmp_path: Path, folder: Path, ends: Callable[[ContainedAsterisk], None]
) -> None:
    podman = StandIn(tmp_path, "podman", {"run": RUNS_ON})
    process = asterisk(podman, folder)
    process.start()
    while not any(call[0] == "run" for call in podman.calls):
        assert process.runs
    before = len(podman.calls)
    ends(process)
    assert not process.runs
    assert podman.calls[before:] == [["rm", "--force", "--volumes", name_of(folder, stays=False)]]


def test_its_modules_and_data_are_where_the_image_has_them(tmp_path: Path, folder: Path) -> None:
    process = asterisk(StandIn(tmp_path, "podman", {}), folder)
    process.start()
    process.stop()
    told = (folder / "etc/asterisk.conf").read_text()
    assert "astmoddir" not in told
    assert "astdatadir" not in told
    assert f"astrundir => {folder}/run\n" in told
    assert "load = res_nowhere.so\n" in (folder / "etc/modules.conf").read_text()


def test_what_podman_complained_of_is_told(tmp_path: Path, folder: Path) -> None:
    process = asterisk(StandIn(tmp_path, "podman", FAILS), folder)
    process.start()
    while process.runs:
        pass
    process.log.write_text("[x] ERROR[1] of yesterday\n")
    assert process.last_words() == "Error: crun: no such thing"


def test_a_server_whose_container_cannot_be_started_ends_with_3_and_what_podman_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("panoramisk", reason="no Asterisk can be spoken to: panoramisk is not installed")
    replies = {"run --rm --pull never": ("Asterisk 22.4.1\n", "", 0), **FAILS}
    podman = StandIn(tmp_path, "podman", replies)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    file = tmp_path / "office.yaml"
    file.write_text(f'name: office\nextensions: [{{internal: "100"}}]\nasterisk: {json.dumps(own_ports())}\n')
    done = pbxsim("serve", str(file), "--engine", "asterisk", "--port", "0", "--asterisk-image", "asterisk:22")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "Asterisk has ended at once: Error: crun: no such thing\n"
    assert [call[0] for call in podman.calls] == ["image", "run", "rm", "run", "rm"]


def test_names_differ_by_folder_and_by_whether_it_stays(folder: Path) -> None:
    names = {name_of(place, stays=stays) for place in (folder, folder / folder.name) for stays in (False, True)}
    assert len(names) == 4


def test_a_second_server_does_not_end_the_first_ones_and_may_have_it_after_that(tmp_path: Path, folder: Path) -> None:
    podman = StandIn(tmp_path, "podman", {})
    first, second = asterisk(podman, folder), asterisk(podman, folder)
    first.claim()
    with pytest.raises(EngineUnreachable, match=r"^another pbxsim has its Asterisk in .*office-5060: end it, or set"):
        second.claim()
    assert len(podman.calls) == 1
    asterisk(podman, folder, stays=True).claim()  # that of `asterisk-up` has a name of its own
    first.stop()
    second.claim()
    second.stop()
