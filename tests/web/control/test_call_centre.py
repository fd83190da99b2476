"""Queues and agents by the control API."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.web.town import Town


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
