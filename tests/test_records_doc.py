"""docs/records.md: the tests that its table names are there, its settings are those of the PBX file."""

from __future__ import annotations

import re
from pathlib import Path

from pbxsim.config.file import RecordsEntry

_ROOT = Path(__file__).parent.parent
_PAGE = (_ROOT / "docs" / "records.md").read_text()


def test_each_difference_names_a_test_that_is_there() -> None:
    table = _PAGE.partition("## Where it stays different")[2].partition("\n## ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith(("| what", "| ---"))]
    assert len(lines) >= 8
    for line in lines:
        (named,) = re.findall(r"`(tests/\S+\.py)`", line)
        assert (_ROOT / named).is_file(), named


def test_the_settings_are_those_of_a_pbx_file_with_their_defaults() -> None:
    said = dict(re.findall(r"^  (\w+): (\w+)", _PAGE.partition("```yaml")[2].partition("```")[0], re.MULTILINE))
    default = RecordsEntry()
    assert said == {name: str(getattr(default, name)).lower() for name in RecordsEntry.__struct_fields__}
