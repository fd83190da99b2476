"""Whatever comes in, `1` and a reference or `0` and an error goes out, and nothing is called that should not be."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.vendors.duocom import vendor
from pbxsim.vendors.duocom.actions import ACTIONS
from pbxsim.vendors.duocom.errors import TEXTS
from tests.vendors.duocom.client import FIELDS, MASK, Client, refused

KNOWN = ["666111666", "MiClaveSecreta", "911000222", "ext1234", "12345678@mioficinaweb.es", MASK, "1", "240", "+3491"]
VALUES = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(KNOWN)
NAMES = st.sampled_from([*FIELDS, "mascara", "grabar", "minutos", " principal"])
EVERY_NAME = sorted({name for action in ACTIONS.values() for name in action.parameters})
REFUSALS = {refused(text) for text in TEXTS.values()}


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(fields=st.dictionaries(NAMES, VALUES), method=st.sampled_from(["GET", "POST", "HEAD"]), body=st.binary())
def test_any_request_gets_a_reply_in_the_vendors_form(fields: dict[str, str], method: str, body: bytes) -> None:
    client = Client()
    form = "application/x-www-form-urlencoded"
    reply = client.send(urlencode(FIELDS | fields), method, body=body, Content_Type=form)
    accepted = re.fullmatch(rb"1\n[1-9][0-9]{7}\n", reply.body)
    assert accepted or reply.body in REFUSALS
    assert (reply.call is not None) == (accepted is not None)
    assert client.office.pbx.calls.calls_started == (accepted is not None)


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(
    path=st.sampled_from(vendor.paths),
    fields=st.dictionaries(st.sampled_from(EVERY_NAME), st.text(max_size=12) | st.sampled_from(KNOWN), max_size=6),
)
def test_any_request_to_any_program_gets_a_reply_in_its_form(path: str, fields: dict[str, str]) -> None:
    client = Client()
    reply = client.send(urlencode(FIELDS | fields), path=path)
    assert reply.body in REFUSALS or reply.body.startswith((b"1\n", b"<?xml "))
    assert (reply.code == "") == (reply.body not in REFUSALS)
    assert client.office.pbx.calls.calls_started == (reply.call is not None)


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(query=st.text())
def test_any_text_behind_the_question_mark_is_borne(query: str) -> None:
    assert Client().send(query).body in REFUSALS


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(llamante=VALUES, llamado=VALUES)
def test_only_digits_and_our_own_lines_are_ever_dialled(llamante: str, llamado: str) -> None:
    client = Client()
    client.reply(llamante=llamante, llamado=llamado)
    client.office.finish()
    for call in client.office.pbx.calls.recent:
        assert all(leg.number.isascii() and leg.number.isdecimal() for leg in call.legs)
