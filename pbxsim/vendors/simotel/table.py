"""Every service that is answered here, by its path; the others that the vendor documents are 501 (services.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendors.simotel import queue_agents
from pbxsim.vendors.simotel.audio import download
from pbxsim.vendors.simotel.originate import originate
from pbxsim.vendors.simotel.ping import ping
from pbxsim.vendors.simotel.queues import search_queues
from pbxsim.vendors.simotel.report_queues import agent_search, queue_search, quick_info
from pbxsim.vendors.simotel.reports import cdr_ordered, cdr_search, quick_search
from pbxsim.vendors.simotel.services import ORIGINATE, PING
from pbxsim.vendors.simotel.trunks import search_trunks
from pbxsim.vendors.simotel.users import search_users

if TYPE_CHECKING:
    from pbxsim.vendors.simotel.site import Service

SERVICES: Final[dict[str, Service]] = {
    ORIGINATE: originate,
    PING: ping,
    "pbx/users/search": search_users,
    "pbx/trunks/search": search_trunks,
    "pbx/queues/search": search_queues,
    "pbx/queues/addagent": queue_agents.one(queue_agents.ADD),
    "pbx/queues/removeagent": queue_agents.one(queue_agents.REMOVE),
    "pbx/queues/pauseagent": queue_agents.one(queue_agents.PAUSE),
    "pbx/queues/resumeagent": queue_agents.one(queue_agents.RESUME),
    "pbx/queues/batchaddagent": queue_agents.many(queue_agents.ADD),
    "pbx/queues/batchremoveagent": queue_agents.many(queue_agents.REMOVE),
    "pbx/queues/batchpauseagent": queue_agents.many(queue_agents.PAUSE),
    "pbx/queues/batchresumeagent": queue_agents.many(queue_agents.RESUME),
    "reports/quick/search": quick_search,
    "reports/quick/info": quick_info,
    "reports/cdr/search": cdr_search,
    "reports/cdr/ordered/id": cdr_ordered,
    "reports/queue/search": queue_search,
    "reports/agent/search": agent_search,
    "reports/audio/download": download,
}

_TAKES_PUT: Final = frozenset({ORIGINATE, PING})


def methods(service: str) -> tuple[str, ...]:
    """Give the HTTP methods by which a service may be asked (README, rulings R1 and R200)."""
    return ("PUT", "POST") if service in _TAKES_PUT else ("POST",)
