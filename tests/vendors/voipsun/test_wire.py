"""How things are spelt, where no action's own test shows it."""

from __future__ import annotations

import pytest

from pbxsim.pbx.directory import DeviceState
from pbxsim.vendors.voipsun import wire
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
