"""Telephones: their lines, registrations and states, and a person's hand on them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.directory import Line
from pbxsim.pbx.engine import TelephoneHand
from pbxsim.pbx.errors import NothingToDo
from pbxsim.web.control.answer import Answer, Problem, document
from pbxsim.web.control.ask import NamedPage, behind
from pbxsim.web.control.words import DEVICE_STATES

if TYPE_CHECKING:
    from pbxsim.web.control.ask import Ask

VERBS: Final[dict[str, Callable[[TelephoneHand, Line], None]]] = {
    "answer": lambda hand, line: hand.answer(line),
    "reject": lambda hand, line: hand.reject(line),
    "hangup": lambda hand, line: hand.hang_up(line),
    "hold": lambda hand, line: hand.hold(line),
    "unhold": lambda hand, line: hand.unhold(line),
    "register": lambda hand, line: hand.register(line),
    "unregister": lambda hand, line: hand.unregister(line),
}


class RegistrationShown(msgspec.Struct, frozen=True):
    """Where the telephone was last registered from; empty texts where it is not, or where nothing is known."""

    host: str
    port: int
    contact: str
    user_agent: str
    status: str


class PhoneCall(msgspec.Struct, frozen=True):
    """A call that the telephone takes part in."""

    call: int
    channel: str
    state: str


class PhoneShown(msgspec.Struct, frozen=True, kw_only=True):
    """A line: its extension's numbers, its registration, its states, its calls."""

    user: str
    line_id: int
    extension_id: int
    internal: str
    public: tuple[str, ...]
    dialplan: str
    owner: str
    registered: bool
    registration: RegistrationShown
    device_state: str
    channel_state: str
    max_calls: int
    calls: list[PhoneCall]


def listed(ask: Ask) -> Answer:
    """List all lines, in the PBX file's order."""
    page = ask.filters(NamedPage)
    ask.host.driver.catch_up()
    lines = behind(ask.host.pbx.directory.lines.values(), lambda line: line.user, page.after)
    phones = [_shown(line) for line in islice(lines, page.limit)]
    return ask.page(phones, page, phones[-1].user if phones else "")


def touch(ask: Ask) -> Answer:
    """Do what a person at that telephone would do."""
    user, verb, host = ask.parts["user"], ask.parts["verb"], ask.host
    line, act, hand = host.pbx.directory.lines.get(user), VERBS.get(verb), host.pbx.hand
    if line is None:
        raise Problem(404, f"there is no telephone {user!r}")
    if act is None:
        raise Problem(404, f"nobody can {verb!r} a telephone; verbs are {', '.join(VERBS)}")
    if hand is None:
        raise Problem(409, "this engine's telephones have no hand that a program could lend them")
    host.driver.catch_up()
    host.journal.append("control", data={"does": verb, "phone": user})
    try:
        act(hand, line)
    except NothingToDo as error:
        raise Problem(409, str(error)) from None
    finally:
        host.driver.rearm()
    return document(_shown(line))


def _shown(line: Line) -> PhoneShown:
    extension, place = line.extension, line.registration
    return PhoneShown(
        user=line.user,
        line_id=line.id,
        extension_id=extension.id,
        internal=extension.internal,
        public=extension.public,
        dialplan=extension.dialplan,
        owner=extension.owner,
        registered=line.is_registered,
        registration=RegistrationShown(place.host, place.port, place.contact, place.user_agent, place.status),
        device_state=DEVICE_STATES[line.device_state],
        channel_state=line.channel_state.label,
        max_calls=line.max_calls,
        calls=[PhoneCall(leg.call.number, leg.name, leg.state.label) for leg in line.channels],
    )
