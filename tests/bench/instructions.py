"""`python -m tests.bench.instructions` (`make bench-quick`): instructions of the commonest things, and those expected.

They are counted by valgrind, so that neighbours and the processor's mood make no difference: twice the same code gives
nearly the same count. One that has risen by more than 3 % is a failure; `--write` has the present ones expected, for
this Python. Another build of the same Python counts otherwise: it is measured by what plain Python takes on both.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias

from tests.bench import counted
from tests.bench.harness import ROOT, WrongResult
from tests.debian import NotInstalled, install

RISE: Final = 0.03
FILE: Final = Path(__file__).with_name("instructions.json")
"""What is expected, by minor version of Python."""

WANTED: Final = {counted.stored_call.__name__: 450_000, counted.simulated_call.__name__: 139_000}
"""What is to be reached, by name: half of what it was, and what SimPy takes for the same calls. No failure yet."""

_COMPILED: Final = ROOT / ".venv-compiled"
_PLAIN: Final = counted.plain_python.__name__
_START: Final = counted.start.__name__
_COUNT: Final = re.compile(r"^==(\d+)== I +refs: +([\d,]+)$", re.MULTILINE)
_VALGRIND: Final = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")

Counts: TypeAlias = dict[str, float]
"""Instructions for each thing, by its name."""


class Cannot(Exception):
    """Nothing can be counted here; says why."""


def main(arguments: list[str] | None = None) -> int:
    """Count, tell, judge. 0: nothing has risen, or it cannot be counted here; 1: something has."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.instructions", description=__doc__)
    parser.add_argument("--write", action="store_true", help="expect from now on what is counted now")
    asked = parser.parse_args(arguments)
    try:
        counts = count()
    except Cannot as error:
        print(f"SKIPPED bench-quick: {error}")
        return 0
    known = json.loads(FILE.read_text(encoding="utf-8"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if asked.write:
        known[version] = {name: round(number) for name, number in counts.items()}
        FILE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if version not in known:
        print(*(f"{name:16} {number:14,.0f}" for name, number in counts.items()), sep="\n")
        print(f"SKIPPED bench-quick: what is expected of Python {version} is not known; --write makes it so")
        return 0
    lines, risen = judged(counts, known[version])
    print(*lines, *verdicts(counts), sep="\n")
    return 1 if risen else 0


def judged(counts: Counts, expected: Counts) -> tuple[list[str], list[str]]:
    """Give a table of counts beside those expected, and the names of those that have risen too far."""
    build = counts[_PLAIN] / expected[_PLAIN]
    lines = [f"{'instructions':16} {'now':>14} {'expected':>14}   change"]
    risen = []
    for name, number in counts.items():
        usual = expected[name] * (build if name != _PLAIN else 1)
        change = number / usual - 1
        is_risen = name != _PLAIN and change > RISE
        risen += [name] * is_risen
        lines.append(f"{name:16} {number:14,.0f} {usual:14,.0f} {change:+8.1%}{'  RISEN' if is_risen else ''}")
    return lines, risen


def verdicts(counts: Counts) -> list[str]:
    """Say of what is to be reached whether it is."""
    return [
        f"{name:16} wanted at most {most:,}: {'reached' if counts[name] <= most else 'not reached'}"
        for name, most in WANTED.items()
        if name in counts
    ]


def count() -> Counts:
    """Count all of ours, on both processors where there are two. Raises Cannot, WrongResult."""
    see_that_it_can_be_counted()
    for arguments in ((), (_START,)):  # the bytecode of all of it is there then
        _run((), *arguments)
    with ThreadPoolExecutor(2) as both:
        children, alone = both.map(lambda arguments: _run(_VALGRIND, *arguments), ((), (_START,)))
    return {**differences(*children), _START: max(_counts(alone[1]).values())}


def count_rivals() -> Counts:
    """Count what counted_rivals.py does. Raises Cannot, WrongResult."""
    see_that_it_can_be_counted()
    return differences(*_run(_VALGRIND, "rivals"))


def has_compiled_core() -> bool:
    """Tell whether `make compiled` has made it."""
    return (_COMPILED / ".compiled").exists()


def count_compiled() -> Counts:
    """Count ours by the compiled core, but for the start. Raises Cannot, WrongResult."""
    see_that_it_can_be_counted()
    python = str(_COMPILED / "bin" / "python")
    ask = [python, "-c", "import sysconfig; print(sysconfig.get_path('platlib'))"]
    installed = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    # What is installed is to be found before the sources, which have the tests, too.
    return differences(*_run(_VALGRIND, python=python, PYTHONPATH=f"{installed}:{ROOT}", PYTHONSAFEPATH="1"))


def see_that_it_can_be_counted() -> None:
    """Raise Cannot where it cannot."""
    if sys.platform != "linux":
        raise Cannot("valgrind and forks are there on Linux only")
    if shutil.which(_VALGRIND[0]) is None:
        with suppress(NotInstalled):
            install("valgrind")
    if shutil.which(_VALGRIND[0]) is None:
        raise Cannot("no valgrind on PATH (Debian, Ubuntu: apt install valgrind)")


def differences(said: str, log: str) -> Counts:
    """Give for each thing what the longer run took more than the shorter, each time.

    `said` tells which process did what how often, `log` is valgrind's.
    """
    found = _counts(log)
    runs: dict[str, list[tuple[int, int]]] = {}
    for process, name, times in map(str.split, said.splitlines()):
        runs.setdefault(name, []).append((int(times), found[int(process)]))
    return {
        name: (many - few) / (times_many - times_few) for name, ((times_few, few), (times_many, many)) in runs.items()
    }


def _counts(log: str) -> dict[int, int]:
    return {int(process): int(number.replace(",", "")) for process, number in _COUNT.findall(log)}


def _run(under: tuple[str, ...], *arguments: str, python: str = sys.executable, **variables: str) -> tuple[str, str]:
    """Run what is counted; gives what it said, and what valgrind said. Raises WrongResult."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "", **variables}
    command = [*under, python, "-m", counted.__name__, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise WrongResult(f"{' '.join(command)} failed:\n{done.stderr}")
    return done.stdout, done.stderr


if __name__ == "__main__":
    sys.exit(main())
