"""The reports about queues: `reports/queue/search`, `reports/quick/info`, `reports/agent/search`."""

from __future__ import annotations

from abc import abstractmethod
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeVar

from pbxsim.clock.instant import SECOND
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.kit.preparation import LONG, preparation, taken
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.queue_visit import EndedBy, Why
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.agent_sessions import Session
from pbxsim.vendors.simotel.body import as_text, read_fields, require
from pbxsim.vendors.simotel.ids import ATTEMPT, SESSION, VISIT, row_id
from pbxsim.vendors.simotel.queue_visits import ReportedVisit
from pbxsim.vendors.simotel.reports.cdr import targeted_data
from pbxsim.vendors.simotel.reports.dates import ReportDates, hhmmss, raw
from pbxsim.vendors.simotel.reports.page import FOUND_AT_ONCE, Page
from pbxsim.vendors.simotel.reports.query import read_report
from pbxsim.vendors.simotel.reports.rows import plain

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Iterable, Iterator

    from pbxsim.clock.instant import Instant
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.queue_visits import ReportedAttempt, Visited
    from pbxsim.vendors.simotel.reports.query import Column
    from pbxsim.vendors.simotel.state import State

_OneT = TypeVar("_OneT")

_MISSED: Final = "MISSED"
_STATUS: Final = {Why.TIMEOUT: "TIMEOUT", Why.EMPTY: "LEAVEEMPTY"}
_BY_NUMBER: Final = attrgetter("number")

_VISIT_COLUMNS: Final[dict[str, Column[ReportedVisit]]] = {
    "starttime": lambda one: one.visit.joined_at,
    "endtime": lambda one: one.visit.ended_at,
    "duration": lambda one: _seconds(one.visit.joined_at, one.visit.ended_at),
    "wait": lambda one: one.visit.waited,
    "agent_wait": lambda one: _rung(_last_rung(one.visit)),
    "billsec": lambda one: _talked(one.visit),
    "src": lambda one: one.visit.caller,
    "dst": lambda one: _agent(one.visit),
    "cuid": lambda one: one.cuid,
    "qnum": lambda one: one.qnum,
    "disposition": lambda one: _became(one.visit),
    "hangup": lambda one: _hangup(one.visit),
    "queue_status": lambda one: _status(one.visit),
    "_id": lambda one: one.visit.number,
}

_SESSION_COLUMNS: Final[dict[str, Column[Session]]] = {
    "start": lambda session: session.start,
    "end": lambda session: session.end,
    "duration": lambda session: _seconds(session.start, session.end),
    "type": lambda session: session.kind,
    "exten": lambda session: session.exten,
    "qnum": lambda session: session.qnum,
    "_id": lambda session: session.number,
}


def queue_search(request: Request, state: State) -> Reply:
    """Give a page of the visits of callers in queues. Raises Refusal."""
    return taken(VisitPage, request, state).told()


def prepare_visits(request: Request, state: State) -> Iterator[None] | None:
    """Make that page ready, where there are many visits. Raises Refusal."""
    return preparation(VisitPage(request, state), request) if len(state.visits.visits) > LONG else None


def quick_info(request: Request, state: State) -> Reply:
    """Give the agents that were rung for a call in queues; none for a call that was in no queue. Raises Refusal."""
    fields = read_fields(request.body)
    require(fields, ("cuid",))
    cuid, dates = as_text("cuid", fields["cuid"]), ReportDates(state.settings.reports)
    rows = [
        _attempt_row(attempt, tries, one, dates)
        for one in state.visits.of_call(cuid)
        for attempt, tries in last_tries(one.visit)
        if _over_at(attempt, one.visit)
    ]
    return wire.done(rows, "", parameter_hints(fields, ("cuid",)))


def agent_search(request: Request, state: State) -> Reply:
    """Give a page of the times that agents spent in queues, or paused there. Raises Refusal."""
    return taken(SessionPage, request, state).told()


def prepare_sessions(request: Request, state: State) -> Iterator[None] | None:
    """Make that page ready, where there are many sessions. Raises Refusal."""
    return preparation(SessionPage(request, state), request) if len(state.sessions.sessions) > LONG else None


# -- pages -----------------------------------------------------------------------------------------------------------


