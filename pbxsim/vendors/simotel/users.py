"""`pbx/users/search`: the extensions as Simotel's users, of whom there may be tens of thousands."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.kit.preparation import LONG, preparation, taken
from pbxsim.pbx.extension import Diversion, Extension, Line
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, read_fields, read_search, useless
from pbxsim.vendors.simotel.ids import object_id
from pbxsim.vendors.simotel.long_list import LongBody, spelt
from pbxsim.vendors.simotel.numbers import number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.state import State

_STATUSES: Final = ("all", "mapped")
_AT_ONCE: Final = 128  # users that are spelt at once
_DEPTH: Final = 2
_WITHOUT_ROWS: Final = wire.without_rows([])

_DIVERSION: Final = attrgetter("diversion")
_NO_LINE: Final = Line(id=0, user="")


def search_users(request: Request, state: State) -> Reply:
    """Give the users that a search asks for. Raises Refusal."""
    return taken(Users, request, state).told()


def prepare_users(request: Request, state: State) -> Iterator[None] | None:
    """Spell them, where there are many. Raises Refusal."""
    if len(state.pbx.directory.extensions) <= LONG:
        return None
    return preparation(Users(request, state), request)


class Users:
    """The users that a search asks for. Raises Refusal.

    Of what is told of a user only the diversion and the agents who work there change.
    """

    def __init__(self, request: Request, state: State) -> None:
        fields = read_fields(request.body)
        self._search = read_search(fields, ("name", "number", "mapped"), state.settings, also=("status",))
        status = as_text("status", fields.get("status")) or "all"
        if status not in _STATUSES:
            raise useless("status", f"one of {', '.join(_STATUSES)} expected")
        self._only_mapped = status == "mapped"
        self._is_any = not any(self._search.conditions.values())
        self._plan = state.settings.dialplan
        self.state = state
        self._extensions = state.pbx.directory.extensions
        pieces = range(0, len(self._extensions), _AT_ONCE)
        self._body = LongBody()
        self._texts = [b""] * len(pieces)
        self._lines: list[list[Line]] = [[]] * len(pieces)  # the first ones, of each piece
        self._seen: list[tuple[list[Diversion | None], list[_Work]] | None] = [None] * len(pieces)

    def prepare(self) -> Iterator[None]:
        """Spell those of whom something is otherwise, a piece at a time.

        Agents who come and go meanwhile are seen the next time, as `told` looks.
        """
        work = _work(self.state.pbx)
        for place in range(len(self._texts)):
            some = self._extensions[place * _AT_ONCE : (place + 1) * _AT_ONCE]
            if self._seen[place] is None:
                self._lines[place] = [each.lines[0] if each.lines else _NO_LINE for each in some]
            now = list(map(_DIVERSION, self._lines[place])), [work[each.id] for each in some if each.id in work]
            if self._seen[place] == now:
                continue
            self._texts[place] = spelt(self._users(some, work), _DEPTH)
            self._seen[place] = now
            yield
        yield from self._body.prepare(_WITHOUT_ROWS, [*self._texts], _DEPTH)

    def told(self) -> Reply:
        """Give those who there are."""
        for _ in self.prepare():
            pass
        return wire.spelt(self._body.content, self._search.hints)

    def _users(self, some: Sequence[Extension], work: dict[int, _Work]) -> list[User]:
        return [
            _user(each, there)
            for each, there in ((each, work.get(each.id, _NOBODY)) for each in some)
            if self._plan in (None, each.dialplan)
            and (there.agents or not self._only_mapped)
            and (self._is_any or self._fits(each, there))
        ]

    def _fits(self, extension: Extension, there: _Work) -> bool:
        fits = self._search.fits
        is_mapped = fits("mapped", *there.agents)
        return is_mapped and fits("number", extension.internal) and fits("name", _name(extension))


class _Work(msgspec.Struct, frozen=True):
    """The numbers of the agents who work on an extension, and those of the queues in which they are."""

    agents: list[str]
    queues: list[str]


_NOBODY: Final = _Work([], [])


def _work(pbx: Pbx) -> dict[int, _Work]:
    """Give who works on which extension, by its id."""
    work: dict[int, _Work] = {}
    for agent in pbx.agents:
        if agent.line is not None:
            work.setdefault(agent.line.extension.id, _Work([], [])).agents.append(agent.number)
    for queue in pbx.queues if work else ():
        lines = [member.agent.line for member in queue.members]
        there = {line.extension.id for line in lines if line is not None}
        number = number_of(queue, pbx) if there else ""
        for extension in there & work.keys():
            work[extension].queues.append(number)
    return work


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


def _user(extension: Extension, there: _Work) -> User:
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
        queues=tuple(there.queues),
    )


def _forwards(wishes: Diversion | None) -> ForwardPolicy:
    if wishes is None:
        return _NOWHERE
    return ForwardPolicy(wishes.busy, wishes.no_answer, wishes.no_answer, wishes.always)
