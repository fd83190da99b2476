"""Users and trunks that a search finds, spelt as the vendor shows them."""

from __future__ import annotations

import pytest

from pbxsim.pbx.extension import Diversion
from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel.settings import LenientField, Settings
from tests.vendors.simotel.client import ACCOUNT, failure
from tests.vendors.simotel.companion import Companion

USERS = "pbx/users/search"
FAILED = failure("Requested operation failed")
SAMPLE_USER = b"""{
    "success": 1,
    "message": "",
    "data": [
        {
            "_id": "%s",
            "user_type": "SIP",
            "active": "yes",
            "call_record": "no",
            "push_notification": "no",
            "name": "101",
            "number": "101",
            "cid_number": "101",
            "secret": "******",
            "deny": "0.0.0.0/0.0.0.0",
            "permit": "0.0.0.0/0.0.0.0",
            "dtmfmode": "rfc2833",
            "context": "main_routing",
            "host": "dynamic",
            "type": "friend",
            "port": "5060",
            "qualify": "yes",
            "email": "",
            "forward_policy": {
                "Busy": "",
                "No Answer": "",
                "UnAvailable": "",
                "All": ""
            },
            "more_options": "",
            "canreinvite": "no",
            "directmedia": "no",
            "nat": "force_rport,comedia",
            "callgroup": "1",
            "pickupgroup": "1",
            "callcounter": "yes",
            "faxdetect": "no",
            "call_limit": "",
            "description": "",
            "date": "1402-04-26 19:32:56",
            "queues": []
        }
    ]
}"""
NOBODY = b'{\n    "success": 1,\n    "message": "",\n    "data": []\n}'


def numbers(client: Companion, **fields: object) -> list[str]:
    """Search, and give the numbers of those found."""
    return [user["number"] for user in client.found(USERS, **{"alike": True} | fields)]


@pytest.mark.cites("S201", "R202", "R203")
def test_the_sample_is_answered_with_the_vendors_bytes() -> None:
    office = Office(extension("101", dialplan="main_routing"), dialplans=("main_routing",))
    client = Companion(Settings(accounts=(ACCOUNT,)), office)
    reply = client.post(USERS, status="all", alike=True, conditions={"name": "101", "number": "", "mapped": ""})
    (user,) = client.found(USERS, alike=True)
    assert reply.body == SAMPLE_USER % user["_id"].encode()
    assert reply.hints == ()


@pytest.mark.cites("S201")
def test_all_users_of_the_numbering_plan_are_found_where_nothing_is_asked_for() -> None:
    client = Companion()
    nothing: list[dict[str, object]] = [{}, {"conditions": {}}, {"conditions": []}, {"conditions": {"name": ""}}]
    for fields in nothing:
        assert numbers(client, **fields) == ["557", "552", "553", "570", "571"]
    everybody = Companion(Settings(accounts=(ACCOUNT,)))
    assert numbers(everybody) == ["557", "552", "553", "570", "571", "100"]


@pytest.mark.cites("S201", "S202")
@pytest.mark.parametrize(
    ("alike", "number", "found"),
    [
        (True, "55", ["557", "552", "553"]),
        ("true", "7", ["557", "570", "571"]),
        (1, "570", ["570"]),
        ("1", 57, ["557", "570", "571"]),
        (False, "55", []),
        ("false", "557", ["557"]),
        (0, "557", ["557"]),
        ("0", 557, ["557"]),
        (True, "9", []),
    ],
)
def test_alike_finds_parts_and_otherwise_only_the_whole_counts(alike: object, number: object, found: list[str]) -> None:
    assert numbers(Companion(), alike=alike, conditions={"number": number}) == found


@pytest.mark.cites("R211")
def test_alike_does_not_mind_upper_and_lower_case_and_the_whole_does() -> None:
    client = Companion()
    client.office.directory.extensions[0].owner = "Sara Ahmadi"
    assert numbers(client, conditions={"name": "sara"}) == ["557"]
    assert numbers(client, alike=False, conditions={"name": "sara ahmadi"}) == []
    assert numbers(client, alike=False, conditions={"name": "Sara Ahmadi"}) == ["557"]


@pytest.mark.cites("R211")
def test_all_conditions_must_fit() -> None:
    client = Companion()
    assert numbers(client, conditions={"name": "55", "number": "2"}) == ["552"]
    assert numbers(client, conditions={"name": "57", "number": "2"}) == []


@pytest.mark.cites("S205")
def test_mapped_users_are_those_on_whose_extension_an_operator_works() -> None:
    client = Companion()
    client.post("pbx/queues/addagent", queue="999", source="570", agent="3001")
    assert numbers(client, status="mapped") == ["552", "570"]
    assert numbers(client, status="all", conditions={"mapped": "300"}) == ["570"]
    assert numbers(client, status="mapped", alike=False, conditions={"mapped": "2001"}) == ["552"]
    client.post("pbx/queues/removeagent", queue="999", agent="3001")
    assert numbers(client, status="mapped") == ["552"]


@pytest.mark.cites("R202")
def test_what_the_pbx_knows_of_a_user_is_told() -> None:
    client = Companion()
    one = client.office.directory.extensions[1]
    one.owner, one.records, one.caller_id = "Ben", True, "02112345678"
    one.lines[0].diversion = Diversion(always="553", busy="557", no_answer="570")
    client.post("pbx/queues/addagent", queue="999", source="552", agent="2001")
    (user,) = client.found(USERS, alike=False, conditions={"number": "552"})
    assert (user["name"], user["call_record"], user["cid_number"]) == ("Ben", "yes", "02112345678")
    assert user["forward_policy"] == {"Busy": "557", "No Answer": "570", "UnAvailable": "570", "All": "553"}
    assert user["queues"] == ["999", "0219000"]
    assert user["context"] == "simotel"


