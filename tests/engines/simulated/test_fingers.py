"""What simulated parties press, and when: by hand, by plan, by chance."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.pbx.dtmf import keystrokes
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import DigitPressed
from pbxsim.pbx.menu import Menu
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import START, Office, extension
from tests.config.paper import built, pbx_file, told

if TYPE_CHECKING:
    from pbxsim.pbx.dtmf import Keystrokes

HALL = Menu(name="hall", context="main", digits={"9": Step(extension="100")}, response_timeout=100 * SECOND, tries=9)


def office() -> Office:
    """Make an office whose number 700 is a menu in which all digits but 9 are wrong."""
    entries = (("700", Step(menu="hall")),)
    return Office(
        extension("100"),
        extension("101"),
        contexts=[Context(name="main", dialplan="main", entries=entries)],
        menus=[HALL],
    )


def calls_in(at: Office, to: str, presses: Keystrokes) -> None:
    """Have somebody outside call, who presses these when answered."""
    at.handset.call_in(msgspec.structs.replace(at.incoming_order("777", to), context="main"), presses=presses)


def pressed(at: Office) -> list[tuple[float, str, str]]:
    """Give what was pressed, by whom, and how many seconds after the beginning; the office's own clock tells when."""
    told = []
    for call in [*at.pbx.calls.recent, *at.pbx.calls.live.values()]:
        told += [((moment - START) / SECOND, leg.number, digit) for moment, leg, digit in call.known.digits]
    return sorted(told)


@pytest.mark.parametrize(
    ("text", "strokes"),
    [
        ("1", ((0, "1"),)),
        ("12", ((0, "1"), (0, "2"))),
        ("w1W#D", ((0.5, "1"), (1.5, "#"), (1.5, "D"))),
        ("wW", ()),
    ],
)
def test_a_text_of_keys_is_digits_with_their_times(text: str, strokes: tuple[tuple[float, str], ...]) -> None:
    assert keystrokes(text) == tuple((after * SECOND, digit) for after, digit in strokes)
    assert keystrokes(text, SECOND) == tuple(((after + 1) * SECOND, digit) for after, digit in strokes)


def test_a_caller_begins_to_press_when_the_pbx_answers() -> None:
    at = office()
    calls_in(at, "700", keystrokes("1W2", 2 * SECOND))
    at.advance(10)
    assert pressed(at) == [(2, "777", "1"), (3, "777", "2")]


def test_a_caller_begins_to_press_when_somebody_answers() -> None:
    at = office()
    at.phones["101"].answers(after=6)
    calls_in(at, "101", keystrokes("1", 2 * SECOND))
    at.advance(20)
    assert pressed(at) == [(8, "777", "1")]


def test_a_caller_who_is_never_answered_presses_nothing() -> None:
    at = office()
    at.phones["101"].never_answers()
    calls_in(at, "101", keystrokes("1"))
    at.finish()
    assert pressed(at) == []


def test_a_hand_presses_at_once_and_what_comes_behind_a_pause_later() -> None:
    at = office()
    at.handset.dial(at.phones["100"].line, "700")
    at.handset.press(at.phones["100"].line, "12w3")
    assert pressed(at) == [(0, "100", "1"), (0, "100", "2")]
    at.advance(1)
    assert pressed(at)[2:] == [(0.5, "100", "3")]


def test_two_hands_on_one_keypad_press_in_the_order_of_time() -> None:
    at = office()
    at.handset.dial(at.phones["100"].line, "700")
    at.handset.press(at.phones["100"].line, "WW1")
    at.handset.press(at.phones["100"].line, "W2WW3")
    at.advance(5)
    assert [digit for _, _, digit in pressed(at)] == ["2", "1", "3"]


def test_nothing_is_pressed_any_more_once_the_receiver_is_down() -> None:
    at = office()
    at.handset.dial(at.phones["100"].line, "700")
    at.handset.press(at.phones["100"].line, "W1")
    at.phones["100"].hangs_up()
    assert len(at.clock) == 0


