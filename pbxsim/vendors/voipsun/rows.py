"""The rows of `listcalls` and `sipstatus`: there may be tens of thousands, so what of one stays is spelt once.

They are spelt in pieces, which whoever answers may have done beforehand (`VoipsunInterface.prepare`): the list itself
is then put together in one go, and tells of one moment.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import chain, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.kit.derived import Derived
from pbxsim.pbx.call import CallState
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import Line
from pbxsim.vendors.voipsun.wire import account_rows, accounts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from pbxsim.clock.instant import Instant
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Registration
    from pbxsim.pbx.routes import Trunk

_Listed: TypeAlias = "Channel | tuple[Channel, ...] | None"
_States: TypeAlias = "ChannelState | tuple[ChannelState, ...]"

_encode: Final = msgspec.json.Encoder().encode
_DIALING_FIRST: Final = CallState.DIALING_FIRST  # looked up through its class it costs more than the comparison
_DOWN: Final = ChannelState.DOWN
_LISTED: Final = attrgetter("listed")
_LABELS: Final = {each: each.label for each in ChannelState}
_FIRST: Final = attrgetter("first")
_REGISTRATION: Final = attrgetter("registration")
_STATE: Final = attrgetter("state")

LONG: Final = 200
"""More calls, or accounts, make a list that is long: it takes more than a millisecond."""

_BLOCK: Final = 7  # bits of a call's number: 128 calls that began one after the other are compared at once
_PIECE: Final = 6  # bits of a channel's serial: the rows of 64 are spelt at once
_AT_ONCE: Final = 16  # so many of these pieces, before others have their turn
_ACCOUNTS: Final = 256  # accounts that are spelt at once

_CUT: Final = "\0"  # JSON has no such letter


class _Block(msgspec.Struct, frozen=True):
    """How some calls were: their numbers, first parties, legs as they are `listed` beside these, and states; and the
    states of all these legs.
    """

    numbers: list[int] = []
    firsts: list[Channel | None] = []
    listed: list[_Listed] = []
    states: list[CallState] = []
    first_states: list[_States] = []
    listed_states: list[_States] = []

    def by_number(self) -> dict[int, tuple[Channel | None, _Listed, CallState, _States, _States]]:
        """Give what is known of each call."""
        known = zip(self.firsts, self.listed, self.states, self.first_states, self.listed_states, strict=True)
        return dict(zip(self.numbers, known, strict=True))


def _block(numbers: list[int], calls: list[Call]) -> _Block:
    """Tell how calls are."""
    firsts, listed = list(map(_FIRST, calls)), list(map(_LISTED, calls))
    return _Block(numbers, firsts, listed, list(map(_STATE, calls)), _states(firsts), _states(listed))


def _states(legs: Sequence[_Listed]) -> list[_States]:
    """Give the states of legs; of most calls there is one."""
    try:
        return list(map(_STATE, legs))
    except AttributeError:
        return [tuple(map(_STATE, _legs(None, each))) for each in legs]


def _legs(first: Channel | None, listed: _Listed) -> tuple[Channel, ...]:
    """Give a call's legs, in any order, and one perhaps twice."""
    others = listed if isinstance(listed, tuple) else () if listed is None else (listed,)
    return others if first is None else (first, *others)


class _Piece:
    """The rows of live channels whose serials are near each other, and when each channel began."""

    __slots__ = ("made", "rows", "texts")

    def __init__(self) -> None:
        self.rows: dict[int, str] = {}
        self.made: dict[int, Instant] = {}
        self.texts: list[bytes] = [b""]

    def spell(self) -> None:
        """Put the rows together, cut at each duration."""
        self.texts = "".join([self.rows[serial] for serial in sorted(self.rows)]).encode().split(_CUT.encode())


