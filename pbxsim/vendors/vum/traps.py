"""What its manual says and clients get wrong."""

from __future__ import annotations

from pbxsim.kit.trap import Careful, Trap, not_connected


def traps() -> tuple[Trap, ...]:
    """Give them, in the order of the report card."""
    return (
        Trap(
            name="error-with-200",
            words="a refusal has status 200, and is told apart by its text alone",
            careful=Careful.NOTICES,
            statement="R2",
            errors=("unknown-key", "number", "credit"),
        ),
        *not_connected("R16", "the reply says that the call was taken, not what becomes of it"),
    )
