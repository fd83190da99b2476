"""`pbx/queues/search`: the queues, as Simotel shows them. Who is in them: queue_agents.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.queue import NOBODY_LOGGED_IN
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import read_fields
from pbxsim.vendors.simotel.object_ids import object_id
from pbxsim.vendors.simotel.queue_numbers import number_of
from pbxsim.vendors.simotel.search_words import read_search

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.queue import Queue
    from pbxsim.vendors.simotel.state import State


def search_queues(request: Request, state: State) -> Reply:
    """Give the queues that a search asks for. Raises Refusal."""
    search = read_search(read_fields(request.body), ("name", "number"), state.settings)
    numbered = [(queue, number_of(queue, state.pbx)) for queue in state.pbx.queues]
    found = [
        _shown(queue, number)
        for queue, number in numbered
        if search.fits("name", queue.name) and search.fits("number", number)
    ]
    return wire.done(found, hints=search.hints)


def _shown(queue: Queue, number: str) -> dict[str, str]:
    """Spell a queue: in the vendor's order; what the switch does not know is as in the vendor's sample (R202)."""
    rules = queue.rules
    return {
        "_id": object_id("queue", queue.name),
        "name": queue.name,
        "number": number,
        "strategy": queue.strategy,
        "ringinuse": "yes" if rules.ring_in_use else "no",
        "call_record": "yes",
        "setinterfacevar": "yes",
        "autofill": "yes",
        "setqueuevar": "yes",
        "setqueueentryvar": "yes",
        "persistentmembers": "no",
        "shared_lastcall": "no",
        "announce_holdtime": "no",
        "announce_position": "yes",
        "joinempty": _empty(rules.join_empty, otherwise="yes", nobody="no"),
        "leavewhenempty": _empty(rules.leave_when_empty, otherwise="no", nobody="yes"),
        "reportholdtime": "no",
        "maxlen": str(queue.max_waiting),
        "announce_frequency": _seconds(rules.announce_every),
        "min_announce_frequency": "60",
        "periodic_announce_frequency": "120",
        "music": "gole orkideh",
        "queue_callswaiting": "queue-callswaiting",
        "queue_thankyou": "queue-thankyou",
        "queue_thereare": "queue-thereare",
        "queue_youarenext": "queue-youarenext",
        "retry": _seconds(rules.retry),
        "servicelevel": str(queue.service_level),
        "timeout": _seconds(rules.member_timeout),
        "weight": str(queue.weight),
        "wrapuptime": _seconds(rules.wrap_up),
        "monitor_type": "MixMonitor",
        "monitor_format": "wav",
        "more_options": "",
        "date": "1399-12-11 10:15:51",
    }


def _empty(absent: frozenset[str] | None, *, otherwise: str, nobody: str) -> str:
    """Spell a rule about empty queues as queues.conf does: a word for the usual ones, else the states themselves."""
    if absent is None:
        return otherwise
    return nobody if absent == NOBODY_LOGGED_IN else ",".join(sorted(absent))


def _seconds(span: Duration) -> str:
    return f"{span / SECOND:g}"
