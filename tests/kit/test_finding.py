"""How findings are worded: where something stands, and what was probably meant."""

from __future__ import annotations

import pytest

from pbxsim.kit.finding import did_you_mean, spelt


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("name",), "name"),
        (("extensions", 3, "lines", 0, "user"), "extensions[3].lines[0].user"),
        (("contexts", 0, "entries", "_X.", "dial"), 'contexts[0].entries["_X."].dial'),
    ],
)
def test_a_path_is_spelt_as_people_write_it(path: tuple[str | int, ...], text: str) -> None:
    assert spelt(path) == text


def test_a_word_that_is_nearly_a_known_one_is_recognised() -> None:
    assert did_you_mean("extenions", ["extensions", "trunks"]) == " (did you mean extensions?)"
    assert did_you_mean("zebra", ["extensions", "trunks"]) == ""
