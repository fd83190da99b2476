"""What is odd about a JSON body."""

from __future__ import annotations

import pytest

from pbxsim.kit.json_body import LONGEST, byte_order_mark, repeated_keys


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["{}", "[]", '{"a": 1}'])
def test_a_byte_order_mark_is_named(encoding: str, text: str) -> None:
    name = encoding.removesuffix("-sig").upper()
    assert byte_order_mark(text.encode(encoding)) == (
        f"it begins with a byte order mark (BOM) of {name}: JSON is UTF-8 without one"
    )


@pytest.mark.parametrize("mark", [b"\xfe\xff\0{", b"\0\0\xfe\xff"])
def test_so_is_one_of_the_other_byte_order(mark: bytes) -> None:
    assert "byte order mark" in byte_order_mark(mark)


@pytest.mark.parametrize("body", [b"", b"{}", b"\xef\xbb{}", b"{\xef\xbb\xbf}", b"\0"])
def test_where_there_is_none_nothing_is_said(body: bytes) -> None:
    assert byte_order_mark(body) == ""


@pytest.mark.parametrize(
    ("body", "names"),
    [
        (b'{"a": 1, "a": 2}', ["a"]),
        (b'{"a": 1, "b": 2, "a": 2, "b": 3, "a": 4}', ["a", "b"]),
        (b'{"conditions": {"from": 1, "from": 1}}', ["from"]),
        (b'[{"x": 1}, {"x": 2, "x": 3}]', ["x"]),
        (b'{"\\u0061": 1, "a": 2}', ["a"]),
        (b'{"a": {"b": 1}, "b": {"a": 1}}', []),
        (b'{"a:": 1, "a:": 2}', ["a:"]),
        (b'{"a": ":", "b": [":", {"c": 1, "c": ":"}]}', ["c"]),
        (b'{"a": ":", "b": [":", {"c": 1, "d": ":"}]}', []),
        (b'{"a": {"b": 1, "c": 2}, "a": 3}', ["a"]),
        (b'{"a": 1', []),
        (b"[" * 100_000, []),
        (b"", []),
        (b"\xff", []),
    ],
)
def test_keys_that_come_more_than_once_are_named(body: bytes, names: list[str]) -> None:
    assert repeated_keys(body) == tuple(f"key {name!r} came more than once: its last value counts" for name in names)


def test_no_more_than_ten_are_named() -> None:
    body = "{" + ",".join(f'"{name}": 1, "{name}": 2' for name in range(99)) + "}"
    assert len(repeated_keys(body.encode())) == 10


def test_of_a_long_body_no_keys_are_named() -> None:
    body = b'{"a": 1, "a": 2' + b" " * (LONGEST - 16) + b"}"
    assert len(body) == LONGEST
    assert len(repeated_keys(body)) == 1
    assert repeated_keys(body + b" ") == ()
