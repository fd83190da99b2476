"""The control API against its own contract: schemathesis asks what `openapi.json` allows, and what not."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from tests.fuzz.campaign import Finding

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fuzz.campaign import Tally

_CASES: Final = re.compile(r"(\d+)\s+(?:test cases )?generated", re.IGNORECASE)
_CHECKS: Final = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_SHOWN: Final = 6_000


def why_no_schemathesis() -> str:
    """Say why schemathesis cannot be used, if it cannot."""
    return "" if importlib.util.find_spec("schemathesis") else "schemathesis is not installed; `make fuzz` has it"


def by_schemathesis(port: int, examples: int, seed: int, tally: Tally, folder: Path) -> None:
    """Ask each operation so often; what an answer must be is that it is no server error, and as the contract says."""
    words = [
        *(sys.executable, "-m", "schemathesis.cli", "run", f"http://127.0.0.1:{port}/_pbxsim/openapi.json"),
        *("--max-examples", str(examples), "--seed", str(seed), "--request-timeout", "60", "--no-color"),
        *("--checks", _CHECKS),
        *("--phases", "examples,coverage,fuzzing"),
        *("--warnings", "off"),
    ]  # fmt: skip
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    found = _CASES.search(done.stdout)
    tally.inputs["control API (schemathesis)"] += int(found[1]) if found else 0
    if done.returncode:
        said = (done.stdout + done.stderr)[-_SHOWN:]
        tally.findings.append(Finding("the control API is not as its contract says", " ".join(words), said))
