"""Whatever stands in a PBX file, it is refused with its faults or it is a PBX: nothing else ever happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.fault import PbxFileRefused
from pbxsim.config.load import built_in, path_of, read
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import assemble
from pbxsim.testing.office import START

if TYPE_CHECKING:
    from collections.abc import Iterator

VENDORS = find_vendors()
TEXTS = {name: path_of(name).read_text("utf-8") for name in built_in()}
DOCUMENTED = TEXTS["documented"]
PLAIN = {name: yaml.safe_load(text) for name, text in TEXTS.items()}

MARKS = ["", " ", "\n", "\t", ":", ": ", "- ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "'", '"', "#", "|", ">", "%"]
WORDS = ["\0", "~", "0", "-1", "1e9", ".inf", "yes", "null", "2026-02-30", "…", "\x85", "\ufeff", "_X[", "name"]
NAMES = ["", "100", "voipsun", "FrontaIT", "sip100", "_X.", "_[", "busy", "never", "2018-05-14", "a b", "\n"]

values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(
        ["", "100", "voipsun", "FrontaIT", "sip100", "_X.", "_[", "busy", "never", "2018-05-14", "a b", "\n"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "id", "user", "talk", "uniform", "play", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def outcome(text: str) -> str:
    """Read a text; build what is accepted, tell what is refused."""
    try:
        assemble(read(text, "some.yaml", VENDORS), clock=Scheduler(START))
    except PbxFileRefused as refused:
        return told(refused)
    return "accepted"


def told(refused: PbxFileRefused) -> str:
    """Print a refusal, which must tell at least one fault, each with its line, in order."""
    lines = [fault.line for fault in refused.faults]
    assert lines
    assert lines == sorted(lines)
    assert lines[0] >= 1
    assert all(fault.expected for fault in refused.faults)
    return str(refused)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(DOCUMENTED)), st.integers(0, 40), st.sampled_from([*MARKS, *WORDS]))
@example(0, 0, "")
def test_a_text_with_a_piece_put_in_or_taken_out_is_refused_or_works(at: int, gone: int, put: str) -> None:
    assert outcome(DOCUMENTED[:at] + put + DOCUMENTED[at + gone :])


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.data(), st.sampled_from(sorted(PLAIN)))
def test_a_file_with_a_value_replaced_doubled_or_dropped_is_refused_or_works(data: st.DataObject, name: str) -> None:
    spots = list(_spots(PLAIN[name]))
    content = yaml.safe_load(TEXTS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        spot = data.draw(st.sampled_from(spots))
        _change(content, spot, data)
    assert outcome(yaml.safe_dump(content, allow_unicode=True))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_is_refused_or_works(text: str) -> None:
    assert outcome(text)


def _spots(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _spots(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _spots(item, (*path, index))


def _change(content: Any, spot: tuple[Any, ...], data: st.DataObject) -> None:  # noqa: ANN401 - whatever YAML holds
    holder = content
    for part in spot[:-1]:
        try:
            holder = holder[part]
        except (KeyError, IndexError, TypeError):
            return  # an earlier change has taken it away
    key = spot[-1]
    if isinstance(holder, dict) and key in holder:
        _change_key(holder, key, data)
    elif isinstance(holder, list) and isinstance(key, int) and key < len(holder):
        change = data.draw(st.sampled_from(["replace", "drop", "double"]))
        if change == "replace":
            holder[key] = data.draw(values)
        elif change == "drop":
            del holder[key]
        else:
            holder.append(holder[key])


def _change_key(holder: dict[str, Any], key: str, data: st.DataObject) -> None:
    change = data.draw(st.sampled_from(["replace", "drop", "rename", "add"]))
    if change == "replace":
        holder[key] = data.draw(values)
    elif change == "drop":
        del holder[key]
    elif change == "rename":
        holder[key[:-1]] = holder.pop(key)
    else:
        holder[data.draw(st.sampled_from(["id", "name", "lines", "cause", "order", "zebra"]))] = data.draw(values)
