"""Cdr: the samples letter for letter, each end of a call, and when none is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.engines.simulated.behaviour import Outcome
from pbxsim.pbx.call import CallerId, RecordingWish
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.events import NoticePosted
from pbxsim.testing.office import Office, number
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.event_settings import EventSettings
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import ACCOUNT, Client
from tests.vendors.simotel.event_client import TRUNK, Town, Web

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.notice import Notice


class RecordStore:
    """A place for recordings where there is always room."""

    def hear(self, source: object) -> None:
        raise AssertionError("nobody says anything here")

    def prepare(self, folder: str, file: str) -> None:
        """Take any name."""


def recorded(file: str, *, talk: float = 9, call: int = 378) -> Web:
    """Have 991 call 993, who answers after eleven seconds, and record what they say."""
    office = Town(call=call)
    office.pbx.calls.recorder = RecordStore()
    office.will("993", ring=11, talk=talk)
    web = Web(office.pbx, chosen=["Cdr"])
    office.dials("sip991", "993", recording=RecordingWish(file=file, regardless=True))
    office.finish()
    return web


@pytest.mark.cites("S104", "S109", "S110", "R105", "R111")
def test_the_sample_of_an_answered_call() -> None:
    assert recorded("a.mp3").bodies() == [
        b'{"event_name":"Cdr","starttime":"2021-01-16 06:30:18.471398","endtime":"2021-01-16 06:30:38.471398",'
        b'"src":"991","dst":"993","type":"local","disposition":"ANSWERED","billsec":9,"wait":11,'
        b'"record":"20210116_1610778618.378.mp3","unique_id":"1610778618.378","cuid":"1610778618.378"}'
    ]


@pytest.mark.cites("R102")
def test_a_recording_that_is_a_wav_file_is_named_as_one_and_a_call_without_one_names_none() -> None:
    assert recorded("").told("Cdr")[0]["record"] == "20210116_1610778618.378.wav"
    assert "record" not in recorded("a.mp3", talk=0.5).told("Cdr")[0]


@pytest.mark.cites("S109", "S110", "R111")
def test_the_sample_of_a_call_that_nobody_answered() -> None:
    office = Town(at="2021-01-16T07:17:00.508368Z", call=387)
    office.phones["993"].never_answers()
    web = Web(office.pbx, chosen=["Cdr"])
    office.dials("sip992", "993")
    office.advance(1)
    office.phones["992"].hangs_up()
    assert web.bodies() == [
        b'{"event_name":"Cdr","starttime":"2021-01-16 07:17:00.508368","endtime":"2021-01-16 07:17:01.508368",'
        b'"src":"992","dst":"993","type":"local","disposition":"NO ANSWER","duration":1,"wait":1,'
        b'"unique_id":"1610781420.387","cuid":"1610781420.387"}'
    ]


@pytest.mark.cites("S111", "S117", "R112")
def test_the_client_s_captured_record_of_a_first_party_that_did_not_answer() -> None:
    office = Town(at="2023-09-02T14:05:15.343172Z", call=44)
    web = Web(office.pbx, chosen=["Cdr"], send_unanswered_first_party=True)
    call = first_through_trunk(office, number(Outcome.NO_ANSWER))
    office.advance(1)
    office.pbx.calls.hang_up(call)
    assert web.bodies() == [
        b'{"event_name":"Cdr","starttime":"2023-09-02 14:05:15.343172","endtime":"2023-09-02 14:05:16.343172",'
        b'"src":"101","dst":"failed","type":"outgoing","disposition":"NO ANSWER","duration":1,"wait":1,'
        b'"unique_id":"1693663515.44","cuid":"1693663515.44","outgoing_point":"to_simo_51_20",'
        b'"originated_call_id":"orig.call.1693808308.694172"}'
    ]


def first_through_trunk(office: Office, number: str) -> Call:
    """Have Simotel call that number by the trunk first, showing 101."""
    first = ToTrunk(number, (office.directory.trunks[TRUNK],))
    order = office.order(number, "992", first_to=first, first_shows=CallerId("101"), second_shows=CallerId("101"))
    order = msgspec.structs.replace(order, vendor="simotel", reference="orig.call.1693808308.694172")
    return office.pbx.calls.originate(order)


@pytest.mark.cites("S111", "R112")
@pytest.mark.parametrize(
    ("outcome", "disposition"),
    [
        (Outcome.NO_ANSWER, "NO ANSWER"),
        (Outcome.BUSY, "BUSY"),
        (Outcome.REJECT, "BUSY"),
        (Outcome.FAIL, "FAILED"),
    ],
)
def test_however_a_first_party_was_not_had_its_record_is_sent_only_where_the_switch_is_on(
    outcome: Outcome, disposition: str
) -> None:
    for is_on in (False, True):
        office = Town()
        web = Web(office.pbx, chosen=["Cdr"], send_unanswered_first_party=is_on)
        first_through_trunk(office, number(outcome, ring=1))
        office.finish()
        assert len(office.cdrs()) == 1
        sent = [(one["src"], one["dst"], one["disposition"]) for one in web.told("Cdr")]
        assert sent == ([("101", "failed", disposition)] if is_on else [])


@pytest.mark.cites("S111", "R112")
def test_a_call_of_which_the_first_party_did_not_answer_silences_no_other() -> None:
    office = Town()
    office.phones["991"].never_answers()
    web = Web(office.pbx, chosen=["Cdr"])
    office.call("991", "992")
    office.finish()
    office.dials("sip992", "993")
    office.phones["992"].hangs_up()
    assert [one["src"] for one in web.told("Cdr")] == ["992"]


@pytest.mark.cites("S110", "R111")
@pytest.mark.parametrize(
    ("outcome", "disposition", "seconds"),
    [
        (Outcome.ANSWER, "ANSWERED", {"billsec": 4, "wait": 2}),
        (Outcome.NO_ANSWER, "NO ANSWER", {"duration": 30, "wait": 30}),
        (Outcome.BUSY, "BUSY", {"duration": 2, "wait": 2}),
        (Outcome.FAIL, "FAILED", {"duration": 2, "wait": 2}),
    ],
)
def test_each_end_of_the_second_party_is_sent(outcome: Outcome, disposition: str, seconds: dict[str, int]) -> None:
    office = Town()
    web = Web(office.pbx, chosen=["Cdr"])
    to = number(outcome, ring=2, talk=4)
    office.call("991", to)
    office.finish()
    (told,) = web.told("Cdr")
    assert told["disposition"] == disposition
    assert {key: told[key] for key in ("billsec", "duration", "wait") if key in told} == seconds
    assert (told["src"], told["dst"], told["type"], told["outgoing_point"]) == ("991", to, "outgoing", TRUNK)
    assert "originated_call_id" not in told


@pytest.mark.cites("S109", "R111")
def test_an_incoming_call_names_the_trunk_by_which_it_came_and_the_one_by_which_it_left_again() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["Cdr"])
    office.calls_in("09331112233", "991")
    office.advance(1)
    office.phones["991"].hangs_up()
    office.incoming("09331112233", number(Outcome.ANSWER, talk=1), trunk=TRUNK)
    office.finish()
    told = [(one["src"], one["type"], one.get("entry_point"), one.get("outgoing_point")) for one in web.told("Cdr")]
    assert told == [("09331112233", "incoming", TRUNK, None), ("09331112233", "incoming", TRUNK, TRUNK)]


@pytest.mark.cites("R111")
def test_an_incoming_call_for_which_no_trunk_has_room_has_a_record_too() -> None:
    office = Town()
    trunk = office.directory.trunks[TRUNK]
    trunk.capacity = 0
    web = Web(office.pbx)
    assert office.incoming("09331112233", "991", trunk=TRUNK) is None
    assert [(one["disposition"], one["type"]) for one in web.told("Cdr")] == [("FAILED", "incoming")]
    assert web.names() == ["Cdr"]


@pytest.mark.cites("R109")
def test_a_call_of_another_vendor_is_told_but_its_reference_is_not_ours() -> None:
    office = Town()
    web = Web(office.pbx, chosen=["Cdr"])
    office.call("991", "992", reference="theirs")
    office.advance(1)
    office.phones["992"].hangs_up()
    (told,) = web.told("Cdr")
    assert "theirs" not in str(told)


@pytest.mark.cites("S115")
@pytest.mark.parametrize(
    ("settings", "start"),
    [
        ({}, "2021-01-16 06:30:18.471398"),
        ({"time_zone": "Europe/Prague"}, "2021-01-16 06:30:18.471398"),
        ({"client_api_use_local_timezone": True}, "2021-01-16 10:00:18.471398"),
        ({"client_api_use_local_timezone": True, "time_zone": "Europe/Prague"}, "2021-01-16 07:30:18.471398"),
    ],
)
def test_times_are_utc_or_local(settings: dict[str, object], start: str) -> None:
    office = Town()
    web = Web(office.pbx, chosen=["Cdr"], **settings)
    office.dials("sip991", "992")
    office.phones["991"].hangs_up()
    assert web.told("Cdr")[0]["starttime"] == start


@pytest.mark.cites("R117")
@pytest.mark.parametrize("version", ["G4", "Rest4"])
def test_the_event_can_be_spelt_in_capitals_in_the_path_too(version: str) -> None:
    office = Town(agents=("992",))
    web = Web(office.pbx, chosen=["Cdr", "CdrQueue"], version=version, cdr_name="CDR")
    office.calls_in("09331112233", "902")
    office.advance(1)
    office.phones["992"].hangs_up()
    assert web.names() == ["CdrQueue", "CDR"]
    assert web.bodies()[1].startswith(b'{"event_name":"CDR",')
    assert [notice.url.rpartition("/")[2] for notice in web.notices] == {"G4": ["", ""], "Rest4": ["CdrQueue", "CDR"]}[
        version
    ]


@pytest.mark.cites("S110", "R104")
def test_by_get_numbers_are_text() -> None:
    office = Town(at="2021-01-16T06:30:18Z")
    web = Web(office.pbx, chosen=["Cdr"], method="GET")
    office.dials("sip991", "992")
    office.advance(1)
    office.phones["991"].hangs_up()
    query = (
        "event_name=Cdr&starttime=2021-01-16%2006%3A30%3A18.000000&endtime=2021-01-16%2006%3A30%3A19.000000"
        "&src=991&dst=992&type=local&disposition=ANSWERED&billsec=1&wait=0&unique_id=1610778618.1&cuid=1610778618.1"
    )
    assert [notice.url for notice in web.notices] == [f"http://192.168.51.193/call/?{query}"]


@pytest.mark.cites("R109")
def test_a_call_placed_by_the_interface_carries_the_id_that_it_was_answered_with() -> None:
    client = Client(Settings(accounts=(ACCOUNT,), dialplan="simotel", events=EventSettings(address="http://h/")))
    notices: list[Notice] = []
    client.office.pbx.events.subscribe(NoticePosted, lambda event: notices.append(event.notice))
    vendor.announce(client.interface)
    call = client.call(caller="09121112233", trunk_name="cisco")
    client.office.advance(60)
    client.office.pbx.calls.hang_up(call)
    assert [notice.event for notice in notices] == ["OutgoingCall", *["NewState"] * 3, "Cdr"]
    told = [msgspec.json.decode(notice.body) for notice in notices if notice.event != "NewState"]
    assert {one["originated_call_id"] for one in told} == {call.order.reference}
    assert {notice.call for notice in notices} == {call.number}
