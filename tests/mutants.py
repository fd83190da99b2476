"""Mutants of the switch: small changes to pbxsim/pbx and pbxsim/clock, of which some test should notice each.

    make mutants                              # 40 of them
    make mutants ARGS="--count 200 --seed 7"  # others
    make mutants ARGS="--under pbxsim/pbx/calls.py --count 20"

cosmic-ray finds the places and makes the change, in a copy of the tree. The quick tests of the switch and of what it
runs on then run until one fails, those that mirror the changed file first. Which mutants are tried depends on the seed
and on the place alone: a change in one file leaves those in others as they were. What survives is printed as a diff;
it may be a mutant that behaves alike.

Run by the Python of an environment that has cosmic-ray; the tests by the one that has the project's (`--python`).
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cosmic_ray.commands.init import init
from cosmic_ray.modules import find_modules
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.work_db import WorkDB
from cosmic_ray.work_item import TestOutcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosmic_ray.work_item import MutationSpec

ROOT: Final = Path(__file__).parents[1]
UNDER: Final = ("pbxsim/pbx", "pbxsim/clock")
TESTS: Final = ("tests/clock", "tests/pbx", "tests/engines")
COPIED: Final = ("pbxsim", "tests", "fixtures", "docs", "pyproject.toml", "README.md")
NO_MUTANTS: Final = frozenset({"NoOp", "ReplaceComparisonOperator_Eq_Is", "ReplaceComparisonOperator_NotEq_IsNot"})
"""Operators of cosmic-ray that change nothing that counts: equal small numbers and members of an enum are the same."""

PATIENCE: Final = 180.0
"""Seconds after which a mutant that keeps the tests running counts as killed."""


def main() -> int:
    """Try a sample; 1 if the tests fail without any mutant. One that survives is no failure: it may behave alike."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="pbxsim-mutants-") as folder:
        _copy(Path(folder))
        os.chdir(folder)
        os.environ["PYTHONPATH"] = folder  # before the tree that the environment has installed
        if subprocess.run(shlex.split(_command(options.python, TESTS)), check=False).returncode:
            print("mutants: the tests fail as it is: nothing can be said", file=sys.stderr)
            return 1
        _try(sample(options.under, options.seed, options.count), options.python)
    return 0


def sample(under: Sequence[str], seed: int, count: int) -> list[MutationSpec]:
    """Choose so many places of the files under these paths, and a mutant at each, by digests with the seed.

    Places first, for there are ten ways to mutate a `+`, and one to mutate an `and`.
    """
    session = WorkDB("mutants.sqlite3", WorkDB.Mode.create)
    init(sorted(find_modules(map(Path, under))), session, {})
    found = [mutation for item in session.work_items for mutation in item.mutations if _can_matter(mutation)]
    session.close()
    found.sort(key=lambda mutation: _digest(seed, *_place(mutation), mutation.operator_name, mutation.occurrence))
    places = {_place(mutation): mutation for mutation in found}
    print(f"mutants: at {min(count, len(places))} of {len(places)} places, seed {seed}", flush=True)
    return [places[place] for place in sorted(places, key=lambda place: _digest(seed, *place))[:count]]


def _try(chosen: Sequence[MutationSpec], python: str) -> None:
    survivors = []
    for number, mutation in enumerate(chosen, 1):
        command = _command(python, (*_mirror(mutation.module_path), *TESTS))
        result = mutate_and_test([mutation], command, PATIENCE)
        has_survived = result.test_outcome == TestOutcome.SURVIVED
        said = "SURVIVED" if has_survived else str(result.test_outcome.value)
        place = f"{mutation.module_path}:{mutation.start_pos[0]}"
        print(f"{number:4} {said:11} {place}  {mutation.operator_name.removeprefix('core/')}", flush=True)
        if has_survived:
            survivors.append(result.diff)
    for diff in survivors:
        print(f"\n{diff}")
    print(f"\nmutants: {len(chosen) - len(survivors)} killed, {len(survivors)} survived")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=40, help="how many mutants (40)")
    parser.add_argument("--seed", type=int, default=0, help="which ones (0)")
    parser.add_argument("--under", nargs="+", default=UNDER, help=f"files or folders to change ({' '.join(UNDER)})")
    parser.add_argument("--python", default=sys.executable, help="what runs the tests")
    return parser.parse_args()


def _copy(to: Path) -> None:
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, to / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, to)


def _command(python: str, tests: Sequence[str]) -> str:
    return shlex.join([python, "-m", "pytest", "-q", "-x", "-m", "not slow", "-p", "no:cacheprovider", *tests])


def _mirror(module: Path) -> list[str]:
    mirror = Path("tests", *module.parts[1:-1], f"test_{module.name}")
    return [str(mirror)] if mirror.exists() else []


def _can_matter(mutation: MutationSpec) -> bool:
    """Leave out what changes nothing; types are not looked at when the code runs."""
    if mutation.operator_name.removeprefix("core/") in NO_MUTANTS:
        return False
    return not any(start <= mutation.start_pos < end for start, end in _types(mutation.module_path))


def _types(module: Path) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """Give where annotations stand, as (line, column) from and to."""
    for node in ast.walk(ast.parse(module.read_bytes())):
        for kind in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if isinstance(kind, ast.expr):
                assert kind.end_lineno is not None
                assert kind.end_col_offset is not None
                yield (kind.lineno, kind.col_offset), (kind.end_lineno, kind.end_col_offset)


def _place(mutation: MutationSpec) -> tuple[object, ...]:
    return (str(mutation.module_path), *mutation.start_pos, *mutation.end_pos)


def _digest(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
