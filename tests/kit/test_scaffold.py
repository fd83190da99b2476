"""A new vendor out of the templates: it answers and meets every check as it stands, and nothing else is touched."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pbxsim.kit.scaffold import NameRefused, main, scaffold

pytestmark = pytest.mark.slow  # nearly every one starts processes

ROOT = Path(__file__).parents[2]
WRITTEN = [
    "fixtures/acme/01-call.reply",
    "fixtures/acme/01-call.request",
    "fixtures/acme/README.md",
    "fixtures/acme/errors.tsv",
    "fixtures/acme/manual.txt",
    "fixtures/acme/pbx.yaml",
    "tests/vendors/acme/test_api.py",
    "tests/vendors/acme/test_settings.py",
    "pbxsim/vendors/acme/README.md",
    "pbxsim/vendors/acme/__init__.py",
    "pbxsim/vendors/acme/actions.py",
    "pbxsim/vendors/acme/api.py",
    "pbxsim/vendors/acme/calls.py",
    "pbxsim/vendors/acme/errors.py",
    "pbxsim/vendors/acme/forms.py",
    "pbxsim/vendors/acme/settings.py",
    "pbxsim/vendors/acme/state.py",
    "pbxsim/vendors/acme/wire.py",
]


@pytest.fixture
def empty_tree(tmp_path: Path) -> Path:
    """Make a source tree without any vendor."""
    (tmp_path / "pbxsim/vendors").mkdir(parents=True)
    return tmp_path


def files(root: Path) -> set[str]:
    """Give the paths of all files below."""
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def test_package_tests_and_fixtures_are_written_and_nothing_else(
    empty_tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["acme"], empty_tree) == 0
    assert capsys.readouterr().out.splitlines() == WRITTEN
    assert files(empty_tree) == set(WRITTEN)


def test_no_placeholder_of_a_template_is_left_and_requests_have_http_line_ends(empty_tree: Path) -> None:
    for path in scaffold("acme", empty_tree):
        content = path.read_bytes()
        assert b"$" not in content
        assert (b"\r\n" in content) == (path.suffix == ".request")
    request = (empty_tree / "fixtures/acme/01-call.request").read_bytes()
    assert request == b"GET /acme/call?key=acmekey00001&from=100&to=102 HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize(
    "name",
    ["", "a", "Acme", "acme-pbx", "acme_pbx", "9acme", "../acme", "acme.pbx", "class", "a" * 21, "acmé", "acme\n"],
)
def test_a_name_that_no_package_can_have_is_refused(name: str, empty_tree: Path) -> None:
    with pytest.raises(NameRefused):
        scaffold(name, empty_tree)
    assert files(empty_tree) == set()


@pytest.mark.parametrize("place", ["pbxsim/vendors/acme", "tests/vendors/acme", "fixtures/acme"])
def test_what_exists_is_never_written_over(place: str, empty_tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty_tree / place).mkdir(parents=True)
    assert main(["acme"], empty_tree) == 1
    assert capsys.readouterr().err == f"{empty_tree / place} exists\n"
    assert files(empty_tree) == set()


@pytest.mark.parametrize("arguments", [[], ["acme", "other"], ["--help"]])
def test_wrong_usage_is_told(arguments: list[str], empty_tree: Path) -> None:
    assert main(arguments, empty_tree) == 2


def test_outside_the_source_tree_nothing_is_written(tmp_path: Path) -> None:
    assert main(["acme"], tmp_path) == 2
    assert files(tmp_path) == set()


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the source tree, and scaffold two vendors into the copy as `make vendor` does."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("pbxsim", "fixtures"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tree / "tests/vendors").mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", tree)
    for path in (ROOT / "tests/vendors").glob("*.py"):
        shutil.copy(path, tree / "tests/vendors")
    for name in ("acme", "a2345678901234567890"):
        assert run(tree, "pbxsim.kit.scaffold", name).returncode == 0
    return tree


def run(tree: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a module in the copy, where everything is imported from the copy."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)


OURS = (
    "pbxsim/vendors/acme",
    "tests/vendors/acme",
    "pbxsim/vendors/a2345678901234567890",
    "tests/vendors/a2345678901234567890",
)


@pytest.mark.parametrize(
    ("module", "arguments"),
    [
        ("ruff", ("format", "--check", *OURS)),
        ("ruff", ("check", *OURS)),
        ("mypy", ("--cache-dir", ".mypy_cache", *OURS)),
        ("pbxsim", ("check", "fixtures/acme/pbx.yaml")),
        ("tests.vendors.coverage", ("--check", "acme")),
    ],
    ids=["format", "lint", "types", "pbx file", "coverage"],
)
def test_the_new_vendor_passes_every_check_as_it_stands(module: str, arguments: tuple[str, ...], tree: Path) -> None:
    done = run(tree, module, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_new_vendor_meets_the_contract_of_every_vendor_as_it_stands(tree: Path) -> None:
    done = run(tree, "pytest", "-q", "-p", "no:cacheprovider", "-k", "acme", "tests")
    assert done.returncode == 0, done.stdout + done.stderr
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 25


def test_the_copy_is_what_was_run(tree: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import pbxsim.vendors.acme as acme; print(acme.__file__)"],
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(str(tree))
