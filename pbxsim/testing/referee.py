"""The referee: what must be true of a PBX between any two things that happen to it, however they were chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from pbxsim.pbx.call import DEFAULT_RING, CallState
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import RecordStyle
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import (
    CallBridged,
    CallEnded,
    CallStarted,
    CallTransferred,
    CdrClosed,
    CreditChanged,
    LegDialed,
    LegEnded,
)
from pbxsim.pbx.extension import DeviceState
from pbxsim.pbx.ledger import EntryKind
from pbxsim.pbx.menu import MenuHunt
from pbxsim.pbx.recorded import CallRecorded
from pbxsim.testing.queue_referee import QueueReferee

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.pbx.account import Account
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.routes import Trunk


class TimedEngine(Protocol):
    """An engine that has its timers on the switch's own clock."""

    def timers(self, channel: Channel) -> int:
        """Count the timers that are set for that leg."""
        ...


class Talk:
    """Two channels that were connected; the second is 0 where the PBX itself spoke."""

    def __init__(self, pair: tuple[int, ...], since: Instant) -> None:
        self.pair, self.since = pair, since
        self.until: Instant = 0


def _check_record(cdr: Cdr, call: Call) -> None:
    assert 0 <= cdr.talked <= cdr.duration
    assert 0 <= cdr.billsec <= cdr.duration
    assert cdr.start <= (cdr.answer or cdr.start) <= cdr.end
    assert cdr.start <= (cdr.talk or cdr.start) <= cdr.end
    assert call.state is CallState.ENDED
    assert not call.live_legs()
    if cdr.disposition is Disposition.ANSWERED:
        assert cdr.answer
        assert call.first is not None
        assert call.first.answered_at


def _check_talks(talks: list[Talk], rows: list[Cdr]) -> None:
    """See that each talk is, to the microsecond, in one answered row of its two channels, and no row has more."""
    told = [(cdr.first_serial, cdr.second_serial, cdr.talk, cdr.end) for cdr in rows if cdr.talk]
    heard = [(*talk.pair, talk.since, talk.until) for talk in talks]
    assert sorted(told) == sorted(heard), ("a talk that is in no row, or in two", told, heard)
    assert all(cdr.disposition is Disposition.ANSWERED for cdr in rows if cdr.talk)


