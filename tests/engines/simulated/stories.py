"""Calls told in short, for the tests of the simulated engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND

if TYPE_CHECKING:
    from pbxsim.testing.office import Office


def story_of(office: Office, to: str, second: str = "990100000") -> tuple[str, int, float, float]:
    """Call one number and tell what became of it: disposition, cause, ringing and talk in seconds."""
    call = office.call(to, second, first_timeout=60 * SECOND)
    office.finish()
    first = call.legs[0]
    talk = call.ended_at - call.bridged_at if call.bridged_at else 0
    assert first.cause is not None
    return (
        str(office.cdr(call).disposition),
        first.cause.value,
        ((first.answered_at or first.ended_at) - call.started_at) / SECOND,
        talk / SECOND,
    )
