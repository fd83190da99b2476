"""A call's record in reports, beside the vendor's own samples: keys, order, bytes.

Each sample is the vendor's but for what the rulings say: `_id` holds our record's number, `starttime` and `endtime` are
those of the call, routing takes no time here, and who hung up is not in a record.
"""

from __future__ import annotations

import json

import msgspec
import pytest

from pbxsim.clock.instant import SECOND, Instant, parse_iso
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction, RecordRules, RecordStyle
from pbxsim.testing.office import Office, extension
from tests.vendors.simotel.report_client import Reports, record, settings

# What the vendor's pages show for three calls: the keys of a record, in their order.
_FIRST_KEYS = (
    "_id|type|cuid|clid|src|dst|dcontext|channel|dstchannel|lastapp|lastdata|start|answer|duration|billsec|disposition|"
    "amaflags|accountcode|uniqueid|userfield|sequence|comment|v"
)
BUSY_KEYS = (
    f"{_FIRST_KEYS}|outgoing_point|originated_call_id|route|wait|starttime|endtime|BUSY|outgoing|billsec_hhmmss|"
    "wait_hhmmss"
)
INCOMING_KEYS = (
    f"{_FIRST_KEYS}|did|entry_point|route|wait|starttime|endtime|NO ANSWER|incoming|billsec_hhmmss|wait_hhmmss"
)
SEARCHED_KEYS = (
    f"{_FIRST_KEYS}|outgoing_point|route|wait|starttime|endtime|record|ANSWERED|outgoing|billsec_hhmmss|wait_hhmmss|"
    "duration_hhmmss"
)

ANSWERED = b"""\
            {
                "_id": "64b7a3f25cdfdd0000000030",
                "type": "local",
                "cuid": "1689756645.72",
                "clid": "\\"101\\" <101>",
                "src": "101",
                "dst": "100",
                "dcontext": "main_routing",
                "channel": "SIP/101-0000002a",
                "dstchannel": "SIP/100-0000002b",
                "lastapp": "Dial",
                "lastdata": "SIP/100,,TtKkg",
                "start": "1402-04-28 12:20:45",
                "answer": "2023-07-19 12:20:47",
                "duration": 12,
                "billsec": 11,
                "disposition": "ANSWERED",
                "amaflags": "DOCUMENTATION",
                "accountcode": "",
                "uniqueid": "1689756645.72",
                "userfield": "",
                "sequence": "48",
                "comment": "",
                "v": 2,
                "route": [
                    {
                        "type": "OutgoingRoute",
                        "name": "Outgoing Route",
                        "duration": 0.0,
                        "date": {
                            "$date": {
                                "$numberLong": "1689756645795"
                            }
                        }
                    },
                    {
                        "type": "Extension",
                        "name": "Extension",
                        "duration": 12.898469,
                        "date": {
                            "$date": {
                                "$numberLong": "1689756658694"
                            }
                        }
                    }
                ],
                "wait": 1,
                "starttime": "1402-04-28 12:20:45",
                "endtime": "1402-04-28 12:20:58",
                "ANSWERED": 1,
                "local": 1,
                "billsec_hhmmss": "00:00:11",
                "wait_hhmmss": "00:00:01"
            }"""


def answered() -> Cdr:
    """Make the record of the sample `1689756645.72`."""
    start = 1_689_756_645_795_796
    return record(
        48,
        call=72,
        start=start,
        answer=start + 1_600_000,
        end=start + 12_898_469,
        clid_number="101",
        clid_name="101",
        context="main_routing",
        first_peer="101",
        first_serial=0x2A,
        second_peer="100",
        second_serial=0x2B,
    )


