"""Nothing that a user sees has changed without being named: every section of the script has the bytes that it had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.golden.compare import AFTER, BEFORE, DELIBERATE, differing, dump, expected, first_differences, written
from tests.golden.run import run
from tests.golden.section import Section


@pytest.fixture(scope="module")
def sections() -> list[Section]:
    """Run the whole script, once."""
    return run()


@pytest.mark.slow
def test_every_byte_that_a_user_sees_is_as_it_was(sections: list[Section]) -> None:
    changed = differing(sections, expected())
    then = os.environ.get("GOLDEN_DUMP")
    shown = (
        first_differences(sections, changed, Path(then)) if then else ["GOLDEN_DUMP=DIR shows where: an earlier dump"]
    )
    assert not changed, "\n".join([f"not as before: {', '.join(changed)}", *shown])


@pytest.mark.slow
def test_the_script_is_long_and_asks_every_vendor_and_the_control_api(sections: list[Section]) -> None:
    assert sum(section.requests for section in sections) >= 300
    asked = b"".join(section.content for section in sections)
    for path in (b"/api/api.php", b"/ustredna/", b"/api/v4/", b"/cgi-bin/", b"/_pbxsim/clock/advance"):
        assert asked.count(b" " + path) > 30, path


def test_what_was_changed_on_purpose_is_named_with_what_a_user_sees_of_it() -> None:
    before, after = (
        {line.split(" ")[0]: line for line in file.read_text("utf-8").splitlines()} for file in (BEFORE, AFTER)
    )
    assert set(DELIBERATE) == set(after)
    assert all(DELIBERATE.values())
    assert all(line != before.get(name) for name, line in after.items())


def test_one_byte_more_is_seen_and_its_place_told(tmp_path: Path) -> None:
    before = [Section("calls", [b"GET /a\r\n\r\n\n--> 200", b"GET /b\r\n\r\n\n--> 200"], 2), Section("cdrs", [b"1,2"])]
    dump(before, tmp_path)
    now = [Section("calls", [b"GET /a\r\n\r\n\n--> 200", b"GET /b\r\n\r\n\n--> 20"], 2), Section("cdrs", [b"1,2"])]
    assert differing(before, written(before)) == []
    assert differing(now, written(before)) == ["calls"]
    [told] = first_differences(now, ["calls"], tmp_path)
    assert "entry 2, GET /b" in told


def test_sections_that_are_new_or_gone_differ() -> None:
    one, other = Section("calls", [b"x"]), Section("cdrs", [b"y"])
    assert differing([one, other], written([one])) == ["cdrs"]
    assert differing([one], written([one, other])) == ["cdrs"]
