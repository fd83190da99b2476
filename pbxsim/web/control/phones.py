"""Telephones: their lines, registrations and states, and what a person does with them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from operator import attrgetter
from typing import Annotated, Any, Final, Literal

import msgspec

from pbxsim.clock.instant import SECOND, seconds
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.near_miss import nearest
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.extension import Diversion, Line
from pbxsim.pbx.handset import Handset, Instruction, Reaction
from pbxsim.web.control.paging import NamedPage, named_listing
from pbxsim.web.control.request import Keys, Number
from pbxsim.web.control.response import CHANNEL_STATES, DEVICE_STATES, Problem, Response, document
from pbxsim.web.control.route import Command
from pbxsim.web.control.spelt import HangsOn, Spelt

HANGS_ON: Final = HangsOn[Line](
    "registration", "do_not_disturb", "diversion", legs=attrgetter("channels"), of_leg=("call", "state", "is_held")
)
_USER: Final = attrgetter("user")

Why = Literal["always", "busy", "no_answer"]


class Touch(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What some verbs need to know: a number; what to press; whether a button is on; which calls to divert, and after
    how long.
    """

    to: Number | None = None
    digits: Keys | None = None
    on: bool | None = None
    when: Why | None = None
    after_seconds: Annotated[float, msgspec.Meta(gt=0, le=86_400)] | None = None


class InstructionGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """How to meet calls: after so much ringing comes the outcome. `talk_seconds` null: it never hangs up itself."""

    outcome: Reaction
    ring_seconds: Annotated[float, msgspec.Meta(ge=0, le=86_400)] = 3
    talk_seconds: Annotated[float, msgspec.Meta(ge=0, le=2_592_000)] | None = 30
    cause: HangupCause | None = None


class Verb(msgspec.Struct, frozen=True):
    """Something that a person can do with a telephone: how, which fields of the body it needs, which others it has."""

    act: Callable[[Handset, Line, Touch], object]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


VERBS: Final[dict[str, Verb]] = {
    "answer": Verb(lambda handset, line, _: handset.answer(line)),
    "reject": Verb(lambda handset, line, _: handset.reject(line)),
    "hangup": Verb(lambda handset, line, _: handset.hang_up(line)),
    "hold": Verb(lambda handset, line, _: handset.hold(line)),
    "unhold": Verb(lambda handset, line, _: handset.unhold(line)),
    "swap": Verb(lambda handset, line, _: handset.swap(line)),
    "dial": Verb(lambda handset, line, touch: handset.dial(line, touch.to or ""), ("to",)),
    "press": Verb(lambda handset, line, touch: handset.press(line, touch.digits or ""), ("digits",)),
    "transfer": Verb(lambda handset, line, touch: handset.transfer(line, touch.to or ""), ("to",)),
    "consult": Verb(lambda handset, line, touch: handset.consult(line, touch.to or ""), ("to",)),
    "complete": Verb(lambda handset, line, _: handset.complete(line)),
    "cancel": Verb(lambda handset, line, _: handset.cancel(line)),
    "dnd": Verb(lambda handset, line, touch: handset.do_not_disturb(line, on=bool(touch.on)), ("on",)),
    "divert": Verb(
        lambda handset, line, touch: handset.divert(line, _diverted(line, touch)), ("when",), ("to", "after_seconds")
    ),
    "register": Verb(lambda handset, line, _: handset.register(line)),
    "unregister": Verb(lambda handset, line, _: handset.unregister(line)),
}


def _diverted(line: Line, touch: Touch) -> Diversion | None:
    """Give all the line's diversions with one of them changed; without a number that one is off."""
    wishes = msgspec.structs.replace(line.diversion or Diversion(), **{str(touch.when): touch.to or ""})
    if touch.after_seconds is not None:
        wishes = msgspec.structs.replace(wishes, after=seconds(touch.after_seconds))
    return wishes if wishes.always or wishes.busy or wishes.no_answer else None


class RegistrationShown(msgspec.Struct, frozen=True, gc=False):
    """Where the telephone was last registered from; empty texts where it is not, or where nothing is known."""

    host: str
    port: int
    contact: str
    user_agent: str
    status: str


class PhoneCall(msgspec.Struct, frozen=True, gc=False):
    """A call that the telephone takes part in."""

    call: int
    channel: str
    state: str
    on_hold: bool


class DiversionShown(msgspec.Struct, frozen=True):
    """Where calls go instead; null where they do not."""

    always: str | None
    busy: str | None
    no_answer: str | None
    after_seconds: float


class PhoneShown(msgspec.Struct, frozen=True, gc=False):
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
    do_not_disturb: bool
    diversion: DiversionShown | None
    calls: list[PhoneCall]


async def listed(host: HostedPbx, query: NamedPage) -> Response:
    """List all lines, in the PBX file's order."""
    spelt = Spelt.of(host, "phones", shown, HANGS_ON)
    return await named_listing(host.pbx.directory.lines.values(), query, shown, name=_USER, spelt=spelt)


