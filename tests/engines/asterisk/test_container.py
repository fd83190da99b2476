"""A container by its name: what podman or docker is asked about it, and that it is gone after its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.engines.asterisk.container import Container
from tests.engines.asterisk.images import StandIn

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

REMOVE = ["rm", "--force", "--volumes", "office"]
BUSY = ("", "Error response from daemon: removal of container office is already in progress\n", 1)


@pytest.mark.parametrize(
    ("reply", "runs"), [(("true\n", "", 0), True), (("false\n", "", 0), False), (("", "no such container\n", 1), False)]
)
def test_it_runs_if_it_is_said_to(tmp_path: Path, reply: tuple[str, str, int], *, runs: bool) -> None:
    podman = StandIn(tmp_path, "podman", {"container inspect": reply})
    assert Container(str(podman.path), "office").is_running() is runs
    assert podman.calls == [["container", "inspect", "--format", "{{.State.Running}}", "office"]]


def test_it_is_stopped_and_then_removed(tmp_path: Path) -> None:
    podman = StandIn(tmp_path, "podman", {})
    Container(str(podman.path), "office").stop()
    assert podman.calls == [["stop", "office"], REMOVE]


def test_one_that_docker_removes_already_is_waited_for(tmp_path: Path) -> None:
    docker = StandIn(tmp_path, "docker", {"rm": BUSY}, then={"rm": ("", "Error: No such container: office\n", 1)})
    Container(str(docker.path), "office").remove()
    assert docker.calls == [REMOVE, REMOVE]


def test_a_program_that_is_gone_has_no_container(tmp_path: Path) -> None:
    container = Container(str(tmp_path / "nowhere"), "office")
    container.remove()
    assert not container.is_running()
