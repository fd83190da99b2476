"""The four spellings of visits to queues, each read back to visits, so that they can be compared with one another."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from pbxsim.clock.instant import SECOND, parse_iso
from pbxsim.sinks.call_centre_figures import CallCentreFigures, Tally
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.vendors.simotel.numbers import number_of
from tests.vendors.simotel.event_client import Web
from tests.vendors.simotel.report_client import Reports

if TYPE_CHECKING:
    from pbxsim.testing.office import Office

_EXITS = {"ABANDON": "abandoned", "EXITWITHTIMEOUT": "timeout", "EXITEMPTY": "empty"}
_HANDED_ON = "handed on"
_ENDS = {
    "COMPLETECALLER": "caller",
    "COMPLETEAGENT": "agent",
    "BLINDTRANSFER": _HANDED_ON,
    "ATTENDEDTRANSFER": _HANDED_ON,
}
_STATUS = {"TIMEOUT": "timeout", "LEAVEEMPTY": "empty", "CONTINUE": "abandoned"}
_MOST_ROWS = 10_000


class Told(NamedTuple):
    """A visit that is over: moments as `YYYY-MM-DD hh:mm:ss`, spans in whole seconds; who answered, for how long.

    `rung` counts who was rung in vain, but for those who were less quick than another.
    """

    queue: str
    began: str
    why: str
    waited: int
    agent: str = ""
    talked: int = 0
    ended_by: str = ""
    rung: int = 0


class Spellings:
    """Hears of the visits to a PBX's queues by all four, from its first call on."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.numbers = {queue.name: number_of(queue, office.pbx) or queue.name for queue in office.pbx.queues}
        self.log = QueueLog(office.pbx)
        self.figures = CallCentreFigures(office.pbx)
        self.web = Web(office.pbx, chosen=["CdrQueue"])
        self.reports = Reports(behind=office)

    # -- each spelling, read back -------------------------------------------------------------------------------------

    def logged(self) -> list[Told]:
        """Read the queue log."""
        visits: list[Told] = []
        began: dict[str, Told] = {}
        for time, call, queue, agent, event, first, second, third, fourth, fifth in self.log.rows:
            if event == "ENTERQUEUE":
                began[call] = Told(self.numbers[queue], time[:19], "", 0)
            elif event in ("RINGNOANSWER", "RINGCANCELED", "AGENTDUMP"):
                began[call] = began[call]._replace(rung=began[call].rung + 1)
            elif event in _EXITS:
                visits.append(began.pop(call)._replace(why=_EXITS[event], waited=int(third)))
            elif event == "CONNECT":
                began[call] = began[call]._replace(why="connected", waited=int(first), agent=agent)
            elif event in _ENDS:
                held, talked = (third, fourth) if "TRANSFER" in event else (first, second)
                assert (began[call].agent, began[call].waited, bool(fifth)) == (agent, int(held), "TRANSFER" in event)
                visits.append(began.pop(call)._replace(talked=int(talked), ended_by=_ENDS[event]))
        return visits

    def posted(self) -> list[Told]:
        """Read the events CdrQueue: those who were connected. They name the telephone, not who works there."""
        return [
            Told(
                queue=one["queue"],
                began=one["starttime"][:19],
                why="connected",
                waited=int(one["wait"]),
                talked=int(one["billsec"]),
                ended_by=one["hangup"],
                rung=sum(int(detail["tries"]) for detail in one["detail"]) - 1,
            )
            for one in self.web.told("CdrQueue")
        ]

    def reported(self) -> list[Told]:
        """Read the report about visits."""
        return [
            Told(
                queue=row["qnum"],
                began=f"{datetime.fromtimestamp(int(row['queue_id'].partition('.')[0]), UTC):%Y-%m-%d %H:%M:%S}",
                why="connected" if row["disposition"] == "ANSWERED" else _STATUS[row["queue_status"]],
                waited=row["wait"],
                agent=row["dst_name"] if row["disposition"] == "ANSWERED" else "",
                talked=row["billsec"],
                ended_by=row["hangup"] if row["disposition"] == "ANSWERED" else "",
            )
            for row in self.reports.rows("queue/search", pagination={"count": _MOST_ROWS})
        ]

    def counted(self) -> dict[str, Tally]:
        """Count the queue log by queue, as the figures should; who could not even join is not in it."""
        tallies = {name: Tally() for name in self.numbers}
        levels = {queue.name: queue.service_level * SECOND for queue in self.office.pbx.queues}
        joined: dict[str, int] = {}
        for time, call, queue, _, event, *_ in self.log.rows:
            now = parse_iso(f"{time.replace(' ', 'T')}Z")
            if event == "ENTERQUEUE":
                joined[call] = now
                tallies[queue].offered += 1
            elif event == "CONNECT":
                tally, waited = tallies[queue], now - joined[call]
                tally.answered += 1
                tally.waited += waited
                tally.in_level += waited <= levels[queue]
            elif event in _EXITS:
                tallies[queue].abandoned += event == "ABANDON"
                tallies[queue].overflowed += event != "ABANDON"
        return tallies

    # -- what must hold -----------------------------------------------------------------------------------------------

    def check(self) -> int:
        """See that they agree, once nobody is in a queue or in a talk any more; count the visits."""
        logged = self.logged()
        _compare([one._replace(rung=0) for one in logged], self.reported())
        _compare([one._replace(agent="") for one in logged if one.why == "connected"], self.posted())
        for name, by_log in self.counted().items():
            tally = self.figures.queues[name]
            refused = tally.offered - by_log.offered
            by_log.offered += refused
            by_log.overflowed += refused
            assert (tally, tally.waiting, refused >= 0) == (by_log, 0, True)
        return len(logged)


def _compare(logged: list[Told], others: list[Told]) -> None:
    """See that these are the same visits. Which party handed the other one on the queue log does not tell."""
    left = Counter(others)
    for one in sorted(logged, key=lambda one: one.ended_by == _HANDED_ON):  # the others can be only themselves
        ends = ("agent", "caller") if one.ended_by == _HANDED_ON else (one.ended_by,)
        found = [like for like in (one._replace(ended_by=by) for by in ends) if left[like]]
        assert found, f"{one} is in the queue log alone, beside {+left}"
        left[found[0]] -= 1
    assert not +left, f"{+left} is not in the queue log"
