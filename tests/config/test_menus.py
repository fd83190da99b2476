"""What a file says of menus becomes what the switch goes by; what it must not say is told with path and line."""

from __future__ import annotations

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.config.menus import length
from pbxsim.pbx.call import CallerId, CallKind, CallOrder
from pbxsim.pbx.dialplan import ToHunt, ToTrunk
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.routes import Step
from tests.config.paper import KEYS_ARE_DESCRIBED, built, told

SHOP = """
dialplans: [{name: main}, {name: branch}]
extensions:
  - {internal: "100"}
  - {internal: "101", dialplan: branch, user: ben}
trunks: [{name: upc}]
contexts:
  - {name: front, dialplan: branch, entries: {"700": {menu: hall}}}
queues: [{name: help}]
groups: [{name: team, rows: [{numbers: ["100"]}]}]
dids:
  - {number: "222000001", menu: hall}
  - {number: "222000002", play: 9}
  - {number: "222000003", hangup: 21}
menus:
  - name: hall
    say: For help, press one.
    digits:
      "1": {queue: help}
      "2": {group: team}
      "3": {extension: "101"}
      "4": {dial: "605000111"}
      "5": {menu: late}
      "6": {hangup: 16}
      "7": {play: 4.5}
    dialplan: main
    context: front
    response_timeout: 7
    digit_timeout: 2.5
    tries: 3
    invalid: {menu: hall}
    timeout: {menu: late}
  - {name: late, dialplan: main}
"""


def test_a_menu_goes_by_what_the_file_says() -> None:
    hall = built(SHOP).pbx.calls.hunts["menu hall"]
    assert isinstance(hall, MenuHunt)
    assert hall.menu == Menu(
        name="hall",
        context="front",
        dialplan="main",
        say=4 * 400_000,
        digits={
            "1": Step(queue="help"),
            "2": Step(group="team"),
            "3": Step(extension="101"),
            "4": Step(dial="605000111"),
            "5": Step(menu="late"),
            "6": Step(hangup=16),
            "7": Step(play_seconds=4.5),
        },
        response_timeout=7 * SECOND,
        digit_timeout=2_500_000,
        tries=3,
        invalid=Step(menu="hall"),
        timeout=Step(menu="late"),
    )


def test_a_menu_that_says_nothing_of_it_is_as_asterisk_has_it() -> None:
    late = built(SHOP).pbx.calls.hunts["menu late"]
    assert isinstance(late, MenuHunt)
    menu = late.menu
    assert (menu.context, menu.say, menu.response_timeout, menu.digit_timeout) == ("main", 0, 10 * SECOND, 5 * SECOND)
    assert (menu.tries, menu.invalid, menu.timeout) == (1, None, None)


@pytest.mark.parametrize(
    ("announcement", "expected"),
    [(0, 0), (4.5, 4.5), ("one", 0.4), ("Press  one,\nor two - now.", 2.4), ("word " * 150, 60)],
)
def test_a_word_takes_as_long_as_150_to_the_minute(announcement: float | str, expected: float) -> None:
    assert length(announcement) == expected * SECOND


def test_numbers_and_public_numbers_lead_to_menus() -> None:
    dialplan = built(SHOP).pbx.dialplan
    for number, context in (("700", "front"), ("222000001", "nowhere")):
        to = dialplan.resolve(number, context)
        assert isinstance(to, ToHunt)
        assert (to.number, to.name) == (number, "menu hall")


def test_a_caller_of_a_public_number_hears_the_menu() -> None:
    pbx = built(SHOP).pbx
    order = CallOrder(
        vendor="test",
        kind=CallKind.INCOMING,
        first=ToTrunk("777", (pbx.directory.trunks["upc"],)),
        src="777",
        dst="222000001",
        second="222000001",
        second_shows=CallerId("777"),
    )
    call = pbx.calls.receive(order)
    assert call is not None
    assert [visit.menu for visit in call.known.menus] == ["hall"]


@pytest.mark.parametrize(
    ("before", "after", "path", "value", "expected"),
    [
        ("{queue: help}", "{queue: hepl}", 'menus[0].digits["1"].queue', "hepl",
         "a queue of this file (did you mean help?)"),
        ("{group: team}\n      \"3\"", "{group: x}\n      \"3\"", 'menus[0].digits["2"].group', "x",
         "a ring group of this file"),
        ('"5": {menu: late}', '"5": {menu: later}', 'menus[0].digits["5"].menu', "later",
         "a menu of this file (did you mean late?)"),
        ('"3": {extension: "101"}', '"3": {extension: "100"}', 'menus[0].digits["3"].extension', "100",
         "the number of an extension in dialplan branch of this file (did you mean 101?)"),
        ("timeout: {menu: late}", "timeout: {menu: x}", "menus[0].timeout.menu", "x", "a menu of this file"),
        ("invalid: {menu: hall}", "invalid: {component: x}", "menus[0].invalid.component", "x",
         "a component of this file"),
        ("dialplan: main\n    context", "dialplan: x\n    context", "menus[0].dialplan", "x",
         "a dialplan of this file"),
        ("context: front", "context: x", "menus[0].context", "x",
         "a context or dialplan of this file"),
        ("name: late", "name: hall", "menus[1].name", "hall", "a value of its own: menus[0].name has this one already"),
        ("222000001\", menu: hall", "222000001\", menu: x", "dids[0].menu", "x", "a menu of this file"),
        ("timeout: {menu: late}", "timeout: {menu: hall}", "menus[0].timeout.menu", "hall",
         "somewhere from which a caller who presses nothing does not come back to this menu"),
    ],
)  # fmt: skip
def test_what_names_nothing_or_is_there_twice_is_told(
    before: str, after: str, path: str, value: str, expected: str
) -> None:
    assert SHOP.count(before) == 1
    faults = told(SHOP.replace(before, after))
    assert (path, value, expected) in [fault[1:] for fault in faults]
    assert all(line > 1 for line, *_ in faults)


