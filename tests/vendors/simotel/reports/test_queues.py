"""The reports about queues beside the vendor's samples: keys, order, and what stands in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.pbx.call import RecordingWish
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from tests.vendors.simotel.client import failure
from tests.vendors.simotel.report_client import ANY_TIME, CALLER, Reports

if TYPE_CHECKING:
    from pathlib import Path

# The vendor's samples: the keys of their rows, in their order.
MISSED_KEYS = (
    "_id|duration|wait|agent_wait|billsec|queue_id|src|dst|cuid|qnum|starttime|endtime|ringtime|queue_status|disposition|"
    "hangup|MISSED|v|billsec_hhmmss|wait_hhmmss|duration_hhmmss|dst_name"
)
RUNG_KEYS = (
    "_id|type|cuid|clid|src|dst|dcontext|channel|dstchannel|lastapp|lastdata|start|answer|duration|billsec|disposition|"
    "amaflags|accountcode|uniqueid|userfield|sequence|comment|v|qnum|starttime|endtime|queue_id|NO ANSWER|"
    "wait|tries|last_try"
)

RUNG = b"""\
{
    "success": 1,
    "message": "",
    "data": [
        {
            "_id": "6553f10f5cdfdf0000000001",
            "type": "queue_report",
            "cuid": "1700000000.1",
            "clid": "\\"09129285259\\" <09129285259>",
            "src": "09129285259",
            "dst": "564",
            "dcontext": "simotel-local-agents",
            "channel": "Local/564@simotel-local-agents-00000001;2",
            "dstchannel": "SIP/sip564-00000002",
            "lastapp": "Dial",
            "lastdata": "SIP/sip564,15,TtKkm",
            "start": "1402-08-24 01:43:20",
            "answer": "",
            "duration": 15,
            "billsec": 0,
            "disposition": "NO ANSWER",
            "amaflags": "DOCUMENTATION",
            "accountcode": "",
            "uniqueid": "1700000000.2",
            "userfield": "",
            "sequence": "1",
            "comment": "",
            "v": 2,
            "qnum": "901",
            "starttime": "1402-08-24 01:43:20",
            "endtime": {
                "$date": {
                    "$numberLong": "1700000015000"
                }
            },
            "queue_id": "1700000000.1",
            "NO ANSWER": 1,
            "wait": 15,
            "tries": 1,
            "last_try": {
                "$date": {
                    "$numberLong": "1700000015000"
                }
            }
        }
    ]
}"""

SESSION = b"""\
        "target": "agent",
        "useGroupBy": false,
        "data": [
            {
                "_id": "6553f1125cdfe00000000001",
                "type": "inout",
                "exten": "564",
                "qnum": "901",
                "start": "1402-08-24 01:43:20",
                "end": "1402-08-24 01:43:38",
                "duration": 18,
                "inout": 1,
                "inout_du": 18,
                "duration_hhmmss": "00:00:18"
            }
        ]
    }
}"""


def missed() -> Reports:
    """Have a caller wait 17 s, in which Ann is rung once and does not answer, and then hang up."""
    client = Reports()
    client.office.phones["564"].never_answers()
    call = client.calls_in(name=CALLER)
    client.office.advance(17)
    assert call.first is not None
    client.office.pbx.calls.hang_up_channel(call.first)
    return client


@pytest.mark.cites("S310", "R311")
def test_quick_info_is_the_vendors_sample_byte_for_byte_but_for_its_times() -> None:
    client = missed()
    assert client.report("quick/info", cuid="1700000000.1").body == RUNG
    (row,) = client.data("quick/info", cuid="1700000000.1")
    assert "|".join(row) == RUNG_KEYS


@pytest.mark.cites("S310")
def test_quick_info_knows_nothing_of_a_call_that_was_in_no_queue() -> None:
    client = Reports()
    client.office.phones["101"].answers(talks=3)
    client.office.call("100", "101")
    client.office.finish()
    nothing = b'{\n    "success": 1,\n    "message": "",\n    "data": []\n}'
    assert client.report("quick/info", cuid="1700000000.1").body == nothing
    assert client.report("quick/info", cuid="no such call").body == nothing


@pytest.mark.cites("S310")
def test_quick_info_requires_a_cuid() -> None:
    assert Reports().report("quick/info").body == failure("Field 'cuid':value is missing")


@pytest.mark.cites("S310", "R311")
def test_quick_info_tells_of_the_talk_once_it_is_over() -> None:
    client = Reports()
    client.office.phones["564"].is_busy(after=2)
    client.office.phones["560"].answers(after=3, talks=9)
    client.calls_in()
    client.office.advance(10)
    assert [row["dst"] for row in client.data("quick/info", cuid="1700000000.1")] == ["564"]
    client.office.advance(60)
    ann, ben = client.data("quick/info", cuid="1700000000.1")
    assert (ann["wait"], ann["duration"], ann["disposition"]) == (2, 2, "NO ANSWER")
    assert (ben["wait"], ben["duration"], ben["billsec"], ben["disposition"]) == (3, 12, 9, "ANSWERED")
    assert (ben["start"], ben["answer"], ben["ANSWERED"]) == ("1402-08-24 01:43:22", "2023-11-15 01:43:25", 1)


@pytest.mark.cites("S309", "R310")
def test_a_missed_visit_has_the_vendors_keys_in_the_vendors_order() -> None:
    (row,) = missed().rows("queue/search")
    assert "|".join(row) == MISSED_KEYS
    assert (row["src"], row["dst"], row["qnum"], row["dst_name"]) == (CALLER, "564", "901", "Ann")
    assert (row["duration"], row["wait"], row["agent_wait"], row["billsec"]) == (17, 17, 15, 0)
    assert (row["queue_id"], row["cuid"]) == ("1700000000.1", "1700000000.1")
    assert (row["queue_status"], row["disposition"], row["hangup"]) == ("CONTINUE", "MISSED", "caller")
    assert row["starttime"] == "1402-08-24 01:43:20"
    assert row["endtime"] == {"$date": {"$numberLong": "1700000017000"}}
    assert (row["wait_hhmmss"], row["duration_hhmmss"]) == ("00:00:17", "00:00:17")


@pytest.mark.cites("S309", "R310")
def test_an_answered_visit_says_when_and_names_the_recording(tmp_path: Path) -> None:
    client = Reports()
    Recorder(RecordingRoot(tmp_path)).attach(client.office.pbx)
    client.office.phones["564"].answers(after=4, talks=9)
    client.office.phones["100"].answers()
    client.office.call("100", "901", context="main_routing", recording=RecordingWish(regardless=True))
    client.office.advance(60)
    (row,) = client.rows("queue/search")
    assert (row["disposition"], row["ANSWERED"], row["hangup"]) == ("ANSWERED", 1, "agent")
    assert (row["duration"], row["wait"], row["agent_wait"], row["billsec"]) == (13, 4, 4, 9)
    assert row["answeredtime"] == {"$date": {"$numberLong": "1700000004000"}}
    assert row["record"] == client.rows("quick/search")[0]["record"] == "20231114_1700000000.1.wav"


@pytest.mark.cites("S309")
@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"qnum": "901"}, 1),
        ({"qnum": "902"}, 0),
        ({"cuid": "1700000000.1", "qnum": "90", "from": "", "to": ""}, 1),
        ({"cuid": "1700000000.2"}, 0),
        ({"from": CALLER, "to": "564"}, 1),
        ({"to": "560"}, 0),
    ],
)
def test_visits_are_found_by_queue_call_and_parties(conditions: dict[str, str], found: int) -> None:
    data = missed().data("queue/search", conditions=conditions, date_range=ANY_TIME, alike="true")
    assert (data["target"], data["useGroupBy"], data["pagination"]["total"]) == ("queue_stat", False, found)
    assert data["pagination"]["sorting"] == {"starttime": -1}


def test_visits_are_found_by_when_the_caller_came_and_nobody_need_have_been_rung() -> None:
    client = Reports()
    call = client.calls_in("902")
    client.office.advance(5)
    assert call.first is not None
    client.office.pbx.calls.hang_up_channel(call.first)
    assert client.rows("queue/search", date_range={"from": "2023-11-15 01:44", "to": "2023-11-15 02:00"}) == []
    (row,) = client.rows("queue/search", date_range={"from": "2023-11-15 01:43", "to": "2023-11-15 01:43"})
    assert (row["qnum"], row["dst"], row["dst_name"], row["agent_wait"]) == ("902", "", "", 0)
    assert "ringtime" not in row


@pytest.mark.cites("S301", "S311", "R313")
def test_an_agents_session_is_the_vendors_sample_byte_for_byte_but_for_its_times() -> None:
    client = Reports()
    client.office.advance(18)
    client.office.pbx.agents.log_out(next(iter(client.office.pbx.agents)))
    fields = {"conditions": {"from": "", "to": "", "exten": "564", "queue": "901"}, "date_range": ANY_TIME, "alike": 1}
    reply = client.report("agent/search", **fields)
    assert reply.body.endswith(SESSION)
    assert client.data("agent/search", **fields)["pagination"]["sorting"] == {"end": -1}


@pytest.mark.cites("S311", "R313")
@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({}, ["inout", "pause"]),
        ({"exten": "564"}, ["inout", "pause"]),
        ({"exten": "560"}, []),
        ({"queue": "902"}, []),
        ({"from": "564"}, []),
        ({"to": "564"}, []),
    ],
)
def test_sessions_are_found_by_extension_and_queue(conditions: dict[str, str], found: list[str]) -> None:
    client = Reports()
    ann = next(iter(client.office.pbx.agents))
    client.office.pbx.agents.pause(ann)
    client.office.advance(5)
    client.office.pbx.agents.unpause(ann)
    client.office.advance(5)
    client.office.pbx.agents.log_out(ann)
    rows = client.rows("agent/search", conditions=conditions)
    assert [row["type"] for row in rows] == found
    for row in rows:
        assert row[row["type"]] == 1
        assert row[f"{row['type']}_du"] == row["duration"] == (10 if row["type"] == "inout" else 5)


def test_sessions_are_ordered_as_asked_for() -> None:
    client = Reports()
    for agent in list(client.office.pbx.agents):
        client.office.advance(5)
        client.office.pbx.agents.log_out(agent)
    rows = client.rows("agent/search", pagination={"sorting": {"exten": 1}})
    assert [row["exten"] for row in rows] == ["560", "564"]
    assert [row["exten"] for row in client.rows("agent/search")] == ["560", "564"]
    assert [row["exten"] for row in client.rows("agent/search", pagination={"sorting": {"duration": 1}})] == [
        "564",
        "560",
    ]
