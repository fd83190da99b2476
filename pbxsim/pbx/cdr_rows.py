"""The rows that Asterisk's CDR engine makes of a call, read off what the call notes of itself (Asterisk's main/cdr.c).

A row is about a channel, the party that waits or talks, and one that was dialled for it. There is one for each
telephone that was rung, in each pass of a queue anew. The party's first row begins with its channel, a later one with
the dialling; it counts as answered from when the party is up, whoever answers on the other side. A transfer begins
rows for whoever stays. Who was reached by nobody has a row alone.

Not here: what else stands in a record (closing.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.call_history import Passage
from pbxsim.pbx.cause import Disposition, HangupCause, dialled_disposition, undialled_disposition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel

_ANSWERED: Final = Disposition.ANSWERED
_SPY: Final = CallKind.SPY
_NORMAL: Final = HangupCause.NORMAL_CLEARING
DIAL: Final = "Dial"
_HANGUP: Final = "Hangup"
_NO_END: Final = 1 << 62
_UNREACHABLE: Final = (
    HangupCause.SUBSCRIBER_ABSENT,
    HangupCause.USER_BUSY,
    HangupCause.NORMAL_CIRCUIT_CONGESTION,
)


class Row(msgspec.Struct, eq=False):
    """One row. `leg` is None where nobody was dialled; `talk` is since when the two were connected, 0: never.

    `turn` counts the transfers before it: what ends with one comes before what begins there, however short that is.
    """

    party: Channel
    leg: Channel | None
    start: Instant
    answer: Instant
    end: Instant
    disposition: Disposition
    cause: HangupCause
    app: str
    data: str
    dst: str
    context: str
    talk: Instant = 0
    turn: int = 0


def rows_of(call: Call, *, after_dial: bool = False) -> list[Row]:
    """Give the rows of a call that is over, in the order in which they ended; none where no channel was ever made.

    With `after_dial` there is a last one for what the dialplan runs behind a Dial in vain.
    """
    first = call.first if call.before_transfer is None else call.before_transfer[0]
    if first is None:
        return [_not_reached(call, call.legs[0])] if call.legs else []
    if call.order.kind is _SPY:
        spy = _alone(call, first, "ChanSpy", _spied(call), "", call.started_at, call.ended_at)
        spy.talk = call.bridged_at
        return [spy]
    rows = _Rows(call, first).made
    if len(rows) > 1:
        rows.sort(key=_ended)
    if after_dial and rows:
        rows += _behind_dial(call, rows[-1])
    return rows


def _dialled_row(
    call: Call, party: Channel, leg: Channel, start: Instant, until: Instant, since: Instant, app: str, data: str
) -> Row:
    """Make the row of a telephone that was dialled for a party, but for what number that was."""
    answer, end, disposition, cause, talk = course(call, party, leg, start, until, since)
    return Row(party, leg, start, answer, end, disposition, cause, app, data, "", "", talk)


def course(
    call: Call, party: Channel, leg: Channel, start: Instant, until: Instant, since: Instant
) -> tuple[Instant, Instant, Disposition, HangupCause, Instant]:
    """Tell what came of a telephone that was dialled for a party: answer, end, disposition, cause and talk of its row,
    which begins at `start` and ends by `until`; `since` is when it was dialled.
    """
    answered_at, ended_at = leg.answered_at, leg.ended_at
    talks_since = 0 if leg.history is None else leg.history.talks_since
    if answered_at and call.bridged_at and talks_since >= 0:
        end = until  # the first of all ends, and below the last of all beginnings: `min` and `max` take too long
        if 0 < ended_at < end:
            end = ended_at
        if 0 < party.ended_at < end:
            end = party.ended_at
        cause = (call.cause if end == call.ended_at else None) or _NORMAL
        talk = answered_at
        if since > talk:
            talk = since
        if party.answered_at > talk:
            talk = party.answered_at
        if talks_since > talk:
            talk = talks_since
        return _answer(party, leg, start, end), end, _ANSWERED, cause, talk
    end, disposition = ended_at or until, _ANSWERED if leg.hears_first else dialled_disposition(leg.cause)
    return _answer(party, leg, start, end), end, disposition, leg.cause or _NORMAL, 0


def _ended(row: Row) -> tuple[Instant, int, bool, Instant, int]:
    return row.end, row.turn, row.disposition is _ANSWERED, row.start, row.leg.serial if row.leg is not None else 0


class _Rows:
    """Goes through what a call came to; `made` are the rows.

    `_fresh` is where the party's next row begins if it is its first one since it came or was handed on, else 0.
    """

    def __init__(self, call: Call, first: Channel) -> None:
        self.made: list[Row] = []
        self._call = call
        self._party = first
        self._dst, self._context = call.order.dst, call.order.context
        self._fresh: Instant = call.started_at
        self._turn = 0
        seconds = _seconds(call)
        begun = Passage(app=DIAL, at=call.started_at, after=call.second_after)
        if not call.known.passages:
            self._pass(begun, None, seconds)
            return
        passages = [begun, *call.known.passages]
        for index, passage in enumerate(passages):
            after = passages[index + 1] if index + 1 < len(passages) else None
            self._pass(passage, after, _made_for(passage, after, seconds))

    def _pass(self, passage: Passage, after: Passage | None, legs: list[Channel]) -> None:
        if passage.stays is not None:
            self._party, self._fresh = passage.stays, passage.at
            self._turn += 1
        if passage.dst:
            self._dst, self._context = passage.dst, passage.context or self._context
        is_done = after is not None and (after.stays is not None or passage.app == "Park")
        is_left = after is not None and after.stays is not None
        until = after.at if after is not None and is_done else self._call.ended_at
        for leg in passage.brought or legs:
            before = passage.data or (self.made[-1].data if passage.brought and self.made else "")
            self._with(passage, leg, before or dialled(self._call, legs or [leg], leg), until, is_left=is_left)
        alone = not (passage.brought or legs)
        if alone and (after is None or is_done) and (self._fresh or passage.app != DIAL):
            self._without(passage, until)
        if after is not None and after.dst and after.stays is self._party and self.made:
            self._follow(self.made, after)

    def _with(self, passage: Passage, leg: Channel, data: str, until: Instant, *, is_left: bool) -> None:
        """Make the row of a telephone that was rung, or brought; who picks its call up takes its place.

        With `is_left` a transfer ends it, of whose end the call's cause says nothing, though both may fall together.
        """
        start = self._fresh or max(leg.created_at, passage.at)
        leg = self._call.known.pickups.get(leg.serial, leg)
        row = _dialled_row(self._call, self._party, leg, start, until, passage.at, passage.app, data)
        row.dst, row.context, row.turn = self._dst, self._context, self._turn
        if is_left and row.talk:
            row.cause = _NORMAL
        self.made.append(row)
        self._fresh = 0

    def _without(self, passage: Passage, until: Instant) -> None:
        """Make the row of a party for whom nobody was rung."""
        call, start = self._call, self._fresh or passage.at
        app, data = passage.app, passage.data
        if app == "Queue" and call.is_exhausted:
            app, data = _HANGUP, ""
        elif app == DIAL:
            dialled_for = passage.to.number if passage.to is not None else self._dst
            data = f"SIP/{dialled_for},{call.order.second_timeout // SECOND},"
        row = _alone(call, self._party, app, data, self._dst, start, until)
        row.context, row.turn = self._context, self._turn
        if app == DIAL and call.is_exhausted and call.cause not in _UNREACHABLE:
            row.disposition = Disposition.FAILED  # nothing fits: Asterisk would not even have taken such an order
        row.talk = max(passage.at, self._party.answered_at) if passage.is_heard and row.answer else 0
        self.made.append(row)
        self._fresh = 0

    @staticmethod
    def _follow(made: list[Row], after: Passage) -> None:
        """Let the row that a blind transfer ends have the target as its number: the channel that stays is there now."""
        if made[-1].leg is after.leaves:
            made[-1].dst, made[-1].context = after.dst, after.context


def _seconds(call: Call) -> list[Channel]:
    """Give all legs that were ever made for the second party, in the order of their making."""
    after = call.second_after
    if call.history is None:
        return [leg for leg in call.legs if leg.serial > after]
    brought = {leg.serial for passage in call.known.passages for leg in passage.brought}
    brought |= {leg.serial for leg in call.known.pickups.values()}
    known = {leg.serial: leg for leg in (*call.known.forgotten, *call.legs)}
    return [known[serial] for serial in sorted(known) if serial > after and serial not in brought]


def _made_for(passage: Passage, after: Passage | None, legs: list[Channel]) -> list[Channel]:
    end = after.after if after is not None else _NO_END
    return [leg for leg in legs if passage.after < leg.serial <= end]


def _answer(party: Channel, leg: Channel | None, start: Instant, end: Instant) -> Instant:
    """Tell since when a row counts as answered; 0 where its party was not up before its end."""
    up = party.answered_at
    if not up or up > end:
        return 0
    if leg is not None and party.is_calling and up == end and leg.cause is HangupCause.ANSWERED_ELSEWHERE:
        return 0  # it lost to the one who brought the caller up
    return up if up > start else start  # noqa: FURB136 - three times as long


def _alone(call: Call, party: Channel, app: str, data: str, dst: str, start: Instant, until: Instant) -> Row:
    end = min(party.ended_at or _NO_END, until)
    answer = _answer(party, None, start, end)
    disposition = _ANSWERED if answer else undialled_disposition(call.cause)
    return Row(party, None, start, answer, end, disposition, call.cause or _NORMAL, app, data, dst, call.order.context)


def _not_reached(call: Call, leg: Channel) -> Row:
    """Make the row of a first party that did not answer: Originate's own, with no number dialled yet (AppDial2)."""
    disposition, cause = dialled_disposition(leg.cause), leg.cause or _NORMAL
    start, end, context = call.started_at, call.ended_at, call.order.context
    return Row(leg, None, start, 0, end, disposition, cause, "AppDial2", "(Outgoing Line)", "", context)


