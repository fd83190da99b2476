"""Every service that is answered here, by its path; the others that the vendor documents are 501 (services.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.action import Action
from pbxsim.vendors.simotel.directory import search_queues, search_trunks
from pbxsim.vendors.simotel.originate import originate
from pbxsim.vendors.simotel.ping import ping
from pbxsim.vendors.simotel.queue_agents import ADD, PAUSE, REMOVE, RESUME
from pbxsim.vendors.simotel.reports.cdr import (
    cdr_ordered,
    cdr_search,
    download,
    prepare_cdr,
    prepare_quick,
    quick_search,
)
from pbxsim.vendors.simotel.reports.queues import (
    agent_search,
    prepare_sessions,
    prepare_visits,
    queue_search,
    quick_info,
)
from pbxsim.vendors.simotel.services import ORIGINATE, PING
from pbxsim.vendors.simotel.state import State
from pbxsim.vendors.simotel.users import prepare_users, search_users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pbxsim.kit.request import Request


class SimotelAction(Action[State], frozen=True, kw_only=True):
    """A service, and the HTTP methods by which it may be asked (README, rulings R1 and R200).

    `prepare` makes ready what a reply that may be long is made of (`kit.vendor.Vendor.prepare`), and may raise Refusal.
    """

    methods: tuple[str, ...] = ("POST",)
    prepare: Callable[[Request, State], Iterator[None] | None] | None = None


PUT_TOO: Final = ("PUT", "POST")
"""The methods of originate and ping, and with `lenient_methods` of every service."""

ACTIONS: Final[Mapping[str, SimotelAction]] = {
    ORIGINATE: SimotelAction(handler=originate, methods=PUT_TOO),
    PING: SimotelAction(handler=ping, methods=PUT_TOO),
    "pbx/users/search": SimotelAction(handler=search_users, prepare=prepare_users),
    "pbx/trunks/search": SimotelAction(handler=search_trunks),
    "pbx/queues/search": SimotelAction(handler=search_queues),
    "pbx/queues/addagent": SimotelAction(handler=ADD.one),
    "pbx/queues/removeagent": SimotelAction(handler=REMOVE.one),
    "pbx/queues/pauseagent": SimotelAction(handler=PAUSE.one),
    "pbx/queues/resumeagent": SimotelAction(handler=RESUME.one),
    "pbx/queues/batchaddagent": SimotelAction(handler=ADD.many),
    "pbx/queues/batchremoveagent": SimotelAction(handler=REMOVE.many),
    "pbx/queues/batchpauseagent": SimotelAction(handler=PAUSE.many),
    "pbx/queues/batchresumeagent": SimotelAction(handler=RESUME.many),
    "reports/quick/search": SimotelAction(handler=quick_search, prepare=prepare_quick),
    "reports/quick/info": SimotelAction(handler=quick_info),
    "reports/cdr/search": SimotelAction(handler=cdr_search, prepare=prepare_cdr),
    "reports/cdr/ordered/id": SimotelAction(handler=cdr_ordered),
    "reports/queue/search": SimotelAction(handler=queue_search, prepare=prepare_visits),
    "reports/agent/search": SimotelAction(handler=agent_search, prepare=prepare_sessions),
    "reports/audio/download": SimotelAction(handler=download),
}

PATHS: Final = {f"/api/{version}/{service}": service for version in ("v4", "v4.1") for service in ACTIONS}
"""The service of each path, as it is usually spelt."""
