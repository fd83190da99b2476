"""What a number means: an extension, a queue, a way out that may not be taken.

Simotel knows a queue by a number, the switch by its name (README, ruling R204).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.dialplan import Refused, ToTrunk
from pbxsim.pbx.errors import PbxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.extension import Extension
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue
    from pbxsim.vendors.simotel.settings import Settings


def find_extension(number: str, settings: Settings, pbx: Pbx) -> Extension | None:
    """Find an internal number in the numbering plan of the settings, else in the one plan that has it."""
    if settings.dialplan is not None:
        return pbx.directory.internal_or_none(number, settings.dialplan)
    try:
        return pbx.directory.internal(number)
    except PbxError:
        return None


def kept_inside(there: Destination, number: str, settings: Settings) -> Destination:
    """Refuse what would leave by a trunk and may not."""
    barred = isinstance(there, ToTrunk) and number.startswith(settings.barred_prefixes)
    return Refused(number, HangupCause.OUTGOING_CALL_BARRED) if barred else there


def number_of(queue: Queue, pbx: Pbx) -> str:
    """Give a queue's number: its name where that is digits, else the first that leads to it; empty for none."""
    if _is_number(queue.name):
        return queue.name
    return next((number for number, name in _dialled(pbx) if name == queue.name), "")


def find_queue(text: str, pbx: Pbx) -> Queue | None:
    """Find a queue by its name, else by its number."""
    return next((queue for queue in pbx.queues if queue.name == text), None) or next(
        (queue for queue in pbx.queues if number_of(queue, pbx) == text), None
    )


def queue_numbers(pbx: Pbx) -> dict[str, str]:
    """Give what each queue is called, by its name in the PBX file: its number, or that name where it has none."""
    return {queue.name: number_of(queue, pbx) or queue.name for queue in pbx.queues}


def _dialled(pbx: Pbx) -> Iterator[tuple[str, str]]:
    """Go through the numbers that lead straight to a queue, those of contexts first."""
    for context in pbx.directory.contexts.values():
        for pattern, step in context.entries:
            if step.queue and _is_number(pattern):
                yield pattern, step.queue
    for did in pbx.directory.dids.values():
        if did.step.queue:
            yield did.number, did.step.queue


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()