def _behind_dial(call: Call, last: Row) -> list[Row]:
    """Make the row behind a Dial in vain; a way out by a trunk is the end of its extension."""
    leg, party = last.leg, last.party
    if not call.is_exhausted or leg is None or last.talk or leg.trunk is not None:
        return []
    end = call.ended_at
    answer = end if party.answered_at else 0
    disposition = _ANSWERED if answer else undialled_disposition(leg.cause)
    cause = call.cause or _NORMAL
    return [Row(party, None, end, answer, end, disposition, cause, _HANGUP, "", last.dst, last.context)]


def dialled(call: Call, legs: Sequence[Channel], leg: Channel) -> str:
    """Spell what Dial was given: who was rung, for how long, and the limit of the talk."""
    if len(legs) == 1 and legs[0] is leg:
        return dialled_alone(call, leg)
    rung = legs if len(legs) == 1 else [one for one in legs if one.created_at == leg.created_at]
    return "&".join(map(_device, rung)) + dialled_alone(call, leg).removeprefix(_device(leg))


def dialled_alone(call: Call, leg: Channel) -> str:
    """Spell the same where nobody else was rung at that moment."""
    longest, rings_for, trunk = call.order.talk_limit, leg.rings_for, leg.trunk
    limit = f"L({longest // 1000})" if longest else ""
    rang_for = rings_for // SECOND if rings_for > 0 else 0  # a caller may be brought by a transfer
    if trunk is None:  # as `_device`, which takes a call, and one text more
        return f"SIP/{leg.peer},{rang_for},{limit}"
    return f"SIP/{trunk.name}/{leg.number},{rang_for},{limit}"


def _device(leg: Channel) -> str:
    trunk = leg.trunk
    return f"SIP/{leg.peer}" if trunk is None else f"SIP/{trunk.name}/{leg.number}"


def _spied(call: Call) -> str:
    order = call.order
    if order.spied_channel is not None:
        return f"{order.spied_channel.name},q"
    return f"SIP/{order.spied_line.user},q" if order.spied_line is not None else ""
