"""Why a party that a request named will not be reached: its number is nothing that a trunk could be given.

A request is answered before its second party is dialled, so whoever sent it hears of this here, whatever its vendor is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.numbers import why_not_dialled
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.dialplan import Refused

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx

_CONNECT: Final = CallKind.CONNECT


def dialling_hints(pbx: Pbx, call: Call) -> tuple[str, ...]:
    """Say of each party of a call that was just ordered why it cannot be dialled; mostly nothing."""
    order = call.order
    first, second = order.first, None
    if order.kind is _CONNECT:
        second = order.second_to
        if second is None and why_not_dialled(order.second):
            second = pbx.dialplan.resolve(order.second, order.context)
    if type(first) is Refused or type(second) is Refused:  # seen sooner than an instance of a struct
        return _hint(first) + _hint(second)
    return ()


def _hint(party: Destination | None) -> tuple[str, ...]:
    if not isinstance(party, Refused):
        return ()
    why = why_not_dialled(party.number)
    return (f"{party.number!r} is not connected: {why}",) if why else ()
