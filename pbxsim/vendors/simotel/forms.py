"""The services as forms to fill in: what the JSON body of each has, with values of this PBX that work.

Source of what is required: the vendor's tables, which the services' own modules read by.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pbxsim.kit.civil import civil, zone
from pbxsim.kit.form import HIDDEN, Field, Form, Identity
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.vendors.simotel.actions import ACTIONS
from pbxsim.vendors.simotel.event_settings import TIME_ZONE
from pbxsim.vendors.simotel.ids import record_name
from pbxsim.vendors.simotel.numbers import number_of
from pbxsim.vendors.simotel.queue_agents import ADD, PAUSE, REMOVE, RESUME, Verb
from pbxsim.vendors.simotel.services import ORIGINATE, PING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.api import SimotelInterface
    from pbxsim.vendors.simotel.settings import Account
    from pbxsim.vendors.simotel.state import State

ROOT: Final = "/api/v4/"
_CREDENTIALS: Final = ("X-APIKEY", "Authorization")
_FEW: Final = 50
_SEARCHED: Final[Mapping[str, tuple[str, ...]]] = {
    "pbx/users/search": ("name", "number", "mapped"),
    "pbx/trunks/search": ("name",),
    "pbx/queues/search": ("name", "number"),
}
_REPORTED: Final[Mapping[str, tuple[str, ...]]] = {
    "reports/quick/search": ("from", "to", "cuid"),
    "reports/cdr/search": ("from", "to", "cuid"),
    "reports/queue/search": ("from", "to", "cuid", "qnum"),
    "reports/agent/search": ("from", "to", "exten", "queue"),
}
_VERBS: Final[Mapping[str, Verb]] = {"add": ADD, "remove": REMOVE, "pause": PAUSE, "resume": RESUME}


def forms(interface: SimotelInterface) -> Iterator[Form]:
    """Give a form for each service; accounts that may not use it are not among its identities."""
    state = interface.state
    for service, action in ACTIONS.items():
        accounts = enumerate(state.settings.accounts)
        may = tuple(_identity(place, one) for place, one in accounts if one.enabled and one.may_use(service))
        fields = (*(Field(name=name, place="header") for name in _CREDENTIALS), *_fields(service, interface))
        yield Form(action=service, path=ROOT + service, methods=action.methods, fields=fields, identities=may)


def secrets(interface: SimotelInterface, identity: str, _request: Request) -> Mapping[str, str]:
    """Give the headers by which an account asks."""
    accounts = {f"accounts[{place}]": account for place, account in enumerate(interface.state.settings.accounts)}
    return dict(accounts[identity].headers()) if identity in accounts else {}


def _identity(place: int, account: Account) -> Identity:
    values = dict.fromkeys((name for name, _ in account.headers()), HIDDEN)
    return Identity(path=f"accounts[{place}]", title=account.username or f"X-APIKEY {place + 1}", values=values)


def _fields(service: str, interface: SimotelInterface) -> Iterator[Field]:
    if service in _OF_SERVICE:
        yield from _OF_SERVICE[service](interface)
    elif service in _SEARCHED:
        yield from _search(_SEARCHED[service])
    elif service in _REPORTED:
        yield from _report(_REPORTED[service], interface.state)
    else:
        yield from _membership(service.rpartition("/")[2], interface.state)


def _originate(interface: SimotelInterface) -> Iterator[Field]:
    pbx = interface.state.pbx
    caller, callee, context = interface.trial_parties() or ("", "", "")
    numbers = tuple(each.internal for each in pbx.directory.extensions)[:_FEW]
    yield _json("caller", caller, required=True, choices=numbers)
    yield _json("callee", callee, required=True, choices=numbers)
    yield _json("context", context, required=True, choices=tuple(pbx.directory.contexts)[:_FEW])
    yield _json("caller_id", caller, required=True)
    yield _json("trunk_name", choices=tuple(pbx.directory.trunks)[:_FEW])
    yield _json("timeout", "30")
    yield _json("call_limit")


def _search(conditions: tuple[str, ...]) -> Iterator[Field]:
    yield _json("alike", value=True, required=True)
    yield _json("conditions", dict.fromkeys(conditions, ""))
    if "mapped" in conditions:
        yield _json("status", "all", choices=("all", "mapped"))


def _report(conditions: tuple[str, ...], state: State) -> Iterator[Field]:
    """Ask for all of the last thirty days, which the vendor's calendar has as the Gregorian one."""
    today = civil(state.pbx.clock.now, zone(state.settings.reports.time_zone or TIME_ZONE))
    since = today - timedelta(days=30)
    yield _json("date_range", {"from": f"{since:%Y-%m-%d} 00:00", "to": f"{today:%Y-%m-%d} 23:59"}, required=True)
    yield _json("alike", value=True, required=True)
    yield _json("conditions", dict.fromkeys(conditions, ""))
    yield _json("pagination", {"start": 0, "count": 20, "sorting": {}})


