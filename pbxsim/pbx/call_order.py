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


class CallerId(msgspec.Struct, frozen=True):
    """What a telephone's display shows."""

    number: str = ""
    name: str = ""


class RecordingWish(msgspec.Struct, frozen=True):
    """Where a client wants a recording: VoIPSUN's monitorPath, monitorFilename, monitorType; Duocom's grabar."""

    folder: str = ""
    file: str = ""
    application: str = ""
    regardless: bool = False  # record even where the extension's own switch is off


class CallOrder(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """All that a vendor (or the control API) says when it asks for a call.

    `src` and `dst` are the parties that are asked for, `clid` the caller id that the first channel is given (AMI's
    CallerID; None: that of `src`). `spooled`: a call file places it, whose extension `failed` leaves a record even
    where no telephone could be rung. `second` is resolved in `context` when its turn comes, unless
    `second_to` says already where it leads. `talk_limit` is in microseconds from the moment both are connected, 0 for
    none. Legs that leave by a trunk are charged to `account`. `macro` runs before the first party answers, and is noted
    in the call's timeline. `failure_context` is entered when the first party is not reached. `spied_line` or
    `spied_channel` is whom a SPY listens to.
    """

    vendor: str
    first: Destination
    src: str
    dst: str
    kind: CallKind = CallKind.CONNECT
    second: str = ""
    second_to: Destination | None = None
    context: str = ""
    clid: CallerId | None = None
    spooled: bool = False
    first_shows: CallerId = CallerId()
    second_shows: CallerId = CallerId()
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
