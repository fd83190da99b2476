"""The Asterisk of a container image: whoever has it runs it, nothing is pulled, what is not fit is refused."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.engines.asterisk.image import AsteriskImage, of_image
from pbxsim.engines.engine import EngineUnreachable
from tests.engines.asterisk.images import StandIn

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

NAME: Final = "example.net/asterisk:22"
HAS_IT: Final = {"run": ("Asterisk 22.4.1\n", "", 0)}
LACKS_IT: Final = {"image inspect": ("", f"Error: inspecting object: {NAME}: image not known\n", 125)}
DOCKER_LACKS_IT: Final = {"image inspect": ("", f"Error response from daemon: No such image: {NAME}\n", 1)}
IS_DOWN: Final = {"image inspect": ("", "Cannot connect to the Docker daemon. Is it running?\n", 1)}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the one folder in which programs are looked for."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_podman_is_asked_for_its_version_without_a_network_and_without_pulling(path: Path) -> None:
    podman = StandIn(path, "podman", HAS_IT)
    assert of_image(NAME) == AsteriskImage(str(podman.path), NAME, "22.4.1", "0:0")
    assert podman.calls == [
        ["image", "inspect", "--format", "{{.Id}}", NAME],
        ["run", "--rm", "--pull", "never", "--network", "none", "--entrypoint", "asterisk", NAME, "-V"],
    ]


def test_docker_runs_what_podman_has_not(path: Path) -> None:
    StandIn(path, "podman", LACKS_IT)
    docker = StandIn(path, "docker", HAS_IT)
    assert of_image(NAME).client == str(docker.path)


@pytest.mark.parametrize(
    ("options", "user"),
    [
        ("[name=seccomp,profile=builtin name=cgroupns]\n", f"{os.getuid()}:{os.getgid()}"),
        ("[name=seccomp,profile=builtin name=rootless name=cgroupns]\n", "0:0"),
    ],
)
def test_what_it_writes_is_ours_whoever_dockers_daemon_is(path: Path, options: str, user: str) -> None:
    StandIn(path, "docker", {**HAS_IT, "info": (options, "", 0)})
    assert of_image(NAME).user == user


def refusal() -> str:
    """Give the sentence with which the image is refused."""
    with pytest.raises(EngineUnreachable) as refused:
        of_image(NAME)
    return str(refused.value)


def test_an_image_that_is_not_here_is_not_pulled_and_it_is_said_how_it_would_be(path: Path) -> None:
    podman = StandIn(path, "podman", LACKS_IT)
    assert refusal() == f"podman has no image {NAME}: `podman pull {NAME}` fetches it"
    assert len(podman.calls) == 1


def test_of_both_each_says_why_not(path: Path) -> None:
    StandIn(path, "podman", IS_DOWN)
    StandIn(path, "docker", DOCKER_LACKS_IT)
    assert refusal() == (
        "podman does not work: Cannot connect to the Docker daemon. Is it running?;"
        f" docker has no image {NAME}: `docker pull {NAME}` fetches it"
    )


@pytest.mark.usefixtures("path")
def test_without_podman_and_docker_there_is_one_sentence() -> None:
    assert refusal() == f"the image {NAME} is run by podman or docker, and neither is on this machine"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (
            ("", "Error: crun: executable file `asterisk` not found in $PATH\n", 127),
            "file `asterisk` not found in $PATH",
        ),
        (("", "", 139), "it ends with 139"),
        (("something else\n", "", 0), "something else"),
    ],
)
def test_an_image_in_which_no_asterisk_can_be_started_is_refused(
    path: Path, reply: tuple[str, str, int], why: str
) -> None:
    StandIn(path, "podman", {"run": reply})
    said = refusal()
    assert said.startswith(f"no Asterisk can be started of the image {NAME}: ")
    assert said.endswith(why)


def test_another_release_is_refused(path: Path) -> None:
    StandIn(path, "podman", {"run": ("Asterisk 20.11.0\n", "", 0)})
    assert refusal() == f"the image {NAME} has Asterisk 20.11.0, and pbxsim works with 22"


def test_a_program_that_cannot_be_started_does_not_work(path: Path) -> None:
    (path / "podman").write_text("#!/nonexistent\n")
    (path / "podman").chmod(0o755)
    assert refusal() == "podman does not work: No such file or directory"
