"""Every example of the manual, byte for byte, against the PBXs that come with pbxsim."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pbxsim.vendors.voipsun.settings import Quirks
from tests.vendors import golden
from tests.vendors.voipsun.built_in import BuiltIn
from tests.vendors.voipsun.client import FIXTURES, SUCCESS, documented_error

if TYPE_CHECKING:
    from pathlib import Path

CALLS = [  # the examples that place a call, and the SIP account that is rung first
    ("01-originate-public-number", "sip100"),
    ("02-originate-internal-number", "sip100"),
    ("03-originate-extension-id", "sip100"),
    ("04-originate-sip-username", "sip100"),
    ("06-dial", "upc"),
    ("11-spying-public-numbers", "sip100"),
    ("12-spying-internal-and-public-number", "sip100"),
    ("13-spying-id-and-sip-username", "sip100"),
    ("14-spying-channel", "sip100"),
]


def _examples() -> dict[str, str]:
    """Read the table of examples: what each one's reply is."""
    lines = (FIXTURES / "README.md").read_text("utf-8").splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| `")]
    return {name.strip("`"): kind for name, _, kind, _ in rows}


@pytest.fixture
def documented(tmp_path: Path) -> BuiltIn:
    """Give the PBX `documented`, its recordings in place."""
    pbx = BuiltIn("documented", tmp_path)
    pbx.place_recordings()
    return pbx


@pytest.fixture
def manual(tmp_path: Path) -> BuiltIn:
    """Give the PBX behind the manual's two long samples."""
    return BuiltIn("voipsun-manual", tmp_path)


def test_the_table_of_examples_names_every_golden_request() -> None:
    assert sorted(_examples()) == sorted(golden.names("voipsun"))


@pytest.mark.parametrize("name", [name for name, kind in _examples().items() if kind == "exact"])
def test_an_example_with_a_printed_reply_gets_it_to_the_byte(documented: BuiltIn, name: str) -> None:
    assert documented.replay(name).body == golden.reply("voipsun", name)


@pytest.mark.cites("R2", "R35")
@pytest.mark.parametrize("name", [name for name, kind in _examples().items() if kind == "none"])
def test_an_example_without_one_succeeds_unless_its_print_is_faulty(documented: BuiltIn, name: str) -> None:
    expected = documented_error(120) if name.endswith("-as-printed") else SUCCESS

    assert documented.replay(name).body == expected


def test_all_the_examples_can_be_sent_one_after_the_other(documented: BuiltIn) -> None:
    for name, kind in _examples().items():
        body = documented.replay(name).body
        if kind == "exact":
            assert body == golden.reply("voipsun", name)
        elif not name.endswith("-as-printed"):
            assert b'"success":"true"' in body or b'"success":true' in body, name


@pytest.mark.cites("S2", "S16", "S21", "S22")
@pytest.mark.parametrize(("name", "first"), CALLS)
def test_behind_each_accepted_example_a_call_rings_talks_and_is_recorded(
    documented: BuiltIn, name: str, first: str
) -> None:
    reply = documented.replay(name)

    assert reply.call is not None
    documented.advance(2)
    ringing = json.loads(documented.replay("08-listcalls").body)["results"]
    assert [(row["channelName"].split("-")[0], row["status"]) for row in ringing] == [(f"SIP/{first}", "Ringing")]
    documented.advance(5)
    talking = json.loads(documented.replay("08-listcalls").body)["results"]
    assert {row["status"] for row in talking} == {"Up"}
    documented.advance(60)
    record = documented.pbx.cdrs.get(10001)
    assert (record.vendor, record.disposition, record.call) == ("voipsun", "ANSWERED", reply.call)
    assert record.caller == ("299299000" if name == "06-dial" else "100")


@pytest.mark.cites("S3")
def test_the_four_ways_to_originate_ask_for_the_same_call(documented: BuiltIn) -> None:
    for name, _ in CALLS[:4]:
        documented.replay(name)

    rows = json.loads(documented.replay("08-listcalls").body)["results"]
    assert {(row["src"], row["dst"], row["idChannel"]) for row in rows} == {("100", "800123456", "5")}


@pytest.mark.cites("S25", "R24", "R25")
def test_sipstatus_of_the_manuals_pbx_is_the_manuals_but_for_blanks_between_rows(manual: BuiltIn) -> None:
    printed = golden.reply("voipsun", "15-sipstatus")
    assert printed is not None

    compact = printed.replace(b"[ {", b"[{").replace(b"}, {", b"},{").replace(b"} ]", b"}]")
    assert manual.replay("15-sipstatus").body == compact
    assert json.loads(compact)["total"] == len(json.loads(compact)["results"]) == 19


@pytest.mark.cites("S33", "R32", "R33")
def test_queuestatus_of_the_manuals_pbx_is_the_manuals_to_the_byte(manual: BuiltIn) -> None:
    assert manual.replay("23-queuestatus").body == golden.reply("voipsun", "23-queuestatus")


@pytest.mark.cites("S32", "R27")
def test_agentstatus_is_json_unless_the_manuals_bytes_are_asked_for(documented: BuiltIn, tmp_path: Path) -> None:
    printed = (FIXTURES / "22-agentstatus.replies").read_bytes().splitlines()
    as_printed = BuiltIn("documented", tmp_path, Quirks(agentstatus="documented"))

    valid = documented.replay("22-agentstatus").body

    assert json.loads(valid) == {"success": "true", "reason": "Agent 1000 is logged out."}
    assert as_printed.replay("22-agentstatus").body == printed[7]
    as_printed.replay("16-agentlogin")
    assert as_printed.replay("22-agentstatus").body == printed[0]


@pytest.mark.cites("S26", "S28", "S30", "S31")
def test_the_agents_examples_work_on_one_queue(documented: BuiltIn) -> None:
    for name in ("16-agentlogin", "20-agentadd", "18-agentpause"):
        documented.replay(name)
    (queue,) = json.loads(documented.replay("23-queuestatus").body)["results"]
    (member,) = queue["members"].values()
    assert (member["loggedFrom"], member["penalty"], member["paused"]) == ("SIP/sip100", "1", "1")

    for name in ("19-agentunpause", "21-agentremove", "17-agentlogout"):
        documented.replay(name)
    (queue,) = json.loads(documented.replay("23-queuestatus").body)["results"]
    assert queue["members"] == []


def test_the_curl_line_is_the_manuals_own_example(documented: BuiltIn) -> None:
    example = golden.request("voipsun", "02-originate-internal-number")

    assert (
        documented.interface.curl("http://127.0.0.1:8080")
        == f"curl 'http://127.0.0.1:8080{example.path}?{example.query}'"
    )
