"""The actions as forms to fill in: what each takes, with values of this PBX that work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.form import HIDDEN, Field, Form, Identity
from pbxsim.kit.methods import GET_AND_POST
from pbxsim.vendors.voipsun.actions import ACTIONS, COMMON, VoipsunAction
from pbxsim.vendors.voipsun.api import PATH
from pbxsim.vendors.voipsun.lines import SPIED, SPY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.voipsun.api import VoipsunInterface
    from pbxsim.vendors.voipsun.settings import ApiUser

_FEW: Final = 50
_ENTERED: Final = "s"  # where `dial` enters a context


def forms(interface: VoipsunInterface) -> Iterator[Form]:
    """Give a form for each action, in the manual's order; users who may not use one are not among its identities."""
    state = interface.state
    users = state.settings.users
    values, choices = _values(interface), _choices(state.pbx)
    for name, action in ACTIONS.items():
        may = tuple(_identity(place, user) for place, user in enumerate(users) if state.permits(user, name))
        fields = tuple(_fields(name, action, values | _of_action(name, state.pbx), choices))
        yield Form(action=name, path=PATH, methods=GET_AND_POST, fields=fields, identities=may)


def secrets(interface: VoipsunInterface, identity: str, request: Request) -> Mapping[str, str]:
    """Give a user's password, and the PIN of the agent whom the request names."""
    state, number = interface.state, request.params.text("agentNumber")
    found = {f"users[{place}]": user.password for place, user in enumerate(state.settings.users)}
    agent = state.pbx.agents.numbered(number)
    known = {"password": found[identity]} if identity in found else {}
    return known | ({"agentPin": agent.pin} if agent is not None else {})


def _identity(place: int, user: ApiUser) -> Identity:
    values = {"username": user.username, "password": HIDDEN}
    return Identity(path=f"users[{place}]", title=user.username, values=values)


def _fields(
    name: str, action: VoipsunAction, values: Mapping[str, str], choices: Mapping[str, tuple[str, ...]]
) -> Iterator[Field]:
    """Give the fields in the manual's order; of a group at most one has a value."""
    groups = {each: "/".join(group) for group in action.one_of for each in group}
    needed, words = (*COMMON, *action.required), dict(action.words)
    for parameter in action.parameters:
        value = name if parameter == "action" else values.get(parameter, msgspec.UNSET)
        wanted = parameter in groups or parameter in needed or parameter == "channelName"
        yield Field(
            name=parameter,
            value=value if wanted else msgspec.UNSET,
            required=parameter in needed,
            group=groups.get(parameter, ""),
            choices=words.get(parameter, choices.get(parameter, ())),
        )


def _values(interface: VoipsunInterface) -> dict[str, str]:
    """Give what works on this PBX, by the parameter's name; who is not there has no value."""
    pbx = interface.state.pbx
    agents, queues = [agent.number for agent in pbx.agents], [queue.name for queue in pbx.queues]
    records = [str(cdr.id) for cdr in pbx.cdrs.remembered() if cdr.recording_file]
    channels = [channel.name for channel in pbx.calls.channels()]
    caller, number = next(interface.trial_parties(), (None, ""))
    found = {
        "srcExtenId": "" if caller is None else str(caller.id),
        "dstNum": number,
        "context": next(_entered(pbx), ""),
        "outrouteName": next((route.name for route in pbx.directory.routes), ""),
        "agentNumber": next(iter(agents), ""),
        "agentPin": HIDDEN if agents else "",
        "queueName": next(iter(queues), ""),
        "cdrId": records[-1] if records else "",
        "path": "/var/spool/asterisk/monitor/moved" if records else "",
        "channelName": next(iter(channels), ""),
    }
    return {name: value for name, value in found.items() if value}


def _of_action(name: str, pbx: Pbx) -> dict[str, str]:
    """Give what one action has otherwise: whoever spies is not the one who is spied on."""
    if name != "spying":
        return {}
    ringing = [each for each in pbx.directory.extensions if any(line.is_registered for line in each.lines)]
    if len(ringing) < 2:
        return {}
    return {SPY.id: str(ringing[1].id), SPIED.id: str(ringing[0].id)}


def _choices(pbx: Pbx) -> dict[str, tuple[str, ...]]:
    """Give what there is on this PBX, by the names of the parameters that take it."""
    directory = pbx.directory
    extensions = directory.extensions
    channels = (channel.name for channel in pbx.calls.channels())
    return {
        **_of_both("ExtenInternalNum", (each.internal for each in extensions)),
        **_of_both("ExtenPublicNum", (number for each in extensions for number in each.public)),
        **_of_both("ExtenId", (str(each.id) for each in extensions)),
        **_of_both("SipUsername", directory.lines),
        **dict.fromkeys(("dialplanName", "srcDialplanName", "dstDialplanName"), _few(directory.dialplans)),
        **dict.fromkeys(("channelName", "dstChannelName"), _few(channels)),
        **dict.fromkeys(("context", "hangupContext"), _few(directory.contexts)),
        "outrouteName": _few(route.name for route in directory.routes),
        "outrouteId": _few(str(route.id) for route in directory.routes),
        "agentNumber": _few(agent.number for agent in pbx.agents),
        "queueName": _few(queue.name for queue in pbx.queues),
    }


def _of_both(name: str, values: Iterable[str]) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys((f"src{name}", f"dst{name}"), _few(values))


def _few(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))[:_FEW]


def _entered(pbx: Pbx) -> Iterator[str]:
    """Give the contexts that `dial` can enter."""
    for name, context in pbx.directory.contexts.items():
        if any(number == _ENTERED for number, _ in context.entries):
            yield name
