"""Rivals: packages of an environment of their own, which `make bench` sets up where it can.

Each is looked for when a race is put together; what is not there is named by the race, and by nobody else measured.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import cache
from typing import Final

from tests.bench.harness import ROOT

_FOLDER: Final = ROOT / ".venv-rivals"

_SPECIFICATION: Final = ROOT / "tests" / "bench" / "prism.yaml"

PYTHON: Final = _FOLDER / "bin" / "python"
_MOCKS: Final = _FOLDER / "mocks" / "node_modules"
MOUNTEBANK: Final = _MOCKS / "mountebank" / "bin" / "mb"
_PRISM: Final = _MOCKS / "@stoplight" / "prism-cli" / "dist" / "index.js"
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


@cache
def prism_command() -> tuple[str, ...] | None:
    """Give what starts prism on `{port}` with a constant reply; None where it, or a Node to run it, is not."""
    node = shutil.which("node")
    if node is None or not _PRISM.exists():
        return None
    return (node, str(_PRISM), "mock", "--port", "{port}", "--verboseLevel", "silent", str(_SPECIFICATION))


def version(package: str) -> str:
    """Give the version of a package of the rivals' Python; empty where it is not there."""
    found = sorted(_FOLDER.glob(f"lib/python*/site-packages/{package.replace('-', '_')}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").rpartition("-")[2] if found else ""


def npm_version(package: str) -> str:
    """Give the version of one of npm's that is here; empty where it is not."""
    for folder in ("mocks", "wiremock"):
        told = _FOLDER / folder / "node_modules" / package / "package.json"
        if told.exists():
            return str(json.loads(told.read_text(encoding="utf-8"))["version"])
    return ""