def originated(**fields: object) -> Cdr:
    """Make the record of an originated call whose first party was not reached."""
    start: Instant = parse_iso("2022-09-13T17:32:18.90669Z")
    usual: dict[str, object] = {
        "vendor": "simotel",
        "call": 4898,
        "start": start,
        "answer": 0,
        "end": start + SECOND,
        "src": "200",
        "dst": "123",
        "clid_number": "123",
        "context": "main_routing",
        "disposition": Disposition.FAILED,
        "cause": HangupCause.UNALLOCATED,
        "reference": "orig.call.1663090338.906690",
    }
    return record(4699, **usual | fields)


def shown(cdr: Cdr, service: str = "quick/search") -> dict[str, object]:
    """Give a record as a report has it."""
    client = Reports()
    client.keep(cdr)
    (row,) = client.rows(service)
    return row


@pytest.mark.cites("S304", "S305", "S307", "R305")
def test_an_answered_call_is_the_vendors_sample_byte_for_byte() -> None:
    client = Reports()
    client.keep(answered())
    body = client.report("cdr/ordered/id", _id="").body
    assert ANSWERED in body
    assert body.endswith(ANSWERED + b"\n        ]\n    }\n}")


@pytest.mark.cites("S304", "S306", "R306")
def test_a_second_party_that_was_busy_leaves_the_vendors_keys_in_the_vendors_order() -> None:
    busy = originated(
        direction=Direction.OUTGOING,
        disposition=Disposition.BUSY,
        trunk="t1541",
        dst="09155326344",
        first_peer="t7075",
        first_serial=0x11F1,
        second_peer="t1541",
        second_serial=0x11F2,
    )
    row = shown(busy)
    assert "|".join(row) == BUSY_KEYS
    assert (row["channel"], row["dstchannel"]) == ("SIP/t7075-000011f1", "SIP/t1541-000011f2")
    assert (row["lastapp"], row["lastdata"]) == ("Dial", "SIP/t1541/09155326344,30,TtKk")
    assert (row["outgoing_point"], row["originated_call_id"]) == ("t1541", "orig.call.1663090338.906690")
    assert row["comment"] == "originated call: orig.call.1663090338.906690"
    assert (row["answer"], row["billsec"], row["duration"], row["wait"]) == ("", 0, 1, 1)
    assert [step["type"] for step in json.loads(json.dumps(row["route"]))] == ["OutgoingRoute", "Trunk"]


@pytest.mark.cites("S306", "R306", "R315")
def test_a_busy_second_party_counts_from_the_first_ones_answer_as_in_the_vendors_sample() -> None:
    office = Office(extension("100"), extension("101"), records=RecordRules())
    office.phones["100"].answers(after=2)
    office.phones["101"].is_busy(after=1)
    client = Reports(behind=office)
    ordered = office.order("100", "101", reference="orig.call.1.000001")
    caller_id = CallerId("09155326344", "Shop")
    office.pbx.calls.originate(msgspec.structs.replace(ordered, vendor="simotel", clid=caller_id))
    office.finish()
    (row,) = client.rows("quick/search")
    assert (row["duration"], row["billsec"], row["wait"], row["disposition"]) == (1, 1, 3, "BUSY")
    assert (row["src"], row["clid"], row["cuid"]) == ("09155326344", '"Shop" <09155326344>', "1700000000.1")
    assert row["channel"] == "SIP/sip100-00000001"


@pytest.mark.cites("R315", "S307")
def test_an_answered_call_counts_the_talk_whatever_the_style() -> None:
    for style in RecordStyle:
        office = Office(extension("100"), extension("101"), records=RecordRules(style=style))
        office.phones["100"].answers(after=2)
        office.phones["101"].answers(after=3, talks=4)
        client = Reports(behind=office)
        office.call("100", "101")
        office.finish()
        (row,) = client.rows("quick/search")
        assert (row["duration"], row["billsec"], row["wait"]) == (9, 4, 5)


