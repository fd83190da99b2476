"""The masks API: which masks a telephone has, and that the one set is what its calls show."""

from __future__ import annotations

import pytest

from pbxsim.kit.request import Request
from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.errors import TEXTS, Text
from pbxsim.vendors.duocom.settings import Account, MaskList, VoipUser
from tests.vendors.duocom.client import (
    CUSTOMER,
    FIELDS,
    MASK,
    Client,
    refused,
    with_account,
    with_settings,
)

MASKS = "/cgi-bin/telefacil2/apimascaras"
OTHER_MASK = "911222444"
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
VOIP_USERS = (
    VoipUser(user="12345678", password="ClaveVoip"),
    VoipUser(user="Centralita.1234", password="OtraClave", line="87654321"),
)
TELEPHONES = {"phones": ("911000222", "+34666777888"), "voip_users": VOIP_USERS}
SETTINGS = with_account(**TELEPHONES)
VOIP: dict[str, str | None] = {
    "principal": None,
    "pass": None,
    "usuario_voip": "12345678",
    "password_voip": "ClaveVoip",
}
ANI: dict[str, str | None] = {"ani": "911000222"}
PUT: dict[str, str | None] = {"accion": "poner", "mascara": OTHER_MASK}


def masks(client: Client, **fields: str | None) -> bytes:
    """Ask, and give the reply's body."""
    return client.program(MASKS, **fields).body


def shown(client: Client, llamante: str, **fields: str) -> str:
    """Place a call, and give what its first party sees."""
    return client.call(llamante=llamante, **fields).legs[0].shown_number


@pytest.mark.cites("S20", "R24")
@pytest.mark.parametrize("who", [ANI, VOIP])
def test_the_list_is_xml_with_every_mask_and_which_one_is_shown(who: dict[str, str | None]) -> None:
    client = Client(with_account(**TELEPHONES, mask=MASK))
    reply = client.program(MASKS, **who)
    assert reply.body == HEAD + (
        b'<mascaras><mascara puesta="1">911222333</mascara><mascara puesta="0">911222444</mascara></mascaras>\n'
    )
    assert (reply.status, reply.content_type, reply.hints) == (200, "text/xml; charset=utf-8", ())


@pytest.mark.cites("R24")
def test_without_any_mask_the_list_is_empty_and_without_a_set_one_none_is_shown() -> None:
    assert masks(Client(with_account(masks=(), phones=("911000222",))), **ANI) == HEAD + b"<mascaras></mascaras>\n"
    assert masks(Client(SETTINGS), **ANI).count(b'puesta="0"') == 2


@pytest.mark.cites("R24")
def test_the_form_of_the_list_is_a_template_and_values_are_escaped() -> None:
    form = MaskList(document="<m juego='{charset}'>{mascaras}</m>", mask="<n p='{puesta}'>{numero}</n>")
    account = Account(
        **{name: getattr(CUSTOMER, name) for name in ("principal", "password", "account")},
        masks=("<1&2>",),
        phones=("911000222",),
        activated_apis=("apimascaras",),
    )
    client = Client(with_settings(accounts=(account,), mask_list=form, charset="iso-8859-1"))
    reply = client.program(MASKS, **ANI)
    assert reply.body == b"<m juego='ISO-8859-1'><n p='0'>&lt;1&amp;2&gt;</n></m>"
    assert reply.content_type == "text/xml; charset=iso-8859-1"


@pytest.mark.cites("S20", "R25")
def test_a_mask_that_is_set_is_shown_by_that_telephones_calls_and_no_others() -> None:
    client = Client(SETTINGS)
    assert masks(client, **ANI, **PUT) == b"1\n"
    assert b'<mascara puesta="1">911222444' in masks(client, **ANI)
    assert b'puesta="1"' not in masks(client, **VOIP)
    assert shown(client, "911000222") == shown(client, "+34911000222") == OTHER_MASK
    assert shown(client, "666777888") == shown(client, "12345678@mioficinaweb.es") == "666111666"
    assert shown(client, "911000222", mascara=MASK) == MASK  # what a request names counts
    call = client.call(llamante="990100000", llamado="911000222")
    assert call.order.second_shows.number == "666111666"


@pytest.mark.cites("S20", "R25")
def test_a_voip_user_sets_it_for_its_own_telephone() -> None:
    client = Client(SETTINGS)
    assert masks(client, **VOIP, **PUT) == b"1\n"
    assert shown(client, "12345678@mioficinaweb.es") == OTHER_MASK
    assert shown(client, "87654321@mioficinaweb.es") == "666111666"


@pytest.mark.cites("R25")
def test_an_extension_shows_the_mask_of_the_first_of_its_telephones_that_has_one() -> None:
    client = Client(SETTINGS)
    second = VOIP | {"usuario_voip": "Centralita.1234", "password_voip": "OtraClave"}
    assert masks(client, **second, accion="poner", mascara=MASK) == b"1\n"
    assert shown(client, "ext1234") == shown(client, "87654321@mioficinaweb.es") == MASK
    assert masks(client, **VOIP, **PUT) == b"1\n"
    assert shown(client, "ext1234") == OTHER_MASK


