"""Which settings may have several lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.config.text_forms import may_have_lines
from pbxsim.kit.values import Lines  # noqa: TC001 - msgspec reads the annotations of `Form`

if TYPE_CHECKING:
    from pbxsim.kit.finding import Path


class Form(msgspec.Struct):
    """Settings of somebody."""

    name: str = ""
    text: Lines = ""
    texts: dict[str, Lines] = {}
    maybe: Lines | None = None
    parts: tuple[Lines, ...] = ()


@pytest.mark.parametrize("path", [("text",), ("texts", "a"), ("maybe",), ("parts", 3)])
def test_a_setting_may_have_lines_where_it_is_declared_so(path: Path) -> None:
    assert may_have_lines(Form, path)


@pytest.mark.parametrize("path", [("name",), ("parts",), ("texts",), ("other",), ("text", 0), ("text", "a"), ()])
def test_nothing_else_may(path: Path) -> None:
    assert not may_have_lines(Form, path)
