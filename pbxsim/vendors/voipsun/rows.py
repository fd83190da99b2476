"""The rows of `listcalls` and `sipstatus`: there may be tens of thousands, so what of one stays is spelt once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import chain
from operator import add, attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.kit.derived import Derived
from pbxsim.pbx.call import CallState
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import Line
from pbxsim.vendors.voipsun.wire import account_row, accounts, php_lines

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Registration
    from pbxsim.pbx.routes import Trunk

_encode: Final = msgspec.json.Encoder().encode
_DIALING_FIRST: Final = CallState.DIALING_FIRST  # looked up through its class it costs more than the comparison
_DOWN: Final = ChannelState.DOWN
_LEGS: Final = attrgetter("legs")
_FIRST: Final = attrgetter("first")
_REGISTRATION: Final = attrgetter("registration")
_STATE: Final = attrgetter("state")
_MANY: Final = 2_000  # of so many changed rows each moves all behind it, which costs as much as to spell all anew

_Marks: TypeAlias = "tuple[list[tuple[Channel, ...]], list[Channel | None], list[CallState]]"
"""Legs, first party and state of each call."""


class ChannelRows(Derived):
    """The live channels of a PBX as `listcalls` tells of them (S21, R20).

    A row hangs on its channel's state and on these marks of the call; of its order nothing that is told ever changes.
    Whether something is otherwise is seen by comparing whole lists: a tenth of what it costs to look at each row.
    """

    __slots__ = (
        "_befores",
        "_behinds",
        "_is_by_age",
        "_legs",
        "_made",
        "_marks",
        "_numbers",
        "_pieces",
        "_serials",
        "_states",
    )  # fmt: skip

    def __init__(self) -> None:
        self._numbers: list[int] = []  # of the calls
        self._marks: _Marks = [], [], []
        self._legs: list[Channel] = []  # all of these calls, those that are over too
        self._states: list[ChannelState] = []
        self._serials: list[int] = []  # of the rows, which are in this order, as are the next three
        self._made: list[Instant] = []
        self._befores: list[bytes] = []
        self._behinds: list[bytes] = []
        self._pieces = [b""]  # rows, cut at each duration
        self._is_by_age = True

    def spelt(self, calls: Mapping[int, Call], now: Instant) -> tuple[int, list[bytes]]:
        """Spell the rows of the live channels of all live calls, the oldest first, with commas between them.

        Gives how many there are, and the pieces.
        """
        live = calls.values()
        marks: _Marks = list(map(_LEGS, live)), list(map(_FIRST, live)), list(map(_STATE, live))
        states = list(map(_STATE, self._legs))
        if marks != self._marks or states != self._states:
            for leg in self._otherwise([*calls], marks, states):
                self._place(leg)
            self._cut()
        self._pieces[1::2] = self._durations(now)
        return len(self._serials), self._pieces

    def _otherwise(self, numbers: list[int], marks: _Marks, states: list[ChannelState]) -> list[Channel]:
        """Take down how things are now; give the legs whose rows may be otherwise, the oldest first."""
        before = dict(zip(self._numbers, zip(*self._marks, strict=True), strict=True))
        after = dict(zip(numbers, zip(*marks, strict=True), strict=True))
        legs = {leg for leg, one, other in zip(self._legs, self._states, states, strict=True) if one is not other}
        for some, others in ((before, after), (after, before)):
            for number, mark in some.items():
                if others.get(number) != mark:
                    legs.update(mark[0])
        self._numbers, self._marks = numbers, marks
        self._legs = list(chain.from_iterable(marks[0]))
        self._states = list(map(_STATE, self._legs))
        if len(legs) > _MANY:
            self._serials, self._made, self._befores, self._behinds = [], [], [], []
            legs.update(self._legs)
        return sorted(legs, key=attrgetter("serial"))

    def _place(self, leg: Channel) -> None:
        """Put a leg's row in its place, or take it away where the leg is over."""
        serial, serials = leg.serial, self._serials
        place = bisect_left(serials, serial)
        end = place + (place < len(serials) and serials[place] == serial)
        is_up = leg.state is not _DOWN
        before, behind = _channel_row(leg) if is_up else (b"", b"")
        serials[place:end] = [serial] * is_up
        self._made[place:end] = [leg.created_at] * is_up
        self._befores[place:end] = [before] * is_up
        self._behinds[place:end] = [behind] * is_up

    def _cut(self) -> None:
        """Join what is between two durations."""
        befores, behinds = self._befores, self._behinds
        self._pieces = [b""] * (2 * len(befores) + 1)
        if befores:
            self._pieces[::2] = [befores[0], *map(add, behinds, befores[1:]), behinds[-1][:-1]]
        self._is_by_age = self._made == sorted(self._made)

    def _durations(self, now: Instant) -> list[bytes]:
        """Spell how many seconds each channel has lasted; those that began one after the other, all at once."""
        made: list[Instant] = self._made
        texts: list[bytes] = []
        place = 0
        while place < len(made):
            lasts = (now - made[place]) // SECOND
            end = bisect_right(made, now - lasts * SECOND, place) if self._is_by_age else place + 1
            texts += [b"%d" % lasts] * (end - place)
            place = end
        return texts


