"""Whatever comes in, one line goes out, in the vendor's form, and nothing is called that should not be."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.vendors.vum.errors import TEXTS, Text
from tests.vendors.vum.client import CALLBACK, GIVEN, INFO, OWN, Client

VALUES = st.text(max_size=20) | st.sampled_from(["777123456", "1", "2", "3", "+420777123456", GIVEN, INFO, CALLBACK])
NAMES = st.sampled_from(["klic", "cislo", "cislo_kdo", "typ", "styp", "Klic", ""]) | st.text(max_size=8)
QUERIES = st.lists(st.tuples(NAMES, VALUES), max_size=6).map(lambda pairs: "&".join(f"{n}={v}" for n, v in pairs))


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(
    query=QUERIES | st.text(), method=st.sampled_from(["GET", "POST", "PUT", "OPTIONS"]), body=st.binary(max_size=60)
)
def test_any_request_gets_a_reply_in_the_vendors_form(query: str, method: str, body: bytes) -> None:
    client = Client()
    reply = client.send(query, method, body=body, Content_Type="application/x-www-form-urlencoded")
    text = reply.body.decode()
    assert text in TEXTS.values() or text == "" or text == "100.00;2023-11-14 23:13:20;"
    assert (reply.call is not None) == (text == TEXTS[Text.ACCEPTED])
    assert client.office.pbx.calls.calls_started == (reply.call is not None)


@pytest.mark.slow
@settings(deadline=None)  # a slow machine is no fault of the code
@given(key=st.sampled_from([GIVEN, OWN, CALLBACK]), value=st.text())
def test_only_digits_are_ever_dialled(key: str, value: str) -> None:
    client = Client()
    client.send(f"klic={key}&cislo={value}&cislo_kdo={value if key == CALLBACK else ''}")
    client.office.finish()
    for call in client.office.pbx.calls.recent:
        assert all(leg.number.isascii() and leg.number.isdecimal() for leg in call.legs)
