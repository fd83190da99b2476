"""Digits and menus by the control API: pressed by hand and by callers, in the timeline, the journal, explanations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.routes import Context, Did, Step

if TYPE_CHECKING:
    from tests.web.town import Answered, Town

CALLER = "990100000"
HALL = Menu(
    name="hall",
    context="main",
    dialplan="main",
    say=4 * SECOND,
    digits={"1": Step(queue="sales"), "2": Step(extension="102"), "9": Step(hangup=16)},
    tries=2,
)


@pytest.fixture
def town_hall(town: Town) -> Town:
    """Give the town a menu, reached by a public number and by 700."""
    pbx = town.host.pbx
    pbx.calls.hunts = {**pbx.calls.hunts, "menu hall": MenuHunt(pbx.calls, pbx.directory, HALL)}
    pbx.directory.dids["299299900"] = Did(number="299299900", context="main", step=Step(menu="hall"))
    pbx.directory.contexts["main"] = Context(
        name="main", dialplan="main", entries=(("700", Step(menu="hall")),), routes=pbx.directory.routes
    )
    return town


async def call_in(town: Town, **body: object) -> Answered:
    """Have somebody outside call the town's number, or whatever else it is said to be."""
    return await town.post(
        "/_pbxsim/calls", {"from": CALLER, **({} if "menu" in body else {"to": "299299900"}), **body}
    )


async def timeline(town: Town, call: int = 1) -> list[tuple[str, str, str]]:
    """Give the seconds, event, and menu or digit of what happened in a call, without its end."""
    shown: dict[str, Any] = (await town.get(f"/_pbxsim/calls/{call}")).json
    return [
        (each["at"][17:23], each["event"], each.get("menu") or each.get("digit", ""))
        for each in shown["timeline"]
        if not each["event"].endswith("ended")
    ]


async def test_a_caller_presses_what_it_was_told_to(town_hall: Town) -> None:
    assert (await call_in(town_hall, presses=[{"after": 2.5, "digits": "2"}])).status == 201
    await town_hall.advance(2.5)
    assert await timeline(town_hall) == [
        ("00.000", "call-started", ""),
        ("00.000", "leg-dialed", ""),
        ("00.000", "leg-answered", ""),
        ("00.000", "menu-entered", "hall"),
        ("02.500", "digit-pressed", "2"),
        ("02.500", "leg-dialed", ""),
        ("02.500", "leg-ringing", ""),
    ]


@pytest.mark.parametrize(
    "presses", ["W102", [{"after": 1, "digits": "102"}], [{"after": 2, "digits": "WW7"}, {"after": 1, "digits": "102"}]]
)
async def test_the_ways_to_say_what_is_pressed_when_come_to_the_same(town_hall: Town, presses: object) -> None:
    await call_in(town_hall, menu="hall", presses=presses)
    await town_hall.advance(1)
    shown = (await town_hall.get("/_pbxsim/calls/1")).json
    assert [leg["number"] for leg in shown["legs"]] == [CALLER, "102"]
    assert (shown["dst"], shown["state"]) == ("hall", "ringing")


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        ({"presses": "1x"}, 400, "presses"),
        ({"presses": [{"digits": ""}]}, 400, "digits"),
        ({"presses": [{"after": -1, "digits": "1"}]}, 400, "after"),
        ({"menu": "hal"}, 422, "menu: there is no 'hal'"),
        ({"menu": "hall", "to": "299299900"}, 422, "of to, queue, group and menu only one can be called"),
        ({"menu": "hall", "queue": "sales"}, 422, "of to, queue, group and menu only one can be called"),
    ],
)
async def test_what_cannot_be_pressed_or_called_is_refused(
    town_hall: Town, body: dict[str, object], status: int, detail: str
) -> None:
    refused = await call_in(town_hall, **body)
    assert refused.status == status
    assert detail in refused.json["detail"]


async def test_where_callers_have_no_fingers_nothing_can_be_pressed(town_hall: Town) -> None:
    town_hall.host.pbx.handset = None
    refused = await call_in(town_hall, presses="1")
    assert (refused.status, refused.json["detail"]) == (
        409,
        "this engine's callers have no fingers that a program could lend them",
    )
    assert (await call_in(town_hall)).status == 201


