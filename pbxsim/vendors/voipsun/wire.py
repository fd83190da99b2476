"""How VoIPSUN spells things: a channel, a SIP account, the look of a line, a queue, success and failure.

The order of keys is the manual's. Two actions, `sipstatus` and `queuestatus`, are written as PHP's json_encode writes
(`\\/`, and `\\u` for letters beyond ASCII), all others plainly (ruling R4).
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.clock.instant import Instant, whole_seconds
from pbxsim.kit.methods import not_allowed
from pbxsim.kit.reply import JSON, Reply, compact_json
from pbxsim.pbx.extension import DeviceState, Line, Registration
from pbxsim.vendors.voipsun.errors import ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pbxsim.kit.refusal import Refusal
    from pbxsim.kit.request import Request
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.queue import Member, Queue, Waiter
    from pbxsim.pbx.routes import Trunk

UNREGISTERED: Final = "(Unspecified)"
_UNMONITORED: Final = "Unmonitored"
_UNREACHABLE: Final = "UNREACHABLE"
_LINE: Final = ('2,"type":"extension_line"', "extension_line_id")
_TRUNK: Final = ('1,"type":"sip"', "sip_id")
_SUCCESS: Final = b'{"success":"true"}'

LOOKS: Final[Mapping[DeviceState, str]] = {
    DeviceState.NOT_IN_USE: "Line is free",
    DeviceState.IN_USE: "Line is In use",
    DeviceState.BUSY: "Line is busy",
    DeviceState.UNAVAILABLE: "Line is unavailable",
    DeviceState.RINGING: "Line is ringing",
    DeviceState.ON_HOLD: "Line is On hold",
    DeviceState.INVALID: "Line is not free",
    DeviceState.RING_IN_USE: "Line is not free",
}
"""How a line looks from outside, in the manual's seven phrases."""

_IN_CALL: Final = frozenset({DeviceState.IN_USE, DeviceState.BUSY, DeviceState.ON_HOLD, DeviceState.RING_IN_USE})


def success(call: int | None = None, *hints: str) -> Reply:
    """Say that it was done: all that most actions answer."""
    return Reply(body=_SUCCESS, content_type=JSON, call=call, hints=hints)


def document(content: Mapping[str, Any]) -> Reply:
    """Send JSON with plain `/` and UTF-8 letters."""
    return Reply(body=compact_json(content), content_type=JSON)


def php_document(content: Mapping[str, Any]) -> Reply:
    """Send JSON as PHP's json_encode writes it."""
    return Reply(body=php_json(content), content_type=JSON)


def php_json(content: Mapping[str, Any] | list[Any]) -> bytes:
    """Spell JSON as PHP's json_encode writes it."""
    text = compact_json(content)
    if _is_plain(text):
        return text.replace(b"/", b"\\/")
    return json.dumps(msgspec.to_builtins(content), separators=(",", ":")).replace("/", "\\/").encode()


