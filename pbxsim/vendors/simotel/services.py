"""The vendor's services by path, those that are answered here and those that are not: for permissions and for hints.

Source: the vendor's own list of v4 actions (its wiki and its Postman collection "Simotel V4").
"""

from __future__ import annotations

from typing import Final

ORIGINATE: Final = "call/originate/act"
PING: Final = "setting/ping/act"

_EDITED: Final = ("add", "update", "remove", "search")
_OBJECTS: Final = (
    "pbx/users",
    "pbx/trunks",
    "pbx/queues",
    "pbx/blacklists",
    "pbx/whitelists",
    "pbx/announcements",
    "voicemails/voicemails",
    "autodialer/announcements",
    "autodialer/campaigns",
    "autodialer/contacts",
    "autodialer/groups",
)
_AGENT_ACTIONS: Final = ("addagent", "removeagent", "pauseagent", "resumeagent")
_SINGLE: Final = (
    PING,
    "pbx/announcements/upload",
    "pbx/musiconholds/search",
    "pbx/faxes/upload",
    "pbx/faxes/add",
    "pbx/faxes/search",
    "pbx/faxes/download",
    "voicemails/inbox/search",
    "voicemails/audio/download",
    "reports/quick/search",
    "reports/quick/info",
    "reports/audio/download",
    "reports/cdr/search",
    "reports/cdr/ordered/id",
    "reports/queue/search",
    "reports/queue/ordered/id",
    "reports/queue_details/search",
    "reports/queue_details/ordered/id",
    "reports/agent/search",
    "reports/poll/search",
    "autodialer/announcements/upload",
    "autodialer/groups/upload",
    "autodialer/reports/search",
    "autodialer/reports/ordered/id",
    "autodialer/reports/info",
    "autodialer/trunks/search",
    "autodialer/trunks/update",
)

DOCUMENTED: Final = (
    ORIGINATE,
    *(f"{thing}/{action}" for thing in _OBJECTS for action in _EDITED),
    *(f"pbx/queues/{batch}{action}" for batch in ("", "batch") for action in _AGENT_ACTIONS),
    *_SINGLE,
)
"""Every v4 service that the vendor documents; actions.py has those that are answered here."""