@pytest.mark.cites("R25")
def test_the_last_mask_set_counts_before_the_accounts_own() -> None:
    client = Client(with_account(**TELEPHONES, mask=MASK))
    assert shown(client, "911000222") == MASK
    assert masks(client, **ANI, **PUT) == b"1\n"
    assert shown(client, "911000222") == OTHER_MASK
    assert masks(client, **ANI, accion="poner", mascara=MASK) == b"1\n"
    assert shown(client, "911000222") == MASK


@pytest.mark.cites("R25")
def test_another_customers_calls_from_the_same_number_show_their_own() -> None:
    other = Account(principal="666222666", password="Otra", account="other", activated=True, mask="1", masks=("1",))
    (customer,) = SETTINGS.accounts
    client = Client(with_settings(accounts=(customer, other)))
    masks(client, **ANI, **PUT)
    assert shown(client, "911000222", principal="666222666", password="Otra") == "1"


# -- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.cites("S20", "R25")
@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "ERROR: Faltan parametros."),
        ({"ani": "911000223"}, "ERROR: Telefono incorrecto."),
        ({"ani": "x", "accion": "x"}, "ERROR: Telefono incorrecto."),
        (ANI | {"accion": "quitar"}, "ERROR: Accion incorrecta."),
        (ANI | {"accion": "Poner", "mascara": MASK}, "ERROR: Accion incorrecta."),
        (ANI | {"accion": "poner"}, "ERROR: Faltan parametros."),
        (ANI | {"accion": "poner", "mascara": "911222334"}, "ERROR: Mascara incorrecta."),
        (ANI | {"accion": "poner", "mascara": "911222333\n"}, "ERROR: Peticion incorrecta."),
        (VOIP | {"accion": "poner", "mascara": "x"}, "ERROR: Mascara incorrecta."),
        (ANI | {"pass": "x"}, "ERROR: Cuenta incorrecta."),
        (VOIP | {"password_voip": "OtraClave"}, "ERROR: Cuenta incorrecta."),
        (VOIP | {"password_voip": None}, "ERROR: Cuenta incorrecta."),
        (VOIP | {"usuario_voip": None}, "ERROR: Cuenta incorrecta."),
        (VOIP | {"usuario_voip": "87654321"}, "ERROR: Cuenta incorrecta."),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_changes(fields: dict[str, str | None], text: str) -> None:
    client = Client(SETTINGS)
    assert masks(client, **fields) == refused(text)
    assert b'puesta="1"' not in masks(client, **ANI) + masks(client, **VOIP)


@pytest.mark.cites("R25")
def test_voip_credentials_count_where_both_kinds_are_sent() -> None:
    client = Client(SETTINGS)
    both = VOIP | {"principal": "666111666", "pass": "MiClaveSecreta"} | ANI | PUT
    assert masks(client, **both) == b"1\n"
    assert (shown(client, "12345678@mioficinaweb.es"), shown(client, "911000222")) == (OTHER_MASK, "666111666")


@pytest.mark.cites("S16", "R19", "S3")
@pytest.mark.parametrize("who", [ANI, VOIP])
def test_it_is_switched_on_by_itself_restricted_like_all_and_both_brands_have_it(who: dict[str, str | None]) -> None:
    paths = [path for path in vendor.paths if path.endswith("/apimascaras")]
    assert sorted(paths) == ["/cgi-bin/oficinaweb/apimascaras", MASKS]
    assert len({Client(SETTINGS).program(path, **who).body for path in paths}) == 1
    off = Client(with_account(**TELEPHONES, activated_apis=("api_consumos",)))
    assert off.program(MASKS, **who).code == TEXTS[Text.SERVICE_OFF]
    far = Client(with_account(**TELEPHONES, allowed_addresses=("203.0.113.7",)))
    assert far.program(MASKS, **who).code == TEXTS[Text.ADDRESS]


@pytest.mark.cites("S20")
def test_a_voip_user_is_claimed_by_the_pbx_that_has_it_and_may_do_nothing_else() -> None:
    client = Client(SETTINGS)
    claims = client.interface.claims
    assert claims(Request("GET", MASKS, "usuario_voip=12345678&password_voip=ClaveVoip"))
    assert not claims(Request("GET", MASKS, "usuario_voip=12345678&password_voip=x"))
    assert not claims(Request("GET", MASKS, "usuario_voip=&password_voip="))
    call = FIELDS | VOIP | {"password": None}
    assert client.ask(**{name: value for name, value in call.items() if name != "pass"}) == refused(
        "ERROR: Cuenta incorrecta."
    )


@pytest.mark.cites("R24")
def test_no_hint_shows_a_password() -> None:
    for fields in (VOIP | {"password_voip": "Secreto1"}, {"pass": "Secreto1"}, {"ani": "1", "accion": "x"}):
        told = " ".join(Client(SETTINGS).program(MASKS, **fields).hints)
        assert told
        assert "Secreto1" not in told
        assert "Clave" not in told