async def test_a_hand_presses_in_a_menu_and_in_a_talk(town_hall: Town) -> None:
    await town_hall.post("/_pbxsim/phones/sip100/dial", {"to": "700"})
    pressed = await town_hall.post("/_pbxsim/phones/sip100/press", {"digits": "2"})
    assert (pressed.status, pressed.json["user"]) == (200, "sip100")
    assert [leg["line"] for leg in (await town_hall.get("/_pbxsim/calls/1")).json["legs"]] == ["sip100", "sip102"]
    await town_hall.advance(5)
    assert (await town_hall.post("/_pbxsim/phones/sip102/press", {"digits": "#"})).status == 200
    journal = (await town_hall.get("/_pbxsim/journal")).json
    pressed_at = [entry["data"] for entry in journal if entry["kind"] == "digit-pressed"]
    assert [(data["number"], data["digit"], data["heard_by"]) for data in pressed_at] == [
        ("100", "2", "menu hall"),
        ("102", "#", "SIP/sip100-00000001"),
    ]
    told = [entry["data"] for entry in journal if entry["kind"].startswith("menu-")]
    assert told == [
        {"menu": "hall", "attempt": 1},
        {"menu": "hall", "digits": "2", "why": "chosen", "led_to": "102"},
    ]


async def test_pressing_needs_digits_and_a_call(town_hall: Town) -> None:
    assert (await town_hall.post("/_pbxsim/phones/sip100/press", {"digits": "1"})).status == 409
    assert (await town_hall.post("/_pbxsim/phones/sip100/press")).status == 400
    assert (await town_hall.post("/_pbxsim/phones/sip100/press", {"digits": "E"})).status == 400
    assert (await town_hall.post("/_pbxsim/phones/sip100/hold", {"digits": "1"})).status == 400


@pytest.mark.parametrize(
    ("presses", "seconds", "answer"),
    [
        ("W9", 30, "the call ended in menu hall: 9 was pressed, which ends the call"),
        ("", 30, "the call ended in menu hall: nothing was pressed in time, which ends the call"),
        ("W7W7", 30, "the call ended in menu hall: 7 was pressed, which is none of its choices and ends the call"),
        (
            "",
            3,
            "the caller is in menu hall; the clock is held at 2026-01-01T00:00:03.000000Z: nothing goes on until it",
        ),
    ],
)
async def test_an_explanation_says_what_came_of_a_menu(
    town_hall: Town, presses: str, seconds: float, answer: str
) -> None:
    await call_in(town_hall, **({"presses": presses} if presses else {}))
    await town_hall.advance(seconds)
    explained = (await town_hall.get("/_pbxsim/explain/1")).json
    assert explained["answer"].startswith(answer)


async def test_an_explanation_tells_each_time_that_a_menu_was_heard(town_hall: Town) -> None:
    await call_in(town_hall, presses="W7W2")
    await town_hall.advance(60)
    words = [cause["words"] for cause in (await town_hall.get("/_pbxsim/explain/1")).json["causes"]]
    assert words[:2] == [
        "menu hall was heard at 2026-01-01T00:00:00.000000Z: 7 was pressed, which is none of its choices and leads to"
        " menu hall",
        "menu hall was heard for time 2 at 2026-01-01T00:00:01.000000Z: 2 was pressed, which leads to 102",
    ]


async def test_a_caller_who_hangs_up_in_a_menu_did_so(town_hall: Town) -> None:
    await town_hall.post("/_pbxsim/phones/sip100/dial", {"to": "700"})
    await town_hall.advance(2)
    await town_hall.post("/_pbxsim/phones/sip100/hangup")
    explained = (await town_hall.get("/_pbxsim/explain/1")).json
    assert explained["answer"] == "the call ended in menu hall: the caller hung up, and had pressed nothing"


async def test_what_a_menu_led_to_in_vain_is_named(town_hall: Town) -> None:
    await town_hall.post("/_pbxsim/phones/sip102/unregister")
    await call_in(town_hall, presses="W2")
    await town_hall.advance(60)
    explained = (await town_hall.get("/_pbxsim/explain/1")).json
    assert explained["answer"] == "no telephone of extension 102 is registered"