def _php_text(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


def _php_registration(seen: Registration) -> Registration:
    host, contact, agent, status = map(_php_text, (seen.host, seen.contact, seen.user_agent, seen.status))
    return Registration(host, seen.port, contact, agent, status)


def _is_plain(text: bytes) -> bool:
    """Tell whether no letter in some JSON would have to be spelt, and that in PHP's way."""
    if not text.isascii() or b"\x7f" in text:
        return False
    return b"\\" not in text or b"\\u" not in text  # to look for one letter takes a fiftieth of the time


def refused(refusal: Refusal) -> Reply:
    """Send an error in the form that all of VoIPSUN's errors have (S35)."""
    code = str(refusal.error)
    reason = _filled(ERRORS[refusal.error], refusal.filled)
    body = compact_json({"success": "false", "errno": code, "reason": reason})
    return Reply(body=body, content_type=JSON, code=code, hints=refusal.hints)


def method_refused(request: Request) -> Reply:
    """Say that the page is not asked by this method, as a web server does before the script runs (R36)."""
    hint = f"method {request.method[:32]}: the page is asked by GET or POST"
    reply = Reply(body=b"405 Method Not Allowed\n", content_type="text/plain; charset=utf-8", code="405", hints=(hint,))
    return not_allowed(reply, request)


def _filled(text: str, filled: Mapping[str, str]) -> str:
    """Put what stands for the placeholders in their places; what fills one is not searched for others."""
    if not filled:
        return text
    return re.sub("|".join(map(re.escape, filled)), lambda found: filled[found.group()], text)


def channels(number: int, pieces: list[bytes]) -> Reply:
    """Send a list of so many channels whose rows are spelt already, with commas between them, in pieces."""
    body = b"".join([b'{"success":"true","total":"%d","results":[' % number, *pieces, b"]}"])
    return Reply(body=body, content_type=JSON)


def accounts(number: int, pieces: list[bytes]) -> Reply:
    """Send a list of so many SIP accounts whose rows are spelt already, in pieces."""
    separated = [b","] * max(0, 2 * len(pieces) - 1)
    separated[::2] = pieces
    body = b"".join((b'{"total":%d,"results":[' % number, *separated, b'],"success":true,"_debug":false}'))
    return Reply(body=body, content_type=JSON)


def agent_report(reason: str, *, as_printed: bool) -> Reply:
    """Tell how an agent is; `as_printed` with the manual's `:` in the place of a comma, which is no JSON (R27)."""
    reply = document({"success": "true", "reason": reason})
    if not as_printed:
        return reply
    return Reply(body=reply.body.replace(b'"true","reason"', b'"true":"reason"', 1), content_type=JSON)


def account_rows(accounts: Sequence[Line | Trunk], registrations: Sequence[Registration]) -> bytes:
    """Spell the rows of some SIP accounts (S25) as PHP's json_encode writes them, with commas between them.

    `registrations` are theirs. Here ids are numbers. Whether a letter must be escaped is asked once for all.
    """
    names = [account.user if isinstance(account, Line) else account.name for account in accounts]
    asked = compact_json([names, registrations])
    if b"\\" in asked or not _is_plain(asked):
        names, registrations = list(map(_php_text, names)), list(map(_php_registration, registrations))
        return ",".join(map(_account_row, accounts, names, registrations)).encode()
    return ",".join(map(_account_row, accounts, names, registrations)).encode().replace(b"/", b"\\/")


def _account_row(account: Line | Trunk, name: str, seen: Registration) -> str:
    number = account.id
    host, port = (seen.host, seen.port) if seen.host else (UNREGISTERED, 0)
    status = seen.status or _UNMONITORED
    kind, owner = _LINE if isinstance(account, Line) else _TRUNK
    return (
        f'{{"id":{number}{kind},"user":"{name}","host":"{host}","port":"{port}","status":"{status}",'
        f'"useragent":"{seen.user_agent}","regcontact":"{seen.contact}","registry":null,"{owner}":"{number}"}}'
    )


def is_reachable(line: Line) -> bool:
    """Tell whether a line is registered and answers the PBX's qualify requests, as far as it is monitored (R13)."""
    return line.is_registered and not line.registration.status.startswith(_UNREACHABLE)


def device_state(line: Line) -> DeviceState:
    """See a line from outside as chan_sip does, for which one that does not answer qualify requests is unavailable."""
    return line.device_state if is_reachable(line) else DeviceState.UNAVAILABLE


def agent_state(agent: Agent) -> DeviceState:
    """See the line that an agent works from; nobody reaches one who is logged out."""
    return device_state(agent.line) if agent.line is not None else DeviceState.UNAVAILABLE


def queue_entry(queue: Queue, now: Instant, *, count_waiters: bool) -> dict[str, Any]:
    """Describe a queue for `queuestatus` (S33); without `count_waiters`, `calls` is the `0` of the sample (R33)."""
    figures = queue.figures
    return {
        "queueName": queue.name,
        "max": str(queue.max_waiting),
        "strategy": queue.strategy,
        "calls": str(len(queue.waiters) if count_waiters else 0),
        "holdTime": str(figures.hold_time),
        "talkTime": str(figures.talk_time),
        "completed": str(figures.completed),
        "abandoned": str(figures.abandoned),
        "serviceLevel": str(queue.service_level),
        "serviceLevelPerf": f"{figures.service_level_percent():.1f}",
        "weight": str(queue.weight),
        "members": {member.agent.name: _member(member) for member in queue.members} or [],
        "waiters": {str(place): _waiter(place, one, now) for place, one in enumerate(queue.waiters, 1)} or [],
    }


def _member(member: Member) -> dict[str, str]:
    agent, line = member.agent, member.agent.line
    state = agent_state(agent)
    return {
        "agentName": agent.name,
        "channelStatus": LOOKS[state],
        "location": agent.location,
        "loggedFrom": f"SIP/{line.user}" if line is not None else "",
        "membership": member.membership,
        "penalty": str(member.penalty),
        "callsTaken": str(member.calls_taken),
        "lastCall": str(whole_seconds(member.last_call)),
        "isInCall": "1" if state in _IN_CALL else "0",
        "status": str(_interface_state(agent).value),
        "paused": "1" if member.is_paused else "0",
    }


def _interface_state(agent: Agent) -> DeviceState:
    """Give the state of the Local channel by which the queue knows the agent: free, whatever the line does (R32)."""
    return DeviceState.NOT_IN_USE if agent.is_logged_in else DeviceState.UNAVAILABLE


def _waiter(place: int, waiter: Waiter, now: Instant) -> dict[str, str | None]:
    return {
        "position": str(place),
        "channel": waiter.channel,
        "uniqueid": waiter.unique_id,
        "callerIdNum": waiter.caller_number,
        "callerIdName": waiter.caller_name,
        "connectedLineNum": waiter.connected_number,
        "connectedLineName": waiter.connected_name,
        "wait": str(whole_seconds(now - waiter.joined_at)),
    }