def test_who_is_in_no_call_or_holds_it_has_nothing_to_press_in() -> None:
    at = office()
    desk = at.phones["100"].line
    with pytest.raises(NothingToDo):
        at.handset.press(desk, "1")
    at.call("100", "101")
    at.advance(0)
    at.handset.hold(desk)
    with pytest.raises(NothingToDo, match="is up"):
        at.handset.press(desk, "1")


def test_the_last_thousand_digits_of_a_call_are_kept() -> None:
    at = office()
    call = at.call("100", "101")
    at.advance(0)
    for _ in range(11):
        at.handset.press(at.phones["100"].line, "1" * 100)
    assert at.kinds_heard().count(DigitPressed) == 1_100
    assert len(call.known.digits) == 1_000


# -- by chance ---------------------------------------------------------------------------------------------------------

MANY = """
dids: [{number: "222000200", menu: hall}]
menus: [{name: hall, digits: {"1": {hangup: 16}, "2": {hangup: 16}}, response_timeout: 30}]
trunks: [{name: upc}]
traffic:
  - to: "222000200"
    per_hour: 400
    presses:
      - {digits: "1", after: {uniform: [2, 4]}, chance: 0.5}
      - {digits: "2", after: 9, chance: 0.3}
"""


def _choices(text: str, seed: int = 1) -> list[tuple[int, str, str, int]]:
    pbx = built(text, seed=seed).pbx
    pbx.clock.run_until(START + HOUR)
    return [
        (call.started_at, call.order.src, "".join(visit.digits for visit in call.known.menus), call.ended_at)
        for call in pbx.calls.recent
    ]


def test_callers_press_as_often_as_the_chances_say_and_when() -> None:
    choices = _choices(MANY)
    count = Counter(digits for _, _, digits, _ in choices)
    assert [round(count[digits] / len(choices), 1) for digits in ("1", "2", "")] == [0.5, 0.3, 0.2]
    waits = {digits: {end - start for start, _, made, end in choices if made == digits} for digits in ("1", "2", "")}
    assert (waits["2"], waits[""]) == ({9 * SECOND}, {30 * SECOND})
    assert 2 * SECOND <= min(waits["1"]) < 2.2 * SECOND
    assert 3.8 * SECOND < max(waits["1"]) <= 4 * SECOND


@pytest.mark.slow
def test_the_same_seed_has_the_same_callers_press_the_same() -> None:
    assert _choices(MANY) == _choices(MANY)
    assert _choices(MANY) != _choices(MANY, seed=2)


def test_what_callers_press_changes_nothing_about_who_calls() -> None:
    silent = MANY[: MANY.index("    presses")]
    pressing = {(start, src) for start, src, _, _ in _choices(MANY)}
    assert {(start, src) for start, src, _, _ in _choices(silent)} <= pressing


@pytest.mark.parametrize(
    ("change", "path", "expected"),
    [
        (("chance: 0.3", "chance: 0.6"), "traffic[0].presses", "chances that add up to 1 at most, not to 1.1"),
        (("after: 9", "after: {}"), "traffic[0].presses[1].after", "exactly one of uniform, exponential, normal"),
        (('"2", after', '"2x", after'), "traffic[0].presses[1].digits",
         "digits, *, #, A-D, and between them w for half a second or W for a whole one, as text"),
        (("chance: 0.5", "chance: 1.5"), "traffic[0].presses[0].chance", "a part of 1, as 0.25, 0 to 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_pressed_is_told(change: tuple[str, str], path: str, expected: str) -> None:
    faults = told(MANY.replace(*change))
    assert (path, expected) in [(fault[1], fault[3]) for fault in faults]


def test_three_thirds_are_not_more_than_one() -> None:
    thirds = "".join(f'      - {{digits: "{digit}", chance: 0.3333333333333333}}\n' for digit in "123")
    assert pbx_file(MANY[: MANY.index("      - {digits")] + thirds).name == "office"
