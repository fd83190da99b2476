"""Which test shows which statement and which ruling: the table at the end of each vendor's README.

`python -m tests.vendors.coverage --write` makes the tables, `--check` says what is wrong with them; names of vendors
behind it choose some of them. Statements and rulings are the README's lines `- **S1** …` and `- **R1** …`; tests cite
them with `@pytest.mark.cites("S1", "R1")`, which is read from the source: nothing is run.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
BEGIN: Final = "<!-- coverage:begin -->"
END: Final = "<!-- coverage:end -->"

_NUMBERED: Final = re.compile(r"^- \*\*([SR]\d+)\*\* +(.+(?:\n +\S.*)*)", re.MULTILINE)
_BETWEEN: Final = re.compile(re.escape(BEGIN) + r"(.*?)" + re.escape(END), re.DOTALL)
_LONGEST: Final = 110  # of a statement, in the table


class Citation(msgspec.Struct, frozen=True):
    """A test that shows a statement or a ruling."""

    number: str
    test: str


class Coverage:
    """One vendor's README beside the tests that cite it."""

    def __init__(self, name: str, readme: Path, tests: Path) -> None:
        self.name = name
        self.readme = readme
        self.text = readme.read_text("utf-8")
        self.numbers = [number for number, _ in _NUMBERED.findall(self.text)]
        self.texts = {number: " ".join(text.split()) for number, text in _NUMBERED.findall(self.text)}
        self.citations = [citation for path in sorted(tests.rglob("test_*.py")) for citation in citations(path)]

    def table(self) -> str:
        """Give the table as it should stand between the marks."""
        rows = [f"| {number} | {_short(text)} | {self._tests(number)} |" for number, text in self.texts.items()]
        return "\n".join(["", "| | statement or ruling | tests |", "| --- | --- | --- |", *rows, ""])

    def written(self) -> str:
        """Give the README with the table as it should be."""
        return _BETWEEN.sub(lambda _: f"{BEGIN}{self.table()}{END}", self.text, count=1)

    def faults(self) -> Iterator[str]:
        """Say what is wrong: a number that two lines have, no test cites, or no line has; a table that is stale."""
        cited = {citation.number for citation in self.citations}
        for number in self.texts:
            if self.numbers.count(number) > 1:
                yield f"{self.name}: {number} is the number of several lines of the README"
            if number not in cited:
                yield f"{self.name}: no test cites {number}"
        for citation in self.citations:
            if citation.number not in self.texts:
                yield f"{self.name}: {citation.test} cites {citation.number}, which the README has not"
        if len(_BETWEEN.findall(self.text)) != 1:
            yield f"{self.name}: the README needs {BEGIN} and {END} once, in this order"
        elif self.written() != self.text:
            yield f"{self.name}: the README's table is stale: python -m tests.vendors.coverage --write {self.name}"

    def _tests(self, number: str) -> str:
        names = dict.fromkeys(citation.test for citation in self.citations if citation.number == number)
        return "<br>".join(f"`{name}`" for name in names)


def citations(path: Path) -> Iterator[Citation]:
    """Find who cites what in a test file: a test or a class by its decorators, the file by `pytestmark`."""
    for node in ast.parse(path.read_text("utf-8")).body:
        yield from _cited_by(node, path.stem)


def _cited_by(node: ast.stmt, where: str) -> Iterator[Citation]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        place = f"{where}::{node.name}"
        for decorator in node.decorator_list:
            yield from (Citation(number, place) for number in _numbers(decorator))
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                yield from _cited_by(inner, place)
    elif isinstance(node, ast.Assign) and any(getattr(name, "id", "") == "pytestmark" for name in node.targets):
        yield from (Citation(number, where) for number in _numbers(node.value))


def _numbers(tree: ast.AST) -> Iterator[str]:
    """Find the arguments of every `….cites(…)` in an expression; in `pytest.param(…, marks=…)` too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "cites":
            yield from (str(argument.value) for argument in node.args if isinstance(argument, ast.Constant))


def _short(text: str) -> str:
    text = text.replace("|", "\\|")
    if len(text) <= _LONGEST:
        return text
    cut = text[:_LONGEST].rsplit(" ", 1)[0]
    return (cut if cut.count("`") % 2 == 0 else cut.rpartition("`")[0].rstrip()) + " …"


def every_vendor(root: Path = ROOT) -> list[Coverage]:
    """Read every vendor package that has a README, in order of names."""
    readmes = sorted((root / "pbxsim" / "vendors").glob("*/README.md"))
    return [_read(readme.parent.name, root) for readme in readmes]


def _read(name: str, root: Path) -> Coverage:
    return Coverage(name, root / "pbxsim" / "vendors" / name / "README.md", root / "tests" / "vendors" / name)


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run the command; 0 done and nothing wrong, 1 something is wrong, 2 wrong usage."""
    command, names = arguments[:1], arguments[1:]
    known = [coverage.name for coverage in every_vendor(root)]
    if command not in (["--write"], ["--check"]) or not set(names) <= set(known):
        print("usage: python -m tests.vendors.coverage --write|--check [VENDOR…]", file=sys.stderr)
        return 2
    chosen = [_read(name, root) for name in names or known]
    if command == ["--write"]:
        for coverage in chosen:
            coverage.readme.write_text(coverage.written(), "utf-8")
        chosen = [_read(coverage.name, root) for coverage in chosen]
    faults = [fault for coverage in chosen for fault in coverage.faults()]
    print("\n".join(faults) or "every statement and every ruling has a test")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
