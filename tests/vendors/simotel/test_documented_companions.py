"""The companion services' samples on the PBX `documented`, and the same queue seen by another vendor's interface."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from multidict import CIMultiDict

from pbxsim.clock.instant import SECOND
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import Assembled, assemble
from pbxsim.kit.request import Request
from pbxsim.pbx.channel import ChannelState
from pbxsim.testing.office import START
from tests.vendors.simotel.client import HEADERS

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx

SAMPLES: tuple[tuple[str, dict[str, object], str], ...] = (
    ("addagent", {"queue": "999", "source": "557", "agent": "557", "penalty": "1"}, "Added successfully"),
    ("pauseagent", {"queue": "999", "agent": "557"}, "Paused successfully"),
    ("resumeagent", {"queue": "999", "agent": "557"}, "UnPaused successfully"),
    ("removeagent", {"queue": "999", "agent": "557"}, "Removed successfully"),
)
BATCH = [
    {"queue": "10000", "source": "570", "agent": "570", "penalty": ""},
    {"queue": "10000", "source": "553", "agent": "553", "penalty": ""},
]


@pytest.fixture
def documented() -> Assembled:
    return assemble(load("documented"), clock=Scheduler(START), seed=1)


def asked(documented: Assembled, service: str, **fields: object) -> Any:  # noqa: ANN401 - any JSON
    """Ask a service with the credentials of the manual, and give what it says in `data`."""
    request = Request("POST", f"/api/v4/{service}", "", headers=CIMultiDict(HEADERS), body=json.dumps(fields).encode())
    reply = documented.interfaces["simotel"].answer(request)
    told = json.loads(reply.body)
    assert (told["success"], reply.hints) == (1, ())
    return told["data"]


def ringing(pbx: Pbx) -> list[str]:
    """Name the telephones that ring after a second."""
    pbx.clock.run_until(pbx.clock.now + SECOND)
    lines = pbx.directory.lines.items()
    return [user for user, line in lines if any(leg.state is ChannelState.RINGING for leg in line.channels)]


@pytest.mark.cites("S204", "S206")
def test_the_samples_work_as_they_stand(documented: Assembled) -> None:
    for service, fields, message in SAMPLES:
        assert asked(documented, f"pbx/queues/{service}", **fields) == {"message": message, "ok": 1}
    for verb in ("add", "pause", "resume", "remove"):
        done = asked(documented, f"pbx/queues/batch{verb}agent", agents=BATCH if verb == "add" else _plain(BATCH))
        assert [one["ok"] for one in done["Data"]] == [1, 1]


def _plain(agents: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{"queue": one["queue"], "agent": one["agent"]} for one in agents]


@pytest.mark.cites("S204")
def test_who_was_added_rings_for_a_call_that_is_originated_to_the_queue(documented: Assembled) -> None:
    asked(documented, "pbx/queues/batchaddagent", agents=BATCH)
    call = {"caller": "552", "callee": "10000", "context": "main_routing", "caller_id": "552"}
    asked(documented, "call/originate/act", **call)
    assert ringing(documented.pbx) == ["552"]
    documented.pbx.clock.run_until(documented.pbx.clock.now + 3 * SECOND)
    assert ringing(documented.pbx) == ["570", "553"]


@pytest.mark.cites("R206")
def test_another_vendors_queue_status_shows_the_same_members(documented: Assembled) -> None:
    asked(documented, "pbx/queues/batchaddagent", agents=BATCH)
    asked(documented, "pbx/queues/pauseagent", queue="10000", agent="553")
    query = "username=voipsun&password=secretpwd&action=queuestatus&queueName=10000"
    path = find_vendors()["voipsun"].paths[0]
    reply = documented.interfaces["voipsun"].answer(Request("GET", path, query))
    (queue,) = json.loads(reply.body)["results"]
    assert {name: (one["loggedFrom"], one["penalty"], one["paused"]) for name, one in queue["members"].items()} == {
        "570": ("SIP/570", "0", "0"),
        "553": ("SIP/553", "0", "1"),
    }


@pytest.mark.cites("R205")
def test_an_operator_that_was_made_here_has_no_pin_and_so_no_other_interface_lets_it_in(documented: Assembled) -> None:
    asked(documented, "pbx/queues/batchaddagent", agents=BATCH)
    path = find_vendors()["voipsun"].paths[0]
    for pin in ("", "0", "570"):
        query = f"username=voipsun&password=secretpwd&action=agentlogout&agentNumber=570&agentPin={pin}"
        reply = documented.interfaces["voipsun"].answer(Request("GET", path, query))
        assert b'"success":"false"' in reply.body
    operator = documented.pbx.agents.numbered("570")
    assert operator is not None
    assert operator.is_logged_in
