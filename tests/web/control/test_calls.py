"""Calls by the control API: listed, shown in full, placed from outside, hung up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from tests.web.town import Town

CALL = "/acme/api?secret=s3cret!&from=100&to=102"


def moments(call: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Give a call's timeline in short: the second, what, on which channel."""
    return [(entry["at"][17:19], entry["event"], entry["channel"]) for entry in call["timeline"]]


async def state(town: Town) -> str:
    """Give the state of the one call."""
    (call,) = (await town.get("/_pbxsim/calls")).json
    return str(call["state"])


async def test_a_call_is_ringing_then_up_then_ended(town: Town) -> None:
    await town.get(CALL)
    states = [await state(town)]
    for seconds in (3, 3, 30):
        await town.advance(seconds)
        states.append(await state(town))
    assert states == ["ringing", "ringing", "up", "ended"]


async def test_a_call_is_dialing_until_its_telephone_rings(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=100&to=990205000")  # a busy number: no bell, 5 s
    await town.advance(4)
    assert await state(town) == "dialing"


async def test_a_call_in_full_tells_its_legs_causes_and_timeline(town: Town) -> None:
    await town.get(CALL)
    await town.advance(36)
    call = (await town.get("/_pbxsim/calls/1")).json
    first, second = call["legs"]
    assert moments(call) == [
        ("00", "call-started", None),
        ("00", "leg-dialed", "SIP/sip100-00000001"),
        ("00", "leg-ringing", "SIP/sip100-00000001"),
        ("03", "leg-answered", "SIP/sip100-00000001"),
        ("03", "leg-dialed", "SIP/sip102-00000002"),
        ("03", "leg-ringing", "SIP/sip102-00000002"),
        ("06", "leg-answered", "SIP/sip102-00000002"),
        ("06", "call-bridged", None),
        ("36", "leg-ended", "SIP/sip100-00000001"),
        ("36", "leg-ended", "SIP/sip102-00000002"),
        ("36", "call-ended", None),
    ]
    assert (first["party"], first["line"], first["trunk"], first["number"]) == ("first", "sip100", None, "100")
    assert (second["party"], second["state"], second["cause"], second["cause_text"]) == (
        "second",
        "Down",
        16,
        "Normal Clearing",
    )
    assert (call["state"], call["disposition"], call["cause"], call["vendor"]) == ("ended", "ANSWERED", 16, "acme")
    assert (call["started"], call["bridged"]) == ("2026-01-01T00:00:00.000000Z", "2026-01-01T00:00:06.000000Z")


async def test_a_live_call_has_no_cause_yet(town: Town) -> None:
    await town.get(CALL)
    call = (await town.get("/_pbxsim/calls/1")).json
    assert (call["cause"], call["cause_text"], call["ended"], call["disposition"], call["bridged"]) == (None,) * 5
    assert (call["legs"][0]["state"], call["legs"][0]["ended"]) == ("Ringing", None)


async def test_calls_are_listed_in_the_order_in_which_they_began_and_by_pages(town: Town) -> None:
    for _ in range(5):
        await town.get("/acme/api?secret=s3cret!&from=990101001&to=100")
        await town.advance(7)
    await town.get(CALL)
    first = await town.get("/_pbxsim/calls?limit=4")
    assert [call["id"] for call in first.json] == [1, 2, 3, 4]
    assert first.headers["Link"] == '</_pbxsim/calls?limit=4&after=4>; rel="next"'
    rest = await town.get("/_pbxsim/calls?limit=4&after=4")
    assert [call["id"] for call in rest.json] == [5, 6]
    assert "Link" not in rest.headers


async def test_calls_can_be_listed_by_state(town: Town) -> None:
    await town.get("/acme/api?secret=s3cret!&from=990400000&to=100")
    await town.advance(0)
    await town.get(CALL)
    assert [call["id"] for call in (await town.get("/_pbxsim/calls?state=ended")).json] == [1]
    assert [call["id"] for call in (await town.get("/_pbxsim/calls?state=ringing")).json] == [2]


async def test_somebody_from_outside_calls(town: Town) -> None:
    placed = await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000", "name": "Jiří"})
    assert placed.status == 201
    assert placed.headers["Location"] == "/_pbxsim/calls/1"
    call = placed.json
    caller, called = call["legs"]
    assert (call["kind"], call["vendor"], call["src"], call["dst"]) == ("incoming", "control", "777123456", "299299000")
    assert (caller["party"], caller["trunk"], caller["state"], caller["number"]) == (
        "first",
        "upc",
        "Ring",
        "777123456",
    )
    assert (called["party"], called["line"], called["state"]) == ("second", "sip100", "Ringing")
    assert called["caller_id"] == {"number": "777123456", "name": "Jiří"}
    await town.advance(60)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["direction"], cdr["disposition"], cdr["trunk"]) == ("incoming", "ANSWERED", "upc")


