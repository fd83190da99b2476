"""`call/originate/act`: one party is rung, then the other.

The first party is an extension, or goes out by `trunk_name`; the second is dialled in `context`. The vendor's parameter
table says the opposite; its introduction and its scenarios agree with this reading (README, ruling R10).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.kit.near_miss import parameter_hints, word_hint
from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.call import CallerId, CallOrder, DetailedOrder
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused, ToExtension
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, as_whole, read_fields, require, useless
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.numbers import find_extension, kept_inside
from pbxsim.vendors.simotel.settings import PublicCaller

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.settings import Settings
    from pbxsim.vendors.simotel.state import State

_REQUIRED: Final = ("caller", "callee", "context", "caller_id")  # in the order of the vendor's table
_TEXTS: Final = (*_REQUIRED, "trunk_name")
_PARAMETERS: Final = (*_TEXTS, "timeout", "call_limit")
_NAMES: Final = frozenset(_PARAMETERS)
_DEFAULT_TIMEOUT: Final[Duration] = 30 * SECOND
_LONGEST_TIME: Final = 86_400  # a day, in seconds
_NAME_AND_NUMBER: Final = re.compile(r'"?+([^"<]*+)"?+ *+<([^<>]*+)>')
_TELEPHONE_NUMBER: Final = re.compile(r"[0-9*#+]+")
_PUNCTUATION: Final = str.maketrans("", "", " ().-")


class _Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A call that was asked for. `trunk_name` is empty where there is none; `call_limit` is 0 for no limit."""

    caller: str
    callee: str
    context: str
    caller_id: str
    trunk_name: str
    timeout: Duration
    call_limit: Duration


def originate(request: Request, state: State) -> Reply:
    """Place a call and give its id. Raises Refusal."""
    fields = read_fields(request.body)
    hints = () if _NAMES.issuperset(fields) else parameter_hints(fields, _PARAMETERS)
    try:
        wanted = _read(fields)
        order = _order(wanted, state)
    except Refusal as refusal:
        refusal.hints += hints
        raise
    call = state.pbx.calls.originate(order)
    return wire.originated(order.reference, call.number, hints + _name_hints(wanted, state.pbx))


def _order(wanted: _Wanted, state: State) -> CallOrder:
    shown = caller_id_shown(wanted.caller_id)
    return DetailedOrder(
        vendor="simotel",
        first=_find_first(wanted, state.settings, state.pbx),
        src=wanted.caller,
        dst=wanted.callee,
        second=wanted.callee,
        second_to=_find_second(wanted, state.settings, state.pbx),
        context=wanted.context,
        clid=shown,
        spooled=True,
        first_shows=shown,
        second_shows=shown,
        first_timeout=wanted.timeout,
        second_timeout=wanted.timeout,
        talk_limit=wanted.call_limit,
        reference=state.call_ids.next(state.pbx.clock.now),
    )


def _name_hints(wanted: _Wanted, pbx: Pbx) -> tuple[str, ...]:
    contexts, trunks = pbx.directory.contexts, pbx.directory.trunks
    hints = () if wanted.context in contexts else word_hint("context", wanted.context, tuple(contexts))
    if wanted.trunk_name and wanted.trunk_name not in trunks:
        hints += word_hint("trunk", wanted.trunk_name, ("", *trunks))
    return hints


# -- what is asked for ------------------------------------------------------------------------------------------------


def _read(fields: dict[str, object]) -> _Wanted:
    """Check the parameters: first whether one is missing, in the order of the table, then whether each can be used.

    Raises Refusal.
    """
    require(fields, _REQUIRED)
    texts = {name: as_text(name, fields.get(name)) for name in _TEXTS}
    timeout = _seconds("timeout", fields.get("timeout"), least=1)
    call_limit = _seconds("call_limit", fields.get("call_limit"), least=0)
    return _Wanted(
        **texts,
        timeout=_DEFAULT_TIMEOUT if timeout is None else timeout * SECOND,
        call_limit=(call_limit or 0) * SECOND,
    )


def _seconds(name: str, value: object, *, least: int) -> int | None:
    """Give a number of seconds, sent as a whole number or as a text of digits; None where there is none."""
    if value is None or value == "":
        return None
    number = as_whole(value)
    if not least <= number <= _LONGEST_TIME:
        raise useless(name, f"whole seconds from {least} to {_LONGEST_TIME} expected")
    return number


# -- where the parties are --------------------------------------------------------------------------------------------


def _find_first(wanted: _Wanted, settings: Settings, pbx: Pbx) -> Destination:
    """Tell where the first party is. Raises Refusal for a public number without `trunk_name`."""
    number = wanted.caller
    extension = find_extension(number, settings, pbx) or pbx.directory.public_or_none(number)
    if extension is not None:
        return ToExtension(number, extension)
    if wanted.trunk_name:
        return kept_inside(pbx.dialplan.by_trunk(number, wanted.trunk_name), number, settings)
    if _looks_internal(number, settings) or settings.public_caller_without_trunk is PublicCaller.ACCEPT:
        return Refused(number, HangupCause.UNALLOCATED)
    hint = f"{number[:32]!r} is no extension here: a public first party needs trunk_name"
    raise Refusal(Failure.OPERATION_FAILED, hint)


def _find_second(wanted: _Wanted, settings: Settings, pbx: Pbx) -> Destination | None:
    """Tell that the second party may not be dialled; None: the switch finds it in `context` when its turn comes."""
    there = pbx.dialplan.resolve(wanted.callee, wanted.context)
    kept = kept_inside(there, wanted.callee, settings)
    return None if kept is there else kept


def caller_id_shown(text: str) -> CallerId:
    """Split a caller id into number and name as Asterisk does (main/callerid.c, ast_callerid_parse).

    `Name <number>` is both, what looks like a telephone number is one, anything else is a name.
    """
    if text.isdecimal() and text.isascii():
        return CallerId(number=text)
    both = _NAME_AND_NUMBER.fullmatch(text.strip())
    if both is not None:
        return CallerId(number=both[2].strip(), name=both[1].strip())
    if _TELEPHONE_NUMBER.fullmatch(text.translate(_PUNCTUATION)):
        return CallerId(number=text)
    return CallerId(name=text)


def _looks_internal(number: str, settings: Settings) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= settings.longest_extension