def test_time_outs_that_lead_in_a_circle_are_told_where_each_of_them_stands() -> None:
    text = """
    menus:
      - {name: a, digits: {"1": {menu: b}}, timeout: {menu: b}}
      - {name: b, digits: {"1": {menu: a}}, timeout: {menu: c}}
      - {name: c, digits: {"1": {menu: a}}, timeout: {menu: a}}
      - {name: d, digits: {"1": {menu: a}}, timeout: {menu: a}}
    """
    assert [(line, path) for line, path, _, _ in told(text)] == [
        (3, "menus[0].timeout.menu"),
        (4, "menus[1].timeout.menu"),
        (5, "menus[2].timeout.menu"),
    ]


@pytest.mark.parametrize(("context", "faults"), [("front", 1), ("back", 0)])
def test_a_time_out_that_dials_the_menus_own_number_leads_in_a_circle(context: str, faults: int) -> None:
    text = f"""
    contexts: [{{name: front, entries: {{"700": {{menu: a}}}}}}, {{name: back, entries: {{"700": {{hangup: 16}}}}}}]
    menus: [{{name: a, context: {context}, digits: {{"1": {{hangup: 16}}}}, timeout: {{dial: "700"}}}}]
    """
    if faults:
        assert [fault[1:3] for fault in told(text)] == [("menus[0].timeout.dial", "700")]
    else:
        assert "menu a" in built(text).pbx.calls.hunts


def test_a_menu_that_digits_alone_lead_back_to_is_right() -> None:
    pbx = built('menus: [{name: a, digits: {"*": {menu: a}}, invalid: {menu: a}}]').pbx
    assert "menu a" in pbx.calls.hunts


def test_a_digit_that_stands_twice_is_told() -> None:
    text = """
    menus:
      - name: a
        digits:
          "1": {hangup: 16}
          "1": {hangup: 17}
    """
    ((line, path, _, expected),) = told(text)
    assert (line, path, expected) == (6, 'menus[0].digits["1"]', "each key once: it stands in line 5 already")


@KEYS_ARE_DESCRIBED
def test_what_cannot_be_pressed_is_told() -> None:
    ((line, path, value, expected),) = told('menus: [{name: a, digits: {"1x": {hangup: 16}}}]')
    assert (line, path, value) == (2, 'menus[0].digits["1x"]', msgspec.UNSET)
    assert expected == 'a key that is what is pressed, as text of 0-9, *, # and A-D: "1"'


@pytest.mark.parametrize(
    ("entry", "path", "expected"),
    [
        ('digits: {"1": {}}', 'menus[0].digits["1"]',
         "exactly one of extension, dial, queue, group, menu, component, voicemail, hours, play, hangup"),
        ('digits: {"1": {play: 1, hangup: 16}}', 'menus[0].digits["1"]',
         "exactly one of extension, dial, queue, group, menu, component, voicemail, hours, play, hangup"),
        ("tries: 2", "menus[0]", "`digits` that lead somewhere, or a `dialplan` whose numbers can be dialled"),
    ],
)  # fmt: skip
def test_a_menu_that_leads_nowhere_or_in_two_directions_is_told(entry: str, path: str, expected: str) -> None:
    assert [fault[1:] for fault in told(f"menus: [{{name: a, {entry}}}]")] == [(path, msgspec.UNSET, expected)]


def test_a_text_in_several_lines_is_one_announcement() -> None:
    hall = built("""
    menus:
      - name: a
        digits: {"1": {hangup: 16}}
        say: |
          One two
          three.
    """).pbx.calls.hunts["menu a"]
    assert isinstance(hall, MenuHunt)
    assert hall.menu.say == 1_200_000


def test_a_time_out_that_opening_hours_lead_back_is_told() -> None:
    text = """
    hours: [{name: h, open: {hours: g}, closed: {hangup: 16}}, {name: g, open: {hangup: 16}, closed: {menu: a}}]
    menus: [{name: a, digits: {"1": {hangup: 16}}, timeout: {hours: h}}]
    """
    assert [fault[1:3] for fault in told(text)] == [("menus[0].timeout.hours", "h")]
    assert "menu a" in built(text.replace("{menu: a}", "{play: 1}")).pbx.calls.hunts
