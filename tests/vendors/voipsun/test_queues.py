"""queuestatus: a queue's settings, figures, members and waiting callers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.queue import Member, Queue, QueueFigures, Waiter
from pbxsim.pbx.routes import Context, Did, Step
from pbxsim.testing.office import START, Office
from pbxsim.vendors.voipsun.settings import Quirks, Settings
from tests.vendors.voipsun.client import FIXTURES, USER, Client, extension, telephone

if TYPE_CHECKING:
    from pbxsim.pbx.extension import Line

AGENT = {"agentNumber": "1000", "agentPin": "1234"}
SAMPLE = (FIXTURES / "23-queuestatus.reply").read_bytes()
LINES = {"1001": "Linka_10001", "1006": "Linka_1007"}  # as printed; the others are named after their agent
WAITING = (("999555444", "0002ec1f", "39.449950", 7), ("999555666", "0002ec27", "47.449972", 6))


def _results(client: Client, queue: str = "FrontaIT") -> list[Any]:
    results: list[Any] = json.loads(client.body("queuestatus", queueName=queue))["results"]
    return results


def _waiter(number: str, serial: str, uniqueid: str, wait: int) -> Waiter:
    return Waiter(
        channel=f"Local/{number}@dial_out_1-{serial};1",
        unique_id=f"15030456{uniqueid}",
        caller_number=number,
        caller_name=number,
        joined_at=START - wait * SECOND,
    )


def _sample_agent(index: int, lines: dict[str, Line]) -> Agent:
    number = str(1000 + index)
    agent = Agent(number=number, name=f"Agent_{index + 1:02d}", pin="1234", dialplan_id=1 if index < 10 else 5)
    agent.line = lines.setdefault(
        LINES.get(number, f"Linka_{number}"), telephone(f"Linka_{number}", index, "192.0.2.1")
    )
    agent.line.user = LINES.get(number, f"Linka_{number}")
    agent.line.resting_state = ChannelState.BUSY if index < 11 else ChannelState.DOWN
    return agent


def _sample() -> Client:
    """Bring about the moment of the manual's sample: eleven agents busy, one free, three callers waiting."""
    lines: dict[str, Line] = {}
    agents = [_sample_agent(index, lines) for index in range(12)]
    waiters = [_waiter(*one) for one in (*WAITING, ("999444555", "0002ec04", "24.449881", 4))]
    queue = Queue(
        name="FrontaIT",
        strategy="rrordered",
        members=[Member(agent=agent, penalty=1) for agent in agents],
        waiters=waiters,
        figures=QueueFigures(completed=39, completed_in_level=30, hold_time=2, talk_time=38),
    )
    office = Office(extension(1, "100", *lines.values()), dialplans=("firma",), agents=agents, queues=[queue])
    return Client(Settings(users=(USER,), quirks=Quirks(queue_calls="zero")), office)


@pytest.mark.cites("S33", "R4", "R32", "R33")
def test_the_manuals_moment_gives_the_manuals_sample_to_the_byte() -> None:
    assert _sample().replay("23-queuestatus").body == SAMPLE


@pytest.mark.cites("R33")
def test_without_the_quirk_the_waiting_are_counted() -> None:
    client = _sample()
    client.interface = Client(Settings(users=(USER,)), client.office).interface

    assert client.body("queuestatus", queueName="FrontaIT") == SAMPLE.replace(b'"calls":"0"', b'"calls":"3"', 1)


@pytest.mark.cites("S33")
def test_those_who_wait_wait_on() -> None:
    client = _sample()
    client.office.advance(2.5)

    waits = [one["wait"] for one in _results(client)[0]["waiters"].values()]
    assert waits == ["9", "8", "6"]


@pytest.mark.cites("R31")
def test_an_empty_queue_has_two_empty_arrays(client: Client) -> None:
    assert client.body("queuestatus", queueName="FrontaIT") == (
        b'{"success":"true","results":[{"queueName":"FrontaIT","max":"0","strategy":"rrordered","calls":"0",'
        b'"holdTime":"0","talkTime":"0","completed":"0","abandoned":"0","serviceLevel":"0","serviceLevelPerf":"0.0",'
        b'"weight":"0","members":[],"waiters":[]}]}'
    )


@pytest.mark.cites("R31")
def test_a_queue_that_is_not_there_is_an_empty_list_with_a_hint(client: Client) -> None:
    reply = client.ask("queuestatus", queueName="frontait")

    assert (reply.body, reply.hints) == (b'{"success":"true","results":[]}', ("there is no queue 'frontait'",))


@pytest.mark.cites("S30", "S33")
def test_joining_pausing_and_talking_show_in_the_queue(client: Client) -> None:
    client.ask("agentlogin", **AGENT, srcExtenInternalNum="100")
    client.ask("agentadd", **AGENT, queueName="FrontaIT", penalty="4")
    client.ask("agentpause", **AGENT)
    client.talk()

    assert _results(client)[0]["members"] == {
        "Agent_01": {
            "agentName": "Agent_01",
            "channelStatus": "Line is In use",
            "location": "Local/1000@extensions-dialplanid-1",
            "loggedFrom": "SIP/sip100",
            "membership": "dynamic",
            "penalty": "4",
            "callsTaken": "0",
            "lastCall": "0",
            "isInCall": "1",
            "status": "1",
            "paused": "1",
        }
    }


