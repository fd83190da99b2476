"""NewState: what is told of a user, when, and when nothing is.

ExtenAdded, ExtenRemoved: a PBX file that was loaded anew has a user more, or one less.
"""

from __future__ import annotations

import pytest

from pbxsim.hosting.directory_changes import tell_changes
from pbxsim.pbx.call import CallerId, CallKind
from pbxsim.pbx.dialplan import ToHunt
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.menu import Menu, MenuHunt
from pbxsim.pbx.queue import QueueRules
from pbxsim.pbx.routes import Step
from pbxsim.testing.office import extension, line
from tests.vendors.simotel.event_client import Town, Web, user


def of(web: Web, exten: str) -> list[tuple[str, ...]]:
    """Give what was told of one user."""
    return [state[1:] for state in web.states() if state[0] == exten]


@pytest.mark.cites("S104", "S105", "R105")
def test_the_sample_of_an_idle_user() -> None:
    office = Town(call=378)
    office.will("991", talk=3)
    web = Web(office.pbx, chosen=["NewState"])
    office.call("991", "play")
    office.finish()
    expected = (
        b'{"event_name":"NewState","exten":"991","state":"Idle","unique_id":"1610778618.378","cuid":"1610778618.378"}'
    )
    assert web.bodies()[-1] == expected


@pytest.mark.cites("S105", "R107")
def test_the_sample_of_a_user_who_reached_a_queues_operator() -> None:
    office = Town(at="2021-01-16T06:30:25Z", call=386, agents=("992",))
    office.will("992", ring=3)
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(5)
    expected = (
        b'{"event_name":"NewState","exten":"991","state":"InUse","participant":"992","direction":"out","queue":"902",'
        b'"unique_id":"1610778625.386","cuid":"1610778625.386"}'
    )
    assert web.bodies()[-1] == expected
    assert web.states() == [
        ("991", "InUse", "902", "out", "yes"),
        ("992", "Ringing", "991", "in", "902"),
        ("992", "InUse", "991", "in", "902"),
        ("991", "InUse", "992", "out", "902"),
    ]


@pytest.mark.cites("S105", "R106")
def test_an_originated_call_is_told_party_by_party_and_its_record_last() -> None:
    office = Town()
    office.will("991", ring=2)
    office.will("992", ring=3, talk=4)
    web = Web(office.pbx)
    shows = CallerId("4000")
    office.call("991", "992", first_shows=shows, second_shows=shows)
    office.finish()
    assert web.states() == [
        ("991", "Ringing", "4000", "in"),
        ("991", "InUse", "992", "out", "yes"),
        ("992", "Ringing", "4000", "in"),
        ("992", "InUse", "4000", "in"),
        ("992", "Idle"),
        ("991", "Idle"),
    ]
    assert web.names() == ["NewState"] * 6 + ["Cdr"]
    assert {one["unique_id"] for one in web.told("NewState")} == {"1610778618.1"}


@pytest.mark.cites("S111", "R106")
def test_a_first_party_that_does_not_answer_rings_and_is_idle_and_nothing_more() -> None:
    office = Town()
    office.phones["991"].never_answers()
    web = Web(office.pbx)
    office.call("991", "992")
    office.finish()
    assert web.states() == [("991", "Ringing", "991", "in"), ("991", "Idle")]
    assert web.names() == ["NewState", "NewState"]


@pytest.mark.cites("S105", "R117")
@pytest.mark.parametrize(("key", "spelt"), [("dialer", b'"dialer":"yes"}'), ("dialing", b'"dialing":"yes"}')])
def test_a_user_who_dials_is_in_use_and_said_to_be_dialling_under_either_key(key: str, spelt: bytes) -> None:
    office = Town()
    office.will("992", ring=3)
    web = Web(office.pbx, chosen=["NewState"], dialer_key=key)
    office.handset.dial(office.phones["991"].line, "992")
    assert web.bodies()[0].endswith(spelt)
    office.advance(4)
    office.phones["991"].hangs_up()
    assert web.states() == [
        ("991", "InUse", "992", "out", "yes"),
        ("992", "Ringing", "991", "in"),
        ("992", "InUse", "991", "in"),
        ("991", "Idle"),
        ("992", "Idle"),
    ]


@pytest.mark.cites("R107")
def test_a_caller_id_that_is_a_name_is_the_participant() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    office.call("991", "play", first_shows=CallerId(name="masking"))
    assert web.states()[0] == ("991", "Ringing", "masking", "in")


@pytest.mark.cites("R107")
def test_who_talks_over_a_trunk_talks_with_the_number_that_was_asked_for() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "9901010")
    office.finish()
    assert web.states() == [("991", "InUse", "9901010", "out", "yes"), ("991", "Idle")]


