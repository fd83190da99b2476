"""What a call is ordered with: who is to be rung, how long, and what telephones show.

Its classes are asked for at call.py, beside the call's own. They stand here because that file is compiled, and a
struct must not be: mypyc loses what stands behind its base class.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.cdr import NO_CUSTOM

if TYPE_CHECKING:
    from pbxsim.pbx.account import Account
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.extension import Line

DEFAULT_RING: Final[Duration] = 30 * SECOND


class CallKind(Enum):
    """What the call is for."""

    CONNECT = "connect"  # ring one party, then connect it to another
    DIAL = "dial"  # ring a number, then send it into a dialplan context
    SPY = "spy"  # ring one party, then let it listen to somebody
    INCOMING = "incoming"  # somebody outside, or one of our telephones, calls


class CallerId(msgspec.Struct, frozen=True, gc=False):
    """What a telephone's display shows."""

    number: str = ""
    name: str = ""


class RecordingWish(msgspec.Struct, frozen=True, gc=False):
    """Where a client wants a recording: VoIPSUN's monitorPath, monitorFilename, monitorType; Duocom's grabar."""

    folder: str = ""
    file: str = ""
    application: str = ""
    regardless: bool = False  # record even where the extension's own switch is off


class _Unsaid:
    """What an order is taken to want where it is a plain one: the fields that a DetailedOrder has."""

    __slots__ = ()

    second_to: Destination | None = None
    clid: CallerId | None = None
    spooled: bool = False
    first_shows: CallerId = CallerId()
    first_timeout: Duration = DEFAULT_RING
    second_timeout: Duration = DEFAULT_RING
    talk_limit: Duration = 0
    custom: tuple[str, str, str, str] = NO_CUSTOM
    account: Account | None = None
    charge_basis: ChargeBasis = ChargeBasis.LEG
    reference: str = ""
    recording: RecordingWish | None = None
    macro: str = ""
    failure_context: str = ""
    spied_line: Line | None = None
    spied_channel: Channel | None = None


class CallOrder(_Unsaid, msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Who is to talk with whom, as a vendor, the control API or a telephone asks for it; all else is as usual.

    `src` and `dst` are the parties that are asked for. `second` is resolved in `context` when its turn comes;
    `second_shows` is what its display shows. An order that says more is a DetailedOrder. One that does not need not
    weigh as much: it is kept as long as its call.
    """

    vendor: str
    first: Destination
    src: str
    dst: str
    kind: CallKind = CallKind.CONNECT
    second: str = ""
    context: str = ""
    second_shows: CallerId = CallerId()

    def saying(self, **more: object) -> DetailedOrder:
        """Give the same order that says more, or otherwise. Raises TypeError for what no order says."""
        said = {name: getattr(self, name) for name in DetailedOrder.__struct_fields__}
        return DetailedOrder(**(said | more))


class DetailedOrder(CallOrder, frozen=True, kw_only=True, eq=False):
    """All that a client can say when it asks for a call.

    `second_to` says already where `second` leads. `clid` is the caller id that the first channel is given (AMI's
    CallerID; None: that of `src`). `spooled`: a call file places it, whose extension `failed` leaves a record even
    where no telephone could be rung. `talk_limit` is in microseconds from the moment both are connected, 0 for
    none. Legs that leave by a trunk are charged to `account`. `macro` runs before the first party answers, and is noted
    in the call's timeline. `failure_context` is entered when the first party is not reached. `spied_line` or
    `spied_channel` is whom a SPY listens to.
    """

    second_to: Destination | None = _Unsaid.second_to
    clid: CallerId | None = _Unsaid.clid
    spooled: bool = _Unsaid.spooled
    first_shows: CallerId = _Unsaid.first_shows
    first_timeout: Duration = _Unsaid.first_timeout
    second_timeout: Duration = _Unsaid.second_timeout
    talk_limit: Duration = _Unsaid.talk_limit
    custom: tuple[str, str, str, str] = _Unsaid.custom
    account: Account | None = _Unsaid.account
    charge_basis: ChargeBasis = _Unsaid.charge_basis
    reference: str = _Unsaid.reference
    recording: RecordingWish | None = _Unsaid.recording
    macro: str = _Unsaid.macro
    failure_context: str = _Unsaid.failure_context
    spied_line: Line | None = _Unsaid.spied_line
    spied_channel: Channel | None = _Unsaid.spied_channel
