"""What Asterisk tells of contacts becomes registrations, of real telephones alone."""

from __future__ import annotations

import pytest

from pbxsim.engines.asterisk.registrations import Registrations
from pbxsim.pbx.events import LineRegistered, LineUnregistered
from pbxsim.pbx.extension import DeviceState
from pbxsim.testing.office import Office, extension, line

OLD, NEW = "sip:100@127.0.0.1:7000", "sip:100@127.0.0.1:7002;ob"


@pytest.fixture
def office() -> Office:
    return Office(extension("100", line("sip100")), extension("101", line("sip101", line_id=2)))


def contact(uri: str, status: str = "NonQualified", **more: str) -> dict[str, str]:
    """Spell an event."""
    return {"event": "ContactStatus", "aor": "sip100", "uri": uri, "contactstatus": status, **more}


def test_whoever_asterisk_does_not_know_is_not_registered(office: Office) -> None:
    registrations = Registrations(office.directory, {"sip101"})
    registrations.forget()
    assert (office.directory.line("sip100").is_registered, office.directory.line("sip101").is_registered) == (
        False,
        True,
    )


def test_a_contact_is_taken_apart(office: Office) -> None:
    Registrations(office.directory, ()).changed(contact(OLD, useragent="baresip", roundtripusec="35999"))
    registration = office.directory.line("sip100").registration
    assert (registration.host, registration.port, registration.contact) == ("127.0.0.1", 7000, OLD)
    assert (registration.user_agent, registration.status) == ("baresip", "OK (35 ms)")


def test_a_telephone_that_registers_from_another_port_stays_registered(office: Office) -> None:
    registrations = Registrations(office.directory, ())
    registrations.forget()
    for event in (contact(OLD, "Created"), contact(NEW, "Created"), contact(OLD, "Removed")):
        registrations.changed(event)
    desk = office.directory.line("sip100")
    assert (desk.is_registered, desk.registration.port) == (True, 7002)
    registrations.changed(contact(NEW, "Removed"))
    assert not desk.is_registered


BROWSER = "sip:csm8spe6@127.0.0.1:49392;transport=ws"


def test_of_several_telephones_each_is_rung_and_the_last_is_shown_until_it_goes(office: Office) -> None:
    registrations, desk = Registrations(office.directory, ()), office.directory.line("sip100")
    registrations.forget()
    registrations.changed(contact(OLD, "Created"))
    assert registrations.targets(desk) == ["PJSIP/sip100@udp"]
    registrations.changed(contact(BROWSER, "Created"))
    assert registrations.targets(desk) == [f"PJSIP/sip100@udp/{OLD}", f"PJSIP/sip100/{BROWSER}"]
    assert desk.registration.contact == BROWSER
    office.heard.clear()
    registrations.changed(contact(OLD, "Updated"))
    assert (desk.registration.contact, office.heard) == (BROWSER, []), "a refreshed one is no new one"
    registrations.changed(contact(BROWSER, "Removed"))
    assert (desk.is_registered, desk.registration.contact) == (True, OLD)
    assert registrations.targets(desk) == ["PJSIP/sip100@udp"]
    registrations.changed(contact(OLD, "Removed"))
    assert (desk.is_registered, desk.device_state) == (False, DeviceState.UNAVAILABLE)


def test_the_whole_list_has_all_telephones_of_a_line(office: Office) -> None:
    registrations, desk = Registrations(office.directory, ()), office.directory.line("sip100")
    registrations.changed(contact(OLD))
    listed = [{"objectname": f"sip100;@{place}", "uri": uri} for place, uri in enumerate((OLD, NEW))]
    registrations.read(listed)
    assert registrations.targets(desk) == [f"PJSIP/sip100@udp/{OLD}", f"PJSIP/sip100@udp/{NEW}"]
    assert desk.registration.contact == OLD, "that one is still there"


@pytest.mark.parametrize(
    ("uri", "host", "port"),
    [
        ("sip:100@[2001:db8::7]:5062", "2001:db8::7", 5062),
        ("sip:192.0.2.1", "192.0.2.1", 5060),
        ("sips:100@phone.example;transport=tls", "phone.example", 5060),
    ],
)
def test_every_kind_of_address_is_understood(office: Office, uri: str, host: str, port: int) -> None:
    Registrations(office.directory, ()).changed(contact(uri))
    registration = office.directory.line("sip100").registration
    assert (registration.host, registration.port) == (host, port)


def test_the_whole_list_says_who_is_there_and_who_is_not(office: Office) -> None:
    registrations = Registrations(office.directory, ())
    office.heard.clear()
    registrations.read([{"objectname": "sip100;@abc", "endpoint": "sip100@udp", "uri": OLD}])
    assert office.directory.line("sip100").registration.contact == OLD
    assert not office.directory.line("sip101").is_registered
    assert office.kinds_heard() == [LineRegistered, LineUnregistered]


def test_a_contact_of_nobody_here_or_of_a_simulated_telephone_is_passed_over(office: Office) -> None:
    registrations = Registrations(office.directory, {"sip100"})
    office.heard.clear()
    registrations.changed(contact(OLD))
    registrations.changed(contact(OLD) | {"aor": "somebody"})
    registrations.read([])
    assert office.kinds_heard() == [LineUnregistered]  # sip101, which is real
