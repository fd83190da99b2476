"""On what, and with which versions, the bench ran: without that no figure means anything to another reader."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from tests.bench import rivals
from tests.bench.harness import CLIENT_CPU, GC_THRESHOLDS, SERVER_CPU

_PACKAGES = ("pbxsim", "aiohttp", "msgspec", "simpy")
_RIVALS = ("moto", "pytest-httpserver", "ciw")
_NPM = ("wiremock", "mountebank", "@stoplight/prism-cli")


def describe() -> list[str]:
    """Give the lines that stand at the top of the report."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return [
        f"{platform.python_implementation()} {platform.python_version()}, {packages}",
        f"Rivals: {', '.join(_rivals()) or 'none'}",
        f"{platform.system()} {platform.release()} {platform.machine()}, {os.cpu_count()} processors ({_processor()}),"
        f" load before the run {_load()}",
        f"Measured processes: processor {SERVER_CPU}, clients: {CLIENT_CPU}. For ours and for every rival alike:"
        f" gc.freeze() once loaded, gc thresholds {GC_THRESHOLDS}.",
    ]


def _rivals() -> list[str]:
    """Tell which rivals are here, in which versions."""
    found = [(name, rivals.version(name)) for name in _RIVALS] + [(name, rivals.npm_version(name)) for name in _NPM]
    return [f"{name} {known}" for name, known in found if known]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "of unknown make"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "of unknown make"


def _load() -> str:
    return " ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"
