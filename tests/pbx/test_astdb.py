"""What a PBX remembers: values by family and key, as they are told to a store and come back from it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.pbx.astdb import LONGEST, AstDb, key_of
from pbxsim.pbx.bus import EventBus
from pbxsim.pbx.events import DatabaseChanged


class Note(msgspec.Struct):
    """Something to remember."""

    text: str
    count: int = 0


def test_what_is_put_is_found_by_its_family_in_the_order_of_keys_and_the_last_value_counts() -> None:
    database = AstDb(EventBus(), {})
    database.put("b", "2", Note("other"))
    for key, text in (("2", "second"), ("1", "first"), ("2", "again")):
        database.put("a", key, Note(text))
    assert [(key, note.text) for key, note in database.family("a", Note)] == [("1", "first"), ("2", "again")]
    assert list(database.family("c", Note)) == []


def test_a_change_is_told_as_json_and_comes_back_from_it_as_it_was() -> None:
    bus, told = EventBus(), {}
    bus.subscribe(DatabaseChanged, lambda event: told.update({(event.family, event.key): event.value}))
    database = AstDb(bus, {})
    database.put("a", "k", Note("ž", 7))
    assert told == database.entries() == {("a", "k"): '{"text":"ž","count":7}'}
    again = AstDb(EventBus(), told)
    assert again.entries() == told
    assert list(again.family("a", Note)) == [("k", Note("ž", 7))]


@pytest.mark.parametrize("value", ["", "{", '{"text":1}', "[]", "null"])
def test_a_value_that_is_none_of_the_kind_is_left_out(value: str) -> None:
    database = AstDb(EventBus(), {("a", "bad"): value, ("a", "good"): '{"text":"x"}'})
    assert list(database.family("a", Note)) == [("good", Note("x"))]


@pytest.mark.slow
@given(st.lists(st.text(st.characters(), max_size=300), min_size=2, max_size=2, unique=True))
def test_every_text_has_a_key_of_its_own_that_any_database_keeps(texts: list[str]) -> None:
    one, other = map(key_of, texts)
    assert one != other
    for key in (one, other):
        assert key.isascii()
        assert key == key.strip()
        assert 0 < len(key) <= LONGEST


def test_half_a_character_is_remembered_too() -> None:
    database = AstDb(EventBus(), {})
    database.put("a", key_of("\ud800"), Note("\ud800"))
    again = AstDb(EventBus(), database.entries())
    assert len(list(again.entries())) == 1
