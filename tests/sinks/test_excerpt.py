"""What is kept of something long."""

from __future__ import annotations

import msgspec

from pbxsim.sinks.excerpt import (
    LONGEST_NAME,
    LONGEST_PART,
    LONGEST_TEXT,
    MOST_PARTS,
    document_excerpt,
    excerpt,
    excerpts,
    pairs_excerpt,
    text_size,
)


def test_what_is_short_stays_and_what_is_long_says_how_long_it_was() -> None:
    assert excerpt("a" * 10, 10) == "a" * 10
    assert excerpt("a" * 11, 10) == "a" * 10 + "… (cut: 11 characters)"


def test_a_secret_in_the_middle_of_which_text_is_cut_is_hidden_whole() -> None:
    assert excerpt("xxs3cret-s3cretyyy", 6, lambda text: text.replace("s3cret-s3cret", "***")) == (
        "xx***y… (cut: 18 characters)"
    )


def test_of_many_texts_the_first_are_kept_and_the_others_counted() -> None:
    assert excerpts(("a", "bbb", "c", "d"), 2, 2) == ("a", "bb… (cut: 3 characters)", "… (cut: 2 more)")
    assert excerpts(("a",), 2, 2) == ("a",)


def test_of_many_pairs_the_first_are_kept_and_the_others_counted() -> None:
    assert pairs_excerpt([(str(at), "v") for at in range(9)], 1_000, 2, str) == {
        "0": "v",
        "1": "v",
        "…": "… (cut: 7 more)",
    }
    assert pairs_excerpt([("a", "x" * 50), ("b", "y")], 40, 9, str) == {
        "a": "x" * 39 + "… (cut: 50 characters)",
        "…": "… (cut: 1 more)",
    }


def test_a_long_document_keeps_the_beginning_of_each_value_at_its_top_and_all_that_is_short() -> None:
    document = {
        "vendor": "acme",
        "params": {f"p{at}": "v" * 5_000 for at in range(200)},
        "list": [1] * 1_000_000,
        "n" * 3: {"n" * 5_000: None},
        "remote": "127.0.0.1",
    }
    kept = document_excerpt(document)
    assert list(kept) == list(document)
    assert (kept["vendor"], kept["remote"]) == ("acme", "127.0.0.1")
    params = kept["params"]
    assert isinstance(params, dict)
    assert params["p0"] == "v" * LONGEST_TEXT + "… (cut: 5000 characters)"
    assert params["…"] == f"… (cut: {200 - (len(params) - 1)} more)"
    assert kept["nnn"] == {"n" * LONGEST_NAME + "… (cut: 5000 characters)": None}
    assert len(msgspec.json.encode(kept)) < 3 * LONGEST_PART


def test_a_document_with_many_values_at_its_top_keeps_the_first() -> None:
    kept = document_excerpt({str(at): at for at in range(MOST_PARTS + 3)})
    assert (len(kept), kept["…"]) == (MOST_PARTS + 1, "… (cut: 3 more)")


def test_a_text_takes_four_bytes_a_character_at_most() -> None:
    assert (text_size("abc"), text_size("ab\N{GRINNING FACE}")) == (3, 12)
