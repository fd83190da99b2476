"""A PBX with its calls in progress as one document, and back to it."""

from __future__ import annotations

from typing import Final

from pbxsim.clock.driver import ClockNotRunning
from pbxsim.clock.instant import iso
from pbxsim.hosting.errors import CannotBegin
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.snapshot.snapshot import NoSnapshot, Snapshot, SnapshotRefused, restore
from pbxsim.hosting.snapshot.snapshot import taken as taken_of
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.response import Problem, Response, document

_NAME: Final = ("Content-Disposition", 'attachment; filename="pbxsim-snapshot.json"')


async def taken(host: HostedPbx) -> Response:
    """Give the PBX as it is when all that is due by now is done: recordings written, webhooks tried, records stored."""
    try:
        await _at_rest(host)
        return document(taken_of(host), 200, _NAME)
    except (ClockNotRunning, NoSnapshot) as error:
        raise Problem(409, str(error)) from None
    except NotStored as error:
        raise Problem(503, f"what has happened is not stored: {error}") from None


async def _at_rest(host: HostedPbx) -> None:
    await host.driver.advance(0)
    while host.driver.is_held:  # a component was asked in the very last moment
        await host.driver.advance(0)


async def restored(host: HostedPbx, body: Snapshot) -> Response:
    """Go back to what the PBX was, calls in progress and all; the clock's rate stays. 422: it goes on as it was."""
    try:
        restore(host, body)
    except SnapshotRefused as error:
        raise Problem(422, f"body: this snapshot cannot be restored: {error}") from None
    except CannotBegin as error:
        raise Problem(503, str(error)) from error
    try:
        await host.record_store.settled()
    except NotStored as error:
        raise Problem(503, f"the PBX went back, but is not stored: {error}") from None
    return document({"pbx": host.name, "seed": host.seed, "now": iso(host.pbx.clock.now)})
