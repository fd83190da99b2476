"""Small offices in which somebody talks, for the tests of transfers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import transfer
from pbxsim.pbx.call import CallState
from pbxsim.testing.office import Office, extension

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.pbx.account import Account
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.routes import Trunk

EVER = "990100000"  # answers at once and never hangs up
BOSS = "990100030"  # answers at once, hangs up after 30 s of talk


def office_of(*, accounts: Sequence[Account] = (), trunks: Sequence[Trunk] = ()) -> Office:
    """Give an office of 100 to 102, whose telephones answer at once and never hang up."""
    people = [extension(internal) for internal in ("100", "101", "102")]
    return Office(*people, accounts=accounts, trunks=trunks, longest_talk=600 * SECOND)


def talking(office: Office, second: str = EVER) -> tuple[Call, Channel, Channel]:
    """Have telephone 100 talk with somebody; give the call and its legs."""
    call = office.call("100", second)
    office.advance(0)
    assert call.state is CallState.TALKING
    assert call.first is not None
    assert call.second is not None
    return call, call.first, call.second


def blind(office: Office, leg: Channel, to: str) -> bool:
    """Transfer a leg's partner."""
    return transfer.blind(office.pbx.calls, leg, to)


def consulting(office: Office, to: str = "102") -> tuple[Call, Channel, Call, Channel]:
    """Have telephone 100 hold one outside and talk with another; give both calls with its own leg in each."""
    call, own, _ = talking(office)
    office.handset.hold(office.phones["100"].line)
    consultation = office.dials("sip100", to)
    office.advance(0)
    assert consultation is not None
    assert consultation.first is not None
    assert consultation.state is CallState.TALKING
    return call, own, consultation, consultation.first
