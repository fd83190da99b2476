"""The number of a queue: Simotel knows a queue by one, the switch by its name (README, ruling R204)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.pbx import Pbx
    from pbxsim.pbx.queue import Queue


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
