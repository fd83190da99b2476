"""`pbx/trunks/search`, `pbx/queues/search`: what there is on the PBX, as Simotel shows it.

Not here: its users (users.py); who comes into queues and leaves them (queue_agents.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.emptiness import summed_up
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import read_fields, read_search
from pbxsim.vendors.simotel.ids import object_id
from pbxsim.vendors.simotel.numbers import number_of

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.queue import Queue
    from pbxsim.pbx.routes import Trunk
    from pbxsim.vendors.simotel.state import State

_STATUSES: Final = ("all", "mapped")


# -- trunks -----------------------------------------------------------------------------------------------------------


def search_trunks(request: Request, state: State) -> Reply:
    """Give the trunks that a search asks for. Raises Refusal."""
    search = read_search(read_fields(request.body), ("name",), state.settings)
    trunks = state.pbx.directory.trunks.values()
    return wire.done([_trunk(trunk) for trunk in trunks if search.fits("name", trunk.name)], hints=search.hints)


def _trunk(trunk: Trunk) -> dict[str, str]:
    """Spell a trunk: in the vendor's order; what the switch does not know is as in the vendor's sample (R202)."""
    return {
        "_id": object_id("trunk", trunk.id),
        "trunk_type": "SIP",
        "name": trunk.name,
        "register_string": "",
        "active": "yes",
        "deny": "0.0.0.0/0.0.0.0",
        "permit": "0.0.0.0/0.0.0.0",
        "dtmfmode": "rfc2833",
        "canreinvite": "no",
        "directmedia": "no",
        "context": "from-pstn",
        "host": trunk.registration.host,
        "type": "friend",
        "nat": "force_rport,comedia",
        "port": str(trunk.registration.port or 5060),
        "qualify": "yes",
        "insecure": "port,invite",
        "disallow": "all",
        "allow": "ulaw,alaw",
        "more_options": "",
        "description": "",
        "date": "1399-12-10 15:05:16",
    }


# -- queues -----------------------------------------------------------------------------------------------------------


def search_queues(request: Request, state: State) -> Reply:
    """Give the queues that a search asks for. Raises Refusal."""
    search = read_search(read_fields(request.body), ("name", "number"), state.settings)
    numbered = [(queue, number_of(queue, state.pbx)) for queue in state.pbx.queues]
    found = [
        _queue(queue, number)
        for queue, number in numbered
        if search.fits("name", queue.name) and search.fits("number", number)
    ]
    return wire.done(found, hints=search.hints)


def _queue(queue: Queue, number: str) -> dict[str, str]:
    """Spell a queue: in the vendor's order; what the switch does not know is as in the vendor's sample (R202)."""
    rules, told = queue.rules, queue.rules.announcements
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
        "announce_holdtime": told.positions.hold_time if told.positions else "no",
        "announce_position": told.positions.position if told.positions else "yes",
        "joinempty": summed_up(rules.join_empty, joining=True),
        "leavewhenempty": summed_up(rules.leave_when_empty, joining=False),
        "reportholdtime": "yes" if rules.member_hears and rules.member_hears.hold_time else "no",
        "maxlen": str(queue.max_waiting),
        "announce_frequency": _seconds(told.positions.every if told.positions else 0),
        "min_announce_frequency": _seconds(told.positions.at_least) if told.positions else "60",
        "periodic_announce_frequency": _seconds(told.periodic.every if told.periodic else 0),
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


def _seconds(span: Duration) -> str:
    return f"{span / SECOND:g}"
