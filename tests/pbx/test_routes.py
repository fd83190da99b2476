"""Trunks and their room."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.extension import Registration
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office, extension, line


def test_a_trunk_is_what_it_was_made_with() -> None:
    plain = Trunk(id=42, name="upc")
    assert (plain.id, plain.name, plain.capacity, plain.caller_id, plain.order) == (42, "upc", None, "", 0)
    assert (plain.registration, plain.in_use) == (Registration(), 0)
    there = Registration(host="192.0.2.9")
    placed = Trunk(id=1, name="t", capacity=3, caller_id="299", registration=there, order=9)
    assert (placed.capacity, placed.caller_id, placed.registration, placed.order) == (3, "299", there, 9)


@pytest.mark.parametrize("capacity", [0, 1, 3])
def test_a_trunk_has_room_until_its_capacity_is_used(capacity: int) -> None:
    trunk = Trunk(id=1, name="upc", capacity=capacity)
    office = Office(extension("100", line("sip100", max_calls=9)), trunks=[trunk])
    office.phones["100"].never_answers()
    taken = [office.incoming("605000111", "100") for _ in range(5)]
    assert sum(call is not None for call in taken) == capacity
    assert trunk.in_use == capacity
    assert not trunk.has_room
    office.clock.run_until(office.clock.now + 60 * SECOND)
    assert trunk.in_use == 0
    assert trunk.has_room == (capacity > 0)


def test_a_trunk_without_a_capacity_always_has_room() -> None:
    trunk = Trunk(id=1, name="upc")
    trunk.in_use = 1_000_000
    assert trunk.has_room


# -- what telephones say of themselves ---------------------------------------------------------------------------------
