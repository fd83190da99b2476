"""CdrQueue: a caller's time in a queue, the sample letter for letter, and what is in it for each way it can go."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.call import RecordingWish
from pbxsim.pbx.queue import QueueRules
from tests.vendors.simotel.event_client import ADDRESS, Town, Web
from tests.vendors.simotel.events.test_records import RecordStore

ANSWERED = {"src": "991", "dst": "993", "billsec": "4", "wait": "2", "disposition": "ANSWERED", "comment": ""}


def sample(**events: object) -> Web:
    """Have 992 call queue 902 at the moments of the vendor's sample."""
    office = Town(at="2021-01-16T07:29:53.310319Z", call=391, agents=("993",))
    office.pbx.calls.recorder = RecordStore()
    office.will("993", dialing=0.072587, ring=3.4366, talk=31.9754)
    web = Web(office.pbx, chosen=["CdrQueue"], **events)
    office.dials("sip992", "902", recording=RecordingWish(file="a.mp3", regardless=True))
    office.finish()
    return web


def caller_of(office: Town, **events: object) -> Web:
    """Have 991 call the queue, and all of it come to its end."""
    web = Web(office.pbx, chosen=["CdrQueue", "Cdr"], **events)
    office.handset.dial(office.phones["991"].line, "902")
    office.finish()
    assert office.pbx.events.failures == []
    return web


@pytest.mark.cites("S112", "R113")
def test_the_sample() -> None:
    assert sample().bodies() == [
        b'{"event_name":"CdrQueue","unique_id":"1610782193.391","cuid":"1610782193.391","src":"992","dst":"993",'
        b'"queue":"902","billsec":"31","wait":"3","duration":"34","agent_wait":"3","disposition":"ANSWERED",'
        b'"hangup":"agent","queue_status":"CONTINUE","record":"20210116_1610782193.391.mp3",'
        b'"answeredtime":"2021-01-16 07:29:56.819506","ringtime":"2021-01-16 07:29:53.382906",'
        b'"starttime":"2021-01-16 07:29:53.310319","endtime":"2021-01-16 07:30:28.794906",'
        b'"detail":[{"src":"992","dst":"993","billsec":"31","wait":"3","disposition":"ANSWERED","comment":"","tries":"1"}]}'
    ]


@pytest.mark.cites("R104")
def test_by_get_what_is_nested_is_json_text() -> None:
    (notice,) = sample(method="GET").notices
    detail = '[{"src":"992","dst":"993","billsec":"31","wait":"3","disposition":"ANSWERED","comment":"","tries":"1"}]'
    assert notice.url.startswith(f"{ADDRESS}?event_name=CdrQueue&unique_id=1610782193.391&")
    assert notice.url.endswith(f"&detail={quote(detail, safe='')}")


@pytest.mark.cites("R106", "R113")
def test_it_comes_before_the_calls_record() -> None:
    office = Town(agents=("993",))
    office.will("993", ring=2, talk=4)
    assert caller_of(office).names() == ["CdrQueue", "Cdr"]


@pytest.mark.cites("R113")
def test_operators_who_did_not_answer_stand_in_the_detail_with_their_tries() -> None:
    office = Town(agents=("992", "993"), strategy="linear", rules=QueueRules(member_timeout=7_000_000, retry=1_000_000))
    busy, late = Behaviour(outcome=Outcome.BUSY, ring=fixed(3)), Behaviour(outcome=Outcome.NO_ANSWER)
    office.phones["992"].meets_calls_with(busy, late)
    office.phones["993"].meets_calls_with(late, Behaviour(ring=fixed(2), talk=fixed(4)))
    web = Web(office.pbx, chosen=["CdrQueue"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(7.5)
    office.handset.do_not_disturb(office.phones["992"].line, on=True)
    office.finish()
    (told,) = web.told("CdrQueue")
    assert told["detail"] == [
        {"src": "991", "dst": "992", "billsec": "0", "wait": "0", "disposition": "BUSY", "comment": "", "tries": "2"},
        {**ANSWERED, "wait": "6", "tries": "2"},
    ]
    assert (told["wait"], told["agent_wait"], told["billsec"], told["duration"]) == ("10", "2", "4", "14")


@pytest.mark.cites("R113")
def test_who_rang_beside_the_one_who_answered_was_not_tried_in_vain() -> None:
    office = Town(agents=("992", "993"))
    office.phones["992"].never_answers()
    office.will("993", ring=2, talk=4)
    (told,) = caller_of(office).told("CdrQueue")
    assert told["detail"] == [{**ANSWERED, "tries": "1"}]
    assert "record" not in told


@pytest.mark.cites("R113")
def test_a_caller_who_hangs_up_is_named_as_the_one_who_did() -> None:
    office = Town(agents=("993",))
    web = Web(office.pbx, chosen=["CdrQueue"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(1)
    office.phones["991"].hangs_up()
    assert [one["hangup"] for one in web.told("CdrQueue")] == ["caller"]


@pytest.mark.cites("S112", "R113")
def test_a_caller_whom_nobody_answered_has_none() -> None:
    office = Town(agents=("993",))
    office.phones["993"].never_answers()
    web = Web(office.pbx, chosen=["CdrQueue", "Cdr"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(20)
    office.phones["991"].hangs_up()
    assert web.names() == ["Cdr"]


@pytest.mark.cites("R113")
def test_a_caller_who_could_not_join_has_none() -> None:
    office = Town(agents=("993",), rules=QueueRules(join_empty=frozenset({"unavailable"}), overflow="992"))
    office.will("992", talk=1)
    office.handset.unregister(office.phones["993"].line)
    assert caller_of(office).names() == ["Cdr"]


@pytest.mark.cites("R113")
def test_an_operator_who_transfers_ends_the_visit_but_its_event_comes_with_the_record() -> None:
    office = Town(agents=("993",))
    web = Web(office.pbx, chosen=["CdrQueue", "Cdr"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(4)
    office.handset.transfer(office.phones["993"].line, "992")
    office.advance(5)
    assert web.notices == []
    office.phones["992"].hangs_up()
    assert web.names() == ["CdrQueue", "Cdr"]
    (told,) = web.told("CdrQueue")
    assert (told["hangup"], told["billsec"], told["endtime"]) == ("agent", "4", "2021-01-16 06:30:22.471398")


@pytest.mark.cites("R113")
def test_a_caller_who_comes_back_to_the_queue_has_two() -> None:
    office = Town(agents=("993",))
    web = Web(office.pbx, chosen=["CdrQueue"])
    office.calls_in("09331112233", "902")
    office.advance(4)
    office.handset.transfer(office.phones["993"].line, "902")
    office.advance(3)
    office.phones["993"].hangs_up()
    assert [(one["src"], one["billsec"]) for one in web.told("CdrQueue")] == [
        ("09331112233", "4"),
        ("09331112233", "3"),
    ]
    assert len({one["unique_id"] for one in web.told("CdrQueue")}) == 1
