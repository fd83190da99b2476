"""The action queuestatus: a queue's settings, figures, members and waiting callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.errors import QueueNotFound
from pbxsim.vendors.voipsun import wire

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.voipsun.state import State


def queue_status(request: Request, state: State) -> Reply:
    """S33: describe one queue; one that does not exist is an empty list (R31)."""
    name = request.params.text("queueName")
    try:
        queue = state.pbx.queues.named(name)
    except QueueNotFound:
        return wire.php_document({"success": "true", "results": []}).hinted(f"there is no queue {name!r}")
    count_waiters = state.settings.quirks.queue_calls == "waiting"
    entry = wire.queue_entry(queue, state.pbx.clock.now, count_waiters=count_waiters)
    return wire.php_document({"success": "true", "results": [entry]})