class Referee:
    """Watches a PBX from its first call on; `check` raises AssertionError for what may not be.

    `engine` is given where the only timers on the clock are those of calls and those which it has set for a leg: they
    are counted then.
    """

    def __init__(self, pbx: Pbx, engine: TimedEngine | None = None) -> None:
        self._pbx = pbx
        self._engine = engine
        self._calls: dict[int, Call] = {}
        self._recorded: set[int] = set()
        self._rows: list[Cdr] = []
        self._talks: dict[int, list[Talk]] = {}
        self._ended_legs: set[int] = set()
        self.queues = QueueReferee(pbx)
        self._just_ended: list[Call] = []
        self._credit = {account.name: account.credit for account in pbx.accounts.values()}
        self._balance = dict(self._credit)
        self.records = 0
        pbx.events.subscribe(CallStarted, self._on_started)
        pbx.events.subscribe(CdrClosed, self._on_record)
        pbx.events.subscribe(CallRecorded, self._on_recorded)
        pbx.events.subscribe(CallBridged, self._on_bridged)
        pbx.events.subscribe(CallTransferred, self._on_parted)
        pbx.events.subscribe(CallEnded, self._on_parted)
        pbx.events.subscribe(LegDialed, self._on_dialed)
        pbx.events.subscribe(LegEnded, self._on_leg_ended)
        pbx.events.subscribe(CreditChanged, self._on_credit)

    # -- what happens ---------------------------------------------------------------------------------------------

    def _on_started(self, event: CallStarted) -> None:
        assert event.call.number not in self._calls
        self._calls[event.call.number] = event.call

    def _on_dialed(self, event: LegDialed) -> None:
        assert event.channel.serial not in self._ended_legs, "a leg was dialled after its end"

    def _on_leg_ended(self, event: LegEnded) -> None:
        assert event.channel.serial not in self._ended_legs, "a leg ended twice"
        self._ended_legs.add(event.channel.serial)

    def _on_credit(self, event: CreditChanged) -> None:
        entry = event.entry
        assert entry.kind is not EntryKind.CHARGE or entry.cost >= 0
        self._balance[entry.account] += entry.amount
        assert entry.balance == self._balance[entry.account]
        assert entry.id == self._pbx.ledger.next_entry - 1, "an entry was told late, twice or not at all"

    def _on_record(self, event: CdrClosed) -> None:
        cdr = event.cdr
        assert cdr.call not in self._recorded, "a record after the last one of its call"
        self.records += 1
        assert cdr.id == self.records
        self._rows.append(cdr)
        _check_record(cdr, self._calls[cdr.call])

    def _on_recorded(self, event: CallRecorded) -> None:
        number, rows = event.call.number, self._rows
        self._rows = []
        assert number not in self._recorded, "a call was recorded twice"
        self._recorded.add(number)
        self._just_ended.append(self._calls[number])
        assert {cdr.call for cdr in rows} <= {number}, "records of several calls among each other"
        assert len({cdr.linked_id for cdr in rows}) <= 1
        talks = self._talks.pop(number, [])
        if self._pbx.calls.records.style is RecordStyle.CALL:
            assert len(rows) == 1
            assert (rows[0].disposition is Disposition.ANSWERED) == (rows[0].answer != 0)
        else:
            _check_talks(talks, rows)

    def _on_bridged(self, event: CallBridged) -> None:
        call = event.call
        pair = tuple(leg.serial if leg is not None else 0 for leg in (call.first, call.second))
        self._talks.setdefault(call.number, []).append(Talk(pair, self._pbx.clock.now))

    def _on_parted(self, event: CallTransferred | CallEnded) -> None:
        for talk in self._talks.get(event.call.number, ()):
            talk.until = talk.until or self._pbx.clock.now

    # -- what is --------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """See that everything fits together now."""
        assert not self._pbx.events.failures, self._pbx.events.failures[0]
        live = self._pbx.calls.live
        assert len(self._calls) == self._pbx.calls.calls_started == len(live) + len(self._recorded)
        channels: list[Channel] = []
        timers = 0
        for number, call in live.items():
            assert call is self._calls[number]
            assert number not in self._recorded
            self._check_call(call)
            timers += call.timer != 0
            channels += call.live_legs()
        self._check_channels(channels)
        timers += sum(channel.known.divert_timer != 0 for channel in channels)
        timers += self.queues.timers + self._pbx.distribution.wakes + self._pbx.takes.timers
        timers += sum(map(len, self._pbx.parking)) + len(self._pbx.voicemail_main)
        self.queues.check()
        self._check_features()
        self._check_ended()
        if self._engine is not None:
            timers += sum(map(self._engine.timers, channels))
            assert len(self._pbx.clock) == timers, "a timer of something that is over"
        for account in self._pbx.accounts.values():
            self._check_account(account)

    def _check_features(self) -> None:
        live = self._pbx.calls.live
        for lot in self._pbx.parking:
            for parked in lot:
                call = parked.call
                assert live.get(call.number) is call, "a call is parked that is over"
                assert call.hunt is lot
                assert parked.since <= self._pbx.clock.now < parked.until
                assert [leg.is_up for leg in call.live_legs()] == [True], "a parked party is not alone"
        for number in self._pbx.takes.live:
            assert (live[number].state, live[number].second) == (CallState.TALKING, None), "a message of nobody"

    def _check_ended(self) -> None:
        for call in self._just_ended:
            assert (call.state, call.timer, call.live_legs()) == (CallState.ENDED, 0, [])
            if self._engine is not None:
                assert not any(map(self._engine.timers, call.legs)), "a timer of a leg that is over"
        self._just_ended.clear()

    def _check_call(self, call: Call) -> None:
        assert call.state is not CallState.ENDED
        assert not call.ended_at
        assert call.live_legs(), "a call without anybody in it"
        assert all(leg.call is call for leg in call.legs), "a leg in two calls"
        if call.state is CallState.TALKING:
            assert [leg.is_up for leg in (call.first, call.second) if leg is not None] == [True] * len(call.live_legs())
        _check_menu(call)
        if call.spied_on is not None:
            assert call.spied_on.is_live, "a spy without anybody to hear"
        since, limit = self._limit(call)
        assert self._pbx.clock.now < since + limit or limit == 0, f"a call outlived its limit {limit} in {call.state}"

    def _limit(self, call: Call) -> tuple[Instant, Duration]:
        waits = call.state in (CallState.DIALING_SECOND, CallState.TRANSFERRING)
        return (self._parked(call) or self.queues.limit(call) if waits else None) or _limit(
            call, self._pbx.calls.longest_talk
        )

    def _parked(self, call: Call) -> tuple[Instant, Duration] | None:
        """Give since when a call is parked, and how long it may be."""
        found = next((parked for lot in self._pbx.parking if (parked := lot.of(call)) is not None), None)
        return (found.since, found.until - found.since) if found is not None else None

    def _check_channels(self, live: list[Channel]) -> None:
        assert live == list(self._pbx.calls.channels())
        assert all(self._pbx.calls.channel(channel.name) is channel for channel in live)
        assert self._pbx.calls.live_channels in (None, {channel.serial: channel for channel in live})
        assert list(self._pbx.calls.ended.values()) == list(self._pbx.calls.recent)
        on_lines: dict[str, list[Channel]] = {}
        on_trunks: dict[str, int] = {}
        for channel in live:
            assert (channel.line is None) != (channel.trunk is None)
            assert channel.state in _LIVE_STATES
            if channel.line is not None:
                on_lines.setdefault(channel.line.user, []).append(channel)
            elif channel.trunk is not None:
                on_trunks[channel.trunk.name] = on_trunks.get(channel.trunk.name, 0) + 1
        for line in self._pbx.directory.lines.values():
            _check_line(line, on_lines.get(line.user, []))
        for trunk in self._pbx.directory.trunks.values():
            _check_trunk(trunk, on_trunks.get(trunk.name, 0))

    def _check_account(self, account: Account) -> None:
        entries = list(self._pbx.ledger.of(account.name))
        assert account.credit == self._balance[account.name] == sum(entry.amount for entry in entries)
        assert entries[0].amount == self._credit[account.name], "the first entry is the credit it began with"


