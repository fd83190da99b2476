"""Every parser takes a seeded share of changed seeds; one that raises or takes too long is found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import pytest

from tests.fuzz.campaign import Tally
from tests.fuzz.parser_runs import mutated, wrong
from tests.fuzz.parsers import PARSERS, SEEDS, SLOWER

if TYPE_CHECKING:
    from collections.abc import Mapping

SHARE: Final = 1_000


@pytest.mark.slow
@pytest.mark.parametrize("name", PARSERS)
def test_a_parser_raises_nothing_but_what_it_promises(name: str) -> None:
    tally = Tally()
    mutated(name, SHARE // SLOWER.get(name, 1), 0, tally)
    assert tally.findings == []
    assert tally.inputs[f"parser {name}"] == SHARE // SLOWER.get(name, 1)


def _fragile(content: bytes) -> None:
    if b"&" in content and b"%" in content:
        raise KeyError(content)


def test_a_parser_that_raises_is_found_with_the_fewest_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    parsers: Mapping[str, object] = PARSERS
    monkeypatch.setitem(parsers, "query", _fragile)
    tally = Tally()
    mutated("query", SHARE, 0, tally)
    assert "KeyError" in tally.findings[0].what
    assert "b'%&'" in tally.findings[0].again or "b'&%'" in tally.findings[0].again


@pytest.mark.slow
def test_a_parser_that_takes_too_long_is_wrong() -> None:
    def slow(_content: bytes) -> None:
        until = time.process_time() + 1.05
        while time.process_time() < until:
            pass

    assert wrong(slow, b"").endswith(" s")


@pytest.mark.slow
def test_each_parser_has_something_to_begin_with() -> None:
    assert SEEDS.keys() == PARSERS.keys()
    assert not any(wrong(parse, seed) for name, parse in PARSERS.items() for seed in SEEDS[name])
