"""Every example of the vendor's page on the PBX `documented`: what rings, what is recorded, what it costs."""

from __future__ import annotations

import pytest

from pbxsim.discovery import find_vendors
from pbxsim.kit.request import Request
from pbxsim.web.paths import VendorPaths
from tests.vendors import golden
from tests.vendors.documented import Documented

PARTIES = {
    "01-url": ("911000222", "930000000"),
    "02-voip-address": ("12345678", "930000000"),
    "03-grabar": ("911000222", "930000000"),
    "04-minutos": ("911000222", "930000000"),
    "05-minutos-unlimited": ("911000222", "930000000"),
    "06-minutos-truncated": ("911000222", "930000000"),
    "07-extension-with-special-diversion": ("1234", "930000000"),
    "08-php": ("911000222", "930000000"),
    "09-php-telefacil": ("911000222", "930000000"),
}
FREE_CALLERS = ("02-voip-address", "07-extension-with-special-diversion")


@pytest.mark.cites("S1", "S4", "S9", "S11", "S13", "S15", "R6")
@pytest.mark.parametrize("name", PARTIES)
def test_an_example_connects_its_two_parties_and_charges_both_calls(name: str) -> None:
    documented = Documented("duocom")
    reply = documented.answer(golden.request("duocom", name))
    assert reply.body == b"1\n53010203\n" == (golden.reply("duocom", name) or reply.body)
    assert reply.hints == ()
    (record,) = documented.finished()
    assert (record.src, record.dst) == PARTIES[name]
    assert (record.disposition, record.talked, record.reference) == ("ANSWERED", 30, "53010203")
    charges = documented.pbx.ledger.charges("duocom")
    assert [charge.number for charge in charges] == (
        ["930000000"] if name in FREE_CALLERS else ["911000222", "930000000"]
    )
    assert {charge.reference for charge in charges} == {"53010203"}


def test_every_example_is_tested_here() -> None:
    assert sorted([*PARTIES, "01-url-as-printed", "08-php-as-printed"]) == golden.names("duocom")


@pytest.mark.cites("S10", "R16")
@pytest.mark.parametrize("name", ["01-url-as-printed", "08-php-as-printed"])
def test_an_example_as_printed_is_refused(name: str) -> None:
    documented = Documented("duocom")
    assert documented.answer(golden.request("duocom", name)).body == b"0\n<br>\nERROR: Cuenta incorrecta.\n"
    assert documented.finished() == []


def test_the_banners_line_places_a_call() -> None:
    line = Documented("duocom").interface.curl("http://127.0.0.1:8080")
    assert line == (
        "curl 'http://127.0.0.1:8080/cgi-bin/oficinaweb/oficinaweb_webcallservice"
        "?principal=666111666&llamante=911000222&llamado=930000000&pass=MiClaveSecreta'"
    )


@pytest.mark.cites("S16", "S17", "S19", "S20")
def test_every_other_program_works_there_too() -> None:
    documented = Documented("duocom")
    documented.answer(golden.request("duocom", "08-php"))
    documented.finished()
    documented.answer(golden.request("duocom", "09-php-telefacil"))
    who = "principal=666111666&pass=MiClaveSecreta"
    for brand in ("oficinaweb", "telefacil2"):
        report = documented.answer(Request("GET", f"/cgi-bin/{brand}/api_consumos", f"{who}&finicio=14-11-2023"))
        assert report.body == (
            b"1\n14-11-2023;23:13:20;911000222;Acceso local;911000222;33;0.0610;53010203\n"
            b"14-11-2023;23:13:20;911000222;Acceso local;930000000;30;0.0600;53010203\n"
        )
        for login in (f"{who}&ani=911000222", "usuario_voip=12345678&password_voip=ClaveVoip"):
            masks = documented.answer(Request("GET", f"/cgi-bin/{brand}/apimascaras", login))
            assert b'<mascara puesta="0">911222333</mascara>' in masks.body
    cut = f"{who}&orden=cortar&ref=53010203"
    assert documented.answer(Request("GET", "/cgi-bin/telefacil2/api_control_llamadas", cut)).body == b"1\n"
    assert not documented.pbx.calls.live


@pytest.mark.cites("R29")
@pytest.mark.parametrize("name", ["apisms", "api_filtros", "api_subir_voz", "oficinaweb_m_webcall"])
def test_the_vendors_other_programs_are_nowhere(name: str) -> None:
    paths = VendorPaths(find_vendors().values())
    assert paths.owner(f"/cgi-bin/oficinaweb/{name}") is None
    assert "api_consumos" in paths.hints("/cgi-bin/oficinaweb/api_consumo")[0]
