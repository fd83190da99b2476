"""An entity that is copied is the same one wherever it is met in the copy."""

from __future__ import annotations

from copy import deepcopy

import pytest

from pbxsim.pbx.entity import Entity


class Room(Entity, eq=False):
    """Has people."""

    name: str
    people: list[Person]


class Person:
    """Is in a room."""

    def __init__(self) -> None:
        self.room: Room | None = None


@pytest.fixture
def room() -> Room:
    made = Room("hall", [Person(), Person()])
    for person in made.people:
        person.room = made
    return made


def test_a_copy_is_met_again_inside_itself(room: Room) -> None:
    copied = deepcopy(room)
    assert copied is not room
    assert [person.room is copied for person in copied.people] == [True, True]
    assert [person.room is room for person in room.people] == [True, True]


def test_a_copy_is_the_same_one_for_all_who_are_copied_with_it(room: Room) -> None:
    person, copied = deepcopy((room.people[0], room))
    assert person is copied.people[0]
    assert person.room is copied


def test_a_copy_shares_nothing_with_what_it_was_made_of(room: Room) -> None:
    copied = deepcopy(room)
    copied.people.clear()
    copied.name = "attic"
    assert (room.name, len(room.people)) == ("hall", 2)


def test_two_entities_that_hold_the_same_are_two() -> None:
    assert Room("hall", []) != Room("hall", [])
