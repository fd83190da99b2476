"""What its manual says and clients get wrong."""

from __future__ import annotations

from pbxsim.kit.trap import ANSWERS, Careful, Trap, not_connected


def traps() -> tuple[Trap, ...]:
    """Give them, in the order of the report card."""
    return (
        Trap(
            name="failure-with-200",
            words="a failure may have status 200: success 0 says it",
            careful=Careful.NOTICES,
            statement="S16",
            errors=("operation-failed", "field-missing"),
            filled={"name": "context"},
        ),
        Trap(
            name="failure-with-a-status",
            words="another failure has a status of its own, with the same envelope",
            careful=Careful.NOTICES,
            statement="S15",
            errors=("credentials-invalid", "access-denied", "no-such-service"),
            filled={"name": "call/originate/act"},
        ),
        Trap(
            name="no-record-of-the-first",
            words="where the first party does not answer, the call ends there, and its record is not sent",
            careful=Careful.KNOWS,
            statement="S111",
            number=ANSWERS,
            our_phones="no answer",
        ),
        Trap(
            name="barred-prefix",
            words="00 and + may not be dialled: the call is accepted, and dropped",
            careful=Careful.KNOWS,
            statement="S19",
            number=f"00420{ANSWERS}",
        ),
        *not_connected("S1", "success says that the first party is called: what comes of it is not in the reply"),
    )