@pytest.mark.cites("R203")
def test_ids_are_24_hex_digits_and_the_same_at_any_time_and_no_two_are_equal() -> None:
    services = (USERS, "pbx/trunks/search", "pbx/queues/search")
    one, other = Companion(), Companion()
    ids = [
        [found["_id"] for service in services for found in client.found(service, alike=1)] for client in (one, other)
    ]
    assert ids[0] == ids[1]
    assert len(set(ids[0])) == len(ids[0]) == 11
    assert all(len(each) == 24 and set(each) <= set("0123456789abcdef") for each in ids[0])


@pytest.mark.cites("S202", "R201")
@pytest.mark.parametrize("service", [USERS, "pbx/trunks/search", "pbx/queues/search"])
def test_alike_is_required_but_where_the_pbx_file_says_so(service: str) -> None:
    lenient = Companion(Settings(accounts=(ACCOUNT,), lenient_fields=(LenientField.ALIKE,)))
    for fields in ({}, {"alike": ""}, {"alike": None}):
        assert Companion().post(service, **fields).body == failure("Field 'alike':value is missing")
        assert lenient.found(service, **fields) == lenient.found(service, alike=True)
    assert lenient.found(service, alike=False, conditions={"name": "no"}) == []


@pytest.mark.cites("R208")
@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"alike": "yes"}, "parameter 'alike' cannot be used: true or false expected"),
        ({"alike": 2}, "parameter 'alike' cannot be used"),
        ({"alike": []}, "parameter 'alike' cannot be used"),
        ({"alike": {}}, "parameter 'alike' cannot be used"),
        ({"alike": 1, "status": "some"}, "parameter 'status' cannot be used: one of all, mapped expected"),
        ({"alike": 1, "status": ["all"]}, "parameter 'status' cannot be used: text expected"),
        ({"alike": 1, "conditions": "name"}, "parameter 'conditions' cannot be used: an object expected"),
        ({"alike": 1, "conditions": ["name"]}, "parameter 'conditions' cannot be used: an object expected"),
        ({"alike": 1, "conditions": 0}, "parameter 'conditions' cannot be used: an object expected"),
        ({"alike": 1, "conditions": {"name": ["a"]}}, "parameter 'conditions.name' cannot be used: text expected"),
        ({"alike": 1, "conditions": {"number": "5\n"}}, "parameter 'conditions.number' cannot be used: it holds"),
    ],
)
def test_what_cannot_be_searched_for_fails_and_the_journal_says_why(fields: dict[str, object], hint: str) -> None:
    reply = Companion().post(USERS, **fields)
    assert (reply.status, reply.body) == (200, FAILED)
    assert reply.hints[0].startswith(hint)


def test_names_that_nothing_has_are_told_to_the_journal() -> None:
    reply = Companion().post(USERS, alike=True, number="557", conditions={"Number": "9", "nmae": "x"})
    assert reply.hints == (
        "parameter 'number' is not documented; there are: status, alike, conditions",
        "parameter 'Number' is written 'number': case counts",
        "parameter 'nmae' is not documented: did you mean 'name'?",
    )


@pytest.mark.cites("S201")
def test_nobody_found_is_an_empty_list() -> None:
    assert Companion().post(USERS, alike=True, conditions={"name": "nobody"}).body == NOBODY


TRUNKS = "pbx/trunks/search"
SAMPLE_TRUNK = b"""{
    "success": 1,
    "message": "",
    "data": [
        {
            "_id": "%s",
            "trunk_type": "SIP",
            "name": "trunk_name_new",
            "register_string": "",
            "active": "yes",
            "deny": "0.0.0.0/0.0.0.0",
            "permit": "0.0.0.0/0.0.0.0",
            "dtmfmode": "rfc2833",
            "canreinvite": "no",
            "directmedia": "no",
            "context": "from-pstn",
            "host": "192.168.1.10",
            "type": "friend",
            "nat": "force_rport,comedia",
            "port": "5060",
            "qualify": "yes",
            "insecure": "port,invite",
            "disallow": "all",
            "allow": "ulaw,alaw",
            "more_options": "",
            "description": "",
            "date": "1399-12-10 15:05:16"
        }
    ]
}"""


@pytest.mark.cites("S207", "R202")
def test_the_sample_is_answered_with_the_vendors_keys_in_their_order() -> None:
    client = Companion()
    reply = client.post(TRUNKS, alike="true", conditions={"name": "trunk_name_new"})
    (trunk,) = client.found(TRUNKS, alike=False, conditions={"name": "trunk_name_new"})
    assert reply.body == SAMPLE_TRUNK % trunk["_id"].encode()


@pytest.mark.cites("S207")
@pytest.mark.parametrize(
    ("alike", "name", "found"),
    [
        (True, "", ["trunk_name_new", "upc"]),
        (True, "U", ["trunk_name_new", "upc"]),
        (True, "trunk", ["trunk_name_new"]),
        (False, "trunk", []),
        (False, "upc", ["upc"]),
    ],
)
def test_trunks_are_found_by_name(alike: object, name: str, found: list[str]) -> None:
    client = Companion()
    assert [trunk["name"] for trunk in client.found(TRUNKS, alike=alike, conditions={"name": name})] == found


@pytest.mark.cites("R202")
def test_a_trunk_that_is_registered_nowhere_has_no_host() -> None:
    (trunk,) = Companion().found(TRUNKS, alike=True, conditions={"name": "upc"})
    assert (trunk["host"], trunk["port"]) == ("", "5060")
