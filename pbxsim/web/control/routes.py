"""Every route of the control API, on one screen. Its contract in full is openapi.yaml; a test keeps the two alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

import msgspec

from pbxsim.web.control import (
    accounts,
    agents,
    calls,
    cdrs,
    clock,
    contract,
    health,
    journal,
    metrics,
    phones,
    queues,
    recordings,
    requests,
    reset,
    webhooks,
)
from pbxsim.web.control.request import ControlRequest, NamedPage, Nothing, Page
from pbxsim.web.control.response import Response

Handler: TypeAlias = Callable[[ControlRequest], "Response | Awaitable[Response]"]


class Route(msgspec.Struct, frozen=True):
    """One route: what may stand in its query and in its body. `is_open`: no token is asked for."""

    method: str
    path: str
    handler: Handler
    query: type[msgspec.Struct] = Nothing
    body: type[msgspec.Struct] = Nothing
    is_open: bool = False


ROUTES: Final = (
    Route("GET", "/livez", health.livez, is_open=True),
    Route("GET", "/readyz", health.readyz, is_open=True),
    Route("GET", "/metrics", metrics.scraped),
    Route("GET", "/_pbxsim/clock", clock.shown),
    Route("PUT", "/_pbxsim/clock", clock.set_rate, body=clock.Rate),
    Route("POST", "/_pbxsim/clock/advance", clock.advance, body=clock.Advance),
    Route("POST", "/_pbxsim/clock/next", clock.run_next),
    Route("POST", "/_pbxsim/clock/run-until-idle", clock.run_until_idle, body=clock.Limit),
    Route("POST", "/_pbxsim/reset", reset.reset, body=reset.Seed),
    Route("GET", "/_pbxsim/calls", calls.listed, query=calls.CallFilter),
    Route("POST", "/_pbxsim/calls", calls.incoming, body=calls.IncomingCall),
    Route("GET", "/_pbxsim/calls/{call}", calls.one),
    Route("POST", "/_pbxsim/calls/{call}/hangup", calls.hang_up, body=calls.HangUp),
    Route("GET", "/_pbxsim/phones", phones.listed, query=NamedPage),
    Route("POST", "/_pbxsim/phones/{user}/{verb}", phones.touch, body=phones.Touch),
    Route("GET", "/_pbxsim/cdrs", cdrs.listed, query=cdrs.CdrFilter),
    Route("GET", "/_pbxsim/cdrs.csv", cdrs.as_csv, query=cdrs.CsvFilter),
    Route("GET", "/_pbxsim/cdrs/{cdr}/recording", recordings.one),
    Route("GET", "/_pbxsim/recordings", recordings.listed, query=Page),
    Route("GET", "/_pbxsim/queues", queues.listed, query=NamedPage),
    Route("GET", "/_pbxsim/agents", agents.listed, query=NamedPage),
    Route("GET", "/_pbxsim/accounts", accounts.listed, query=NamedPage),
    Route("GET", "/_pbxsim/accounts/{name}/ledger", accounts.ledger, query=Page),
    Route("POST", "/_pbxsim/accounts/{name}/credit", accounts.top_up, body=accounts.TopUp),
    Route("GET", "/_pbxsim/requests", requests.listed, query=requests.RequestFilter),
    Route("GET", "/_pbxsim/journal", journal.listed, query=journal.JournalFilter),
    Route("GET", "/_pbxsim/webhooks", webhooks.listed, query=webhooks.WebhookFilter),
    Route("POST", "/_pbxsim/webhooks/{id}/redeliver", webhooks.redeliver),
    Route("GET", "/_pbxsim/openapi.json", contract.served),
)