def _channel_row(channel: Channel) -> tuple[bytes, bytes]:
    """Spell a row, and a comma, cut at its duration.

    Of a telephone of ours that is called second its own number is whom the caller reached.
    """
    call, line = channel.call, channel.line
    order = call.order
    if line is not None:
        kind, owner, source = "SIP", line.id, "extension"
    else:
        kind, owner, source = "SIPTR", channel.trunk.id if channel.trunk is not None else 0, "trunk"
    is_second = channel is not call.first and call.state is not _DIALING_FIRST
    dst = channel.number if line is not None and is_second else order.dst
    before = (
        f'{{"channelName":"SIP/{_quoted(channel.peer)[1:-1]}-{channel.serial:08x}","context":{_quoted(order.context)}'
        f',"src":{_quoted(order.src)},"dst":{_quoted(dst)},"duration":"'
    )
    behind = (
        f'","status":"{channel.shown_state.label}","accountCode":"{kind}_{owner}","sourceType":"{source}"'
        f',"idChannel":"{owner}"}},'
    )
    return before.encode(), behind.encode()


@lru_cache(maxsize=1024)
def _quoted(text: str) -> str:
    return _encode(text).decode()


class AccountRows(Derived):
    """The SIP accounts of a PBX as `sipstatus` tells of them (S25): spelt anew where the registration is another.

    Those whose names are `omitted` are not told of.
    """

    __slots__ = ("_accounts", "_known", "_omitted", "_reply", "_rows", "_seen")

    def __init__(self, omitted: Container[str] = ()) -> None:
        self._omitted = omitted
        self._known: list[Line | Trunk] = []
        self._accounts: list[Line | Trunk] = []  # those of them that are listed, in their order
        self._seen: list[Registration | None] = []
        self._rows: list[bytes] = []
        self._reply = accounts(0, b"")

    def told(self, known: list[Line | Trunk]) -> Reply:
        """Tell of all accounts that there are."""
        if known != self._known:
            self._known = known
            listed = (one for one in known if (one.user if isinstance(one, Line) else one.name) not in self._omitted)
            self._accounts = sorted(listed, key=attrgetter("order"))
            self._seen, self._rows = [None] * len(self._accounts), [b""] * len(self._accounts)
            self._reply = accounts(0, b"")
        seen: list[Registration | None] = list(map(_REGISTRATION, self._accounts))
        if seen != self._seen:
            changed = [place for place, one in enumerate(seen) if one is not self._seen[place]]
            rows = php_lines([account_row(self._accounts[place]) for place in changed])
            for place, row in zip(changed, rows, strict=True):
                self._rows[place] = row
            self._seen, self._reply = seen, accounts(len(seen), b",".join(self._rows))
        return self._reply
