"""Every route of the control API, on one screen. Its contract in full is openapi.yaml; a test keeps the two alike."""

from __future__ import annotations

from typing import Final

from pbxsim.web.control import (
    accounts,
    call_centre,
    calls,
    cdrs,
    clock,
    contract,
    health,
    logs,
    phones,
    recordings,
    webhooks,
)
from pbxsim.web.control.request import NamedPage, Page
from pbxsim.web.control.route import Commanding, Reading, Route, Server

_ROOT: Final = "/_pbxsim"

ROUTES: Final[tuple[Route, ...]] = (
    Server(method="GET", path="/livez", handler=health.livez, is_open=True),
    Server(method="GET", path="/readyz", handler=health.readyz, is_open=True),
    Server(method="GET", path="/metrics", handler=health.scraped),
    Server(method="GET", path=f"{_ROOT}/openapi.json", handler=contract.served),
    Reading(method="GET", path=f"{_ROOT}/clock", handler=clock.shown),
    Server(method="PUT", path=f"{_ROOT}/clock", handler=clock.set_rate, body=clock.Rate),
    Server(method="POST", path=f"{_ROOT}/clock/advance", handler=clock.advance, body=clock.Advance),
    Server(method="POST", path=f"{_ROOT}/clock/next", handler=clock.run_next),
    Server(method="POST", path=f"{_ROOT}/clock/run-until-idle", handler=clock.run_until_idle, body=clock.Limit),
    Server(method="POST", path=f"{_ROOT}/reset", handler=clock.reset, body=clock.Seed),
    Reading(method="GET", path=f"{_ROOT}/calls", handler=calls.listed, query=calls.CallFilter),
    Commanding(method="POST", path=f"{_ROOT}/calls", handler=calls.incoming, body=calls.IncomingCall),
    Reading(method="GET", path=f"{_ROOT}/calls/{{call}}", handler=calls.one),
    Commanding(method="POST", path=f"{_ROOT}/calls/{{call}}/hangup", handler=calls.hang_up, body=calls.HangUp),
    Reading(method="GET", path=f"{_ROOT}/phones", handler=phones.listed, query=NamedPage),
    Commanding(method="POST", path=f"{_ROOT}/phones/{{user}}/{{verb}}", handler=phones.touch, body=phones.Touch),
    Reading(method="GET", path=f"{_ROOT}/cdrs", handler=cdrs.listed, query=cdrs.CdrFilter),
    Reading(method="GET", path=f"{_ROOT}/cdrs.csv", handler=cdrs.as_csv, query=cdrs.CsvFilter),
    Reading(method="GET", path=f"{_ROOT}/cdrs/{{cdr}}/recording", handler=recordings.one),
    Reading(method="GET", path=f"{_ROOT}/recordings", handler=recordings.listed, query=Page),
    Reading(method="GET", path=f"{_ROOT}/queues", handler=call_centre.queues, query=NamedPage),
    Reading(method="GET", path=f"{_ROOT}/agents", handler=call_centre.agents, query=NamedPage),
    Reading(method="GET", path=f"{_ROOT}/accounts", handler=accounts.listed, query=NamedPage),
    Reading(method="GET", path=f"{_ROOT}/accounts/{{name}}/ledger", handler=accounts.ledger, query=Page),
    Commanding(method="POST", path=f"{_ROOT}/accounts/{{name}}/credit", handler=accounts.top_up, body=accounts.TopUp),
    Reading(method="GET", path=f"{_ROOT}/requests", handler=logs.requests, query=logs.RequestFilter),
    Reading(method="GET", path=f"{_ROOT}/journal", handler=logs.journal, query=logs.JournalFilter),
    Reading(method="GET", path=f"{_ROOT}/webhooks", handler=webhooks.listed, query=webhooks.WebhookFilter),
    Reading(method="POST", path=f"{_ROOT}/webhooks/{{id}}/redeliver", handler=webhooks.redeliver),
)
