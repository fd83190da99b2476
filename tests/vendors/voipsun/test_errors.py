"""The error texts: the manual's table, byte for byte, and how placeholders are filled in."""

from __future__ import annotations

import pytest

from pbxsim.pbx import errors as pbx_errors
from pbxsim.pbx.errors import ExtensionNotFound, QueueNotFound, RecordingMoveRefused, RecordingUnreadable
from pbxsim.vendors.voipsun.errors import CODES, ERRORS, PLACEHOLDERS, refusal
from tests.vendors.voipsun.client import FIXTURES


@pytest.mark.cites("S37", "S38", "S39", "S40", "S41", "S42", "S43", "S44", "S45", "S46")
def test_the_table_is_the_manuals_to_the_byte() -> None:
    ours = "".join(f"{code}\t{text}\n" for code, text in ERRORS.items())

    assert ours.encode() == (FIXTURES / "errors.tsv").read_bytes()


def test_every_code_that_the_switch_can_lead_to_is_documented() -> None:
    assert {code for codes in CODES.values() for code in codes.values()} <= set(ERRORS)


def test_each_of_the_switchs_refusals_that_concerns_this_vendor_has_a_code_somewhere() -> None:
    mapped = {kind for codes in CODES.values() for kind in codes}
    known = {
        kind for kind in vars(pbx_errors).values() if isinstance(kind, type) and kind.__module__ == pbx_errors.__name__
    }

    others = {pbx_errors.PbxError, pbx_errors.ImpossibleTransition, pbx_errors.NothingToDo, pbx_errors.MessageNotFound}
    only_read = {pbx_errors.RecordingLate}  # this vendor moves recordings, and sends none
    assert known - mapped == others | only_read


@pytest.mark.cites("R34")
def test_names_from_the_request_stand_where_the_manual_has_its_examples() -> None:
    assert refusal("agentadd", QueueNotFound("Fronta\\1")).filled == {"FrontaABC": "Fronta\\1"}
    assert refusal("moverecord", RecordingUnreadable("/a/b.wav")).filled == {"FILENAME": "/a/b.wav"}
    assert refusal("moverecord", RecordingMoveRefused("/a/b.wav")).filled == {"NEW FILENAME": "/a/b.wav"}
    assert refusal("originate", ExtensionNotFound()).filled == {}


@pytest.mark.cites("R34")
def test_what_is_filled_in_stands_in_every_text_that_has_it() -> None:
    for codes in CODES.values():
        for kind, code in codes.items():
            if kind in PLACEHOLDERS:
                assert PLACEHOLDERS[kind][0] in ERRORS[code]
