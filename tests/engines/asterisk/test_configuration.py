"""The configuration that is written for an Asterisk: whole, private, and of this PBX's telephones alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from pbxsim.engines.asterisk.acted import Actors
from pbxsim.engines.asterisk.asterisk_settings import AsteriskEntry, AsteriskLineEntry, ProviderEntry
from pbxsim.engines.asterisk.configuration import Places, Secrets, configuration, directories, templates
from pbxsim.engines.asterisk.engine import AsteriskEngine
from pbxsim.engines.asterisk.registrations import Registrations
from pbxsim.engines.simulated.behaviour import Behaviour
from pbxsim.testing.office import Office, extension, line

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = AsteriskEntry(
    lines=(AsteriskLineEntry(line="sip101", secret="chosen-by-hand"), AsteriskLineEntry(line="sip102", simulated=True))
)


def written(folder: Path, entry: AsteriskEntry = ENTRY, pbx: str = "office") -> dict[str, str]:
    """Write it for an office of three telephones, one of them simulated."""
    people = [extension(str(number), line(f"sip{number}", line_id=number)) for number in (100, 101, 102)]
    known = Secrets(pbx, entry, folder / "key")
    return configuration(Office(*people).directory, Places.of(entry), known, entry)


def test_nothing_is_left_to_be_filled_in(tmp_path: Path) -> None:
    files = written(tmp_path)
    assert files.keys() == templates().keys()
    assert not [name for name, text in files.items() if re.search(r"@[A-Z_]+@", text)]


def test_each_real_telephone_has_an_endpoint_and_a_simulated_one_has_none(tmp_path: Path) -> None:
    text = written(tmp_path)["pjsip.conf"]
    for endpoint in ("[sip100@udp](line)", "[sip100](line-browser)"):
        assert f"{endpoint}\nauth = sip100-auth\naors = sip100\ncallerid = <100>\n" in text
    assert "username = sip101\npassword = chosen-by-hand\n" in text
    assert "sip102" not in text


def test_a_trunk_with_a_provider_has_an_endpoint_and_lets_nobody_in(tmp_path: Path) -> None:
    office, known = Office(), Secrets("office", ENTRY, tmp_path / "key")
    upc = ProviderEntry(trunk="upc", host="sip.example.net", port=5070, user="customer", secret="paid-for")
    with_it = configuration(office.directory, Places.of(ENTRY), known, replace(ENTRY, providers=(upc,)))
    without = configuration(office.directory, Places.of(ENTRY), known, ENTRY)
    assert with_it["pjsip.conf"].removeprefix(without["pjsip.conf"]) == (
        "[trunk-upc](trunk)\noutbound_auth = trunk-upc-auth\naors = trunk-upc\n"
        "from_user = customer\nfrom_domain = sip.example.net\n"
        "[trunk-upc-auth](trunk-secret)\nusername = customer\npassword = paid-for\n"
        "[trunk-upc](trunk-contact)\ncontact = sip:sip.example.net:5070\n\n"
    )
    del with_it["pjsip.conf"], without["pjsip.conf"]
    assert with_it == without
    assert not re.search(r"\bDial\(", with_it["extensions.conf"]), "a dialplan that dials could be misused"


def test_it_listens_where_the_file_says(tmp_path: Path) -> None:
    entry = AsteriskEntry(address="127.0.0.2", sip_port=5070, ws_port=8089, ami_port=5039, rtp_ports=(20_000, 20_100))
    files = written(tmp_path, entry)
    assert "bind = 127.0.0.2:5070\n" in files["pjsip.conf"]
    assert "bindaddr = 127.0.0.2\nbindport = 8089\n" in files["http.conf"]
    assert "bindaddr = 127.0.0.1\nport = 5039\n" in files["manager.conf"]
    assert "rtpstart = 20000\nrtpend = 20100\n" in files["rtp.conf"]


def test_ami_has_no_more_rights_than_the_engine_needs(tmp_path: Path) -> None:
    text = written(tmp_path)["manager.conf"]
    assert re.findall(r"^(read|write) = (.*)$", text, re.MULTILINE) == [
        ("read", "call,system,user,dtmf"),
        ("write", "call,originate,system,reporting,user"),
    ]
    assert "permit = 127.0.0.1/255.255.255.255" in text


def test_secrets_stay_the_same_and_differ_from_each_other_pbx_and_key(tmp_path: Path) -> None:
    known = Secrets("office", AsteriskEntry(), tmp_path / "key")
    again = Secrets("office", AsteriskEntry(), tmp_path / "key")
    others = (
        Secrets("shop", AsteriskEntry(), tmp_path / "key"),
        Secrets("office", AsteriskEntry(), tmp_path / "other"),
    )
    assert known.line("sip100") == again.line("sip100")
    assert len({known.line("sip100"), known.line("sip101"), known.ami, *(each.line("sip100") for each in others)}) == 5
    assert len(known.ami) == 24


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    assert Secrets("office", AsteriskEntry(), tmp_path / "deep/key").ami
    assert (tmp_path / "deep/key").stat().st_mode & 0o777 == 0o600


def test_every_module_is_named_once() -> None:
    named = re.findall(r"^load = (\S+)$", templates()["modules.conf"], re.MULTILINE)
    assert len(named) == len(set(named)) > 40
    assert all(name.endswith(".so") for name in named)


def test_the_dialplan_uses_no_application_whose_module_is_not_loaded() -> None:
    files = templates()
    # Answer, Goto, Hangup, Ringing and Wait are in Asterisk itself (pbx_builtins.c).
    applications = set(re.findall(r"(?:=>|,) ?(?:\S+,)?\d?,?([A-Z]\w+)\(", files["extensions.conf"]))
    applications |= set(re.findall(r"[n1](?:\(\w+\))?,(\w+)\(", files["extensions.conf"]))
    own = {"Answer", "Goto", "Hangup", "Ringing", "Wait"}
    modules = {
        "BridgeWait": "app_bridgewait",
        "ChanSpy": "app_chanspy",
        "ExecIf": "app_exec",
        "MusicOnHold": "res_musiconhold",
        "Playback": "app_playback",
        "Playtones": "app_playtones",
        "StopPlaytones": "app_playtones",
        "UserEvent": "app_userevent",
    }
    for application in applications - own - {"CHANNEL"}:
        assert f"load = {modules[application]}.so" in files["modules.conf"], application


def test_the_directories_are_a_section_and_no_template(tmp_path: Path) -> None:
    text = directories(tmp_path, tmp_path / "modules", tmp_path / "data")
    assert text.startswith("[directories]\n")
    assert f"astmoddir => {tmp_path}/modules\n" in text


def test_all_events_that_are_heard_are_sent_and_no_others(tmp_path: Path) -> None:
    office = Office(extension("100"))
    engine = AsteriskEngine(
        office.pbx, Actors(office.pbx, (), Behaviour()), Registrations(office.directory, ()), frozenset()
    )
    sent = re.findall(
        r"^eventfilter\(action\(include\),name\((\w+)\)\) =$", written(tmp_path)["manager.conf"], re.MULTILINE
    )
    assert sorted(sent) == sorted([*engine.heard_events, "FullyBooted"])  # the last is the link's
