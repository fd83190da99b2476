"""The documents by which a page shows a PBX live: those of the control API's lists, of what has changed, or of all.

Of what grows for ever all is only the newest. Making them changes nothing: no clock goes on, nothing is drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from heapq import merge
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.errors import CdrNotFound
from pbxsim.sinks.cdr_export import shown as cdr_shown
from pbxsim.web.control import accounts, call_centre, call_document, clock, phones, webhooks

if TYPE_CHECKING:
    from collections.abc import Set

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.hosting.request_log import RequestRecord
    from pbxsim.hosting.watching import Marks
    from pbxsim.pbx.account import Account
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue
    from pbxsim.sinks.delivery import Delivery

Document: TypeAlias = tuple[str, bytes]
"""What kind of thing it is of, and its JSON."""

NEWEST: Final = 200
"""So many ended calls, records, requests and deliveries are told to whoever comes."""

MOST_PASSED: Final = 200
"""Of calls that began and ended between two looks so many are told, the newest."""

PART: Final = 40
"""So many documents are made in a go: a millisecond or two."""

_encode: Final = msgspec.json.Encoder().encode


# -- what has changed -------------------------------------------------------------------------------------------------


def changed(host: HostedPbx, marks: Marks) -> Iterator[Document]:
    """Give what is marked, as it stands now, and what follows from it."""
    pbx = host.pbx
    calls = list(_calls(pbx, marks))
    lines = marks.lines | dict.fromkeys(leg.line.user for call in calls for leg in _up(call) if leg.line is not None)
    agents = [agent for agent in pbx.agents if agent.number in marks.agents or _is_at(agent, lines)]
    queues = [queue for queue in pbx.queues if queue.name in marks.queues or any(map(queue.member, agents))]
    known = pbx.directory.lines
    for kind, things in (
        ("call", calls),
        ("phone", [known[user] for user in lines if user in known]),
        ("agent", agents),
        ("queue", queues),
        ("cdr", _cdrs(pbx, marks.cdrs)),
        ("account", [pbx.accounts[name] for name in marks.accounts]),
        ("request", _requests(host, marks.requests)),
        ("webhook", filter(None, map(host.outbox.found, sorted(marks.deliveries)))),
    ):
        show = _SHOWN[kind]
        yield from ((kind, show(host, thing)) for thing in things)


def _calls(pbx: Pbx, marks: Marks) -> Iterator[Call]:
    """Give the calls that are marked, without most of those that nobody has seen begin and nobody sees go on."""
    passed = [number for number in marks.begun if number not in pbx.calls.live]
    wanted = marks.calls.keys() - set(passed[:-MOST_PASSED])
    found = _ended(pbx, wanted - pbx.calls.live.keys())
    for number in sorted(wanted):
        call = pbx.calls.live.get(number) or found.get(number)
        if call is not None:
            yield call


def _ended(pbx: Pbx, numbers: Set[int]) -> dict[int, Call]:
    """Find calls that have ended, the newest of which are remembered."""
    ended = pbx.calls.ended
    return {number: ended[number] for number in numbers if number in ended}


def _up(call: Call) -> Iterator[Channel]:
    """Give the legs of a call that are not over."""
    return (leg for leg in call.legs if not leg.ended_at)


def _is_at(agent: Agent, lines: dict[str, None]) -> bool:
    """Tell whether an agent is at one of these telephones: the agent's state is the telephone's."""
    return agent.line is not None and agent.line.user in lines


def _cdrs(pbx: Pbx, numbers: dict[int, None]) -> Iterator[Cdr]:
    for number in sorted(numbers)[-NEWEST:]:
        with suppress(CdrNotFound):
            yield pbx.cdrs.get(number)


def _requests(host: HostedPbx, numbers: dict[int, None]) -> list[RequestRecord]:
    """Give requests that are still kept, oldest first; most of them are new, so they are sought from there."""
    if not numbers:
        return []
    first = min(numbers)
    near = takewhile(lambda record: record.seq >= first, host.requests.newest())
    return [record for record in near if record.seq in numbers][:NEWEST][::-1]


# -- all there is -----------------------------------------------------------------------------------------------------


def everything(host: HostedPbx) -> Iterator[tuple[str, list[bytes]]]:
    """Give the documents of all that is shown but the clock, in parts of one kind each."""
    pbx = host.pbx
    ended = sorted(islice(reversed(pbx.calls.recent), NEWEST), key=_number)
    cdrs = list(pbx.cdrs.find(CdrQuery(newest_first=True, limit=NEWEST)))[::-1]
    for kind, things in (
        ("phone", pbx.directory.lines.values()),
        ("queue", pbx.queues),
        ("agent", pbx.agents),
        ("account", pbx.accounts.values()),
        ("call", merge(ended, pbx.calls.live.values(), key=_number)),
        ("request", list(islice(host.requests.newest(), NEWEST))[::-1]),
        ("cdr", cdrs),
        ("webhook", host.outbox.known(host.outbox.last_number - NEWEST)),
    ):
        show = _SHOWN[kind]
        shown = list(things)  # what comes or goes while the parts are sent is told afterwards
        for first in range(0, len(shown), PART):
            yield _LISTS[kind], [show(host, thing) for thing in shown[first : first + PART]]


def clock_document(host: HostedPbx) -> bytes:
    """Give the clock as it should stand now."""
    return _encode(clock.clock_shown(host, host.driver.moment))


def clock_mark(host: HostedPbx) -> tuple[object, ...]:
    """Give what of a clock does not change by itself; of one that stands, that is all."""
    rate = host.driver.rate
    return rate, host.pbx.clock.next_due(), 0 if rate else host.pbx.clock.now


def _number(call: Call) -> int:
    return call.number


def _call(_: HostedPbx, call: Call) -> bytes:
    return _encode(call_document.show(call))


def _phone(_: HostedPbx, line: Line) -> bytes:
    return _encode(phones.shown(line))


def _agent(host: HostedPbx, agent: Agent) -> bytes:
    return _encode(call_centre.agent_shown(host.pbx, agent))


def _queue(_: HostedPbx, queue: Queue) -> bytes:
    return _encode(call_centre.queue_shown(queue))


def _cdr(_: HostedPbx, cdr: Cdr) -> bytes:
    return _encode(cdr_shown(cdr))


def _account(_: HostedPbx, account: Account) -> bytes:
    return _encode(accounts.shown(account))


def _request(host: HostedPbx, record: RequestRecord) -> bytes:
    return host.secrets.json(_encode(host.requests.shown(record)))


def _webhook(host: HostedPbx, delivery: Delivery) -> bytes:
    return host.secrets.json(_encode(webhooks.shown(delivery, host.outbox)))


_SHOWN: Final[Mapping[str, Callable[..., bytes]]] = {
    "call": _call,
    "phone": _phone,
    "agent": _agent,
    "queue": _queue,
    "cdr": _cdr,
    "account": _account,
    "request": _request,
    "webhook": _webhook,
}
"""The document of a thing of each kind."""

_LISTS: Final[Mapping[str, str]] = {kind: "queues" if kind == "queue" else f"{kind}s" for kind in _SHOWN}
"""What the control API calls a list of that kind."""
