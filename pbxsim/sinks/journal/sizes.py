"""How many bytes an entry of the journal takes, told from the lengths of its texts.

Counted is the same on every machine, so that the same entries are kept everywhere: a flat sum, and for long texts four
bytes a character, as many as any takes. Entries of ordinary calls take a third to a half of that, since they share most
of what they hold; of none is less counted than it takes.

What is told of a leg has no texts but its call's, which count with the call's order and its record. Names out of the
PBX file are the file's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.sinks.excerpt import text_size

if TYPE_CHECKING:
    from pbxsim.pbx.call import CallOrder
    from pbxsim.pbx.cdr import Cdr

ENTRY: Final = 640
"""An entry: a tuple, perhaps another in it, the numbers in these, and a share of its call's order and record, with
texts that are short.
"""

SHORT: Final = 256
"""Characters; so many texts of an order or of a record are in the flat sum."""

_CHARACTER: Final = 4
_OBJECT: Final = 256
_ITEM: Final = 96  # a text's own object and its place in a tuple or dict


def size_of_order(order: CallOrder) -> int:
    """Count an order's texts that its record may not have."""
    first, second = order.first_shows, order.second_shows
    # Texts are joined because that is the quickest way to the sum of their lengths.
    texts = len(
        f"{order.second}{order.macro}{order.failure_context}{order.context}"
        f"{first.number}{first.name}{second.number}{second.name}"
    )
    return _CHARACTER * texts if texts > SHORT else 0


def size_of_cdr(cdr: Cdr) -> int:
    """Count the texts of a call's record, which are its order's."""
    one, two, three, four = cdr.custom
    texts = len(
        f"{cdr.src}{cdr.dst}{cdr.clid_number}{cdr.clid_name}{cdr.reference}{one}{two}{three}{four}"
        f"{cdr.recording_folder}{cdr.recording_file}"
    )
    return _CHARACTER * texts if texts > SHORT else 0


def size_of_given(channel: str, data: bytes) -> int:
    """Count what somebody else put into the journal, its data spelt as JSON."""
    texts = text_size(channel) + len(data)
    return texts if texts > SHORT else 0


def size_of_any(value: object) -> int:
    """Count whatever was taken down, every text in it: for kinds of which there are few."""
    if isinstance(value, str):
        return _ITEM + _CHARACTER * len(value)
    if isinstance(value, tuple):
        return sum(map(size_of_any, value))
    if isinstance(value, dict):
        return sum(size_of_any(name) + size_of_any(one) for name, one in value.items())
    if isinstance(value, msgspec.Struct):
        return _OBJECT + size_of_any(msgspec.structs.astuple(value))
    return 0