_LIVE_STATES = (ChannelState.DIALING, ChannelState.RING, ChannelState.RINGING, ChannelState.UP)


def _limit(call: Call, longest_talk: Duration) -> tuple[Instant, Duration]:
    """Give since when the call is in its state, and how long it may be."""
    order = call.order
    if call.state is CallState.DIALING_FIRST:
        return call.started_at, order.first_timeout
    assert call.first is not None
    assert call.first.is_live
    if call.state is CallState.DIALING_SECOND:
        return call.first.answered_at or call.started_at, order.second_timeout
    if call.state is CallState.TRANSFERRING:
        last = call.legs[-1]
        return last.created_at, max(DEFAULT_RING, last.rings_for)  # consulted before, a leg rings on as it was to
    return call.connected_at, min(order.talk_limit or longest_talk, longest_talk)


def _check_menu(call: Call) -> None:
    """See that who is in a menu is waited for there, and nobody else's digits go there."""
    in_menu = isinstance(call.hunt, MenuHunt)
    takers = [leg.digit_taker for leg in call.live_legs() if isinstance(leg.digit_taker, MenuHunt)]
    assert takers == ([call.hunt] if in_menu else []), "digits go where their caller is not"
    if in_menu:
        assert call.first is not None
        assert (call.first.is_up, call.timer != 0, call.ringing_legs()) == (True, True, [])


def _check_line(line: Line, channels: list[Channel]) -> None:
    assert len(line.channels) <= line.max_calls
    assert sorted(channel.serial for channel in line.channels) == sorted(channel.serial for channel in channels)
    assert line.device_state is _device_state(line)


def _device_state(line: Line) -> DeviceState:
    """Say again, in other words than the code's, what the telephone looks like."""
    states = [channel.state for channel in line.channels]
    if not line.registration.host:
        return DeviceState.UNAVAILABLE
    if not states:
        return DeviceState.NOT_IN_USE
    if any(channel.is_held for channel in line.channels):
        return DeviceState.ON_HOLD
    if set(states) <= {ChannelState.RINGING, ChannelState.DIALING}:
        return DeviceState.RINGING
    if not {ChannelState.RINGING, ChannelState.DIALING}.isdisjoint(states):
        return DeviceState.RING_IN_USE
    return DeviceState.BUSY if len(states) == line.max_calls else DeviceState.IN_USE


def _check_trunk(trunk: Trunk, channels: int) -> None:
    assert trunk.in_use == channels
    assert trunk.capacity is None or 0 <= trunk.in_use <= trunk.capacity
