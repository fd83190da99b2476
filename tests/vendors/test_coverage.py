"""The coverage tables are true, and the tool that makes them finds what is wrong with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vendors.coverage import BEGIN, END, Citation, Coverage, citations, every_vendor, main

if TYPE_CHECKING:
    from pathlib import Path

README = f"""# Acme

- **S1** Calls are made by
  `GET`. (manual 3)
- **S2** A | B.

- **R1** Ours.

{BEGIN}
stale
{END}
after
"""
TESTS = """
import pytest

pytestmark = pytest.mark.cites("S1")


@pytest.mark.cites("S1", "R1")
def test_one() -> None: ...


@pytest.mark.parametrize("x", [1, pytest.param(2, marks=pytest.mark.cites("S2"))])
async def test_two(x: int) -> None: ...


class TestThree:
    @pytest.mark.cites("R1")
    def test_inner(self) -> None: ...
"""
TABLE = f"""{BEGIN}
| | statement or ruling | tests |
| --- | --- | --- |
| S1 | Calls are made by `GET`. (manual 3) | `test_a`<br>`test_a::test_one` |
| S2 | A \\| B. | `test_a::test_two` |
| R1 | Ours. | `test_a::test_one`<br>`test_a::TestThree::test_inner` |
{END}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a tree with one vendor, whose table is stale."""
    package, tests = tmp_path / "pbxsim/vendors/acme", tmp_path / "tests/vendors/acme"
    package.mkdir(parents=True)
    tests.mkdir(parents=True)
    (package / "README.md").write_text(README, "utf-8")
    (tests / "test_a.py").write_text(TESTS, "utf-8")
    return tmp_path


@pytest.mark.parametrize("coverage", every_vendor(), ids=lambda coverage: coverage.name)
def test_every_statement_and_ruling_has_a_test_and_the_table_says_which(coverage: Coverage) -> None:
    assert list(coverage.faults()) == []


def test_citations_are_read_from_functions_classes_parameters_and_files(root: Path) -> None:
    assert list(citations(root / "tests/vendors/acme/test_a.py")) == [
        Citation("S1", "test_a"),
        Citation("S1", "test_a::test_one"),
        Citation("R1", "test_a::test_one"),
        Citation("S2", "test_a::test_two"),
        Citation("R1", "test_a::TestThree::test_inner"),
    ]


def test_writing_replaces_the_table_alone_and_writing_again_changes_nothing(root: Path) -> None:
    readme = root / "pbxsim/vendors/acme/README.md"
    assert main(["--check"], root) == 1
    assert main(["--write"], root) == 0
    written = readme.read_text("utf-8")
    assert written == README.replace(f"{BEGIN}\nstale\n{END}\n", TABLE)
    assert main(["--write"], root) == 0
    assert readme.read_text("utf-8") == written
    assert main(["--check"], root) == 0


def test_a_named_vendor_is_written_alone(root: Path) -> None:
    other = root / "pbxsim/vendors/other/README.md"
    other.parent.mkdir()
    other.write_text(README, "utf-8")
    assert main(["--write", "acme"], root) == 0
    assert main(["--check", "acme"], root) == 0
    assert other.read_text("utf-8") == README
    assert main(["--check"], root) == 1


def test_a_statement_without_a_test_and_a_citation_without_a_statement_are_faults(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    readme = root / "pbxsim/vendors/acme/README.md"
    readme.write_text(
        README.replace("**S2**", "**S7**").replace("- **R1** Ours.", "- **R1** Ours.\n- **R1** Twice."), "utf-8"
    )
    assert main(["--write"], root) == 1
    assert capsys.readouterr().out.splitlines() == [
        "acme: no test cites S7",
        "acme: R1 is the number of several lines of the README",
        "acme: test_a::test_two cites S2, which the README has not",
    ]


def test_a_readme_without_marks_is_a_fault(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "pbxsim/vendors/acme/README.md").write_text(README.replace(END, ""), "utf-8")
    assert main(["--check"], root) == 1
    assert f"acme: the README needs {BEGIN} and {END} once, in this order" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "cut"),
    [("word " * 40, "word " * 22 + "…"), ("x " * 50 + "`a code span that is cut`", "x " * 50 + "…")],
)
def test_a_long_text_is_cut_at_a_word_and_never_inside_code(root: Path, text: str, cut: str) -> None:
    readme = root / "pbxsim/vendors/acme/README.md"
    readme.write_text(README.replace("Ours.", text), "utf-8")
    main(["--write"], root)
    assert f"| R1 | {cut} |" in readme.read_text("utf-8")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["--write", "--check"], ["--write", "acne"], ["acme"]])
def test_anything_else_is_wrong_usage(arguments: list[str], root: Path) -> None:
    assert main(arguments, root) == 2
