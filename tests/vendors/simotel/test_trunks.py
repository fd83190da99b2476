"""Trunks that a search finds, spelt as the vendor shows them."""

from __future__ import annotations

import pytest

from tests.vendors.simotel.companion import Companion

SERVICE = "pbx/trunks/search"
SAMPLE = b"""{
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
    reply = client.post(SERVICE, alike="true", conditions={"name": "trunk_name_new"})
    (trunk,) = client.found(SERVICE, alike=False, conditions={"name": "trunk_name_new"})
    assert reply.body == SAMPLE % trunk["_id"].encode()


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
    assert [trunk["name"] for trunk in client.found(SERVICE, alike=alike, conditions={"name": name})] == found


@pytest.mark.cites("R202")
def test_a_trunk_that_is_registered_nowhere_has_no_host() -> None:
    (trunk,) = Companion().found(SERVICE, alike=True, conditions={"name": "upc"})
    assert (trunk["host"], trunk["port"]) == ("", "5060")