class ChannelRows(Derived):
    """The live channels of a PBX as `listcalls` tells of them (S21, R20).

    A row hangs on its channel's state and on its call's legs, first party and state; of its order nothing that is told
    ever changes. Whether something is otherwise is seen by comparing whole lists: a tenth of what it costs to look at
    each row.
    """

    __slots__ = ("_blocks", "_is_by_age", "_is_whole", "_made", "_pieces", "_stale", "_texts", "_unspelt")

    def __init__(self) -> None:
        self._blocks: dict[int, _Block] = {}
        self._stale: list[int] = []  # blocks that are otherwise
        self._pieces: dict[int, _Piece] = {}
        self._unspelt: set[int] = set()  # pieces that are otherwise
        self._made: list[Instant] = []
        self._texts = [b""]  # of all pieces, and between them the durations
        self._is_whole = True  # these texts are those of the pieces
        self._is_by_age = True

    def spelt(self, calls: Mapping[int, Call], now: Instant) -> tuple[int, list[bytes]]:
        """Spell the rows of the live channels of all live calls, the oldest first, with commas between them.

        Gives how many there are, and the pieces.
        """
        for _ in self.prepare(calls):
            pass
        texts = self._texts
        texts[1::2] = self._durations(now)
        return len(self._made), texts

    def prepare(self, calls: Mapping[int, Call]) -> Iterator[None]:
        """Spell what has to be spelt anew of those channels, a piece at a time.

        Between two pieces anything may happen, and somebody else list them: what is known of a block is always how all
        of it was at one moment, and what was spelt is of then. It is compared with how things are the next time.
        """
        self._compare(calls)
        yield  # whoever answers compares once more: others have their turn before that
        while self._stale:
            self._take(self._stale.pop(), calls)
            yield
        while self._unspelt:
            for place in [*islice(self._unspelt, _AT_ONCE)]:
                self._pieces[place].spell()
                self._unspelt.discard(place)
                self._is_whole = False
            yield
        if not self._is_whole:
            self._put_together()
            yield

    def _compare(self, calls: Mapping[int, Call]) -> None:
        """Find the blocks that are otherwise."""
        live, numbers = [*calls.values()], [*calls]
        blocks, stale = self._blocks, []
        gone = set(blocks)
        start = 0
        while start < len(numbers):
            place = numbers[start] >> _BLOCK
            end = bisect_left(numbers, place + 1 << _BLOCK, start)
            gone.discard(place)
            if blocks.get(place) != _block(numbers[start:end], live[start:end]):
                stale.append(place)
            start = end
        self._stale = [*stale, *sorted(gone)]

    def _take(self, place: int, calls: Mapping[int, Call]) -> None:
        """Take down how a block is now; make the rows anew of its calls that are otherwise."""
        start = place << _BLOCK
        live = [calls[number] for number in range(start, start + (1 << _BLOCK)) if number in calls]
        now = _block([call.number for call in live], live)
        before = self._blocks.get(place)
        if before is None:
            self._place(chain.from_iterable(map(_legs, now.firsts, now.listed)))
        else:
            known, others = before.by_number(), now.by_number()
            for number in known.keys() | others.keys():
                if known.get(number) != others.get(number):
                    self._place(_legs(*known[number][:2]) if number in known else ())
                    self._place(_legs(*others[number][:2]) if number in others else ())
        if live:
            self._blocks[place] = now
        else:
            self._blocks.pop(place, None)

    def _place(self, legs: Iterable[Channel]) -> None:
        """Put legs to those that are listed, or take them away where they are over."""
        pieces, unspelt = self._pieces, self._unspelt
        for leg in legs:
            serial = leg.serial
            place = serial >> _PIECE
            piece = pieces.get(place)
            if piece is None:
                piece = pieces[place] = _Piece()
            if leg.state is not _DOWN:
                piece.rows[serial], piece.made[serial] = channel_row(leg), leg.created_at
            elif piece.rows.pop(serial, None) is not None:
                del piece.made[serial]
            unspelt.add(place)

    def _put_together(self) -> None:
        """Make the texts of all rows, with room for the durations between them."""
        made: list[Instant] = []
        texts = [b""]
        for place in sorted(self._pieces):
            piece = self._pieces[place]
            if piece.rows:
                texts[-1] += piece.texts[0]
                texts += piece.texts[1:]
                made += [piece.made[serial] for serial in sorted(piece.made)]
            else:
                del self._pieces[place]
        texts[0] = texts[0][1:]  # the comma before the first row
        self._made, self._is_by_age = made, made == sorted(made)
        self._texts = [b""] * (2 * len(texts) - 1)
        self._texts[::2] = texts
        self._is_whole = True

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


