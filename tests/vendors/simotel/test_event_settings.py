"""What a PBX file may say about Simotel's event webhooks, and what is refused."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
import yaml

from pbxsim.kit.vendor import NOT_SHOWN
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.event_settings import SENT, EventName, EventSettings
from tests.vendors.simotel.client import office
from tests.vendors.simotel.event_client import settings

if TYPE_CHECKING:
    from pbxsim.kit.vendor import SettingsFault


def faults(**events: object) -> list[SettingsFault]:
    """Check settings as a PBX file gives them."""
    section = msgspec.structs.replace(settings(**events), dialplan=None)
    return list(vendor.check(section, office().pbx))


def test_a_full_section_has_no_fault() -> None:
    found = faults(
        enabled=True,
        version="Rest4",
        method="GET",
        chosen=[event.value for event in EventName],
        address="https://crm.example.com:8443/simotel/?token=s3cret&x=%20",
        username="crm",
        password="a:b c",
        timeout=1,
        retry={"first": 1, "factor": 1, "longest": 1, "give_up": 0},
        client_api_use_local_timezone=True,
        time_zone="Europe/Prague",
        cdr_name="CDR",
        dialer_key="dialing",
        send_unanswered_first_party=True,
    )
    assert found == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "crm.example.com",
        "ftp://crm.example.com/",
        "http:///call",
        "http://crm:s3cret@crm.example.com/",
        "http://crm.example.com/#hook",
        "http://crm.example.com/a b",
        "http://crm.example.com/\r\nX: y",
        "http://crm.example.com/سلام",
        "http://crm.example.com:port/",
        "http://crm.example.com:0/",
        "http://crm.example.com:99999/",
        "http://[::1/",
    ],
)
def test_an_address_that_nothing_could_be_sent_to_is_a_fault_and_is_not_repeated(address: str) -> None:
    (fault,) = faults(address=address)
    assert (fault.path, fault.value) == ("events.address", NOT_SHOWN)
    assert "s3cret" not in str(fault)


@pytest.mark.parametrize("address", ["http://h", "http://[::1]:8080/", "https://h?x=1", "http://h:65535/a/b/"])
def test_an_address_may_be_any_http_url(address: str) -> None:
    assert faults(address=address) == []


@pytest.mark.parametrize(
    ("events", "path"),
    [
        ({"username": "a:b", "password": "x"}, "events.username"),
        ({"password": "hidden"}, "events.username"),
        ({"time_zone": "Asia/Theran"}, "events.time_zone"),
        ({"timeout": 0}, "events.timeout"),
        ({"timeout": 301}, "events.timeout"),
        ({"timeout": float("nan")}, "events.timeout"),
        ({"retry": {"first": 0}}, "events.retry.first"),
        ({"retry": {"factor": 0.5}}, "events.retry.factor"),
        ({"retry": {"first": 10, "longest": 9}}, "events.retry.longest"),
        ({"retry": {"give_up": -1}}, "events.retry.give_up"),
        ({"retry": {"give_up": float("inf")}}, "events.retry.give_up"),
        ({"retry": {"longest": float("nan")}}, "events.retry.longest"),
    ],
)
def test_what_could_never_work_is_a_fault_at_its_place(events: dict[str, object], path: str) -> None:
    (fault,) = faults(**events)
    assert fault.path == path
    assert "hidden" not in str(fault)


@pytest.mark.parametrize(
    "events",
    [
        {"address": None},
        {"version": "G1"},
        {"method": "PUT"},
        {"chosen": ["CDR"]},
        {"chosen": ["newstate"]},
        {"retry": {"attempts": 3}},
        {"event": ["Cdr"]},
        {"cdr_name": "cdr"},
    ],
)
def test_what_the_section_does_not_know_is_refused(events: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        settings(**events)


@pytest.mark.cites("S100", "R103")
def test_every_documented_event_may_be_chosen_whether_pbxsim_sends_it_or_not() -> None:
    chosen = settings(chosen=["Cdr", "IncomingFax"]).events
    assert isinstance(chosen, EventSettings)
    assert [event for event in EventName if chosen.wants(event)] == [EventName.CDR, EventName.INCOMING_FAX]
    assert all(EventSettings(address="http://h").wants(event) for event in SENT)


@pytest.mark.cites("S100")
def test_the_readmes_example_is_one() -> None:
    readme = Path(inspect.getfile(EventSettings)).with_name("README.md").read_text("utf-8")
    example = readme.partition("```yaml\n")[2].partition("```")[0]
    section = yaml.safe_load(example)["vendors"]["simotel"]["events"]
    assert section["chosen"] == ["NewState", "IncomingCall", "OutgoingCall", "Cdr"]
    assert faults(**section) == []
