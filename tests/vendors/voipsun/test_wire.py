"""How things are spelt, where no action's own test shows it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.errors import QueueNotFound, RecordingMoveRefused
from pbxsim.pbx.extension import DeviceState
from pbxsim.vendors.voipsun import wire
from pbxsim.vendors.voipsun.errors import refusal
from tests.vendors.voipsun.client import FIXTURES


@pytest.mark.cites("S32", "R37")
def test_every_device_state_has_a_phrase_and_every_phrase_of_the_manual_a_state() -> None:
    printed = (FIXTURES / "22-agentstatus.replies").read_text().splitlines()
    phrases = {line.split("logged in. ")[1].removesuffix('"}') for line in printed[:7]}

    assert set(wire.LOOKS) == set(DeviceState)
    assert set(wire.LOOKS.values()) == phrases


@pytest.mark.cites("R4")
def test_plain_documents_keep_slashes_and_letters() -> None:
    assert wire.document({"a": "SIP/č"}).body == '{"a":"SIP/č"}'.encode()
    assert wire.php_document({"a": "SIP/č"}).body == b'{"a":"SIP\\/\\u010d"}'


@pytest.mark.cites("R27")
def test_only_the_comma_between_the_two_fields_becomes_a_colon() -> None:
    reply = wire.agent_report('Agent "true","reason" is logged out.', as_printed=True)

    assert reply.body == b'{"success":"true":"reason":"Agent \\"true\\",\\"reason\\" is logged out."}'


@pytest.mark.cites("R34")
def test_a_value_that_looks_like_a_placeholder_is_left_as_it_is() -> None:
    filled = {"SIP/XYZ": "SIP/AAA.ZZZ.YYY.XXX", "XXX.YYY.ZZZ.AAA": "SIP/XYZ", "AAA.ZZZ.YYY.XXX": "10.0.0.1"}
    reason = (
        b"SIP host IP address mismatch. Channel SIP/AAA.ZZZ.YYY.XXX is registered from IP SIP/XYZ"
        b" but requested IP address is 10.0.0.1"
    )

    reply = wire.refused(Refusal(210, filled=filled))
    assert reply.body == b'{"success":"false","errno":"210","reason":"' + reason + b'"}'
    assert reply.code == "210"


@pytest.mark.cites("R34")
def test_what_fills_a_placeholder_is_taken_letter_for_letter() -> None:
    in_queue = wire.refused(refusal("agentadd", QueueNotFound("Fronta\\1")))
    assert in_queue.body == b'{"success":"false","errno":"600","reason":"Queue Fronta\\\\1 not found!"}'
    moved = wire.refused(refusal("moverecord", RecordingMoveRefused("/a/b.wav")))
    assert b'"Cannot move file to (/a/b.wav). Check destination folder permissions!"' in moved.body


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_all_json_is_written_as_php_does_however_it_is_encoded(content: object) -> None:
    expected = json.dumps({"a": content}, separators=(",", ":")).replace("/", "\\/").encode()
    assert wire.php_document({"a": content}).body == expected
