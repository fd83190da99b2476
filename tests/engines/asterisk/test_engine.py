"""What becomes of what Asterisk tells, in the order in which it may tell it: without one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.engines.asterisk.acted import Actors
from pbxsim.engines.asterisk.engine import AsteriskEngine
from pbxsim.engines.asterisk.registrations import Registrations
from pbxsim.engines.simulated.behaviour import Behaviour
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.call import Call

EVERYBODY = frozenset({"sip100", "sip101"})


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


async def begun(office: Office) -> tuple[AsteriskEngine, Told]:
    """Have an office whose telephones an Asterisk has."""
    actors = Actors(office.pbx, (), Behaviour())
    engine = AsteriskEngine(office.pbx, actors, Registrations(office.directory, EVERYBODY), EVERYBODY)
    office.use_engine(engine)
    link = Told()
    await engine.begin(link, lambda act: act())  # type: ignore[arg-type]
    return engine, link


async def ringing() -> tuple[Office, AsteriskEngine, Call, str]:
    """Have an office ring its one telephone; give the office, its engine, the call, and what Asterisk calls the leg."""
    office = Office(extension("100"))
    engine, link = await begun(office)
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


def told_of(leg: str, event: str, **more: str) -> dict[str, str]:
    """Spell an event of a leg's channel."""
    return {"event": event, "uniqueid": leg, "channel": f"PJSIP/{leg}", **more}


async def talking() -> tuple[AsteriskEngine, Call, list[str]]:
    """Have two talk; give the engine, the call, and what Asterisk calls the legs."""
    office = Office(extension("100"), extension("101"))
    engine, link = await begun(office)
    call = office.call("100", "101")
    legs = []
    for _ in range(2):
        (asked,) = [each for each in link.asked if each["Action"] == "Originate" and each["ChannelId"] not in legs]
        legs.append(asked["ChannelId"])
        engine.heard(told_of(legs[-1], "Newchannel"))
        engine.heard(told_of(legs[-1], "UserEvent", userevent="PbxsimHeld"))
    assert call.state is CallState.TALKING
    return engine, call, legs


@pytest.mark.parametrize("first_told", [0, 1])
async def test_whom_asterisk_hears_no_more_has_ended_the_call_whichever_end_is_told_first(first_told: int) -> None:
    engine, call, legs = await talking()
    engine.heard(told_of(legs[0], "SoftHangupRequest", cause="1"))
    for leg in (legs[first_told], legs[1 - first_told]):
        engine.heard(told_of(leg, "Hangup", cause="44" if leg == legs[0] else "16"))
    assert call.is_over
    assert call.ended_by is call.legs[0]
    assert call.cause is HangupCause.REQUESTED_CHAN_UNAVAIL


async def test_that_asterisk_gives_a_channel_up_ends_nothing_by_itself_for_so_it_is_told_of_a_transfer_too() -> None:
    engine, call, legs = await talking()
    engine.heard(told_of(legs[0], "SoftHangupRequest", cause="1"))
    assert call.state is CallState.TALKING
