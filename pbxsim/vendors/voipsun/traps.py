"""What its manual says and clients get wrong."""

from __future__ import annotations

from pbxsim.kit.trap import Careful, Trap, not_connected


def traps() -> tuple[Trap, ...]:
    """Give them, in the order of the report card."""
    return (
        Trap(
            name="error-with-200",
            words='an error has status 200 too, and its success is the text "false", which is not empty',
            careful=Careful.NOTICES,
            statement="S35",
            errors=("100", "120", "202", "220"),
        ),
        Trap(
            name="silent-parameters",
            words="a parameter that is misspelt, or in a wrong case, has no effect, and nothing is said of it",
            careful=Careful.SAYS_WHAT_IT_MEANS,
            statement="R35",
        ),
        *not_connected("R2", 'success "true" says that the PBX was given the instruction, not what came of it'),
    )
