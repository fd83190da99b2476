"""A hand with several calls, by the control API: transfers, consultations, buttons; and what a spy hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.pbx.call import CallKind, CallOrder

if TYPE_CHECKING:
    from tests.web.town import Answered, Town


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
        ("divert", {"when": "never"}, "body: Invalid enum value 'never' - at `$.when`"),
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


@pytest.mark.parametrize(
    ("verb", "body"),
    [
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


async def test_a_spy_is_shown_with_the_channel_that_it_hears(town: Town) -> None:
    await talking(town)
    pbx = town.host.pbx
    pbx.calls.originate(
        CallOrder(
            vendor="acme",
            kind=CallKind.SPY,
            first=pbx.dialplan.resolve("102", "main"),
            src="102",
            dst="100",
            spied_line=pbx.directory.line("sip100"),
        )
    )
    before = (await call(town, 2))["hears"]
    await town.advance(3)
    spying = await call(town, 2)
    assert (before, spying["kind"], spying["hears"]) == (None, "spy", "SIP/sip100-00000002")
    await town.post("/_pbxsim/calls/1/hangup")
    assert (await call(town, 2))["state"] == "ended"
