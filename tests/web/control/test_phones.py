"""Telephones by the control API: their states, and what a person does with them: transfers, consultations, buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.web.control.phones import VERBS

if TYPE_CHECKING:
    from tests.web.town import Answered, Town


CALL = "/acme/api?secret=s3cret!&from=100&to=102"


async def phone(town: Town, user: str) -> dict[str, Any]:
    """Give one telephone."""
    return next(dict(each) for each in (await town.get("/_pbxsim/phones")).json if each["user"] == user)


async def touch(town: Town, verb: str, **body: object) -> Answered:
    """Lend telephone 100 a hand."""
    return await town.post(f"/_pbxsim/phones/sip100/{verb}", body or None)


async def talking(town: Town) -> None:
    """Have somebody outside talk with telephone 100."""
    await town.post("/_pbxsim/calls", {"from": "990100000", "to": "299299000"})
    assert (await touch(town, "answer")).status == 200


async def call(town: Town, number: int = 1) -> dict[str, Any]:
    """Give a call."""
    return dict((await town.get(f"/_pbxsim/calls/{number}")).json)


def live(shown: dict[str, Any]) -> list[str]:
    """Name the lines and trunks that are in a call."""
    return [leg["line"] or leg["trunk"] for leg in shown["legs"] if leg["ended"] is None]


async def test_a_telephone_at_rest_tells_its_numbers_and_registration(town: Town) -> None:
    assert await phone(town, "sip100") == {
        "user": "sip100",
        "line_id": 100,
        "extension_id": 100,
        "internal": "100",
        "public": ["299299000"],
        "dialplan": "main",
        "owner": "",
        "registered": True,
        "registration": {"host": "192.0.2.1", "port": 5060, "contact": "", "user_agent": "", "status": ""},
        "device_state": "NOT_INUSE",
        "channel_state": "Down",
        "max_calls": 2,
        "do_not_disturb": False,
        "diversion": None,
        "calls": [],
    }


async def test_a_ringing_telephone_says_so(town: Town) -> None:
    await town.get(CALL)
    shown = await phone(town, "sip100")
    assert (shown["device_state"], shown["channel_state"]) == ("RINGING", "Ringing")
    assert shown["calls"] == [{"call": 1, "channel": "SIP/sip100-00000001", "state": "Ringing", "on_hold": False}]


async def test_telephones_are_listed_by_pages(town: Town) -> None:
    first = await town.get("/_pbxsim/phones?limit=1")
    assert [each["user"] for each in first.json] == ["sip100"]
    assert first.headers["Link"] == '</_pbxsim/phones?limit=1&after=sip100>; rel="next"'
    assert [each["user"] for each in (await town.get("/_pbxsim/phones?after=sip100")).json] == ["sip102"]
    assert (await town.get("/_pbxsim/phones?after=nobody")).json == []


async def test_a_person_answers_before_the_telephone_would(town: Town) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/phones/sip100/answer")).json["device_state"] == "INUSE"


async def test_a_person_rejects(town: Town) -> None:
    await town.get(CALL)
    await town.post("/_pbxsim/phones/sip100/reject")
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["disposition"], cdr["cause"]) == ("BUSY", 21)


async def test_a_person_holds_unholds_and_hangs_up(town: Town) -> None:
    await town.get(CALL)
    await town.advance(6)
    assert (await town.post("/_pbxsim/phones/sip102/hold")).json["device_state"] == "ONHOLD"
    assert (await town.get("/_pbxsim/calls/1")).json["legs"][1]["on_hold"] is True
    assert (await town.post("/_pbxsim/phones/sip102/unhold")).json["device_state"] == "INUSE"
    assert (await town.post("/_pbxsim/phones/sip102/hangup")).json["device_state"] == "NOT_INUSE"
    assert (await town.get("/_pbxsim/calls/1")).json["state"] == "ended"


async def test_a_telephone_drops_off_and_comes_back(town: Town) -> None:
    gone = (await town.post("/_pbxsim/phones/sip100/unregister")).json
    assert (gone["registered"], gone["device_state"], gone["registration"]["host"]) == (False, "UNAVAILABLE", "")
    back = (await town.post("/_pbxsim/phones/sip100/register")).json
    assert (back["registered"], back["registration"]["host"]) == (True, "192.0.2.1")


async def test_nobody_can_kick_a_telephone(town: Town) -> None:
    answered = await town.post("/_pbxsim/phones/sip100/kick")
    assert answered.status == 404
    assert answered.json["detail"].endswith("verbs are " + ", ".join(VERBS))


async def test_where_no_hand_can_reach_a_telephone_that_is_said(town: Town) -> None:
    town.host.pbx.handset = None
    assert (await town.post("/_pbxsim/phones/sip100/answer")).status == 409


async def test_a_person_hands_a_call_on(town: Town) -> None:
    await talking(town)
    shown = await touch(town, "transfer", to="102")
    assert (shown.status, shown.json["calls"]) == (200, [])
    ringing = await call(town)
    assert (ringing["state"], live(ringing)) == ("ringing", ["upc", "sip102"])
    await town.advance(3)
    talks = await call(town)
    assert (talks["state"], [leg["party"] for leg in talks["legs"]]) == ("up", ["first", "second", "second"])


async def test_a_person_asks_somebody_first_and_then_connects_them(town: Town) -> None:
    await talking(town)
    shown = (await touch(town, "consult", to="102")).json
    assert [each["on_hold"] for each in shown["calls"]] == [True, False]
    await town.advance(3)
    assert (await touch(town, "complete")).json["calls"] == []
    assert live(await call(town)) == ["upc", "sip102"]
    assert (await call(town, 2))["state"] == "ended"
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["call"], cdr["channel"][:10], cdr["dstchannel"][:10]) == (2, "SIP/sip100", "SIP/sip102")


async def test_a_person_asks_somebody_and_thinks_better_of_it(town: Town) -> None:
    await talking(town)
    await touch(town, "consult", to="102")
    shown = (await touch(town, "cancel")).json
    assert [(each["call"], each["on_hold"]) for each in shown["calls"]] == [(1, False)]


async def test_a_person_dials_and_swaps(town: Town) -> None:
    await talking(town)
    await touch(town, "dial", to="102")
    await town.advance(3)
    shown = (await touch(town, "swap")).json
    assert [each["on_hold"] for each in shown["calls"]] == [False, True]


async def test_a_telephone_that_must_not_be_disturbed_says_so(town: Town) -> None:
    assert (await touch(town, "dnd", on=True)).json["do_not_disturb"] is True
    placed = (await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})).json
    assert (placed["state"], placed["cause"]) == ("ended", 17)
    assert (await touch(town, "dnd", on=False)).json["do_not_disturb"] is False


async def test_diversions_are_set_one_by_one_and_taken_back(town: Town) -> None:
    await touch(town, "divert", when="busy", to="102")
    shown = (await touch(town, "divert", when="no_answer", to="990103000", after_seconds=2.5)).json
    assert shown["diversion"] == {"always": None, "busy": "102", "no_answer": "990103000", "after_seconds": 2.5}
    await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})
    await town.advance(2.5)
    assert live(await call(town)) == ["upc", "upc"]
    await touch(town, "divert", when="busy")
    assert (await touch(town, "divert", when="no_answer")).json["diversion"] is None


@pytest.mark.parametrize(
    ("verb", "body", "detail"),
    [
        ("transfer", {}, "body: to transfer needs 'to'"),
        ("consult", {}, "body: to consult needs 'to'"),
        ("dial", {}, "body: to dial needs 'to'"),
        ("dnd", {}, "body: to dnd needs 'on'"),
        ("divert", {"to": "102"}, "body: to divert needs 'when'"),
        ("answer", {"to": "102"}, "body: to answer has no use for 'to'"),
        ("divert", {"when": "never"}, "body: Invalid enum value 'never' - at `$.when`; one of always, busy, no_answer"),
        ("transfer", {"to": "1 2"}, None),
        ("transfer", {"to": ""}, None),
    ],
)
async def test_a_verb_takes_what_it_needs_and_nothing_else(
    town: Town, verb: str, body: dict[str, str], detail: str | None
) -> None:
    answered = await touch(town, verb, **body)
    assert answered.status == 400
    assert detail in (None, answered.json["detail"])
    assert (await town.get("/_pbxsim/journal")).json == []


async def test_what_a_hand_did_stands_in_the_journal(town: Town) -> None:
    await talking(town)
    await touch(town, "transfer", to="102")
    entries = (await town.get("/_pbxsim/journal")).json
    kinds = [entry["kind"] for entry in entries]
    commands = [entry["data"] for entry in entries if entry["kind"] == "control"]
    assert commands[-1] == {"does": "transfer", "phone": "sip100", "to": "102"}
    (told,) = [entry for entry in entries if entry["kind"] == "call-transferred"]
    assert (told["channel"], told["data"]) == ("SIP/sip100-00000002", {"how": "blind", "to": "102"})
    assert kinds.index("call-transferred") > kinds.index("call-bridged")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        *((verb, {}) for verb in ("answer", "reject", "hangup", "hold", "unhold", "register")),
        ("transfer", {"to": "102"}),
        ("consult", {"to": "102"}),
        ("complete", {}),
        ("cancel", {}),
        ("swap", {}),
        ("dnd", {"on": False}),
        ("divert", {"when": "always"}),
    ],
)
async def test_a_hand_that_finds_nothing_to_do_is_told_so(town: Town, verb: str, body: dict[str, object]) -> None:
    answered = await touch(town, verb, **body)
    assert answered.status == 409
    assert "sip100" in answered.json["detail"]


async def outcome(town: Town, user: str = "sip102") -> tuple[str, int, int]:
    """Have 100 call 102, run until all is over, and give the record's disposition, cause and duration."""
    await town.get(CALL)
    await town.post("/_pbxsim/clock/run-until-idle")
    record = (await town.get("/_pbxsim/cdrs")).json[-1]
    return record["disposition"], record["cause"], record["duration"]


