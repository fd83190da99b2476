"""The workbench's rivals: packages of an environment of their own, which `make bench` sets up where it can.

Each is looked for when a race is put together; what is not there is named by the race, and by nobody else measured.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import Final

from tests.bench.harness import ROOT

_FOLDER: Final = ROOT / ".venv-rivals"

PYTHON: Final = _FOLDER / "bin" / "python"
WIREMOCK: Final = _FOLDER / "wiremock" / "node_modules" / "wiremock" / "build"


@cache
def has_package(name: str) -> bool:
    """Tell whether the rivals' Python can import a package."""
    if not PYTHON.exists():
        return False
    return subprocess.run([PYTHON, "-c", f"import {name}"], capture_output=True, check=False).returncode == 0


@cache
def wiremock_command() -> tuple[str, ...] | None:
    """Give what starts WireMock on `{port}` with a folder of its own; None where it, or a Java to run it, is not."""
    java = shutil.which("java")
    jars = sorted(WIREMOCK.glob("wiremock-standalone-*.jar"))
    if java is None or not jars:
        return None
    return (java, "-jar", str(jars[-1]), "--port", "{port}", "--root-dir", "{folder}", "--disable-banner")
