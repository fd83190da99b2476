"""Gives the parsers inputs: by atheris, which sees what code they reach, where it is installed; else changed seeds."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import time
import traceback
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final

from tests.fuzz.campaign import LONGEST_CPU, Finding
from tests.fuzz.parsers import PARSERS, SEEDS
from tests.fuzz.smaller import fewest
from tests.fuzz.variation import bytes_changed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.campaign import Tally

ROOT: Final = Path(__file__).parents[2]
_LONGEST: Final = 16_384
_DONE: Final = re.compile(r"Done (\d+) runs")


def why_no_atheris() -> str:
    """Say why atheris cannot be used, if it cannot."""
    if importlib.util.find_spec("atheris") is None:
        return "it is not installed: `make fuzz` has it for Linux on x86-64, up to Python 3.13"
    return ""


def wrong(parse: Callable[[bytes], None], content: bytes) -> str:
    """Give what is wrong with how a parser takes an input, empty if nothing is: an exception, or a second of work."""
    begun = time.process_time()
    try:
        parse(content)
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(place.filename).name}:{place.lineno}"
    taken = time.process_time() - begun
    return f"{taken:.1f} s" if taken > LONGEST_CPU else ""


def mutated(name: str, inputs: int, seed: int, tally: Tally) -> None:
    """Give a parser so many changed seeds; which of them reach something new is not known."""
    random = Random(f"{name} {seed}")
    parse, pool = PARSERS[name], list(SEEDS[name])
    for _ in range(inputs):
        content = bytes_changed(random.choice(pool), random)[:_LONGEST]
        tally.inputs[f"parser {name}"] += 1
        if wrong(parse, content):
            tally.findings.append(_finding(name, content))
            return
        if random.random() < 0.05:
            pool[len(SEEDS[name]) :] = [*pool[len(SEEDS[name]) :], content][-50:]


def by_atheris(name: str, inputs: int, seed: int, tally: Tally, folder: Path) -> None:
    """Give a parser so many inputs that atheris makes."""
    words = [sys.executable, "-m", "tests.fuzz.atheris_run", name, str(inputs), str(seed), str(folder)]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False)
    found = _DONE.search(done.stderr)
    tally.inputs[f"parser {name} (atheris)"] += int(found[1]) if found else 0
    artifacts = sorted(folder.glob(f"{name}-*"))
    if artifacts:
        tally.findings.append(_finding(name, artifacts[0].read_bytes()))
    elif found is None:
        tally.findings.append(Finding(f"atheris ended with {done.returncode}", " ".join(words), done.stderr[-2_000:]))


def _finding(name: str, content: bytes) -> Finding:
    parse = PARSERS[name]
    what = wrong(parse, content)
    least = fewest(content, lambda fewer: wrong(parse, fewer) == what) if what and not what[0].isdigit() else content
    again = f"python -c 'from tests.fuzz.parsers import PARSERS; PARSERS[{name!r}]({least!r})'"
    return Finding(f"parser {name}: {what or 'found by atheris, not found again'}", again)