@pytest.mark.cites("R107")
def test_a_user_with_several_telephones_is_told_of_once() -> None:
    office = Town(extension("991", line("a"), line("b")), user("992"))
    office.phones["a"].answers(after=2, talks=3)
    office.phones["b"].never_answers()
    web = Web(office.pbx, chosen=["NewState"])
    office.call("992", "991")
    office.finish()
    assert of(web, "991") == [("Ringing", "992", "in"), ("InUse", "992", "in"), ("Idle",)]


@pytest.mark.cites("R107")
def test_a_telephone_that_is_busy_at_once_has_never_been_anything_but_idle() -> None:
    office = Town()
    office.phones["992"].is_busy()
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.do_not_disturb(office.phones["992"].line, on=True)
    office.handset.dial(office.phones["991"].line, "992")
    office.finish()
    assert of(web, "992") == []


@pytest.mark.cites("R107")
def test_after_a_second_call_a_user_is_in_the_first_one_again() -> None:
    office = Town()
    office.phones["992"].never_answers()
    web = Web(office.pbx)
    office.handset.dial(office.phones["991"].line, "992")
    office.phones["992"].picks_up()
    office.handset.dial(office.phones["993"].line, "991")
    office.phones["993"].hangs_up()
    assert of(web, "991") == [
        ("InUse", "992", "out", "yes"),
        ("Ringing", "993", "in"),
        ("InUse", "992", "out"),
    ]
    ids = [one["unique_id"] for one in web.told("NewState") if one["exten"] == "991"]
    assert ids == ["1610778618.1", "1610778618.3", "1610778618.1"]


@pytest.mark.cites("R107")
def test_after_a_transfer_the_one_who_stays_has_another_participant() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "992")
    office.advance(1)
    office.handset.transfer(office.phones["992"].line, "993")
    office.advance(1)
    assert of(web, "991") == [("InUse", "992", "out", "yes"), ("InUse", "993", "out")]
    assert of(web, "993") == [("Ringing", "991", "in"), ("InUse", "991", "in")]
    assert of(web, "992")[-1] == ("Idle",)


@pytest.mark.cites("R107")
def test_after_an_attended_transfer_both_who_are_left_have_another_participant() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "992")
    office.advance(1)
    office.handset.consult(office.phones["992"].line, "993")
    office.advance(1)
    office.handset.complete(office.phones["992"].line)
    assert of(web, "991")[-1] == ("InUse", "993", "out")
    assert of(web, "993")[-1] == ("InUse", "991", "in")
    assert of(web, "992")[-1] == ("Idle",)
    assert office.pbx.events.failures == []


@pytest.mark.cites("R107")
def test_a_call_that_left_a_queue_names_it_no_more() -> None:
    office = Town(agents=("992",), rules=QueueRules(overflow="993", max_wait=2_000_000))
    office.phones["992"].never_answers()
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(3)
    assert of(web, "992") == [("Ringing", "991", "in", "902"), ("Idle",)]
    assert of(web, "993") == [("Ringing", "991", "in"), ("InUse", "991", "in")]
    assert of(web, "991") == [("InUse", "902", "out", "yes"), ("InUse", "993", "out")]


@pytest.mark.cites("S105", "R108")
def test_a_telephone_that_drops_off_is_unavailable_and_idle_when_it_is_back() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    telephone = office.phones["991"].line
    office.handset.unregister(telephone)
    office.handset.register(telephone)
    assert web.bodies() == [
        b'{"event_name":"NewState","exten":"991","state":"Unavailable"}',
        b'{"event_name":"NewState","exten":"991","state":"Idle"}',
    ]


@pytest.mark.cites("R108")
def test_a_user_is_unavailable_only_without_any_telephone() -> None:
    office = Town(extension("991", line("a"), line("b")))
    web = Web(office.pbx, chosen=["NewState"])
    for name in ("a", "b"):
        office.handset.unregister(office.phones[name].line)
    for name in ("a", "b"):
        office.handset.register(office.phones[name].line)
    assert web.states() == [("991", "Unavailable"), ("991", "Idle")]


@pytest.mark.cites("R108")
def test_one_who_drops_off_in_a_call_is_unavailable_after_it() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "992")
    office.advance(1)
    office.handset.unregister(office.phones["991"].line)
    assert of(web, "991") == [("InUse", "992", "out", "yes")]
    office.phones["992"].hangs_up()
    assert of(web, "991")[-1] == ("Unavailable",)


@pytest.mark.cites("S105", "R108")
def test_an_operator_who_pauses_is_in_pause_after_a_call_too_and_idle_when_back() -> None:
    office = Town(agents=("992",))
    web = Web(office.pbx, chosen=["NewState"])
    (agent,) = office.pbx.agents
    office.pbx.agents.pause(agent)
    office.handset.dial(office.phones["992"].line, "991")
    office.advance(1)
    office.phones["992"].hangs_up()
    office.pbx.agents.unpause(agent)
    assert of(web, "992") == [("Pause",), ("InUse", "991", "out", "yes"), ("Pause",), ("Idle",)]


