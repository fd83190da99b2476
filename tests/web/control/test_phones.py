"""Telephones by the control API: their states, and a person's hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.web.control.phones import VERBS

if TYPE_CHECKING:
    from tests.web.town import Town

CALL = "/acme/api?secret=s3cret!&from=100&to=102"


async def phone(town: Town, user: str) -> dict[str, Any]:
    """Give one telephone."""
    return next(dict(each) for each in (await town.get("/_pbxsim/phones")).json if each["user"] == user)


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


@pytest.mark.parametrize("verb", ["answer", "reject", "hangup", "hold", "unhold", "register"])
async def test_a_hand_that_finds_nothing_to_do_is_told_so(town: Town, verb: str) -> None:
    answered = await town.post(f"/_pbxsim/phones/sip100/{verb}")
    assert answered.status == 409
    assert "sip100" in answered.json["detail"]


async def test_nobody_can_kick_a_telephone(town: Town) -> None:
    answered = await town.post("/_pbxsim/phones/sip100/kick")
    assert answered.status == 404
    assert answered.json["detail"].endswith("verbs are " + ", ".join(VERBS))


async def test_where_no_hand_can_reach_a_telephone_that_is_said(town: Town) -> None:
    town.host.pbx.handset = None
    assert (await town.post("/_pbxsim/phones/sip100/answer")).status == 409


async def test_queues_and_agents_are_shown(town: Town) -> None:
    (queue,) = (await town.get("/_pbxsim/queues")).json
    (member,), (waiter,) = queue["members"], queue["waiters"]
    assert (queue["name"], queue["strategy"], queue["service_level_percent"]) == ("sales", "ringall", 0.0)
    assert (member["agent"], member["membership"], member["last_call"]) == ("1000", "dynamic", None)
    assert (waiter["position"], waiter["joined"]) == (1, "2026-01-01T00:00:00.000000Z")
    assert (await town.get("/_pbxsim/agents")).json == [
        {
            "number": "1000",
            "name": "Jana",
            "logged_in": False,
            "line": None,
            "paused": False,
            "pause_reason": None,
            "device_state": "UNAVAILABLE",
            "queues": ["sales"],
        }
    ]


async def test_an_agents_pin_is_nowhere(town: Town) -> None:
    assert b"1234" not in (await town.get("/_pbxsim/agents")).body


async def test_an_agent_at_work_is_shown_at_the_telephone(town: Town) -> None:
    pbx = town.host.pbx
    agent = next(iter(pbx.agents))
    pbx.agents.log_in(agent, pbx.directory.line("sip102"))
    pbx.agents.pause(agent, "lunch")
    (shown,) = (await town.get("/_pbxsim/agents")).json
    assert (shown["line"], shown["paused"], shown["pause_reason"]) == ("sip102", True, "lunch")
    pbx.agents.unpause(agent)
    pbx.queues.pause(pbx.queues.named("sales"), agent)
    ((queue,), (shown,)) = (await town.get("/_pbxsim/queues")).json, (await town.get("/_pbxsim/agents")).json
    assert (queue["members"][0]["paused"], shown["paused"]) == (True, False)
    assert (await town.get("/_pbxsim/agents?after=1000")).json == []
    assert (await town.get("/_pbxsim/queues?after=sales")).json == []
