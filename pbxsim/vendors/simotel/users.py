"""`pbx/users/search`: the extensions, as Simotel shows its users."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, read_fields, useless
from pbxsim.vendors.simotel.object_ids import object_id
from pbxsim.vendors.simotel.queue_numbers import number_of
from pbxsim.vendors.simotel.search_words import Search, read_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.directory import Diversion, Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.state import State

_STATUSES: Final = ("all", "mapped")


def search_users(request: Request, state: State) -> Reply:
    """Give the users that a search asks for. Raises Refusal."""
    fields = read_fields(request.body)
    search = read_search(fields, ("name", "number", "mapped"), state.settings, also=("status",))
    status = as_text("status", fields.get("status")) or "all"
    if status not in _STATUSES:
        raise useless("status", f"one of {', '.join(_STATUSES)} expected")
    found = _found(search, state, only_mapped=status == "mapped")
    return wire.done([_shown(extension, agents, state.pbx) for extension, agents in found], hints=search.hints)


def _found(search: Search, state: State, *, only_mapped: bool) -> Iterator[tuple[Extension, list[Agent]]]:
    mapped = _operators(state.pbx)
    for extension in state.pbx.directory.extensions:
        agents = mapped.get(extension.id, [])
        if state.settings.dialplan not in (None, extension.dialplan) or (only_mapped and not agents):
            continue
        by_mapped = search.fits("mapped", *(agent.number for agent in agents))
        if by_mapped and search.fits("number", extension.internal) and search.fits("name", _name(extension)):
            yield extension, agents


def _operators(pbx: Pbx) -> dict[int, list[Agent]]:
    """Give who works on which extension, by its id."""
    mapped: dict[int, list[Agent]] = {}
    for agent in pbx.agents:
        if agent.line is not None:
            mapped.setdefault(agent.line.extension.id, []).append(agent)
    return mapped


def _name(extension: Extension) -> str:
    return extension.owner or extension.internal


def _shown(extension: Extension, agents: list[Agent], pbx: Pbx) -> dict[str, object]:
    """Spell a user: in the vendor's order; what the switch does not know is as in the vendor's sample (R202)."""
    return {
        "_id": object_id("user", extension.id),
        "user_type": "SIP",
        "active": "yes",
        "call_record": "yes" if extension.records else "no",
        "push_notification": "no",
        "name": _name(extension),
        "number": extension.internal,
        "cid_number": extension.outside_number,
        "secret": "******",
        "deny": "0.0.0.0/0.0.0.0",
        "permit": "0.0.0.0/0.0.0.0",
        "dtmfmode": "rfc2833",
        "context": extension.dialplan,
        "host": "dynamic",
        "type": "friend",
        "port": "5060",
        "qualify": "yes",
        "email": "",
        "forward_policy": _forwards(extension.lines[0].diversion if extension.lines else None),
        "more_options": "",
        "canreinvite": "no",
        "directmedia": "no",
        "nat": "force_rport,comedia",
        "callgroup": "1",
        "pickupgroup": "1",
        "callcounter": "yes",
        "faxdetect": "no",
        "call_limit": "",
        "description": "",
        "date": "1402-04-26 19:32:56",
        "queues": [number_of(queue, pbx) for queue in pbx.queues if any(queue.member(agent) for agent in agents)],
    }


def _forwards(wishes: Diversion | None) -> dict[str, str]:
    if wishes is None:
        return {"Busy": "", "No Answer": "", "UnAvailable": "", "All": ""}
    return {
        "Busy": wishes.busy,
        "No Answer": wishes.no_answer,
        "UnAvailable": wishes.no_answer,
        "All": wishes.always,
    }
