"""What a queue tells those who wait: their place, how long it will be, and something else now and then.

Source: Asterisk 22's apps/app_queue.c, say_position, say_periodic_announcement and wait_our_turn. It looks once a
second, here it is done when it is due. Whoever listens is not connected meanwhile. Who is rung for, or pauses
between two passes, hears nothing, and one whose turn it is only where `to_first` says so; what fell due is told after.

What is said is told as app_queue plays it: names of its sound files, and numbers as text. Not here: when a member
is connected that hears something first (queue_hunt.py).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.native import mypyc_attr
from pbxsim.pbx.dice import draw, stream
from pbxsim.pbx.events import AnnouncementPlayed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.clock.instant import Duration, Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.pbx.announcements import AnnouncementRules, PositionRules, Said
    from pbxsim.pbx.bus import EventBus
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.queue import Queue, Waiter

_MINUTE: Final = 60
_THANKS: Final = ("queue-thankyou",)
NEVER: Final = 1 << 62


@mypyc_attr(serializable=True, allow_interpreted_subclasses=True)
class Announcer:
    """Speaks to those who wait in one queue."""

    def __init__(self, clock: Scheduler, bus: EventBus, queue: Queue, seed: int) -> None:
        self._clock = clock
        self._bus = bus
        self._queue = queue
        self._seed = seed

    @property
    def _rules(self) -> AnnouncementRules:
        return self._queue.rules.announcements

    @property
    def to_first(self) -> bool:
        """Tell whether those whose turn it is are told something, too."""
        return self._rules.to_first and self.speaks

    @property
    def speaks(self) -> bool:
        """Tell whether anything is ever said here."""
        return self._rules.positions is not None or self._rules.periodic is not None

    def begin(self, waiter: Waiter) -> None:
        """Note that a caller waits from now on."""
        periodic = self._rules.periodic
        waiter.periodic_at = self._clock.now
        if periodic is not None and periodic.first_after is not None:
            waiter.periodic_at += periodic.first_after - periodic.every

    def speak(self, waiter: Waiter, call: Call, place: int) -> Duration:
        """Say to the caller at that place what is due; gives how long it listens, 0: to nothing.

        Its place comes first. What else is due by the end of that follows at once (`rest`), were it the caller's turn.
        """
        length = self.rest(waiter, call)
        if not length and self._position_due(waiter, place) <= self._clock.now:
            length = self._say_position(waiter, call, place)
            waiter.owes_periodic = length > 0
        if not length and self._periodic_due(waiter) <= self._clock.now:
            length = self._say_periodic(waiter, call)
        return length

    def rest(self, waiter: Waiter, call: Call) -> Duration:
        """Say what was to follow a place that has been told, if that is due by now; gives how long it listens."""
        owes, waiter.owes_periodic = waiter.owes_periodic, False
        return self._say_periodic(waiter, call) if owes and self._periodic_due(waiter) <= self._clock.now else 0

    def left(self, waiters: Sequence[Waiter], first: int) -> None:
        """Hear that all from that one on came forward by one: of who hears its place just now, the new one is told.

        app_queue reads it again at the end of a sentence (say_position, qe->last_pos_said). It may even say the new
        one, where it comes to the number later; here what is said is fixed when it begins.
        """
        if self._rules.positions is not None:
            for waiter in islice(waiters, first, None):
                waiter.told_place -= self._clock.now < waiter.told_until

    def next_due(self, waiter: Waiter, place: int) -> Instant:
        """Tell when something is to be said next if the place stays as it is; NEVER: nothing is."""
        return min(self._position_due(waiter, place), self._periodic_due(waiter))

    # -- position and hold time ---------------------------------------------------------------------------------------

    def _position_due(self, waiter: Waiter, place: int) -> Instant:
        rules = self._rules.positions
        if rules is None or (rules.only_up and 0 < waiter.told_place <= place):
            return NEVER
        if not waiter.told_at:
            return waiter.joined_at
        pause = rules.at_least if waiter.told_place != place else max(rules.every, rules.at_least)
        return waiter.told_at + pause

    def _say_position(self, waiter: Waiter, call: Call, place: int) -> Duration:
        rules, now = self._rules.positions, self._clock.now
        assert rules is not None  # it fell due
        waited = now // SECOND - waiter.joined_at // SECOND
        said = said_of(rules, place, self._queue.figures.hold_time - waited, is_first=not waiter.told_at)
        waiter.told_at, waiter.told_place = now, place
        if not said:
            return 0
        waiter.told_until = now + rules.length
        self._tell(call, "position", said, rules.length)
        return rules.length

    # -- periodic -----------------------------------------------------------------------------------------------------

    def _periodic_due(self, waiter: Waiter) -> Instant:
        rules = self._rules.periodic
        return NEVER if rules is None else waiter.periodic_at + rules.every

    def _say_periodic(self, waiter: Waiter, call: Call) -> Duration:
        rules = self._rules.periodic
        assert rules is not None  # it fell due
        count = len(rules.sounds)
        turn = waiter.periodic_turn
        if rules.is_random:
            chance = stream(self._seed, f"announcements of {self._queue.name} to {call.number}", turn)
            sound = rules.sounds[int(draw(chance, 0) * count)]
        else:
            sound = rules.sounds[turn % count]
        waiter.periodic_turn += 1
        waiter.periodic_at = self._clock.now + (rules.length if rules.is_relative else 0)
        self._tell(call, "periodic", (sound,), rules.length)
        return rules.length

    def _tell(self, call: Call, kind: str, said: Said, length: Duration) -> None:
        if call.first is not None:
            self.tell(call.first, kind, said, length)

    # -- members ------------------------------------------------------------------------------------------------------

    def prepare(self, member: Channel, waiter: Waiter) -> Duration:
        """Tell a member who has answered what it is to hear first; gives how long that takes, 0: nothing."""
        rules = self._queue.rules.member_hears
        if rules is None:
            return 0
        said, length = rules.sounds, rules.length * len(rules.sounds)
        if rules.hold_time:
            waited = (self._clock.now + rules.delay + length) // SECOND - waiter.joined_at // SECOND
            said += reported(waited)
            length += rules.length
        if said:
            self.tell(member, "member", said, length)
        return rules.delay + length

    def tell(self, channel: Channel, kind: str, said: Said, length: Duration) -> None:
        """Note that somebody hears something, from now on or in a moment."""
        channel.call.noted().heard(self._clock.now, channel, said)
        if AnnouncementPlayed in self._bus.wanted:
            self._bus.emit(AnnouncementPlayed(channel, self._queue, kind, said, length))


def said_of(rules: PositionRules, place: int, left: int, *, is_first: bool) -> Said:
    """Say what a caller hears of its place and of the wait that is `left` on average, in seconds (say_position).

    `is_first`: nothing was said to it before. Empty: nothing.
    """
    said: Said = ()
    if rules.position in ("yes", "more") or (rules.position == "limit" and place <= rules.limit):
        if place == 1:
            return ("queue-youarenext", *_THANKS)
        if rules.position == "more" and place > rules.limit:
            said = ("queue-quantity1", str(rules.limit), "queue-quantity2")
        else:
            said = ("queue-thereare", str(place), "queue-callswaiting")
    if rules.hold_time == "yes" or (rules.hold_time == "once" and is_first):
        said += _hold_time(left, rules.round_seconds)
    return (*said, *_THANKS) if said else ()


def _hold_time(left: int, rounded: int) -> Said:
    """Say an average that is left: in minutes, rounded; and the seconds above them, where these are wanted."""
    span = abs(left + _MINUTE // 2)
    minutes = span // _MINUTE
    over = (span - _MINUTE * minutes) // rounded * rounded if rounded else 0
    if not minutes and not over:
        return ()
    said: Said = ("queue-holdtime",)
    if minutes:
        said += (str(minutes), "queue-minute" if minutes == 1 else "queue-minutes")
    return (*said, str(over), "queue-seconds") if over else said


def reported(waited: int) -> Said:
    """Say to a member how long the caller has waited, in seconds (try_calling, `reportholdtime`)."""
    minutes, seconds = divmod(waited, _MINUTE)
    said: Said = ("queue-reporthold",)
    if minutes:
        said += (str(minutes), "queue-minutes")
    return (*said, str(seconds), "queue-seconds") if seconds > 1 else said