def _membership(verb: str, state: State) -> Iterator[Field]:
    """Give what a queue's verb takes: for one operator, or for a list of them."""
    known = _VERBS[verb.removeprefix("batch").removesuffix("agent")]
    values = _operator(state) if known is ADD else _operator(state) | _member(state)
    asked = {name: values[name] for name in known.required}
    if verb.startswith("batch"):
        yield _json("agents", [asked], required=True)
        return
    for name in known.parameters:
        yield _json(name, asked.get(name, msgspec.UNSET), required=name in known.required, choices=_known(name, state))


def _operator(state: State) -> dict[str, str]:
    numbers = _known("source", state)
    queues = _known("queue", state)
    number = numbers[0] if numbers else ""
    return {"queue": queues[0] if queues else "", "source": number, "agent": number}


def _member(state: State) -> dict[str, str]:
    """Give an operator who is in a queue that has a number; nothing where nobody is."""
    for queue in state.pbx.queues:
        for member in queue.members:
            if number_of(queue, state.pbx):
                return {"queue": number_of(queue, state.pbx), "agent": member.agent.number}
    return {}


def _known(name: str, state: State) -> tuple[str, ...]:
    if name == "queue":
        numbered = [number_of(queue, state.pbx) for queue in state.pbx.queues]
        return tuple(filter(None, numbered))[:_FEW]
    if name == "penalty":
        return ()
    plan = state.settings.dialplan
    extensions = state.pbx.directory.extensions
    return tuple(each.internal for each in extensions if each.lines and plan in (None, each.dialplan))[:_FEW]


def _newest(state: State) -> tuple[str, str]:
    """Give the cuid of the newest call that left a record, and the newest recording's name."""
    cuid = recording = ""
    for cdr in state.pbx.cdrs.find(CdrQuery(newest_first=True, limit=_FEW)):
        cuid = cuid or cdr.linked_id
        recording = recording or (record_name(cdr) if cdr.recording_file else "")
    return cuid, recording


def _json(name: str, value: Any = msgspec.UNSET, *, required: bool = False, choices: tuple[str, ...] = ()) -> Field:  # noqa: ANN401 - whatever JSON has
    return Field(name=name, place="json", value=value, required=required, choices=choices)


def _ping(_interface: SimotelInterface) -> Iterator[Field]:
    yield from ()


def _attempts(interface: SimotelInterface) -> Iterator[Field]:
    yield _json("cuid", _newest(interface.state)[0], required=True)


def _ordered(_interface: SimotelInterface) -> Iterator[Field]:
    yield _json("_id", "")


def _download(interface: SimotelInterface) -> Iterator[Field]:
    yield _json("file", _newest(interface.state)[1], required=True)


_OF_SERVICE: Final[Mapping[str, Callable[[SimotelInterface], Iterator[Field]]]] = {
    ORIGINATE: _originate,
    PING: _ping,
    "reports/quick/info": _attempts,
    "reports/cdr/ordered/id": _ordered,
    "reports/audio/download": _download,
}
