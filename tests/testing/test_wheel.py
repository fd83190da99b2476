"""The wheel in a clean environment: a new user's suite on every Python that is here, with old and new dependencies.

The oldest dependencies are those that pyproject.toml allows; where one of these has no wheel for a Python, the first
later one that has. A Python that is not here, and packages that cannot be had, are named by pytest's skips.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

import pytest

from tests.testing.users_files import CASES, WAYS, lay_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

pytestmark = pytest.mark.slow  # builds, installs, and runs pytest three times for each

ROOT: Final = Path(__file__).parents[2]
PYTHONS: Final = ("3.11", "3.12", "3.13", "3.14")
UV: Final = "uv==0.13.9"  # finds the oldest versions, which pip cannot; as the Makefile has it
WITH: Final = ("pytest>=9.2", "pytest-xdist>=3.8")
CLEAN: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
# Of those that have wheels for every Python: what pyproject.toml names is what is then there.
OLDEST: Final = {"aiohttp": "3.12.0", "prometheus-client": "0.16.0", "jsonschema": "4.0.1"}


def candidates(version: str) -> Iterator[str]:
    """Give what may be a Python of that version: on PATH, or pyenv's."""
    on_path = shutil.which(f"python{version}")
    if on_path is not None:
        yield on_path
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(root.glob(f"versions/{version}.*/bin/python")))


def found(version: str) -> str:
    """Find a Python that can make an environment. Skips where there is none."""
    check = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"
    for python in candidates(version):
        said = subprocess.run([python, "-c", check], capture_output=True, text=True, check=False)
        if said.stdout.strip() == version:
            return python
    pytest.skip(f"Python {version}: not on this machine")


def had(command: Sequence[str | Path]) -> None:
    """Install. Skips where packages cannot be had."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"the dependencies cannot be had: {done.stderr.strip().splitlines()[-1]}")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    build = pytest.importorskip("build")
    assert build.__version__
    wheels = tmp_path_factory.mktemp("wheels")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = wheels.glob("*.whl")
    return built


@pytest.fixture(params=["newest", "oldest"])
def dependencies(request: pytest.FixtureRequest) -> str:
    """Say which dependencies."""
    chosen: str = request.param
    return chosen


@pytest.fixture(params=PYTHONS)
def python(request: pytest.FixtureRequest, dependencies: str, wheel: Path, tmp_path: Path) -> Path:
    """Give the Python of an environment that has the wheel, its dependencies and pytest, and nothing else."""
    environment, uv = tmp_path / "environment", tmp_path / "uv"
    subprocess.run([found(request.param), "-m", "venv", environment], check=True, capture_output=True)
    made = environment / "bin" / "python"
    pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    if dependencies == "newest":
        had([made, *pip, wheel, *WITH])
    else:
        had([sys.executable, *pip, "--target", uv, UV])
        oldest = ("--resolution", "lowest-direct", "--only-binary", ":all:", "--no-config", "--quiet")
        direct = [line for line in requirements(wheel) if "extra ==" not in line]
        had([uv / "bin" / "uv", "pip", "install", "--python", made, *oldest, wheel, *direct, *WITH])
    return made


def requirements(wheel: Path) -> list[str]:
    """Give what the wheel asks for: the oldest is chosen of what is named, not of what something named asks for."""
    with ZipFile(wheel) as packed:
        (name,) = [name for name in packed.namelist() if name.endswith(".dist-info/METADATA")]
        return message_from_bytes(packed.read(name)).get_all("Requires-Dist", [])


def installed(python: Path, package: str) -> str:
    """Give the version of a package that an environment has."""
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()


def test_the_wheel_has_every_part_of_the_page(wheel: Path) -> None:
    page = ROOT / "pbxsim" / "web" / "page"
    parts = {path.relative_to(ROOT).as_posix() for path in page.rglob("*.*") if "__pycache__" not in path.parts}
    with ZipFile(wheel) as packed:
        assert parts <= set(packed.namelist())
    assert "pbxsim/web/page/static/index.html" in parts


def test_a_new_users_suite_passes_in_each_way_from_the_wheel(python: Path, dependencies: str, tmp_path: Path) -> None:
    suite = tmp_path / "suite"
    suite.mkdir()
    lay_out(suite)
    suite.joinpath("pytest.ini").unlink()  # it says how pytest-asyncio is to be, which this user has not
    for way in WAYS:
        command = [python, "-m", "pytest", "-q", *way]
        ran = subprocess.run(command, cwd=suite, env=CLEAN, capture_output=True, text=True, check=False)
        assert f"{CASES} passed" in ran.stdout, f"{way}\n{ran.stdout}{ran.stderr}"
    found = {package: installed(python, package) for package in OLDEST}
    assert (found == OLDEST) is (dependencies == "oldest"), found
