"""The reports about queues: `reports/queue/search`, `reports/quick/info`, `reports/agent/search`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.cause import Disposition
from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import as_text, read_fields, require, unknown_hints
from pbxsim.vendors.simotel.ids import ATTEMPT, SESSION, VISIT, row_id
from pbxsim.vendors.simotel.reports.cdr import targeted
from pbxsim.vendors.simotel.reports.dates import ReportDates, hhmmss, raw
from pbxsim.vendors.simotel.reports.query import read_report
from pbxsim.vendors.simotel.reports.rows import plain

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.simotel.agent_sessions import Session
    from pbxsim.vendors.simotel.queue_visits import Attempt, Visit
    from pbxsim.vendors.simotel.reports.query import Column
    from pbxsim.vendors.simotel.state import State

_MISSED: Final = "MISSED"

_VISIT_COLUMNS: Final[dict[str, Column[Visit]]] = {
    "starttime": lambda visit: visit.joined,
    "endtime": lambda visit: visit.ended,
    "duration": lambda visit: _seconds(visit.joined, visit.ended),
    "wait": lambda visit: _seconds(visit.joined, visit.left),
    "agent_wait": lambda visit: _rung(_last_rung(visit)),
    "billsec": lambda visit: _talked(visit.answerer),
    "src": lambda visit: visit.src,
    "dst": lambda visit: _agent(visit),
    "cuid": lambda visit: visit.cuid,
    "qnum": lambda visit: visit.qnum,
    "disposition": lambda visit: _became(visit),
    "hangup": lambda visit: visit.hangup,
    "queue_status": lambda visit: visit.status,
    "_id": lambda visit: visit.number,
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
        visit
        for visit in state.visits.visits
        if query.spans(visit.joined)
        and query.names(visit.cuid)
        and query.search.fits("qnum", visit.qnum)
        and query.search.fits("from", visit.src)
        and query.search.fits("to", _agent(visit))
    )
    visits, total = query.page(found, _VISIT_COLUMNS)
    dates = ReportDates(state.settings.reports)
    return targeted("queue_stat", query, total, [_visit_row(visit, dates) for visit in visits])


def quick_info(request: Request, state: State) -> Reply:
    """Give the agents that were rung for a call in queues; none for a call that was in no queue. Raises Refusal."""
    fields = read_fields(request.body)
    require(fields, ("cuid",))
    cuid, dates = as_text("cuid", fields["cuid"]), ReportDates(state.settings.reports)
    rows = [
        _attempt_row(attempt, visit, dates)
        for visit in state.visits.of_call(cuid)
        for attempt in visit.attempts.values()
        if attempt.ended
    ]
    return wire.done(rows, "", unknown_hints(fields, ("cuid",)))


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


def _visit_row(visit: Visit, dates: ReportDates) -> dict[str, object]:
    rung, became = _last_rung(visit), _became(visit)
    duration, wait, talk = (
        _seconds(visit.joined, visit.ended),
        _seconds(visit.joined, visit.left),
        _talked(visit.answerer),
    )
    return {
        "_id": row_id(visit.ended, VISIT, visit.number),
        "duration": duration,
        "wait": wait,
        "agent_wait": _rung(rung),
        "billsec": talk,
        "queue_id": _queue_id(visit),
        "src": plain(visit.src),
        "dst": _agent(visit),
        "cuid": visit.cuid,
        "qnum": visit.qnum,
        "starttime": dates.local(visit.joined),
        "endtime": raw(visit.ended),
        **({"ringtime": raw(rung.began)} if rung is not None else {}),
        **({"answeredtime": raw(visit.answerer.answered)} if visit.answerer is not None else {}),
        "queue_status": visit.status,
        "disposition": became,
        "hangup": visit.hangup,
        **({"record": visit.record} if visit.record else {}),
        became: 1,
        "v": 2,
        "billsec_hhmmss": hhmmss(talk),
        "wait_hhmmss": hhmmss(wait),
        "duration_hhmmss": hhmmss(duration),
        "dst_name": rung.name if rung is not None else "",
    }


def _attempt_row(attempt: Attempt, visit: Visit, dates: ReportDates) -> dict[str, object]:
    became = Disposition.ANSWERED.value if attempt.answered else Disposition.NO_ANSWER.value
    name, number = visit.clid
    ring = visit.queue.rules.member_timeout // SECOND
    return {
        "_id": row_id(attempt.ended, ATTEMPT, attempt.number),
        "type": "queue_report",
        "cuid": visit.cuid,
        "clid": plain(f'"{name}" <{number}>'),
        "src": plain(visit.src),
        "dst": attempt.exten,
        "dcontext": "simotel-local-agents",
        "channel": f"Local/{attempt.exten}@simotel-local-agents-{attempt.number:08x};2",
        "dstchannel": f"SIP/{attempt.peer}-{attempt.serial:08x}",
        "lastapp": "Dial",
        "lastdata": f"SIP/{attempt.peer},{ring},TtKkm",
        "start": dates.local(attempt.began),
        "answer": dates.gregorian(attempt.answered) if attempt.answered else "",
        "duration": _seconds(attempt.began, attempt.ended),
        "billsec": _talked(attempt),
        "disposition": became,
        "amaflags": "DOCUMENTATION",
        "accountcode": "",
        "uniqueid": f"{attempt.began // SECOND}.{attempt.serial}",
        "userfield": "",
        "sequence": str(attempt.number),
        "comment": "",
        "v": 2,
        "qnum": visit.qnum,
        "starttime": dates.local(attempt.began),
        "endtime": raw(attempt.ended),
        "queue_id": _queue_id(visit),
        became: 1,
        "wait": _rung(attempt),
        "tries": attempt.tries,
        "last_try": raw(attempt.ended),
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


def _queue_id(visit: Visit) -> str:
    return f"{visit.joined // SECOND}.{visit.number}"


def _became(visit: Visit) -> str:
    return _MISSED if visit.answerer is None else Disposition.ANSWERED.value


def _last_rung(visit: Visit) -> Attempt | None:
    """Give the agent who answered; of a visit that nobody answered, the last one rung."""
    return visit.answerer or max(visit.attempts.values(), key=lambda attempt: attempt.number, default=None)


def _agent(visit: Visit) -> str:
    rung = _last_rung(visit)
    return "" if rung is None else rung.exten


def _rung(attempt: Attempt | None) -> int:
    return 0 if attempt is None else _seconds(attempt.began, attempt.answered or attempt.ended)


def _talked(attempt: Attempt | None) -> int:
    return _seconds(attempt.answered, attempt.ended) if attempt is not None and attempt.answered else 0


def _seconds(since: Instant, until: Instant) -> int:
    """Give the full seconds between two moments; none where the second has not come."""
    return max(0, until - since) // SECOND
