"""`pbx/users/search`, `pbx/trunks/search`, `pbx/queues/search`: what there is on the PBX, as Simotel shows it.

Not here: who comes into queues and leaves them (queue_agents.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.emptiness import summed_up
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import Search, as_text, read_fields, read_search, useless
from pbxsim.vendors.simotel.ids import object_id
from pbxsim.vendors.simotel.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.clock.instant import Duration
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.extension import Diversion, Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue
    from pbxsim.pbx.routes import Trunk
    from pbxsim.vendors.simotel.state import State

_STATUSES: Final = ("all", "mapped")


def search_users(request: Request, state: State) -> Reply:
    """Give the users that a search asks for. Raises Refusal."""
    fields = read_fields(request.body)
    search = read_search(fields, ("name", "number", "mapped"), state.settings, also=("status",))
    status = as_text("status", fields.get("status")) or "all"
    if status not in _STATUSES:
        raise useless("status", f"one of {', '.join(_STATUSES)} expected")
    found = _users(search, state, only_mapped=status == "mapped")
    return wire.done([_user(extension, agents, state.pbx) for extension, agents in found], hints=search.hints)


def _users(search: Search, state: State, *, only_mapped: bool) -> Iterator[tuple[Extension, list[Agent]]]:
    mapped, is_any = _mapped(state.pbx), not any(search.conditions.values())
    for extension in state.pbx.directory.extensions:
        agents = mapped.get(extension.id, [])
        if state.settings.dialplan not in (None, extension.dialplan) or (only_mapped and not agents):
            continue
        if is_any or _fits(extension, agents, search):
            yield extension, agents


def _fits(extension: Extension, agents: list[Agent], search: Search) -> bool:
    by_mapped = search.fits("mapped", *(agent.number for agent in agents))
    return by_mapped and search.fits("number", extension.internal) and search.fits("name", _name(extension))


def _mapped(pbx: Pbx) -> dict[int, list[Agent]]:
    """Give who works on which extension, by its id."""
    mapped: dict[int, list[Agent]] = {}
    for agent in pbx.agents:
        if agent.line is not None:
            mapped.setdefault(agent.line.extension.id, []).append(agent)
    return mapped


def _name(extension: Extension) -> str:
    return extension.owner or extension.internal


class ForwardPolicy(msgspec.Struct, frozen=True, gc=False):
    """Where a user's calls go instead; empty texts where they do not."""

    busy: str = msgspec.field(name="Busy", default="")
    no_answer: str = msgspec.field(name="No Answer", default="")
    unavailable: str = msgspec.field(name="UnAvailable", default="")
    all: str = msgspec.field(name="All", default="")


_NOWHERE: Final = ForwardPolicy()


class User(msgspec.Struct, frozen=True, gc=False):
    """A user: in the vendor's order; what the switch does not know is as in the vendor's sample (R202).

    A Struct, for there may be tens of thousands: most of one is its class's.
    """

    id: str = msgspec.field(name="_id")
    user_type: str = "SIP"
    active: str = "yes"
    call_record: str = "no"
    push_notification: str = "no"
    name: str = ""
    number: str = ""
    cid_number: str = ""
    secret: str = "******"
    deny: str = "0.0.0.0/0.0.0.0"
    permit: str = "0.0.0.0/0.0.0.0"
    dtmfmode: str = "rfc2833"
    context: str = ""
    host: str = "dynamic"
    type: str = "friend"
    port: str = "5060"
    qualify: str = "yes"
    email: str = ""
    forward_policy: ForwardPolicy = _NOWHERE
    more_options: str = ""
    canreinvite: str = "no"
    directmedia: str = "no"
    nat: str = "force_rport,comedia"
    callgroup: str = "1"
    pickupgroup: str = "1"
    callcounter: str = "yes"
    faxdetect: str = "no"
    call_limit: str = ""
    description: str = ""
    date: str = "1402-04-26 19:32:56"
    queues: tuple[str, ...] = ()


def _user(extension: Extension, agents: list[Agent], pbx: Pbx) -> User:
    groups, pickup = extension.call_group, extension.pickup_group
    return User(
        object_id("user", extension.id),
        call_record="yes" if extension.records else "no",
        name=_name(extension),
        number=extension.internal,
        cid_number=extension.outside_number,
        context=extension.dialplan,
        forward_policy=_forwards(extension.lines[0].diversion if extension.lines else None),
        callgroup=",".join(sorted(groups)) if groups else "1",
        pickupgroup=",".join(sorted(pickup)) if pickup else "1",
        queues=_queues_of(agents, pbx) if agents else (),
    )


def _queues_of(agents: list[Agent], pbx: Pbx) -> tuple[str, ...]:
    return tuple(number_of(queue, pbx) for queue in pbx.queues if any(queue.member(agent) for agent in agents))


def _forwards(wishes: Diversion | None) -> ForwardPolicy:
    if wishes is None:
        return _NOWHERE
    return ForwardPolicy(wishes.busy, wishes.no_answer, wishes.no_answer, wishes.always)


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
