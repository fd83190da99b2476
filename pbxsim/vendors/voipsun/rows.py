"""The rows of `listcalls` and `sipstatus`: there may be tens of thousands, so what of one stays is spelt once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.kit.derived import Derived
from pbxsim.pbx.call import CallState
from pbxsim.vendors.voipsun.wire import account_row, php_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.call import CallOrder
    from pbxsim.pbx.channel import Channel, ChannelState
    from pbxsim.pbx.directory import Line, Registration, Trunk

_Row: TypeAlias = "tuple[CallOrder, ChannelState, bool, bytes, bytes]"
"""What a channel's row hangs on: its order and state, whether it is the second party's; the row, cut at `duration`."""

_encode: Final = msgspec.json.Encoder().encode
_DIALING_FIRST: Final = CallState.DIALING_FIRST  # looked up through its class it costs more than the comparison


class ChannelRows(Derived):
    """The live channels of a PBX as `listcalls` tells of them (S21, R20)."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[Channel, _Row] = {}

    def spelt(self, channels: Iterable[Channel], now: Instant) -> list[bytes]:
        """Spell the rows of all live channels, and remember them until the next time."""
        known, seen, rows = self._known, {}, []
        second, duration = -1, b""
        for channel in channels:
            call = channel.call
            is_second = channel is not call.first and call.state is not _DIALING_FIRST
            row = known.get(channel)
            if row is None or row[0] is not call.order or row[1] is not channel.state or row[2] is not is_second:
                row = _channel_row(channel, call.order, is_second=is_second)
            seen[channel] = row
            lasts = (now - channel.created_at) // SECOND
            if lasts != second:  # as that of the one before: many began at the same time
                second, duration = lasts, b"%d" % lasts
            rows.append(row[3] + duration + row[4])
        self._known = seen
        return rows


def _channel_row(channel: Channel, order: CallOrder, *, is_second: bool) -> _Row:
    """Spell a row. Of a telephone of ours that is called second its own number is whom the caller reached."""
    line = channel.line
    if line is not None:
        kind, owner, source = "SIP", line.id, "extension"
    else:
        kind, owner, source = "SIPTR", channel.trunk.id if channel.trunk is not None else 0, "trunk"
    dst = channel.number if line is not None and is_second else order.dst
    before = (
        f'{{"channelName":"SIP/{_quoted(channel.peer)[1:-1]}-{channel.serial:08x}","context":{_quoted(order.context)}'
        f',"src":{_quoted(order.src)},"dst":{_quoted(dst)},"duration":"'
    )
    behind = (
        f'","status":"{channel.shown_state.label}","accountCode":"{kind}_{owner}","sourceType":"{source}"'
        f',"idChannel":"{owner}"}}'
    )
    return order, channel.state, is_second, before.encode(), behind.encode()


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return _encode(text).decode()


class AccountRows(Derived):
    """The SIP accounts of a PBX as `sipstatus` tells of them (S25): spelt anew where the registration is another."""

    __slots__ = ("_accounts", "_rows", "_seen", "_together")

    def __init__(self) -> None:
        self._accounts: list[Line | Trunk] = []
        self._seen: list[Registration | None] = []
        self._rows: list[bytes] = []
        self._together = b""

    def spelt(self, accounts: list[Line | Trunk]) -> bytes:
        """Spell the rows of all accounts that are listed, with commas between them."""
        if accounts != self._accounts:
            self._accounts, self._seen, self._rows = accounts, [None] * len(accounts), [b""] * len(accounts)
            self._together = b""
        seen: list[Registration | None] = [account.registration for account in accounts]
        if seen != self._seen:
            changed = [place for place, one in enumerate(seen) if one is not self._seen[place]]
            rows = php_lines([account_row(accounts[place]) for place in changed])
            for place, row in zip(changed, rows, strict=True):
                self._rows[place] = row
            self._seen, self._together = seen, b",".join(self._rows)
        return self._together