@pytest.mark.cites("R315")
def test_the_rows_of_a_call_have_one_cuid_by_which_all_are_found() -> None:
    office = Office(extension("100"), extension("101"), extension("102"), records=RecordRules())
    client = Reports(behind=office)
    office.call("100", "101")
    office.advance(5)
    office.handset.transfer(office.phones["101"].line, "102")
    office.advance(5)
    office.phones["102"].hangs_up()
    cuid = "1700000000.1"
    rows = client.rows("quick/search", conditions={"cuid": cuid}, date_range={})
    assert sorted((row["cuid"], row["dstchannel"]) for row in rows) == [
        (cuid, "SIP/sip101-00000002"),
        (cuid, "SIP/sip102-00000003"),
    ]


@pytest.mark.cites("S306", "R307")
def test_a_first_party_that_was_not_reached_leaves_a_failed_spool() -> None:
    row = shown(originated())
    assert (row["type"], row["cuid"], row["clid"]) == ("local", "1663090338.4898", '"" <123>')
    assert (row["channel"], row["dstchannel"], row["lastapp"], row["lastdata"]) == (
        "OutgoingSpoolFailed",
        "",
        "Hangup",
        "",
    )
    assert (row["disposition"], row["FAILED"], row["local"]) == ("FAILED", 1, 1)
    assert (row["duration"], row["billsec"], row["wait"]) == (1, 0, 1)
    assert "outgoing_point" not in row
    assert [step["type"] for step in json.loads(json.dumps(row["route"]))] == ["OutgoingRoute"]


@pytest.mark.cites("S306")
def test_only_calls_of_this_vendor_were_originated_and_others_keep_their_channel() -> None:
    row = shown(originated(vendor="vum", first_peer="100", first_serial=0x1A))
    assert (row["channel"], row["comment"]) == ("SIP/100-0000001a", "")
    assert "originated_call_id" not in row


@pytest.mark.cites("S304", "S307")
def test_a_call_from_outside_has_its_number_and_its_entry_point() -> None:
    incoming = record(
        6,
        src="05155252492",
        dst="1541",
        answer=0,
        direction=Direction.INCOMING,
        disposition=Disposition.NO_ANSWER,
        trunk="t1541",
        first_peer="t1541",
        first_serial=6,
    )
    row = shown(incoming)
    assert "|".join(row) == INCOMING_KEYS
    assert (row["did"], row["entry_point"], row["lastapp"]) == ("1541", "t1541", "Hangup")
    assert (row["billsec"], row["duration"], row["wait"], row["wait_hhmmss"]) == (0, 12, 12, "00:00:12")
    assert json.loads(json.dumps(row["route"]))[0]["type"] == "IncomingRoute"


@pytest.mark.cites("S303", "S305")
def test_the_search_for_records_has_the_end_raw_and_one_key_more() -> None:
    cdr = record(
        7,
        direction=Direction.OUTGOING,
        trunk="center",
        first_peer="562",
        first_serial=1,
        recording_folder="/monitor",
        recording_file="a.mp3",
    )
    row = shown(cdr, "cdr/search")
    assert "|".join(row) == SEARCHED_KEYS
    assert row["record"] == "20230719_1689754020.7.mp3"
    assert row["endtime"] == {"$date": {"$numberLong": "1689754032000"}}
    assert (row["duration_hhmmss"], row["billsec_hhmmss"]) == ("00:00:12", "00:00:10")


@pytest.mark.cites("R308")
def test_dates_may_be_gregorian_and_of_another_time_zone() -> None:
    client = Reports(settings(calendar="gregorian", time_zone="UTC"))
    client.keep(answered())
    (row,) = client.rows("quick/search")
    assert (row["start"], row["answer"], row["endtime"]) == (
        "2023-07-19 08:50:45",
        "2023-07-19 08:50:47",
        "2023-07-19 08:50:58",
    )


def test_what_is_no_character_can_be_told_all_the_same() -> None:
    row = shown(record(1, src="\ud800", clid_name="\udcff"))
    assert (row["src"], row["clid"]) == ("\\ud800", '"\\udcff" <>')
