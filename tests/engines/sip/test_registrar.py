"""Who registers where, for how long, and who may not."""

from __future__ import annotations

import msgspec

from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.message import Response
from tests.engines.sip.wire import HERE, Wire, asks, first_line, registers, request

ELSEWHERE = Flow("UDP", "198.51.100.4", 40_001)


def where(wire: Wire, user: str = "sip100") -> list[tuple[str, Flow]]:
    """Give a user's contacts."""
    return [(binding.uri, binding.flow) for binding in wire.registrar.contacts(user)]


def test_a_telephone_is_where_its_request_came_from_whatever_its_contact_says() -> None:
    wire = Wire()
    answer = registers(wire)
    assert first_line(answer) == "SIP/2.0 200 OK"
    assert answer.all("contact") == ["<sip:sip100@10.0.0.7:5062>;expires=3600"]
    assert where(wire) == [("sip:sip100@10.0.0.7:5062", HERE)]
    assert wire.changed == ["sip100"]


def test_from_which_ports_of_an_address_telephones_have_registered_is_known_but_for_those_on_connections() -> None:
    wire = Wire()
    registers(wire)
    there = wire.registrar.contacts("sip100")[0]
    for number, flow in enumerate((Flow("UDP", HERE.host, 7), Flow("TCP", HERE.host, 9, 1), ELSEWHERE)):
        user = f"other{number}"
        wire.registrar.take_over({user: [msgspec.structs.replace(there, flow=flow)]})
    assert wire.registrar.ports(HERE.host) == [7, HERE.port]
    assert wire.registrar.ports(ELSEWHERE.host) == [ELSEWHERE.port]
    assert wire.registrar.ports("192.0.2.200") == []


def test_who_does_not_know_the_password_or_registers_for_another_is_refused() -> None:
    wire = Wire()
    (wrong,) = asks(wire, "REGISTER", "sip:sip100@192.0.2.1", password="wrong")
    (other,) = asks(wire, "REGISTER", "sip:sip101@192.0.2.1", "sip100", call_id="other")
    (nobody,) = asks(wire, "REGISTER", "sip:nobody@192.0.2.1", "nobody", call_id="nobody")
    assert [first_line(each) for each in (wrong, other, nobody)] == [
        "SIP/2.0 401 Unauthorized",
        "SIP/2.0 403 Forbidden",
        "SIP/2.0 401 Unauthorized",
    ]
    assert (where(wire), where(wire, "sip101")) == ([], [])


def test_wrong_passwords_are_counted_and_answered_later_and_later_but_right_ones_at_once() -> None:
    wire = Wire()
    waits = []
    for turn in range(7):
        sent = asks(wire, "REGISTER", "sip:sip100@192.0.2.1", password="wrong", call_id=f"c{turn}")
        waits.append(0.0 if sent else wire.elapse(20)[0][0])
    assert waits == [0, 0, 0, 0.5, 1, 2, 4]
    assert wire.agent.penalties.total == 7
    assert wire.heard.told[-1] == ("denied", "sip100", "192.0.2.10", 7)
    assert first_line(registers(wire)) == "SIP/2.0 200 OK"


def test_a_registration_ends_when_its_time_is_over() -> None:
    wire = Wire()
    wire.registered(contact="<sip:sip100@10.0.0.7>;expires=60")
    wire.elapse(59)
    assert where(wire)
    wire.elapse(2)
    assert (where(wire), wire.changed) == ([], ["sip100"])


def test_several_telephones_of_one_line_are_told_and_the_best_comes_first() -> None:
    wire = Wire()
    wire.registered(contact="<sip:a@10.0.0.7>;q=0.2;expires=100")
    answer = registers(wire, flow=ELSEWHERE, contact="<sip:b@10.0.0.8>;q=0.9", more=("Expires: 200",))
    assert answer.all("contact") == ["<sip:b@10.0.0.8>;expires=200", "<sip:a@10.0.0.7>;expires=100"]
    assert [flow for _, flow in where(wire)] == [ELSEWHERE, HERE]


