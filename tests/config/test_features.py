"""Parking lots and feature codes in a PBX file."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.config.features import SLOTS
from pbxsim.pbx.feature import feature_name
from pbxsim.pbx.parking import ParkingLot
from tests.config.paper import built, pbx_file, told


def test_an_empty_entry_is_a_lot_as_asterisk_ships_it() -> None:
    lot = pbx_file("parking: [{}]").parking[0].lot()
    assert lot == ParkingLot(
        name="default", extension="700", first=701, last=720, time_out=45 * SECOND, come_back=30 * SECOND
    )


def test_its_numbers_and_the_codes_are_dialled_where_there_is_a_numbering_plan() -> None:
    directory = built("parking: [{slots: 701-702, dialplan: b}]\ndialplans: [{name: a}, {name: b}]").pbx.directory
    found = [
        feature_name(directory.features, number, plan)
        for number in ("700", "702", "703", "*8", "**1", "**")
        for plan in "ab"
    ]
    assert found == ["", "parking default", "", "parking default", "", "", *["pickup"] * 4, "", ""]


def test_codes_can_be_others_or_none() -> None:
    directory = built('features: {pickup: "*9", directed_pickup: ""}').pbx.directory
    assert [feature_name(directory.features, number, "a") for number in ("*8", "*9", "**1")] == ["", "pickup", ""]


@pytest.mark.parametrize(
    ("text", "path", "value", "expected"),
    [
        ("parking: [{slots: 720-701}]", "parking[0].slots", "720-701", SLOTS),
        ('parking: [{slots: "701"}]', "parking[0].slots", "701", SLOTS),
        ("parking: [{slots: 1-2000}]", "parking[0].slots", "1-2000", SLOTS),
        ('parking: [{extension: "705"}]', "parking[0].extension", "705",
         "a number that is not one of its slots's, too"),
        ('parking: [{}]\nextensions: [{internal: "710"}]', "parking[0].slots", "701-720",
         "slots without 710: it is an extension's"),
        ('parking: [{}]\nextensions: [{internal: "700"}]', "parking[0].extension", "700",
         "a number that is not an extension's, too"),
        ('parking: [{}, {name: b, extension: "800", slots: 720-730}]', "parking[1].slots", "720-730",
         "slots without 720: it is parking lot default's"),
        ("parking: [{dialplan: b}]", "parking[0].dialplan", "b", "a dialplan of this file"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_place(text: str, path: str, value: object, expected: str) -> None:
    assert [fault[1:] for fault in told(text)] == [(path, value, expected)]
