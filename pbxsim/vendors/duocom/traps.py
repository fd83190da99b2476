"""What its manual says and clients get wrong."""

from __future__ import annotations

from pbxsim.kit.trap import Careful, Trap, not_connected


def traps() -> tuple[Trap, ...]:
    """Give them, in the order of the report card."""
    return (
        Trap(
            name="error-with-200",
            words="a refusal has status 200: its first character is 0",
            careful=Careful.NOTICES,
            statement="S10",
            errors=("account", "number", "credit"),
        ),
        Trap(
            name="reference-comes-again",
            words="a reference is unique within a day, and comes again on another",
            careful=Careful.KNOWS,
            statement="S14",
            days=1,
        ),
        *not_connected("R15", "1 says that the call was taken, not what becomes of it"),
    )
