"""sipstatus: the SIP accounts and what is known of each."""

from __future__ import annotations

import json

import msgspec
import pytest

from pbxsim.pbx.extension import Line, Registration
from pbxsim.pbx.routes import Trunk
from pbxsim.testing.office import Office
from pbxsim.vendors.voipsun.settings import Settings
from tests.vendors.voipsun.client import FIXTURES, USER, Client, extension, telephone


def _rows(client: Client) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(client.body("sipstatus"))["results"]
    return rows


@pytest.mark.cites("S25", "R4", "R24")
def test_a_line_and_a_trunk_are_told_as_in_the_manual() -> None:
    registered = Registration(
        host="192.0.2.5", port=5062, contact="sip:102a@192.0.2.5:5062", user_agent="snom870/8.7", status="OK (35 ms)"
    )
    lines = extension(5, "102", Line(id=4, user="102a", registration=registered), Line(id=12, user="102b"))
    trunk = Trunk(id=11, name="siptrunk1", registration=Registration(host="192.0.2.9", port=5060))
    client = Client(behind=Office(lines, trunks=(trunk,), dialplans=("firma",)))

    assert client.body("sipstatus") == (
        b'{"total":3,"results":['
        b'{"id":42,"type":"extension_line","user":"102a","host":"192.0.2.5","port":"5062","status":"OK (35 ms)",'
        b'"useragent":"snom870\\/8.7","regcontact":"sip:102a@192.0.2.5:5062","registry":null,"extension_line_id":"4"},'
        b'{"id":122,"type":"extension_line","user":"102b","host":"(Unspecified)","port":"0","status":"Unmonitored",'
        b'"useragent":"","regcontact":"","registry":null,"extension_line_id":"12"},'
        b'{"id":111,"type":"sip","user":"siptrunk1","host":"192.0.2.9","port":"5060","status":"Unmonitored",'
        b'"useragent":"","regcontact":"","registry":null,"sip_id":"11"}'
        b'],"success":true,"_debug":false}'
    )


@pytest.mark.cites("S25")
def test_keys_and_types_are_those_of_the_manuals_sample(client: Client) -> None:
    sample = json.loads((FIXTURES / "15-sipstatus.reply").read_bytes())
    ours = json.loads(client.body("sipstatus"))

    assert list(ours) == list(sample)
    shapes = {row["type"]: [(key, type(value)) for key, value in row.items()] for row in sample["results"]}
    assert {row["type"] for row in ours["results"]} == set(shapes)
    for row in ours["results"]:
        assert [(key, type(value)) for key, value in row.items()] == shapes[row["type"]]


@pytest.mark.cites("R24")
def test_rows_come_in_the_order_that_the_file_gives_them() -> None:
    one, two, three = (
        Line(id=number, user=f"tel{number}", order=order) for number, order in ((1, 30), (2, 10), (3, 30))
    )
    trunk = Trunk(id=1, name="upc", order=20)
    client = Client(behind=Office(extension(1, "100", one, two, three), trunks=(trunk,), dialplans=("firma",)))

    assert [row["user"] for row in _rows(client)] == ["tel2", "upc", "tel1", "tel3"]


@pytest.mark.cites("R25")
def test_omitted_accounts_are_left_out_and_not_counted() -> None:
    client = Client(Settings(users=(USER,), sipstatus_omits=("sip103a", "upc")))

    rows = _rows(client)
    assert json.loads(client.body("sipstatus"))["total"] == len(rows) == 6
    assert not {"sip103a", "upc"} & {row["user"] for row in rows}


@pytest.mark.cites("S25")
def test_a_telephone_that_drops_off_keeps_what_is_remembered_of_it(client: Client) -> None:
    client.office.handset.unregister(client.line("sip100"))

    row = _rows(client)[0]
    assert (row["host"], row["port"], row["status"]) == ("(Unspecified)", "0", "UNKNOWN")
    assert (row["useragent"], row["regcontact"]) == ("snom870/8.7.3.25.9", "sip:sip100@10.0.0.10:5060")


@pytest.mark.cites("S25")
def test_a_telephone_that_is_not_monitored_stays_so_when_it_drops_off(client: Client) -> None:
    line = client.line("sip100")
    line.registration = msgspec.structs.replace(line.registration, status="")
    client.office.handset.unregister(line)

    assert (_rows(client)[0]["host"], _rows(client)[0]["status"]) == ("(Unspecified)", "Unmonitored")


@pytest.mark.cites("R4")
def test_letters_beyond_ascii_are_escaped_as_php_does() -> None:
    line = telephone("a", 1, "192.0.2.1")
    line.registration = msgspec.structs.replace(line.registration, user_agent='Příliš/"žluťoučký" 😀')
    client = Client(behind=Office(extension(1, "100", line), dialplans=("firma",)))

    assert (
        b'"useragent":"P\\u0159\\u00edli\\u0161\\/\\"\\u017elu\\u0165ou\\u010dk\\u00fd\\" \\ud83d\\ude00"'
        in client.body("sipstatus")
    )


@pytest.mark.cites("R4")
@pytest.mark.parametrize(
    ("agent", "spelt"),
    [
        ('Acme "Deluxe" 1/2', b'Acme \\"Deluxe\\" 1\\/2'),
        ("back\\slash", b"back\\\\slash"),
        ("two\nlines\tand more", b"two\\nlines\\tand more"),
        ("\x01", b"\\u0001"),
        ("\x7f", b"\\u007f"),
    ],
)
def test_letters_that_json_escapes_are_escaped_where_all_are_ascii(agent: str, spelt: bytes) -> None:
    line = telephone("a", 1, "192.0.2.1")
    line.registration = msgspec.structs.replace(line.registration, user_agent=agent)
    client = Client(behind=Office(extension(1, "100", line), dialplans=("firma",)))

    assert b'"useragent":"%b"' % spelt in client.body("sipstatus")
    assert _rows(client)[0]["useragent"] == agent
