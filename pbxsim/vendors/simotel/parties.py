"""Who is called: where each of the two parties leads, and what their displays show.

The first party is an extension, or goes out by `trunk_name`; the second is dialled in `context`. The vendor's parameter
table says the opposite; its introduction and its scenarios agree with this reading (README, ruling R10).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.kit.refusal import Refusal
from pbxsim.pbx.call import CallerId
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused, ToExtension, ToTrunk
from pbxsim.pbx.errors import PbxError
from pbxsim.vendors.simotel.errors import Failure
from pbxsim.vendors.simotel.settings import PublicCaller

if TYPE_CHECKING:
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.directory import Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.simotel.body import Originate
    from pbxsim.vendors.simotel.settings import Settings

_DIALLED: Final = re.compile(r"\+?[0-9*#]+")  # what a trunk can be given
_NAME_AND_NUMBER: Final = re.compile(r'"?([^"<]*?)"? *<([^<>]*)>')
_TELEPHONE_NUMBER: Final = re.compile(r"[0-9*#+]+")
_PUNCTUATION: Final = str.maketrans("", "", " ().-")


def find_first(wanted: Originate, settings: Settings, pbx: Pbx) -> Destination:
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


def find_second(wanted: Originate, settings: Settings, pbx: Pbx) -> Destination | None:
    """Tell that the second party may not be dialled; None: the switch finds it in `context` when its turn comes."""
    there = pbx.dialplan.resolve(wanted.callee, wanted.context)
    kept = kept_inside(there, wanted.callee, settings)
    return None if kept is there else kept


def caller_id_shown(text: str) -> CallerId:
    """Split a caller id into number and name as Asterisk does (main/callerid.c, ast_callerid_parse).

    `Name <number>` is both, what looks like a telephone number is one, anything else is a name.
    """
    both = _NAME_AND_NUMBER.fullmatch(text.strip())
    if both is not None:
        return CallerId(number=both[2].strip(), name=both[1].strip())
    if _TELEPHONE_NUMBER.fullmatch(text.translate(_PUNCTUATION)):
        return CallerId(number=text)
    return CallerId(name=text)


def find_extension(number: str, settings: Settings, pbx: Pbx) -> Extension | None:
    """Find an internal number in the numbering plan of the settings, else in the one plan that has it."""
    if settings.dialplan is not None:
        return pbx.directory.internal_or_none(number, settings.dialplan)
    try:
        return pbx.directory.internal(number)
    except PbxError:
        return None


def _looks_internal(number: str, settings: Settings) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= settings.longest_extension


def kept_inside(there: Destination, number: str, settings: Settings) -> Destination:
    """Refuse what would leave by a trunk and may not."""
    if not isinstance(there, ToTrunk):
        return there
    if number.startswith(settings.barred_prefixes):
        return Refused(number, HangupCause.OUTGOING_CALL_BARRED)
    if not _DIALLED.fullmatch(number):
        return Refused(number, HangupCause.INVALID_NUMBER_FORMAT)
    return there