def test_a_telephone_that_moves_is_one_telephone() -> None:
    wire = Wire()
    wire.registered(contact='<sip:a@10.0.0.7>;+sip.instance="<urn:x>"')
    registers(wire, flow=ELSEWHERE, contact='<sip:a@10.0.0.8>;+sip.instance="<urn:x>"')
    assert where(wire) == [("sip:a@10.0.0.8", ELSEWHERE)]


def test_a_telephone_unregisters_itself_or_all_of_its_line() -> None:
    wire = Wire()
    wire.registered(contact="<sip:a@10.0.0.7>")
    wire.registered(contact="<sip:b@10.0.0.7>")
    assert registers(wire, contact="<sip:a@10.0.0.7>;expires=0").all("contact") == ["<sip:b@10.0.0.7>;expires=3600"]
    assert first_line(registers(wire, contact="*")) == "SIP/2.0 400 Contact * Without Expires: 0"
    assert registers(wire, contact="*", more=("Expires: 0",)).all("contact") == []
    assert where(wire) == []


def test_who_only_asks_is_told_and_nothing_changes() -> None:
    wire = Wire()
    wire.registered()
    assert registers(wire, contact="").all("contact") == ["<sip:sip100@10.0.0.7:5062>;expires=3600"]
    assert wire.changed == []


def test_a_request_that_comes_again_later_changes_nothing() -> None:
    wire = Wire()
    texts: list[str] = []

    def noted(text: str) -> str:
        texts.append(text)
        return f"{text}\nExpires: 60"

    asks(wire, "REGISTER", "sip:sip100@192.0.2.1", with_=noted, call_id="one")
    registers(wire, call_id="one", sequence=5, contact="*", more=("Expires: 0",))
    wire.elapse(100)
    (answer,) = wire.says(texts[0])
    assert (first_line(answer), "stale=true" in answer.first("www-authenticate")) == ("SIP/2.0 401 Unauthorized", True)
    assert where(wire) == []


def test_a_telephone_that_has_begun_anew_and_counts_from_the_beginning_is_taken() -> None:
    wire = Wire()
    registers(wire, call_id="one", sequence=10)
    assert registers(wire, call_id="one", sequence=1, flow=ELSEWHERE).code == 200
    assert [flow for _, flow in where(wire)] == [ELSEWHERE]


def test_contacts_of_a_connection_go_with_it() -> None:
    wire, flow = Wire(), Flow("TCP", "192.0.2.10", 5062, 7)
    wire.registered(flow=flow)
    wire.agent.lost(flow)
    assert where(wire) == []


def test_a_way_to_two_lines_is_known_until_the_last_of_them_is_gone() -> None:
    wire = Wire()
    stream = Flow("TCP", "192.0.2.20", 40_000, 7)
    for user in ("sip100", "sip101"):
        wire.registered(user, flow=stream, contact=f"<sip:{user}@192.0.2.20>")
    registers(wire, "sip100", flow=stream, contact="<sip:sip100@192.0.2.20>;expires=0")
    assert (wire.registrar.has(stream), where(wire), len(where(wire, "sip101"))) == (True, [], 1)
    wire.agent.lost(stream)
    assert (wire.registrar.has(stream), where(wire, "sip101"), wire.changed) == (False, [], ["sip100", "sip101"])


def test_a_password_is_asked_for_by_each_algorithm_that_is_wanted() -> None:
    wire = Wire(("SHA-256", "MD5"))
    (challenged,) = wire.says(request("REGISTER", "sip:sip100@192.0.2.1", target="sip:192.0.2.1"))
    assert isinstance(challenged, Response)
    algorithms = [value.partition("algorithm=")[2].partition(",")[0] for value in challenged.all("www-authenticate")]
    assert algorithms == ["SHA-256", "MD5"]
    assert registers(wire).code == 200
