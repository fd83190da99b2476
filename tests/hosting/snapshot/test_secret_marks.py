"""A secret in a text becomes its place in the file, and comes out again, however it was spelt."""

from __future__ import annotations

import pytest

from pbxsim.hosting.snapshot.secret_marks import SecretMarks, UnknownMark, in_order

MARKS = SecretMarks(["s3cret/word", "1234", "Año nuevo"])


@pytest.mark.parametrize(
    "text",
    [
        "s3cret/word",
        "http://x/?a=s3cret%2Fword&b=s3cret%2fword",
        "Año nuevo",
        "A%C3%B1o+nuevo",
        "Año nuevo".encode().decode("latin-1"),
        "1234",
        "tel 1234",
        "\ue000 of a client's",
        "\ue0000.0\ue001",
        "",
    ],
)
def test_what_is_hidden_comes_out_as_it_was(text: str) -> None:
    hidden = MARKS.hidden(text)
    assert "s3cret" not in hidden
    assert "nuevo" not in hidden
    assert MARKS.shown(hidden) == text


def test_a_short_number_is_hidden_where_it_is_all_of_the_text() -> None:
    assert MARKS.hidden("1234") != "1234"
    assert MARKS.hidden("+4201234567") == "+4201234567"


def test_another_files_secret_comes_out_at_the_same_place() -> None:
    other = SecretMarks(["else/where", "9", "x"])
    assert other.shown(MARKS.hidden("?p=s3cret%2Fword")) == "?p=else%2Fwhere"


@pytest.mark.parametrize("mark", ["\ue0003.0\ue001", "\ue0000.99\ue001"])
def test_a_secret_that_the_file_has_not_is_refused(mark: str) -> None:
    with pytest.raises(UnknownMark):
        MARKS.shown(mark)


def test_secrets_are_in_the_order_in_which_they_are_met() -> None:
    assert in_order({"a", "b", "c", "d"}, ["x", "c", "a", "c"]) == ["c", "a", "b", "d"]
