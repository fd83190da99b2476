"""Every route of the control API, on one screen. Its contract in full is openapi.yaml; a test keeps the two alike."""

from __future__ import annotations

from typing import Any, Final

from pbxsim.web.control import (
    accounts,
    call_centre,
    calls,
    cdrs,
    clock,
    contract,
    explain,
    faults,
    health,
    logs,
    pbxs,
    phones,
    recordings,
    replies,
    waiting,
    webhooks,
)
from pbxsim.web.control.clock import Moving
from pbxsim.web.control.route import Commanding, Reading, Route, Untimed

ROUTES: Final[tuple[Route[Any], ...]] = (
    Untimed("GET", "/livez", health.livez, is_open=True),
    Untimed("GET", "/readyz", health.readyz, is_open=True),
    Untimed("GET", "/metrics", health.metrics),
    Reading("GET", "/_pbxsim/clock", clock.shown),
    Moving("PUT", "/_pbxsim/clock", clock.set_rate),
    Moving("POST", "/_pbxsim/clock/advance", clock.advance),
    Moving("POST", "/_pbxsim/clock/next", clock.run_next),
    Moving("POST", "/_pbxsim/clock/run-until-idle", clock.run_until_idle),
    Untimed("POST", "/_pbxsim/reset", clock.reset),
    Untimed("GET", "/_pbxsim/pbxs", pbxs.listed),
    Untimed("POST", "/_pbxsim/pbxs", pbxs.add),
    Untimed("DELETE", "/_pbxsim/pbxs", pbxs.remove_meant),
    Untimed("DELETE", "/_pbxsim/pbxs/{name}", pbxs.remove),
    Reading("GET", "/_pbxsim/calls", calls.listed),
    Commanding("POST", "/_pbxsim/calls", calls.incoming),
    Reading("GET", "/_pbxsim/calls/{call}", calls.one),
    Commanding("POST", "/_pbxsim/calls/{call}/hangup", calls.hang_up),
    Reading("GET", "/_pbxsim/phones", phones.listed),
    Commanding("POST", "/_pbxsim/phones/{user}/{verb}", phones.touch),
    Commanding("PUT", "/_pbxsim/phones/{user}/behaviour", phones.instruct),
    Commanding("DELETE", "/_pbxsim/phones/{user}/behaviour", phones.release),
    Reading("GET", "/_pbxsim/cdrs", cdrs.listed),
    Reading("GET", "/_pbxsim/cdrs.csv", cdrs.as_csv),
    Reading("GET", "/_pbxsim/cdrs/{cdr}/recording", recordings.one),
    Reading("GET", "/_pbxsim/recordings", recordings.listed),
    Reading("GET", "/_pbxsim/queues", call_centre.queues),
    Reading("GET", "/_pbxsim/agents", call_centre.agents),
    Reading("GET", "/_pbxsim/accounts", accounts.listed),
    Reading("GET", "/_pbxsim/accounts/{name}/ledger", accounts.ledger),
    Commanding("POST", "/_pbxsim/accounts/{name}/credit", accounts.top_up),
    Reading("GET", "/_pbxsim/requests", logs.requests),
    Reading("POST", "/_pbxsim/requests/verify", waiting.verify),
    Reading("POST", "/_pbxsim/wait", waiting.wait),
    Reading("GET", "/_pbxsim/explain/{of}", explain.one),
    Reading("GET", "/_pbxsim/explain/{kind}/{number}", explain.thing),
    Reading("GET", "/_pbxsim/journal", logs.journal),
    Reading("GET", "/_pbxsim/webhooks", webhooks.listed),
    Reading("GET", "/_pbxsim/faults", faults.listed),
    Commanding("PUT", "/_pbxsim/faults", faults.put),
    Commanding("DELETE", "/_pbxsim/faults", faults.clear),
    Reading("GET", "/_pbxsim/replies", replies.listed),
    Commanding("PUT", "/_pbxsim/replies", replies.force),
    Commanding("DELETE", "/_pbxsim/replies", replies.release),
    Reading("POST", "/_pbxsim/webhooks/{id}/redeliver", webhooks.redeliver),  # deliveries are outside the switch
    Untimed("GET", "/_pbxsim/openapi.json", contract.served),
)
