"""YAML text as a tree that knows its lines, and text that is none."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.config.document import DEEPEST, MOST_VALUES, Document, resolved
from pbxsim.config.fault import Fault, PbxFileRefused
from pbxsim.kit.finding import Finding

TEXT = """\
name: office
extensions:
  - internal: "0100"
    lines:
      - user: a
      - {user: b,
         calls: 0x}
  - internal: 0101
"""


def refusal(text: str) -> Fault:
    """Read a text that is no PBX file, and give the one fault told."""
    with pytest.raises(PbxFileRefused) as caught:
        Document("office.yaml", text).plain()
    (fault,) = caught.value.faults
    return fault


def test_the_plain_data_is_what_yaml_says() -> None:
    plain, findings = Document("office.yaml", TEXT).plain()
    assert plain == {
        "name": "office",
        "extensions": [{"internal": "0100", "lines": [{"user": "a"}, {"user": "b", "calls": "0x"}]}, {"internal": 101}],
    }
    assert findings == []


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("extensions",), 2),
        (("extensions", 0), 3),
        (("extensions", 0, "lines"), 4),
        (("extensions", 0, "lines", 1), 6),
        (("extensions", 0, "lines", 1, "calls"), 7),
        (("extensions", 1, "internal"), 8),
        (("extensions", 1, "missing", "deeper"), 8),
        (("extensions", 9), 2),
    ],
)
def test_a_path_is_found_at_its_line_and_a_missing_one_where_it_would_be(
    path: tuple[str | int, ...], line: int
) -> None:
    assert Document("office.yaml", TEXT).line(path) == line


def test_a_value_is_given_as_the_file_spells_it() -> None:
    document = Document("office.yaml", TEXT)
    assert document.source(("extensions", 1, "internal")) == "0101"
    assert document.source(("extensions", 1)) == ""
    assert document.source(("extensions", 7, "internal")) == ""


def test_a_renamed_key_is_read_by_its_new_name_and_keeps_its_line() -> None:
    document = Document("office.yaml", TEXT.replace("extensions", "extenions"))
    document.rename(("extenions",), "extensions")
    assert "extensions" in document.plain()[0]
    assert document.line(("extensions", 1, "internal")) == 8


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("off", "off"),
        ("12", 12),
        ("-12", -12),
        ("0123", 123),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("1e999", "1e999"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("9" * 25, int("9" * 25)),
        ("9" * 26, "9" * 26),
        ("_X.", "_X."),
    ],
)
def test_an_unquoted_scalar_follows_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    assert resolved(text) == value
    assert type(resolved(text)) is type(value)


def test_quotes_and_the_str_tag_make_text() -> None:
    plain, _ = Document("office.yaml", "a: '1'\nb: \"true\"\nc: !!str 5\nd: ! 6\n").plain()
    assert plain == {"a": "1", "b": "true", "c": "5", "d": "6"}


def test_an_alias_copies_what_its_anchor_names() -> None:
    plain, _ = Document("office.yaml", "a: &x {k: [1]}\nb: *x\nc: &y 7\nd: *y\n").plain()
    assert plain == {"a": {"k": [1]}, "b": {"k": [1]}, "c": 7, "d": 7}
    assert plain["a"] is not plain["b"]


def test_a_key_that_stands_there_twice_is_told_at_its_second_line() -> None:
    plain, findings = Document("office.yaml", "a: 1\nb: {c: 1,\n    c: 2}\na: 3\n").plain()
    assert plain == {"a": 1, "b": {"c": 1}}
    assert findings == [
        Finding(("b", "c"), msgspec.UNSET, "each key once: it stands in line 2 already", 3),
        Finding(("a",), msgspec.UNSET, "each key once: it stands in line 1 already", 4),
    ]


def test_a_key_that_is_no_text_is_told_with_the_remedy() -> None:
    plain, findings = Document("office.yaml", "a:\n  0557: 1\n  true: 2\n").plain()
    assert plain == {"a": {"0557": 1, "true": 2}}
    assert findings == [
        Finding(("a", "0557"), 557, 'a key that is text: write "0557"', 2),
        Finding(("a", "true"), True, 'a key that is text: write "true"', 3),
    ]


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("", 1, "a mapping, as `name: office`; the file holds none"),
        ("# nothing\n", 1, "a mapping, as `name: office`; the file holds none"),
        ("- a\n", 1, "a mapping, as `name: office`; the file holds none"),
        ("just words\n", 1, "a mapping, as `name: office`; the file holds none"),
        ("a: 1\n---\nb: 2\n", 2, "one YAML document; here begins another"),
        ("a: 1\nb: \0\n", 2, "YAML that a parser can read: no control characters"),
        ("a: 1\nb: *nobody\n", 2, "an anchor &nobody before its alias"),
        ("a: &me\n  b: *me\n", 2, "an anchor &me before its alias"),
        (
            "a: 1\nb: !!python/object:os.system x\n",
            2,
            "no tag !!python/object:os.system: a PBX file holds plain values only",
        ),
        ("a: 1\nb: !mine [1]\n", 2, "no tag !mine: a PBX file holds plain values only"),
        ("a: 1\nb: !!int 5\n", 2, "no tag !!int: a PBX file holds plain values only"),
        ("a: 1\n? [b]\n: 2\n", 2, "keys that are text, not lists or mappings"),
    ],
)
def test_what_is_no_pbx_file_is_refused_where_it_goes_wrong(text: str, line: int, expected: str) -> None:
    assert refusal(text) == Fault("office.yaml", line, "", msgspec.UNSET, expected)


@pytest.mark.parametrize(
    "text", ["a: 1\nb: [1, 2}\n", "a: 1\nb: c: d\n", "a: 1\n\tb: 2\n", "a: 1\nb: 'c", "a: 1\nb: !x!y 1\n"]
)
def test_what_is_no_yaml_is_refused_in_the_parsers_words_at_its_line(text: str) -> None:
    fault = refusal(text)
    assert fault.expected.startswith("YAML that a parser can read: ")
    assert fault.line == 2


@pytest.mark.parametrize(
    "text", ["a: " + "[" * 100_000, "a: " + "{a: " * 5_000, "- " * 50_000 + "x", "a: " + "[" * 24 + "]" * 24]
)
def test_deep_nesting_is_refused_and_harms_nobody(text: str) -> None:
    assert refusal(text).expected == f"at most {DEEPEST} levels of nesting"


def test_nesting_by_aliases_is_refused_like_any_other() -> None:
    chain = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3_000))
    assert refusal(f"a0: &a0 [1]\n{chain}").expected == f"at most {DEEPEST} levels of nesting"


@pytest.mark.slow
def test_aliases_that_blow_up_are_refused() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    for text in (bomb, f"a: [{'x,' * (MOST_VALUES + 1)}]"):
        assert refusal(text).expected == f"at most {MOST_VALUES} values, aliases copied out"


@pytest.mark.parametrize("text", ["a:\n\t- b\n", "a:\n  b: 1\n\tc: 2\n", "a:\n \t- b\n"])
def test_a_tab_that_indents_is_called_one(text: str) -> None:
    assert refusal(text).expected == "YAML that a parser can read: a tab: indent with blanks"
