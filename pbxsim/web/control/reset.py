"""Back to the start of the PBX file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.hosting.errors import CannotBegin
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.response import Problem, Response, document

if TYPE_CHECKING:
    from pbxsim.web.control.request import ControlRequest


class Seed(msgspec.Struct, forbid_unknown_fields=True):
    """Which fates to draw from now on; none: those of the very start."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


async def reset(ask: ControlRequest) -> Response:
    """Begin anew: no call, no record, no request; the clock at its start, at the rate that it has.

    503 where the PBX cannot begin, where the store cannot forget at once what it has of it, or where the engine cannot
    reach what it works with.
    """
    host = ask.host
    seed = ask.command(Seed).seed
    try:
        host.reset(seed)
        await host.record_store.settled()
        await host.engine.ready()
    except (CannotBegin, NotStored, EngineUnreachable) as error:
        raise Problem(503, str(error)) from error
    return document({"pbx": host.name, "seed": host.seed, "now": iso(host.pbx.clock.now)})
