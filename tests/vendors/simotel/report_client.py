"""A client of Simotel's reports, and the PBX behind it: two agents in queue 901, and somebody who calls in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.queue import Member, Queue, QueueFigures, QueueRules
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import ReportSettings, Settings
from tests.vendors.simotel.client import ACCOUNT, Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.call import Call

ANY_TIME = {"from": "1971-01-01 00:00", "to": "2100-01-01 00:00"}
CALLER = "09129285259"


def settings(**reports: object) -> Settings:
    """Make settings whose reports are told otherwise than usual."""
    return Settings(accounts=(ACCOUNT,), dialplan="main", reports=ReportSettings(**reports))  # type: ignore[arg-type]


def report_office(*, rules: QueueRules | None = None, strategy: str = "linear") -> Office:
    """Make it: Ann works on 564 and Ben on 560, both are in queue 901, and nobody is in `sales`, which is 902."""
    agents = [Agent(number="1", name="Ann", pin=""), Agent(number="2", name="Ben", pin="")]
    usual = QueueRules(member_timeout=15 * SECOND, retry=5 * SECOND) if rules is None else rules
    trunk = Trunk(id=1, name="t1541")
    route = OutboundRoute(id=1, name="out", patterns=("_0X.",), trunks=(trunk,))
    entries = (("901", Step(queue="901")), ("902", Step(queue="sales")))
    office = Office(
        *(extension(number) for number in ("564", "560", "100", "101")),
        trunks=(trunk,),
        routes=(route,),
        contexts=(
            Context(name="in", dialplan="main", entries=entries),
            Context(name="main_routing", dialplan="main", routes=(route,), entries=entries),
        ),
        agents=agents,
        queues=[
            _queue("901", strategy, usual, [Member(agent=agent, membership="static") for agent in agents]),
            _queue("sales", "ringall", QueueRules(), []),
        ],
    )
    for agent, number in zip(agents, ("564", "560"), strict=True):
        office.pbx.agents.log_in(agent, office.phones[number].line)
    return office


def _queue(name: str, strategy: str, rules: QueueRules, members: list[Member]) -> Queue:
    return Queue(name=name, strategy=strategy, members=members, waiters=[], figures=QueueFigures(), rules=rules)


class Reports(Client):
    """Asks for reports, by POST."""

    def __init__(self, settings_: Settings | None = None, behind: Office | None = None) -> None:
        super().__init__(settings_ or settings(), behind or report_office())

    def report(self, service: str, **fields: object) -> Reply:
        """Ask for one."""
        return self.send(json.dumps(fields).encode(), method="POST", path=f"/api/v4/reports/{service}")

    def data(self, service: str, **fields: object) -> Any:  # noqa: ANN401 - JSON
        """Ask for one that is given, and read its data."""
        reply = json.loads(self.report(service, **fields).body)
        assert reply["success"] == 1, reply
        return reply["data"]

    def rows(self, service: str, **fields: object) -> list[dict[str, Any]]:
        """Ask for one about any time, and give its rows."""
        rows: list[dict[str, Any]] = self.data(service, **{"date_range": ANY_TIME, "alike": True} | fields)["data"]
        return rows

    def keep(self, *cdrs: Cdr) -> None:
        """Let these calls have been."""
        for cdr in cdrs:
            self.office.archive.on_cdr(CdrClosed(cdr))

    def calls_in(self, queue: str = "901", name: str = "") -> Call:
        """Have somebody outside call a queue."""
        return self.office.calls_in(CALLER, queue, name)


def record(number: int, **fields: Any) -> Cdr:  # noqa: ANN401 - the record's own fields
    """Make an answered record between extensions, of a call that began that many minutes after 2023-07-19 08:00 UTC."""
    start = fields.pop("start", 1_689_753_600 * SECOND + number * 60 * SECOND)
    usual = {
        "id": number,
        "call": number,
        "vendor": "",
        "start": start,
        "answer": start + 2 * SECOND,
        "end": start + 12 * SECOND,
        "src": "101",
        "dst": "100",
        "disposition": Disposition.ANSWERED,
        "cause": HangupCause.NORMAL_CLEARING,
        "direction": Direction.LOCAL,
    }
    return Cdr(**{"serial": fields.get("call", usual["call"])} | usual | fields)


def asked(client: Reports, service: str, **fields: object) -> Request:
    """Ask for a page of a report."""
    body = json.dumps({"date_range": ANY_TIME, "alike": True} | fields).encode()
    return client.request(body, method="POST", path=f"/api/v4/reports/{service}")


def preparing(client: Reports, request: Request) -> Iterator[None]:
    """Have it prepared."""
    pieces = vendor.prepare(client.interface, request)
    assert pieces is not None
    return pieces