class _HeardPage(Page[_OneT]):
    """A page of what was heard of, the newest of which are kept (`_heard`), each with a number above the last one's."""

    @property
    @abstractmethod
    def _heard(self) -> deque[_OneT]: ...

    @staticmethod
    @abstractmethod
    def _number(one: _OneT) -> int: ...

    def begin(self) -> None:
        """Begin anew, with nothing found."""
        super().begin()
        self._ahead: list[_OneT] = []  # the next ones, the newest first
        self._last = 0
        self._first = self._oldest()

    def is_otherwise(self) -> bool:
        """Tell whether the oldest were forgotten."""
        return self._first not in (0, self._oldest())

    def behind(self) -> list[_OneT]:
        """Give the next ones."""
        if len(self._ahead) < FOUND_AT_ONCE:
            self._ahead = [*self._newer(), *self._ahead]
        some = self._ahead[: -FOUND_AT_ONCE - 1 : -1]
        del self._ahead[-FOUND_AT_ONCE:]
        return some

    def _newer(self) -> list[_OneT]:
        """Give those that came meanwhile, the newest first."""
        if not self._heard:
            return []
        before, self._last = self._last, self._number(self._heard[-1])
        self._first = self._first or self._oldest()
        return [one for one in islice(reversed(self._heard), self._last - before) if self._number(one) > before]

    def _oldest(self) -> int:
        return self._number(self._heard[0]) if self._heard else 0


class VisitPage(_HeardPage[ReportedVisit]):
    """A page of `reports/queue/search`. Raises Refusal."""

    def __init__(self, request: Request, state: State) -> None:
        query = read_report(request, state.settings, conditions=("from", "to", "cuid", "qnum"))
        super().__init__(state, query, _VISIT_COLUMNS)

    @staticmethod
    def row(one: ReportedVisit, dates: ReportDates) -> dict[str, object]:
        """Give a visit as the report shows it."""
        return _visit_row(one, dates)

    @staticmethod
    def known_by(one: ReportedVisit) -> tuple[int, str]:
        """Give its place, and the recording, which comes later."""
        return one.place, one.record

    def without_rows(self) -> bytes:
        """Spell the reply as it is before the rows are in it."""
        return wire.without_rows(targeted_data("queue_stat", self.query, self.total, []))

    def fits(self, one: ReportedVisit) -> bool:
        """Tell whether that visit is asked for."""
        query = self.query
        return (
            query.spans(one.visit.joined_at)
            and query.names(one.cuid)
            and query.search.fits("qnum", one.qnum)
            and query.search.fits("from", one.visit.caller)
            and query.search.fits("to", _agent(one.visit))
        )

    @property
    def _heard(self) -> deque[ReportedVisit]:
        return self.state.visits.visits

    @staticmethod
    def _number(one: ReportedVisit) -> int:
        return one.place


class SessionPage(_HeardPage[Session]):
    """A page of `reports/agent/search`. Raises Refusal."""

    def __init__(self, request: Request, state: State) -> None:
        query = read_report(request, state.settings, conditions=("from", "to", "exten", "queue"), order="end")
        super().__init__(state, query, _SESSION_COLUMNS)

    @staticmethod
    def row(one: Session, dates: ReportDates) -> dict[str, object]:
        """Give a session as the report shows it."""
        return _session_row(one, dates)

    @staticmethod
    def known_by(one: Session) -> int:
        """Give its number: it never changes."""
        return one.number

    def without_rows(self) -> bytes:
        """Spell the reply as it is before the rows are in it."""
        return wire.without_rows(targeted_data("agent", self.query, self.total, []))

    def fits(self, one: Session) -> bool:
        """Tell whether that session is asked for."""
        query = self.query
        return (
            query.spans(one.start)
            and query.search.fits("exten", one.exten)
            and query.search.fits("queue", one.qnum)
            and query.search.fits("from", "")
            and query.search.fits("to", "")
        )

    @property
    def _heard(self) -> deque[Session]:
        return self.state.sessions.sessions

    @staticmethod
    def _number(one: Session) -> int:
        return one.number


# -- rows -----------------------------------------------------------------------------------------------------------


def _visit_row(one: ReportedVisit, dates: ReportDates) -> dict[str, object]:
    visit, rung, became = one.visit, _last_rung(one.visit), _became(one.visit)
    duration, wait, talk = _seconds(visit.joined_at, visit.ended_at), visit.waited, _talked(visit)
    return {
        "_id": row_id(visit.ended_at, VISIT, visit.number),
        "duration": duration,
        "wait": wait,
        "agent_wait": _rung(rung),
        "billsec": talk,
        "queue_id": _queue_id(visit),
        "src": plain(visit.caller),
        "dst": _agent(visit),
        "cuid": one.cuid,
        "qnum": one.qnum,
        "starttime": dates.local(visit.joined_at),
        "endtime": raw(visit.ended_at),
        **({"ringtime": raw(rung.began_at)} if rung is not None else {}),
        **({"answeredtime": raw(visit.left_at)} if visit.answered_by is not None else {}),
        "queue_status": _status(visit),
        "disposition": became,
        "hangup": _hangup(visit),
        **({"record": one.record} if one.record else {}),
        became: 1,
        "v": 2,
        "billsec_hhmmss": hhmmss(talk),
        "wait_hhmmss": hhmmss(wait),
        "duration_hhmmss": hhmmss(duration),
        "dst_name": rung.agent if rung is not None else "",
    }


