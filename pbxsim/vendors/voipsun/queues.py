"""The action queuestatus: a queue's settings, figures, members and waiting callers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.errors import QueueNotFound
from pbxsim.vendors.voipsun import wire

if TYPE_CHECKING:
    from pbxsim.kit.params import Params
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.voipsun.settings import Settings


def queue_status(params: Params, pbx: Pbx, settings: Settings) -> Reply:
    """S33: describe one queue; one that does not exist is an empty list (R31)."""
    name = params.text("queueName")
    try:
        queue = pbx.queues.named(name)
    except QueueNotFound:
        return wire.php_document({"success": "true", "results": []}).hinted(f"there is no queue {name!r}")
    entry = wire.queue_entry(queue, pbx.clock.now, count_waiters=settings.quirks.queue_calls == "waiting")
    return wire.php_document({"success": "true", "results": [entry]})
