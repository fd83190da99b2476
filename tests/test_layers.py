"""Who may import whom: runs import-linter on its two lists of contracts, and sees that each contract can be broken."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # nearly every one runs import-linter

ROOT = Path(__file__).parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"

BREACHES = {
    "a vendor imports another": ("vendors/vum/api.py", "pbxsim.vendors.duocom"),
    "a vendor imports a sink": ("vendors/vum/api.py", "pbxsim.sinks.journal.journal"),
    "a vendor imports the web": ("vendors/vum/wire.py", "pbxsim.hosting.hosted_pbx"),
    "a vendor makes up an id": ("vendors/vum/api.py", "uuid"),
    "a sink imports an engine": ("sinks/journal/journal.py", "pbxsim.engines.simulated.engine"),
    "an engine looks at the world's clock": ("engines/simulated/engine.py", "time"),
    "the switch imports what vendors share": ("pbx/calls.py", "pbxsim.kit.params"),
    "the clock imports the switch": ("clock/scheduler.py", "pbxsim.pbx.cause"),
    "the switch draws lots": ("pbx/dice.py", "random"),
    "the switch looks at the world's clock": ("pbx/calls.py", "time"),
    "the switch imports the driver": ("pbx/pbx.py", "pbxsim.clock.driver"),
    "the scheduler awaits": ("clock/scheduler.py", "asyncio"),
    "a vendor reaches into the switch": ("vendors/vum/wire.py", "pbxsim.pbx.dialing"),
    "the control API reaches into the switch": ("web/control/calls.py", "pbxsim.pbx.closing"),
    "what reads PBX files knows an engine": ("config/file.py", "pbxsim.engines.simulated"),
    "what lives imports the web": ("hosting/hosted_pbx.py", "pbxsim.web.server"),
    "what lives knows HTTP": ("hosting/request_log.py", "aiohttp"),
}
"""What must be found: the module that goes astray, and what it imports."""


RUN_TIME = "importlinter-runtime.toml"
"""The contracts for which imports for types do not count."""


def _lint(folder: Path, config: str = "pyproject.toml") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", LINT, "--no-cache", "--config", config]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def _copy(to: Path) -> Path:
    shutil.copytree(ROOT / "pbxsim", to / "pbxsim", ignore=shutil.ignore_patterns("__pycache__"))
    for config in ("pyproject.toml", RUN_TIME):
        shutil.copy(ROOT / config, to)
    return to / "pbxsim"


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Go astray in every way at once, and give what import-linter says."""
    folder = tmp_path_factory.mktemp("astray")
    package = _copy(folder)
    for where, imported in BREACHES.values():
        with (package / where).open("a", encoding="utf-8") as module:
            module.write(f"\nimport {imported}\n")
    done = _lint(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("config", ["pyproject.toml", RUN_TIME])
def test_every_import_goes_from_the_edge_to_the_core(config: str) -> None:
    done = _lint(ROOT, config)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("breach", BREACHES)
def test_a_wrong_import_is_found(breach: str, complaints: str) -> None:
    where, imported = BREACHES[breach]
    module = "pbxsim." + where.removesuffix(".py").replace("/", ".")
    assert f"{module} -> {imported} (l." in complaints


CIRCLE = "No cycles are allowed in pbxsim.kit."


def test_a_circle_at_run_time_is_found(tmp_path: Path) -> None:
    with (_copy(tmp_path) / "kit/reply.py").open("a", encoding="utf-8") as module:
        module.write("\nimport pbxsim.kit.vendor\n")  # which imports reply.py, but for types alone
    with (tmp_path / "pbxsim/kit/vendor.py").open("a", encoding="utf-8") as module:
        module.write("\nimport pbxsim.kit.reply\n")
    for config in ("pyproject.toml", RUN_TIME):
        done = _lint(tmp_path, config)
        assert done.returncode == 1
        assert CIRCLE in done.stdout


def test_a_circle_of_types_is_found_and_is_none_at_run_time(tmp_path: Path) -> None:
    with (_copy(tmp_path) / "kit/reply.py").open("a", encoding="utf-8") as module:
        module.write("\nif TYPE_CHECKING:\n    import pbxsim.kit.vendor\n")
    done = _lint(tmp_path)
    assert done.returncode == 1
    assert CIRCLE in done.stdout
    assert _lint(tmp_path, RUN_TIME).returncode == 0


def test_a_room_without_a_place_is_found(tmp_path: Path) -> None:
    (_copy(tmp_path) / "helpers.py").write_text('"""A room that nobody planned."""\n')
    done = _lint(tmp_path)
    assert done.returncode == 1
    assert "pbxsim.helpers" in done.stdout


def test_importing_the_switch_starts_no_asyncio() -> None:
    switch = "pbxsim.pbx.pbx, pbxsim.clock.scheduler, pbxsim.engines.simulated.engine"
    command = [sys.executable, "-c", f"import sys, {switch}; print(*sys.modules)"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "pbxsim.clock.scheduler" in loaded
    assert loaded & {"asyncio", "aiohttp", "socket", "logging", "yaml", "pbxsim.clock.driver"} == set()
