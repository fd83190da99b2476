"""What went over the wire: the ladder of each call, in lines that a person reads, and a file for Wireshark."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeAlias

from pbxsim.engines.engine import Signal
from pbxsim.engines.sip.legs import SipLeg
from pbxsim.engines.sip.struck_out import struck_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Instant
    from pbxsim.engines.sip.capture import Capture
    from pbxsim.engines.sip.flow import Flow
    from pbxsim.pbx.call import Call

    _Taken: TypeAlias = tuple[int, Instant, bool, str]

MOST: Final = 50_000
"""Messages that are kept, some 15 MB: beyond, those of the oldest dialogue are not."""

MOST_STRANGE: Final = 2_000
"""The same of dialogues that are no call yet: whoever gives no password has nobody else's forgotten."""

_MOST_MESSAGES: Final = 100  # of one dialogue; what comes behind is left out
_LONGEST: Final = 200  # letters of a line
_TOLD: Final = ("reason", "refer-to", "retry-after")


class _Ladders:
    """The messages of some dialogues, by Call-ID, the oldest dialogue first."""

    def __init__(self) -> None:
        self._kept = 0
        self._dialogues: OrderedDict[str, list[_Taken]] = OrderedDict()

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._dialogues

    def get(self, call_id: str) -> list[_Taken]:
        """Give a dialogue's messages, in their order."""
        return self._dialogues.get(call_id, [])

    def add(self, call_id: str, messages: list[_Taken], most: int) -> None:
        """Keep messages of a dialogue, and of all no more than so many."""
        known = self._dialogues.setdefault(call_id, [])
        messages = messages[: _MOST_MESSAGES - len(known)]
        known += messages
        self._kept += len(messages)
        while self._kept > most:
            self._kept -= len(self._dialogues.popitem(last=False)[1])

    def remove(self, call_id: str) -> list[_Taken]:
        """Give a dialogue's messages, and keep them no more."""
        gone = self._dialogues.pop(call_id, [])
        self._kept -= len(gone)
        return gone


def _is_of_a_call(line: str) -> bool:
    """Tell whether something that we send makes a dialogue a call: we ask, or have taken a request that is one."""
    return line.startswith("100 ") or not line[:3].isdigit()


class Trace:
    """Takes down each message. `now` is the PBX's time, `here` says at which address of ours a way ends.

    `told` hears of each whether it came, and its line.
    """

    def __init__(
        self,
        now: Callable[[], Instant],
        here: Callable[[Flow], tuple[str, int]],
        capture: Capture | None,
        told: Callable[[bool, str, Flow], None] | None = None,
    ) -> None:
        self._now = now
        self._here = here
        self._capture = capture
        self._told = told
        self._taken = 0
        self._calls = _Ladders()
        self._strange = _Ladders()

    def take(self, came: bool, message: bytes, flow: Flow) -> None:
        """Take a message down, that came by a way or went."""
        if self._capture is not None:
            ends = (flow.address, self._here(flow)) if came else (self._here(flow), flow.address)
            self._capture.write(self._now(), message, *ends, flow.transport)
        line, call_id = _line(message)
        if self._told is not None and line:
            self._told(came, line, flow)
        if not call_id:
            return
        self._taken += 1
        if call_id not in self._calls and not came and _is_of_a_call(line):
            self._calls.add(call_id, self._strange.remove(call_id), MOST)
        ladders, most = (self._calls, MOST) if call_id in self._calls else (self._strange, MOST_STRANGE)
        ladders.add(call_id, [(self._taken, self._now(), came, line)], most)

    def of(self, call: Call) -> list[Signal]:
        """Give the messages of a call, in their order."""
        told = [
            (number, Signal(at=at, channel=channel.name, came=came, text=line))
            for channel in call.legs
            if isinstance(channel.engine_data, SipLeg)
            for call_id in channel.engine_data.call_ids
            for number, at, came, line in (*self._strange.get(call_id), *self._calls.get(call_id))
        ]
        return [signal for _, signal in sorted(told, key=lambda each: each[0])]


def _line(message: bytes) -> tuple[str, str]:
    """Give a message in a line, without secrets, and its Call-ID: of one that belongs to no call, as REGISTER, none."""
    head = struck_out(message).partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    start, *fields = head.split("\r\n")
    values = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    sequence = values.get("cseq", "")
    of = f" ({sequence.partition(' ')[2]})" if start.startswith("SIP/2.0") else ""
    start = start.removeprefix("SIP/2.0 ").removesuffix(" SIP/2.0")
    more = "".join(f"; {values[name]}" for name in _TOLD if name in values)
    is_of_none = start.startswith("REGISTER ") or sequence.endswith(("REGISTER", "OPTIONS"))
    call_id = "" if is_of_none else values.get("call-id", values.get("i", ""))
    return f"{start}{of}{more}"[:_LONGEST], call_id