def channel_row(channel: Channel) -> str:
    """Spell a live channel in `listcalls` (S21), with a comma before it and a NUL where its duration belongs.

    Of a telephone of ours that is called second its own number is whom the caller reached.
    """
    call, line, name = channel.call, channel.line, channel.name
    order = call.order
    context, src, dst = order.context, order.src, order.dst
    if line is not None:
        kind, owner, source = "SIP", str(line.id), "extension"
        if channel is not call.first and call.state is not _DIALING_FIRST:
            dst = channel.number
    else:
        kind, owner, source = "SIPTR", str(channel.trunk.id if channel.trunk is not None else 0), "trunk"
    if b"\\" in _encode(f"{name}{context}{src}{dst}"):  # asked once for all: a letter that JSON escapes
        name, context, src, dst = map(_escaped, (name, context, src, dst))
    return (
        f',{{"channelName":"{name}","context":"{context}","src":"{src}","dst":"{dst}","duration":"{_CUT}",'
        f'"status":"{_LABELS[channel.shown_state]}","accountCode":"{kind}_{owner}","sourceType":"{source}",'
        f'"idChannel":"{owner}"}}'
    )


def _escaped(text: str) -> str:
    return _encode(text)[1:-1].decode()


class AccountRows(Derived):
    """The SIP accounts of a PBX as `sipstatus` tells of them (S25): spelt anew where the registration is another.

    Those whose names are `omitted` are not told of.
    """

    __slots__ = ("_accounts", "_is_whole", "_known", "_omitted", "_reply", "_seen", "_texts")

    def __init__(self, omitted: Collection[str] = ()) -> None:
        self._omitted = omitted
        self._known: list[Line | Trunk] = []
        self._accounts: list[Line | Trunk] = []  # those of them that are listed, in their order
        self._seen: list[list[Registration]] = []  # of each piece
        self._texts: list[bytes] = []
        self._reply = accounts(0, [])
        self._is_whole = True  # this reply is made of these texts

    def told(self, known: list[Line | Trunk]) -> Reply:
        """Tell of all accounts that there are."""
        for _ in self.prepare(known):
            pass
        return self._reply

    def prepare(self, known: list[Line | Trunk]) -> Iterator[None]:
        """Spell what has to be spelt anew of them, a piece at a time, whatever happens in between."""
        if known != self._known:
            self._begin(known)
        listed = self._accounts
        for place in range(len(self._seen)):
            some = listed[place * _ACCOUNTS : (place + 1) * _ACCOUNTS]
            seen = list(map(_REGISTRATION, some))  # only now: others may have registered since the last piece
            if self._seen[place] == seen:
                continue
            self._texts[place] = account_rows(some, seen)
            self._seen[place], self._is_whole = seen, False
            yield
            if self._accounts is not listed:
                return  # others have been told of since
        if not self._is_whole:
            self._reply, self._is_whole = accounts(len(listed), self._texts), True
            yield

    def _begin(self, known: list[Line | Trunk]) -> None:
        self._known = known
        omitted = self._omitted
        listed = [one for one in known if _name(one) not in omitted] if omitted else known
        self._accounts = sorted(listed, key=attrgetter("order"))
        pieces = -(-len(self._accounts) // _ACCOUNTS)
        self._seen, self._texts, self._is_whole = [[]] * pieces, [b""] * pieces, False


def _name(account: Line | Trunk) -> str:
    return account.user if isinstance(account, Line) else account.name
