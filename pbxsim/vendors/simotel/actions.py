"""Every service that is answered here, by its path; the others that the vendor documents are 501 (services.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.vendors.simotel.directory import search_queues, search_trunks, search_users
from pbxsim.vendors.simotel.originate import originate
from pbxsim.vendors.simotel.ping import ping
from pbxsim.vendors.simotel.queue_agents import ADD, PAUSE, REMOVE, RESUME
from pbxsim.vendors.simotel.reports.cdr import cdr_ordered, cdr_search, download, quick_search
from pbxsim.vendors.simotel.reports.queues import agent_search, queue_search, quick_info
from pbxsim.vendors.simotel.services import ORIGINATE, PING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.state import State

Handler: TypeAlias = "Callable[[Request, State], Reply]"


class Action(msgspec.Struct, frozen=True):
    """A service. `handler` does what is asked, or raises Refusal; `methods` are those of HTTP (README, R1 and R200)."""

    handler: Handler
    methods: tuple[str, ...] = ("POST",)


_BOTH: Final = ("PUT", "POST")

ACTIONS: Final[Mapping[str, Action]] = {
    ORIGINATE: Action(originate, _BOTH),
    PING: Action(ping, _BOTH),
    "pbx/users/search": Action(search_users),
    "pbx/trunks/search": Action(search_trunks),
    "pbx/queues/search": Action(search_queues),
    "pbx/queues/addagent": Action(ADD.one),
    "pbx/queues/removeagent": Action(REMOVE.one),
    "pbx/queues/pauseagent": Action(PAUSE.one),
    "pbx/queues/resumeagent": Action(RESUME.one),
    "pbx/queues/batchaddagent": Action(ADD.many),
    "pbx/queues/batchremoveagent": Action(REMOVE.many),
    "pbx/queues/batchpauseagent": Action(PAUSE.many),
    "pbx/queues/batchresumeagent": Action(RESUME.many),
    "reports/quick/search": Action(quick_search),
    "reports/quick/info": Action(quick_info),
    "reports/cdr/search": Action(cdr_search),
    "reports/cdr/ordered/id": Action(cdr_ordered),
    "reports/queue/search": Action(queue_search),
    "reports/agent/search": Action(agent_search),
    "reports/audio/download": Action(download),
}
