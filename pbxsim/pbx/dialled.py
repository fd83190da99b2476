"""What somebody dials at a telephone, as the order of a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.call import CallerId, CallKind, CallOrder
from pbxsim.pbx.dialplan import ToExtension

if TYPE_CHECKING:
    from pbxsim.pbx.extension import Line


def dialled(line: Line, number: str, *, by: str) -> CallOrder:
    """Order what is dialled at a telephone of a line, which is there already.

    `by` is whom records name as the one that asked, where a vendor's request would stand. The number is looked for in
    the line's own context, and the display that rings shows the line's extension, as Asterisk has it for an endpoint's
    `callerid` (res_pjsip_caller_id.c).
    """
    own = line.extension
    return CallOrder(
        vendor=by,
        kind=CallKind.INCOMING,
        first=ToExtension(own.internal, own),
        src=own.internal,
        dst=number,
        second=number,
        context=own.dialplan,
        second_shows=CallerId(own.internal, own.owner),
    )