@pytest.mark.cites("S105", "R108")
def test_an_operator_who_pauses_in_one_queue_is_in_pause_there() -> None:
    office = Town(agents=("992",))
    web = Web(office.pbx, chosen=["NewState"])
    (agent,), (queue,) = office.pbx.agents, office.pbx.queues
    office.pbx.queues.pause(queue, agent)
    office.pbx.queues.unpause(queue, agent)
    assert web.bodies() == [
        b'{"event_name":"NewState","exten":"992","state":"Pause","queue":"902"}',
        b'{"event_name":"NewState","exten":"992","state":"Idle"}',
    ]


@pytest.mark.cites("R108")
def test_a_pause_ends_with_the_membership_and_moves_with_the_operator() -> None:
    office = Town(agents=("992",))
    (agent,), (queue,) = office.pbx.agents, office.pbx.queues
    office.pbx.queues.pause(queue, agent)
    web = Web(office.pbx, chosen=["NewState"])
    office.pbx.agents.log_in(agent, office.phones["993"].line)
    office.pbx.queues.remove(queue, agent)
    assert web.states() == [("992", "Idle"), ("993", "Pause", "902"), ("993", "Idle")]


@pytest.mark.cites("R108")
def test_who_logs_out_pauses_no_more() -> None:
    office = Town(agents=("992",))
    (agent,) = office.pbx.agents
    office.pbx.agents.pause(agent)
    web = Web(office.pbx, chosen=["NewState"])
    office.pbx.agents.log_out(agent)
    assert web.states() == [("992", "Idle")]


@pytest.mark.cites("R109")
def test_a_queue_without_digits_in_its_name_goes_by_the_number_that_leads_to_it() -> None:
    office = Town(agents=("992",), queue="sales")
    web = Web(office.pbx, chosen=["NewState"])
    office.handset.dial(office.phones["991"].line, "902")
    office.advance(1)
    assert of(web, "992") == [("Ringing", "991", "in", "902"), ("InUse", "991", "in", "902")]


@pytest.mark.cites("R107")
def test_a_spy_is_in_use_as_long_as_it_listens() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["NewState"])
    office.call("993", "991", kind=CallKind.SPY, spied_line=office.phones["991"].line)
    office.advance(0)
    office.phones["993"].hangs_up()
    assert web.states() == [("993", "Ringing", "993", "in"), ("993", "InUse", "991", "out", "yes"), ("993", "Idle")]


@pytest.mark.cites("S113", "R114")
def test_the_samples() -> None:
    office = Town(user("77777", registered=False))
    web = Web(office.pbx)
    tell_changes(Directory(extensions=[user("77777"), user("991")]), office.pbx)
    assert web.bodies() == [b'{"event_name":"ExtenRemoved","exten":"991","state":"Unavailable"}']
    web.notices.clear()
    tell_changes(Directory(), office.pbx)
    assert web.bodies() == [b'{"event_name":"ExtenAdded","exten":"77777","state":"Unavailable"}']
    assert [notice.call for notice in web.notices] == [0]


@pytest.mark.cites("R114")
def test_a_new_user_whose_telephone_is_registered_is_idle() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["ExtenAdded"])
    tell_changes(Directory(extensions=[user("992"), user("1000")]), office.pbx)
    assert web.told("ExtenAdded") == [{"exten": "991", "state": "Idle"}, {"exten": "993", "state": "Idle"}]
    assert set(web.names()) == {"ExtenAdded"}


def test_a_user_who_chose_in_a_menu_is_in_use_there_and_then_talks_with_whom_that_led_to() -> None:
    office = Town(agents=("992",))
    office.will("992", ring=3)
    choices = {"1": Step(queue="902"), "2": Step(dial="0912000111")}
    hall = MenuHunt(office.pbx.calls, office.directory, Menu(name="hall", context="main", digits=choices))
    office.pbx.calls.hunts = {**office.pbx.calls.hunts, hall.name: hall}
    web = Web(office.pbx, chosen=["NewState"])
    for digit in "12":
        call = office.dials("sip991", "700", context="main", second_to=ToHunt("700", hall.name))
        assert call is not None
        office.advance(1)
        office.handset.press(office.phones["991"].line, digit)
        office.advance(4)
        office.pbx.calls.hang_up(call)
        office.advance(1)
    assert [state for state in web.states() if state[0] == "991"] == [
        ("991", "InUse", "700", "out", "yes"),
        ("991", "InUse", "992", "out", "902"),
        ("991", "Idle"),
        ("991", "InUse", "700", "out", "yes"),
        ("991", "InUse", "0912000111", "out"),
        ("991", "Idle"),
    ]
