"""Refusals carry what a vendor needs to word them, and nothing that tells a stranger more than that."""

from __future__ import annotations

import pytest

from pbxsim.pbx import errors
from pbxsim.pbx.errors import PbxError, QueueNotFound, RecordingMoveRefused, RecordingUnreadable

REFUSALS = [
    kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PbxError) and kind != PbxError
]


def test_every_refusal_is_one_of_the_switchs_own() -> None:
    assert len(REFUSALS) == len({kind.__name__ for kind in REFUSALS}) >= 12


@pytest.mark.parametrize("kind", REFUSALS)
def test_every_refusal_says_in_its_docstring_what_was_wrong(kind: type[PbxError]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != PbxError.__doc__


def test_a_refusal_names_what_the_client_named() -> None:
    assert QueueNotFound("sales").name == "sales"
    assert RecordingUnreadable("/in/a.wav").filename == "/in/a.wav"
    assert RecordingMoveRefused("b.wav").filename == "b.wav"
    assert str(RecordingMoveRefused("b.wav")) == "b.wav"
