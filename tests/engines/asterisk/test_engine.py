"""What becomes of what Asterisk tells, in the order in which it may tell it: without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pbxsim.engines.asterisk.acted import Actors
from pbxsim.engines.asterisk.engine import AsteriskEngine
from pbxsim.engines.asterisk.registrations import Registrations
from pbxsim.engines.simulated.behaviour import Behaviour
from pbxsim.pbx.cause import HangupCause
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.call import Call

EVERYBODY = frozenset({"sip100"})


class Told:
    """A link on which nobody answers: `asked` is what was."""

    is_up = True

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def send(self, name: str, _failed: Callable[[Exception], None] | None = None, **values: Any) -> None:  # noqa: ANN401
        self.asked.append({"Action": name, **values})

    async def listed(self, _name: str) -> list[dict[str, str]]:
        return []

    async def contacts(self) -> list[dict[str, str]]:
        return []


async def ringing() -> tuple[Office, AsteriskEngine, Call, str]:
    """Have an office ring its one telephone; give the office, its engine, the call, and what Asterisk calls the leg."""
    office = Office(extension("100"))
    actors = Actors(office.pbx, (), Behaviour())
    engine = AsteriskEngine(office.pbx, actors, Registrations(office.directory, EVERYBODY), EVERYBODY)
    office.use_engine(engine)
    link = Told()
    await engine.begin(link, lambda act: act())  # type: ignore[arg-type]
    call = office.call("100")
    (asked,) = link.asked
    return office, engine, call, asked["ChannelId"]


def refused(leg: str) -> dict[str, str]:
    """Spell that a telephone was not reached."""
    return {"event": "OriginateResponse", "actionid": f"o-{leg}", "response": "Failure", "reason": "0"}


async def test_a_telephone_of_which_nothing_else_is_told_was_not_there() -> None:
    office, engine, call, leg = await ringing()
    engine.heard(refused(leg))
    assert not call.is_over
    office.advance(1)
    assert call.cause is HangupCause.SUBSCRIBER_ABSENT


async def test_one_of_which_more_is_told_later_ended_as_that_says() -> None:
    office, engine, call, leg = await ringing()
    engine.heard(refused(leg))
    engine.heard({"event": "Newchannel", "uniqueid": leg, "channel": "Local/s@pbxsim-act-1;1"})
    engine.heard({"event": "Hangup", "uniqueid": leg, "channel": "Local/s@pbxsim-act-1;1", "cause": "17"})
    assert call.cause is HangupCause.USER_BUSY
    office.advance(1)
    assert [cdr.cause for cdr in office.cdrs()] == [HangupCause.USER_BUSY]
