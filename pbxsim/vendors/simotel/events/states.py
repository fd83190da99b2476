"""NewState: what a user, an extension with all its telephones, is doing; ExtenAdded, ExtenRemoved: one more, or less.

A state is told when it is another than the one told last: another word, party, direction, queue or call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.events import (
    AgentChanged,
    CallBridged,
    CallEnded,
    CallerJoined,
    CallerLeft,
    CallTransferred,
    ExtensionAdded,
    ExtensionRemoved,
    LegAnswered,
    LegDialed,
    LegEnded,
    LegRinging,
    LineRegistered,
    LineUnregistered,
    MemberPauseChanged,
    MemberRemoved,
)
from pbxsim.vendors.simotel.event_settings import EventName
from pbxsim.vendors.simotel.events.poster import ids
from pbxsim.vendors.simotel.numbers import queue_numbers

if TYPE_CHECKING:
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.events.poster import Poster

_IDLE: Final = "Idle"
_IN_USE: Final = "InUse"
_PAUSE: Final = "Pause"
_RINGING: Final = "Ringing"
_UNAVAILABLE: Final = "Unavailable"

_SHOWN: Final = {ChannelState.UP: 0, ChannelState.RING: 1, ChannelState.RINGING: 2}
"""The channel states in which a telephone is not at rest; of several, the first here is what its user is said to do."""

_Told: TypeAlias = "tuple[str, str, str, str, int]"  # state, participant, direction, queue, number of the call


class States:
    """Posts NewState.

    `_outgoing` are the channels whose user calls, or was called in order to call; the others are called. `_queues` are
    the queues that calls are in. `_paused` says of each agent who takes no calls in which queue, empty for all of them.
    """

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._pbx = pbx
        self._poster = poster
        self._dialer_key = poster.settings.dialer_key.value
        self._outgoing: set[int] = set()
        self._queues: dict[int, str] = {}
        self._queue_numbers = queue_numbers(pbx)
        self._works_at: dict[Agent, Extension] = {}
        self._paused: dict[Agent, str] = {}
        for agent in pbx.agents:
            self._note(agent)
        self._told: dict[Extension, _Told] = {one: self._rest(one) for one in pbx.directory.extensions}
        self._listen()

    def _listen(self) -> None:
        events = self._pbx.events
        events.subscribe(LegDialed, self._on_dialed)
        events.subscribe(LegRinging, self._on_leg)
        events.subscribe(LegAnswered, self._on_leg)
        events.subscribe(LegEnded, self._on_leg_ended)
        events.subscribe(CallBridged, self._on_bridged)
        events.subscribe(CallerJoined, self._on_joined)
        events.subscribe(CallerLeft, self._on_left)
        events.subscribe(CallTransferred, self._on_no_queue)
        events.subscribe(CallEnded, self._on_no_queue)
        events.subscribe(LineRegistered, self._on_line)
        events.subscribe(LineUnregistered, self._on_line)
        events.subscribe(AgentChanged, self._on_agent)
        events.subscribe(MemberPauseChanged, self._on_agent)
        events.subscribe(MemberRemoved, self._on_agent)

    # -- calls ------------------------------------------------------------------------------------------------------

    def _on_dialed(self, event: LegDialed) -> None:
        channel = event.channel
        if not channel.call.second_after:  # the second party is not rung yet: this is the first
            self._outgoing.add(channel.serial)
        if channel.is_calling:
            self._tell(channel)

    def _on_leg(self, event: LegRinging | LegAnswered) -> None:
        self._tell(event.channel)

    def _on_bridged(self, event: CallBridged) -> None:
        """Tell whoever called, and whoever was left by a transfer, with whom it talks now."""
        call = event.call
        for leg in (call.first, call.second):
            if leg is not None and leg.is_up and (leg.serial in self._outgoing or call.before_transfer is not None):
                self._tell(leg)

    def _on_leg_ended(self, event: LegEnded) -> None:
        channel = event.channel
        self._outgoing.discard(channel.serial)
        if channel.line is not None:
            self._tell_what_is_left(channel.line.extension, channel.call)

    def _on_joined(self, event: CallerJoined) -> None:
        self._queues[event.call.number] = self._queue_numbers[event.queue.name]

    def _on_left(self, event: CallerLeft) -> None:
        if event.how != "connected":
            self._queues.pop(event.call.number, None)

    def _on_no_queue(self, event: CallTransferred | CallEnded) -> None:
        self._queues.pop(event.call.number, None)

    # -- telephones and agents --------------------------------------------------------------------------------------

    def _on_line(self, event: LineRegistered | LineUnregistered) -> None:
        self._tell_what_is_left(event.line.extension)

    def _on_agent(self, event: AgentChanged | MemberPauseChanged | MemberRemoved) -> None:
        before = self._works_at.get(event.agent)
        self._note(event.agent)
        for extension in dict.fromkeys((before, self._works_at.get(event.agent))):
            if extension is not None:
                self._tell_what_is_left(extension)

    def _note(self, agent: Agent) -> None:
        """Take down where an agent works, and whether it pauses."""
        self._works_at.pop(agent, None)
        self._paused.pop(agent, None)
        if agent.line is None:
            return
        self._works_at[agent] = agent.line.extension
        queues = (queue for queue in self._pbx.queues if (member := queue.member(agent)) and member.paused_here)
        queue = next(queues, None)
        if agent.is_paused:
            self._paused[agent] = ""
        elif queue is not None:
            self._paused[agent] = self._queue_numbers[queue.name]

    # -- telling ----------------------------------------------------------------------------------------------------

    def _tell(self, channel: Channel) -> None:
        """Tell what a user does on that channel."""
        if channel.line is None:
            return
        call, rings = channel.call, channel.state is ChannelState.RINGING
        out = channel.serial in self._outgoing and not rings
        participant = _shown(channel) if rings else self._participant(channel)
        queue, direction = self._queues.get(call.number, ""), "out" if out else "in"
        told = (_RINGING if rings else _IN_USE, participant, direction, queue, call.number)
        self._post(channel.line.extension, told, call, dials=out and not call.bridged_at)

    def _tell_what_is_left(self, extension: Extension, call: Call | None = None) -> None:
        """Tell what a user does after something is over (`call` is what is): something else, or nothing."""
        channels = [leg for line in extension.lines for leg in line.channels if leg.state in _SHOWN]
        if channels:
            self._tell(min(channels, key=lambda leg: (_SHOWN[leg.state], leg.is_held)))
        else:
            self._post(extension, self._rest(extension), call)

    def _rest(self, extension: Extension) -> _Told:
        """Tell what a user without a call is."""
        if not _is_reachable(extension):
            return _UNAVAILABLE, "", "", "", 0
        for agent, queue in self._paused.items():
            if self._works_at[agent] is extension:
                return _PAUSE, "", "", queue, 0
        return _IDLE, "", "", "", 0

    def _post(self, extension: Extension, told: _Told, call: Call | None, *, dials: bool = False) -> None:
        if self._told.get(extension) == told:
            return
        self._told[extension] = told
        state, participant, direction, queue, _ = told
        optional = {"participant": participant, "direction": direction, "queue": queue}
        fields = {"exten": extension.internal, "state": state}
        fields |= {key: value for key, value in optional.items() if value}
        fields |= ids(call) if call is not None else {}
        fields |= {self._dialer_key: "yes"} if dials else {}
        self._poster.post(EventName.NEW_STATE, fields, call.number if call is not None else 0)

    def _participant(self, channel: Channel) -> str:
        """Give whom a user talks with, or will: for one who was called, whom its display showed."""
        call = channel.call
        if channel.serial not in self._outgoing and call.before_transfer is None:
            return _shown(channel)
        other = call.second if channel is call.first else call.first
        if other is None or (other.trunk is not None and other is call.second and _is_as_dialled(call)):
            return call.order.dst
        return other.number


class Extensions:
    """Posts ExtenAdded and ExtenRemoved."""

    def __init__(self, pbx: Pbx, poster: Poster) -> None:
        self._poster = poster
        pbx.events.subscribe(ExtensionAdded, self._on_added)
        pbx.events.subscribe(ExtensionRemoved, self._on_removed)

    def _on_added(self, event: ExtensionAdded) -> None:
        state = _IDLE if _is_reachable(event.extension) else _UNAVAILABLE
        self._poster.post(EventName.EXTEN_ADDED, {"exten": event.extension.internal, "state": state})

    def _on_removed(self, event: ExtensionRemoved) -> None:
        self._poster.post(EventName.EXTEN_REMOVED, {"exten": event.extension.internal, "state": _UNAVAILABLE})


def _is_reachable(extension: Extension) -> bool:
    return any(line.is_registered for line in extension.lines)


def _shown(channel: Channel) -> str:
    return channel.shown_number or channel.shown_name or channel.call.order.src


def _is_as_dialled(call: Call) -> bool:
    """Tell whether the second party is whoever was asked for, whatever number the trunk was given for it."""
    is_sent_on = call.hunt is not None or any(passage.to is not None for passage in call.known.passages)
    return call.before_transfer is None and not is_sent_on and not call.diversions