@pytest.mark.parametrize(
    ("told", "ends"),
    [
        ({"outcome": "answer", "ring_seconds": 5, "talk_seconds": 7}, ("ANSWERED", 16, 15)),
        ({"outcome": "busy"}, ("BUSY", 17, 6)),
        ({"outcome": "no answer"}, ("NO ANSWER", 19, 33)),
        ({"outcome": "fail", "ring_seconds": 0, "cause": 34}, ("FAILED", 34, 3)),
        ({"outcome": "reject", "ring_seconds": 1}, ("BUSY", 21, 4)),
        ({"outcome": "drop", "ring_seconds": 1, "talk_seconds": 2}, ("ANSWERED", 38, 6)),
    ],
)
async def test_a_telephone_meets_calls_as_it_is_told_until_it_is_released(
    town: Town, told: dict[str, object], ends: tuple[str, int, int]
) -> None:
    before = await outcome(town)
    answered = await town.ask("PUT", "/_pbxsim/phones/sip102/behaviour", told)
    assert answered.status == 200, answered.body
    assert await outcome(town) == ends
    assert (await town.ask("DELETE", "/_pbxsim/phones/102/behaviour")).status == 200
    assert await outcome(town) == before


async def test_a_reset_forgets_what_a_telephone_was_told(town: Town) -> None:
    before = await outcome(town)
    await town.ask("PUT", "/_pbxsim/phones/102/behaviour", {"outcome": "busy"})
    await town.post("/_pbxsim/reset")
    assert await outcome(town) == before


async def test_a_cause_is_for_outcomes_that_have_none_of_their_own(town: Town) -> None:
    answered = await town.ask("PUT", "/_pbxsim/phones/sip102/behaviour", {"outcome": "busy", "cause": 34})
    assert (answered.status, "cause of its own" in answered.json["detail"]) == (422, True)


async def test_a_telephone_is_known_by_an_internal_number_that_only_it_has(town: Town) -> None:
    assert (await town.post("/_pbxsim/phones/100/dnd", {"on": True})).json["user"] == "sip100"
    assert (await town.post("/_pbxsim/phones/199/dnd", {"on": True})).status == 404