def test_a_pause_in_that_queue_alone_shows_there(client: Client) -> None:
    client.ask("agentlogin", **AGENT, srcExtenInternalNum="100")
    client.ask("agentadd", **AGENT, queueName="FrontaIT", penalty="4")
    queues = client.office.pbx.queues
    (member,) = queues.named("FrontaIT").members
    queues.pause(queues.named("FrontaIT"), member.agent)

    assert _results(client)[0]["members"]["Agent_01"]["paused"] == "1"


@pytest.mark.cites("R32")
def test_a_member_who_is_logged_out_cannot_be_reached(client: Client) -> None:
    client.ask("agentadd", **AGENT, queueName="FrontaIT", penalty="4")

    member = _results(client)[0]["members"]["Agent_01"]
    shown = [member[key] for key in ("channelStatus", "loggedFrom", "isInCall", "status")]
    assert shown == ["Line is unavailable", "", "0", "5"]


@pytest.mark.cites("S33")
def test_figures_are_strings_and_the_service_level_has_one_decimal(client: Client) -> None:
    queue = client.office.pbx.queues.named("FrontaIT")
    queue.figures = QueueFigures(completed=3, completed_in_level=2, abandoned=1, hold_time=12, talk_time=61)
    queue.max_waiting, queue.service_level, queue.weight = 20, 30, 2

    shown = _results(client)[0]
    assert [shown[key] for key in ("completed", "abandoned", "holdTime", "talkTime")] == ["3", "1", "12", "61"]
    assert [shown[key] for key in ("max", "serviceLevel", "serviceLevelPerf", "weight")] == ["20", "30", "66.7", "2"]


@pytest.mark.cites("S33")
def test_the_last_call_is_a_second_since_1970(client: Client) -> None:
    agent = next(iter(client.office.pbx.agents))
    member = Member(agent=agent, last_call=1_503_045_639 * SECOND + 999_999, calls_taken=5, membership="static")
    client.office.pbx.queues.named("FrontaIT").members.append(member)

    shown = _results(client)[0]["members"]["Agent_01"]
    assert (shown["lastCall"], shown["callsTaken"], shown["membership"]) == ("1503045639", "5", "static")


@pytest.mark.cites("R4")
def test_a_name_beyond_ascii_is_escaped() -> None:
    queue = Queue(name="Fronta Á/1", members=[], waiters=[], figures=QueueFigures())
    client = Client(
        behind=Office(extension(1, "100", telephone("a", 1, "192.0.2.1")), dialplans=("firma",), queues=[queue])
    )

    assert b'"queueName":"Fronta \\u00c1\\/1"' in client.body("queuestatus", queueName="Fronta Á/1")


def _call_centre() -> Client:
    """Have an office whose queue is reached from outside, at 299299300."""
    office = Office(
        extension(5, "100", telephone("sip100", 5, "192.0.2.10")),
        dialplans=("firma",),
        contexts=[Context(name="in", dialplan="firma")],
        dids=[Did(number="299299300", context="in", step=Step(queue="FrontaIT"))],
        agents=[Agent(number="1000", name="Agent_01", pin="1234")],
        queues=[Queue(name="FrontaIT", strategy="rrordered", members=[], waiters=[], figures=QueueFigures())],
    )
    return Client(Settings(users=(USER,)), office)


@pytest.mark.cites("S33")
def test_callers_who_really_wait_are_shown_as_the_sample_shows_them() -> None:
    client = _call_centre()
    first = client.office.calls_in("605000001", "299299300")
    client.office.advance(3)
    client.office.calls_in("605000002", "299299300", "Eva")
    client.office.advance(4.9)

    shown, sample = _results(client)[0], json.loads(SAMPLE)["results"][0]
    assert list(shown) == list(sample)
    assert [type(value) for value in shown.values() if value] == [
        type(sample[key]) for key, value in shown.items() if value
    ]
    for waiter in shown["waiters"].values():
        assert list(waiter) == list(sample["waiters"]["1"])
        assert [type(value) for value in waiter.values()] == [type(value) for value in sample["waiters"]["1"].values()]
    assert shown["waiters"]["1"] == {
        "position": "1",
        "channel": "SIP/upc-00000001",
        "uniqueid": f"{START // SECOND}.1",
        "callerIdNum": "605000001",
        "callerIdName": "605000001",
        "connectedLineNum": None,
        "connectedLineName": None,
        "wait": "7",
    }
    second = shown["waiters"]["2"]
    assert (second["position"], second["callerIdName"], second["wait"]) == ("2", "Eva", "4")
    assert shown["calls"] == "2"

    client.office.pbx.calls.hang_up(first)
    shown = _results(client)[0]
    assert [(place, one["callerIdNum"]) for place, one in shown["waiters"].items()] == [("1", "605000002")]
    assert shown["abandoned"] == "1"


@pytest.mark.cites("S33")
def test_a_call_that_an_agent_took_shows_in_the_figures() -> None:
    client = _call_centre()
    client.office.phones["sip100"].answers(after=4)
    client.ask("agentlogin", **AGENT, srcExtenInternalNum="100")
    client.ask("agentadd", **AGENT, queueName="FrontaIT")
    call = client.office.calls_in("605000001", "299299300")
    client.office.advance(4)
    assert _results(client)[0]["waiters"] == []
    client.office.advance(80)
    client.office.pbx.calls.hang_up(call)

    shown = _results(client)[0]
    assert [shown[key] for key in ("holdTime", "talkTime", "completed", "abandoned")] == ["4", "80", "1", "0"]
    member = shown["members"]["Agent_01"]
    assert (member["callsTaken"], member["lastCall"]) == ("1", str(START // SECOND + 84))