@pytest.mark.parametrize("caller", ["102", "sip102"])
async def test_the_person_at_one_of_our_telephones_calls(town: Town, caller: str) -> None:
    call = (await town.post("/_pbxsim/calls", {"from": caller, "to": "990103020"})).json
    assert (call["src"], call["legs"][0]["line"], call["legs"][1]["trunk"]) == ("102", "sip102", "upc")
    await town.advance(60)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["direction"], cdr["billsec"]) == ("outgoing", 20)


async def test_one_of_our_telephones_calls_another(town: Town) -> None:
    call = (await town.post("/_pbxsim/calls", {"from": "299299000", "to": "102"})).json
    assert [leg["line"] for leg in call["legs"]] == ["sip100", "sip102"]


async def test_ringing_ends_after_the_time_that_was_said(town: Town) -> None:
    await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000", "ring_seconds": 2})
    await town.advance(2)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["disposition"], cdr["duration"]) == ("NO ANSWER", 2)


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (
            {"from": "777123456", "to": "102"},
            422,
            "to: 102 is no public number of this PBX; nobody outside can call it",
        ),
        ({"from": "777123456", "to": "299299000", "trunk": "o2"}, 422, "trunk: there is no 'o2'; there are: upc"),
        (
            {"from": "100", "to": "102", "dialplan": "x"},
            422,
            "from: 100 is no one telephone's number: DialplanNotFound",
        ),
    ],
)
async def test_a_call_that_cannot_be_is_refused(town: Town, body: dict[str, str], status: int, detail: str) -> None:
    answered = await town.post("/_pbxsim/calls", body)
    assert (answered.status, answered.json["detail"]) == (status, detail)
    assert (await town.get("/_pbxsim/calls")).json == []


async def test_a_full_trunk_lets_nobody_in_and_the_record_says_so(town: Town) -> None:
    for _ in range(2):
        assert (await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})).status == 201
    answered = await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})
    assert (answered.status, answered.json["detail"], answered.json["call"]) == (409, "every trunk is full", 3)
    (cdr,) = (await town.get("/_pbxsim/cdrs")).json
    assert (cdr["call"], cdr["disposition"], cdr["cause"]) == (3, "FAILED", 34)


async def test_a_telephone_that_dropped_off_calls_nobody(town: Town) -> None:
    await town.post("/_pbxsim/phones/sip102/unregister")
    answered = await town.post("/_pbxsim/calls", {"from": "102", "to": "100"})
    assert (answered.status, answered.json["detail"]) == (409, "no telephone of 102 is registered")


async def test_a_call_is_hung_up_with_a_cause(town: Town) -> None:
    await town.get(CALL)
    ended = (await town.post("/_pbxsim/calls/1/hangup", {"cause": 34})).json
    assert (ended["state"], ended["cause"], ended["cause_text"]) == ("ended", 34, "Circuit/channel congestion")


async def test_a_call_is_hung_up_normally_where_no_cause_is_given(town: Town) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/calls/1/hangup")).json["cause"] == 16


async def test_a_call_that_is_over_cannot_be_hung_up(town: Town) -> None:
    await town.get(CALL)
    await town.post("/_pbxsim/calls/1/hangup")
    answered = await town.post("/_pbxsim/calls/1/hangup")
    assert (answered.status, answered.json["detail"]) == (409, "call 1 is over")


async def test_a_cause_that_nobody_knows_is_refused(town: Town) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/calls/1/hangup", {"cause": 99})).status == 400


@pytest.mark.parametrize("cause", HangupCause)
async def test_a_call_that_ended_for_any_cause_is_shown_with_its_words(town: Town, cause: HangupCause) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/calls/1/hangup", {"cause": int(cause)})).json["cause_text"] == cause.text
    assert (await town.get("/_pbxsim/calls")).json[0]["cause"] == int(cause)
