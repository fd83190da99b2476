"""Whoever wants the interpreter's lock has it before others notice."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pbxsim import app
from pbxsim.hosting.interpreter_lock import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave this process' own settings as they are."""
    for name in ("tune_garbage_collection", "give_back_large_blocks"):
        monkeypatch.setattr(app, name, lambda: None)
    interval = sys.getswitchinterval()
    yield
    sys.setswitchinterval(interval)


@pytest.mark.parametrize(("owns_process", "is_set"), [(True, True), (False, False)])
async def test_a_server_sets_it_where_the_process_is_its_own(owns_process: bool, is_set: bool) -> None:
    async with app.serving(app.ServeSettings(port=0), owns_process=owns_process):
        assert (sys.getswitchinterval() == pytest.approx(LONGEST)) is is_set
