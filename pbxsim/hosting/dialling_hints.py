"""Why a party that a request named will not be reached: its number is nothing that a trunk could be given.

A request is answered before its second party is dialled, so whoever sent it hears of this here, whatever its vendor is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.kit.numbers import why_not_dialled
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.dialplan import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx


def dialling_hints(pbx: Pbx, number: int | None) -> tuple[str, ...]:
    """Say of each party of the call of that number, if there is one, why it cannot be dialled; mostly nothing."""
    call = pbx.calls.find(number) if number is not None else None
    if call is None:
        return ()
    refused = (party for party in _parties(pbx, call) if isinstance(party, Refused))
    reasons = ((party.number, why_not_dialled(party.number)) for party in refused)
    return tuple(f"{number!r} is not connected: {why}" for number, why in reasons if why)


def _parties(pbx: Pbx, call: Call) -> Iterator[Destination]:
    order = call.order
    yield order.first
    if order.kind is CallKind.CONNECT:
        yield order.second_to or pbx.dialplan.resolve(order.second, order.context)