def _attempt_row(attempt: ReportedAttempt, tries: int, one: ReportedVisit, dates: ReportDates) -> dict[str, object]:
    visit = one.visit
    answered = attempt is visit.answered_by
    became = Disposition.ANSWERED.value if answered else Disposition.NO_ANSWER.value
    ended = _over_at(attempt, visit)
    ring = visit.ringing
    return {
        "_id": row_id(ended, ATTEMPT, attempt.number),
        "type": "queue_report",
        "cuid": one.cuid,
        "clid": plain(f'"{visit.shows.name}" <{visit.shows.number}>'),
        "src": plain(visit.caller),
        "dst": attempt.extension,
        "dcontext": "simotel-local-agents",
        "channel": f"Local/{attempt.extension}@simotel-local-agents-{attempt.number:08x};2",
        "dstchannel": f"SIP/{attempt.peer}-{attempt.serial:08x}",
        "lastapp": "Dial",
        "lastdata": f"SIP/{attempt.peer},{ring},TtKkm",
        "start": dates.local(attempt.began_at),
        "answer": dates.gregorian(attempt.ended_at) if answered else "",
        "duration": _seconds(attempt.began_at, ended),
        "billsec": visit.talked if answered else 0,
        "disposition": became,
        "amaflags": "DOCUMENTATION",
        "accountcode": "",
        "uniqueid": f"{attempt.began_at // SECOND}.{attempt.serial}",
        "userfield": "",
        "sequence": str(attempt.number),
        "comment": "",
        "v": 2,
        "qnum": one.qnum,
        "starttime": dates.local(attempt.began_at),
        "endtime": raw(ended),
        "queue_id": _queue_id(visit),
        became: 1,
        "wait": _rung(attempt),
        "tries": tries,
        "last_try": raw(ended),
    }


def _session_row(session: Session, dates: ReportDates) -> dict[str, object]:
    duration = _seconds(session.start, session.end)
    return {
        "_id": row_id(session.end, SESSION, session.number),
        "type": session.kind,
        "exten": session.exten,
        "qnum": session.qnum,
        "start": dates.local(session.start),
        "end": dates.local(session.end),
        "duration": duration,
        session.kind: 1,
        f"{session.kind}_du": duration,
        "duration_hhmmss": hhmmss(duration),
    }


# -- what a visit amounts to ----------------------------------------------------------------------------------------


def last_tries(visit: Visited) -> Iterable[tuple[ReportedAttempt, int]]:
    """Each extension's last attempt in a visit, and how many it had, in the order in which they were first rung."""
    tries: dict[str, list[ReportedAttempt]] = {}
    for attempt in sorted(visit.attempts, key=_BY_NUMBER):
        tries.setdefault(attempt.extension, []).append(attempt)
    return [(attempts[-1], len(attempts)) for attempts in tries.values()]


def _over_at(attempt: ReportedAttempt, visit: Visited) -> Instant:
    """When the agent had done with the caller: behind the talk, where it answered."""
    return visit.ended_at if attempt is visit.answered_by else attempt.ended_at


def _queue_id(visit: Visited) -> str:
    return f"{visit.joined_at // SECOND}.{visit.number}"


def _became(visit: Visited) -> str:
    return _MISSED if visit.answered_by is None else Disposition.ANSWERED.value


def _status(visit: Visited) -> str:
    """What app_queue's QUEUESTATUS would be."""
    return _STATUS.get(visit.why, "CONTINUE") if visit.why is not None else "CONTINUE"


def _hangup(visit: Visited) -> str:
    return "agent" if visit.answered_by is not None and visit.ended_by is EndedBy.AGENT else "caller"


def _last_rung(visit: Visited) -> ReportedAttempt | None:
    """Give the agent who answered; of a visit that nobody answered, the last one rung."""
    return visit.answered_by or max(visit.attempts, key=_BY_NUMBER, default=None)


def _agent(visit: Visited) -> str:
    rung = _last_rung(visit)
    return "" if rung is None else rung.extension


def _rung(attempt: ReportedAttempt | None) -> int:
    return 0 if attempt is None else _seconds(attempt.began_at, attempt.ended_at)


def _talked(visit: Visited) -> int:
    return visit.talked if visit.answered_by is not None else 0


def _seconds(since: Instant, until: Instant) -> int:
    """Give the full seconds between two moments; none where the second has not come."""
    return max(0, until - since) // SECOND