def touch(host: HostedPbx, user: str, verb: str, body: Touch) -> Command:
    """Do what a person at that telephone would do."""
    line, known = line_named(host, user), VERBS.get(verb)
    if known is None:
        near = [f": did you mean {found!r}?" for found in nearest(verb, VERBS)]
        raise Problem(404, f"nobody can {verb!r} a telephone{''.join(near)}; verbs are {', '.join(VERBS)}")
    given = _given(verb, known, body)
    handset = _handset(host)
    return Command(verb, {"phone": line.user, **given}, lambda: _done(known.act, handset, line, body))


def instruct(host: HostedPbx, user: str, body: InstructionGiven) -> Command:
    """Have a telephone meet every call from now on as it is told, whatever the PBX file says."""
    if body.cause is not None and body.outcome not in ("fail", "drop"):
        raise Problem(422, f"body: `{body.outcome}` has a cause of its own; one can be given for fail and drop")
    line, handset = line_named(host, user), _handset(host)
    told = Instruction(
        reaction=body.outcome,
        ring=seconds(body.ring_seconds),
        talk=None if body.talk_seconds is None else seconds(body.talk_seconds),
        cause=body.cause,
    )
    data = {"phone": line.user, **msgspec.to_builtins(body)}
    return Command("behaviour", data, lambda: _done(lambda hand, own, _: hand.instruct(own, told), handset, line))


def release(host: HostedPbx, user: str) -> Command:
    """Have a telephone meet calls as the PBX file says again."""
    line, handset = line_named(host, user), _handset(host)
    data = {"phone": line.user, "outcome": None}
    return Command("behaviour", data, lambda: _done(lambda hand, own, _: hand.instruct(own, None), handset, line))


def line_named(host: HostedPbx, user: str) -> Line:
    """Find a telephone by its SIP user, or by an internal number that only one has. Raises Problem 404."""
    directory = host.pbx.directory
    if user in directory.lines:
        return directory.lines[user]
    numbered = [line for line in directory.lines.values() if line.extension.internal == user]
    if len(numbered) == 1:
        return numbered[0]
    raise Problem(
        404, _whose(directory, user, numbered) or f"there is no telephone {user!r}{_nearest(directory, user)}"
    )


def _whose(directory: Directory, number: str, numbered: list[Line]) -> str:
    """Say which telephones a number leads to that is not one telephone's name; empty where none."""
    public = directory.public_or_none(number)
    lines = numbered or (public.lines if public is not None else [])
    if not lines:
        return ""
    users = ", ".join(line.user for line in lines)
    return f"{number!r} is the number of {users}" if len(lines) > 1 else f"{number!r} is the telephone {users}"


def _nearest(directory: Directory, user: str) -> str:
    near = nearest(user, (*directory.lines, *(each.internal for each in directory.extensions)), 3)
    return f": did you mean {' or '.join(near)}?" if near else f"; there are: {', '.join(islice(directory.lines, 10))}"


def _handset(host: HostedPbx) -> Handset:
    if host.pbx.handset is None:
        raise Problem(409, "this engine's telephones have no hand that a program could lend them")
    return host.pbx.handset


def _given(name: str, verb: Verb, body: Touch) -> dict[str, Any]:
    """Give what the body says. Raises Problem 400 where something is missing, or belongs to another verb."""
    fields = msgspec.structs.asdict(body)
    for field, value in fields.items():
        if value is None and field in verb.needs:
            raise Problem(400, f"body: to {name} needs {field!r}")
        if value is not None and field not in verb.needs + verb.takes:
            raise Problem(400, f"body: to {name} has no use for {field!r}")
    return {field: value for field, value in fields.items() if value is not None}


_NO_TOUCH: Final = Touch()


def _done(
    act: Callable[[Handset, Line, Touch], object], handset: Handset, line: Line, body: Touch = _NO_TOUCH
) -> Response:
    try:
        act(handset, line, body)
    except NothingToDo as error:
        raise Problem(409, str(error)) from None
    return document(shown(line))


def shown(line: Line) -> PhoneShown:
    """Show a line as it stands."""
    extension, place = line.extension, line.registration
    return PhoneShown(
        line.user,
        line.id,
        extension.id,
        extension.internal,
        extension.public,
        extension.dialplan,
        extension.owner,
        line.is_registered,
        RegistrationShown(place.host, place.port, place.contact, place.user_agent, place.status),
        DEVICE_STATES[line.device_state],
        CHANNEL_STATES[line.channel_state],
        line.max_calls,
        line.do_not_disturb,
        _shown_diversion(line.diversion),
        [PhoneCall(leg.call.number, leg.name, CHANNEL_STATES[leg.shown_state], leg.is_held) for leg in line.channels],
    )


def _shown_diversion(wishes: Diversion | None) -> DiversionShown | None:
    if wishes is None:
        return None
    numbers = (wishes.always or None, wishes.busy or None, wishes.no_answer or None)
    return DiversionShown(*numbers, wishes.after / SECOND)
