"""What a file says of callers who call by themselves."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import HOUR, MINUTE
from pbxsim.engines.simulated.behaviour import Behaviour, Shape, Span, fixed
from pbxsim.engines.simulated.traffic import DayCourse
from tests.config.paper import KEYS_ARE_DESCRIBED, built, simulated, told

TOWN = """
dialplans: [{name: main}]
contexts: [{name: front}]
extensions: [{internal: "100", public: ["222000100"]}]
dids: [{number: "222000200", extension: "100"}, {number: "222000300", dial: "1", context: front}]
trunks: [{name: upc}, {name: cisco}]
traffic:
  - {to: "222000100", per_hour: 12.5}
  - to: "222000300"
    name: shop
    trunk: cisco
    callers: "605NXXXXX"
    per_hour: {"08:30": 60, "07:00": 10, "18:00": 0}
    patience: {uniform: [10, 20]}
    talk: never
"""


def test_a_source_of_which_little_is_said_has_defaults() -> None:
    source = simulated(built(TOWN)).traffic.sources[0]
    assert (source.name, source.to, source.context, source.callers) == ("222000100", "222000100", "", "7XXXXXXXX")
    assert [trunk.name for trunk in source.trunks] == ["upc", "cisco"]
    assert source.course == DayCourse(((0, 12.5),))
    assert source.behaviour == Behaviour(talk=fixed(30), patience=None)


def test_a_source_is_what_the_file_says() -> None:
    source = simulated(built(TOWN)).traffic.sources[1]
    assert (source.name, source.to, source.context, source.callers) == ("shop", "222000300", "front", "605NXXXXX")
    assert [trunk.name for trunk in source.trunks] == ["cisco"]
    assert source.course == DayCourse(((7 * HOUR, 10.0), (8 * HOUR + 30 * MINUTE, 60.0), (18 * HOUR, 0.0)))
    assert source.behaviour == Behaviour(talk=None, patience=Span(Shape.UNIFORM, 10, 20))


def test_a_file_that_says_nothing_has_no_traffic() -> None:
    assert simulated(built("")).traffic.sources == ()


@pytest.mark.parametrize(
    ("old", "new", "path", "expected"),
    [
        ('to: "222000100"', 'to: "222000101"', "traffic[0].to", "a public number of this file"),
        ("trunk: cisco", "trunk: csico", "traffic[1].trunk", "a trunk of this file (did you mean cisco?)"),
        ("name: shop", 'name: "222000100"', "traffic[1].name", "a value of its own: traffic[0].to"),
        ("12.5", "-1", "traffic[0].per_hour", "calls per hour, as a number, 0 to 1000000"),
        pytest.param(
            '"18:00"',
            '"24:00"',
            'traffic[1].per_hour["24:00"]',
            "a time of day from 00:00 to 23:59",
            marks=KEYS_ARE_DESCRIBED,
        ),
        ("605NXXXXX", "605-XX", "traffic[1].callers", "the form of a number"),
        ("[10, 20]", "[20, 10]", "traffic[1].patience.uniform", "the shorter time first"),
        ("talk: never", "talk: {}", "traffic[1].talk", "exactly one of uniform, exponential, normal"),
    ],
)
def test_what_cannot_be_is_refused(old: str, new: str, path: str, expected: str) -> None:
    faults = [(where, words) for _, where, _, words in told(TOWN.replace(old, new))]
    assert [where for where, _ in faults] == [path]
    assert expected in faults[0][1]


def test_callers_need_a_trunk_to_come_in_by() -> None:
    text = """
    extensions: [{internal: "100", public: ["222000100"]}]
    trunks: []
    traffic: [{to: "222000100", per_hour: 1}]
    """
    assert [(path, words) for _, path, _, words in told(text)] == [
        ("traffic[0]", "a trunk in this file, by which these callers come in")
    ]
