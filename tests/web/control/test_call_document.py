"""A call as it is shown: its state in a word, its legs, causes and timeline, and what a spy hears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.pbx.call import CallKind, DetailedOrder
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


@pytest.mark.parametrize("cause", HangupCause)
async def test_a_call_that_ended_for_any_cause_is_shown_with_its_words(town: Town, cause: HangupCause) -> None:
    await town.get(CALL)
    assert (await town.post("/_pbxsim/calls/1/hangup", {"cause": int(cause)})).json["cause_text"] == cause.text
    assert (await town.get("/_pbxsim/calls")).json[0]["cause"] == int(cause)


async def test_a_spy_is_shown_with_the_channel_that_it_hears(town: Town) -> None:
    await town.post("/_pbxsim/calls", {"from": "990100000", "to": "299299000"})
    await town.post("/_pbxsim/phones/sip100/answer")
    pbx = town.host.pbx
    pbx.calls.originate(
        DetailedOrder(
            vendor="acme",
            kind=CallKind.SPY,
            first=pbx.dialplan.resolve("102", "main"),
            src="102",
            dst="100",
            spied_line=pbx.directory.line("sip100"),
        )
    )
    before = (await town.get("/_pbxsim/calls/2")).json["hears"]
    await town.advance(3)
    spying = (await town.get("/_pbxsim/calls/2")).json
    assert (before, spying["kind"], spying["hears"]) == (None, "spy", "SIP/sip100-00000002")
    await town.post("/_pbxsim/calls/1/hangup")
    assert (await town.get("/_pbxsim/calls/2")).json["state"] == "ended"
