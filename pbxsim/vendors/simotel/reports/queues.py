"""The reports about queues: `reports/queue/search`, `reports/quick/info`, `reports/agent/search`."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.kit.near_miss import parameter_hints
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.queue_visit import EndedBy, Why
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, read_fields, require
from pbxsim.vendors.simotel.ids import ATTEMPT, SESSION, VISIT, row_id
from pbxsim.vendors.simotel.reports.cdr import targeted
from pbxsim.vendors.simotel.reports.dates import ReportDates, hhmmss, raw
from pbxsim.vendors.simotel.reports.query import read_report
from pbxsim.vendors.simotel.reports.rows import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.clock.instant import Instant
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.agent_sessions import Session
    from pbxsim.vendors.simotel.queue_visits import ReportedAttempt, ReportedVisit, Visited
    from pbxsim.vendors.simotel.reports.query import Column
    from pbxsim.vendors.simotel.state import State

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
    query = read_report(request, state.settings, conditions=("from", "to", "cuid", "qnum"))
    found = (
        one
        for one in state.visits.visits
        if query.spans(one.visit.joined_at)
        and query.names(one.cuid)
        and query.search.fits("qnum", one.qnum)
        and query.search.fits("from", one.visit.caller)
        and query.search.fits("to", _agent(one.visit))
    )
    visits, total = query.page(found, _VISIT_COLUMNS)
    dates = ReportDates(state.settings.reports)
    return targeted("queue_stat", query, total, [_visit_row(one, dates) for one in visits])


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
    query = read_report(request, state.settings, conditions=("from", "to", "exten", "queue"), order="end")
    found = (
        session
        for session in state.sessions.sessions
        if query.spans(session.start)
        and query.search.fits("exten", session.exten)
        and query.search.fits("queue", session.qnum)
        and query.search.fits("from", "")
        and query.search.fits("to", "")
    )
    sessions, total = query.page(found, _SESSION_COLUMNS)
    dates = ReportDates(state.settings.reports)
    return targeted("agent", query, total, [_session_row(session, dates) for session in sessions])


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
