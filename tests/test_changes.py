"""Notes of changes: each is named and written as changes/README.md says, and is in the draft of what is new."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
NOTES: Final = sorted(path for path in (ROOT / "changes").iterdir() if path.name != "README.md")
KINDS: Final = [
    kind["directory"]
    for kind in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]["type"]
]


def draft(folder: Path) -> subprocess.CompletedProcess[str]:
    """Have towncrier say what the next section will be."""
    command = [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "next"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("note", NOTES, ids=lambda note: note.name)
def test_a_note_is_a_paragraph_of_whole_sentences_under_a_name_of_its_kind(note: Path) -> None:
    assert re.fullmatch(rf"\+[a-z0-9-]+\.({'|'.join(KINDS)})\.md", note.name)
    assert re.fullmatch(r"\S[^\n]*[^\n.]\.\n", note.read_text("utf-8")), "one line, which ends with a full stop"


@pytest.mark.slow
def test_every_note_is_in_the_draft() -> None:
    done = draft(ROOT)
    assert done.returncode == 0, done.stderr
    assert [note.name for note in NOTES if note.read_text("utf-8").strip() not in done.stdout] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["note.md", "+note.news.md", "added.md"])
def test_a_note_of_no_kind_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "changes", tmp_path / "changes")
    (tmp_path / "changes" / name).write_text("Something is new.\n", encoding="utf-8")
    done = draft(tmp_path)
    assert done.returncode != 0
    assert f"Invalid news fragment name: {name}" in done.stderr


def test_the_page_on_notes_names_the_kinds_that_there_are() -> None:
    page = (ROOT / "changes" / "README.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == KINDS
