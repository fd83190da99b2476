"""A PBX's clock: see it, set its rate, move it on; and begin anew, back at the start of the PBX file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import msgspec

from pbxsim.clock.driver import FASTEST, BeyondTime, ClockNotRunning, RealTime
from pbxsim.clock.instant import iso, seconds
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.hosting.errors import CannotBegin
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.response import Problem, Response, document

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.web.control.request import ControlRequest, Nothing

TEN_YEARS = 315_360_000


class Rate(msgspec.Struct, forbid_unknown_fields=True):
    """Virtual seconds in a real one; 0 pauses."""

    rate: Annotated[float, msgspec.Meta(ge=0, le=FASTEST)]


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move on."""

    seconds: Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS)]


class Limit(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move on at most."""

    limit_seconds: Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS)] = 86_400


class Seed(msgspec.Struct, forbid_unknown_fields=True):
    """Which fates to draw from now on; none: those of the very start."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


def shown(asked: ControlRequest[Nothing, Nothing]) -> Response:
    """Tell the time."""
    return _document(asked.host)


def set_rate(asked: ControlRequest[Nothing, Rate]) -> Response:
    """Run faster, slower or not at all."""
    with _refusals():
        asked.host.driver.set_rate(asked.body.rate)
    return _document(asked.host)


async def advance(asked: ControlRequest[Nothing, Advance]) -> Response:
    """Move on by some seconds. A barrier: all work due by then is done when the answer comes, records stored."""
    host, duration = asked.host, seconds(asked.body.seconds)
    with _refusals():
        await host.driver.advance(duration)
    return _document(host)


async def run_next(asked: ControlRequest[Nothing, Nothing]) -> Response:
    """Move on to the next due instant and do all that is due there."""
    host = asked.host
    with _refusals():
        ran = await host.driver.run_next()
    return _document(host, ran=ran)


async def run_until_idle(asked: ControlRequest[Nothing, Limit]) -> Response:
    """Move on until nothing is left to do, or the limit is reached; `idle` tells which."""
    host, limit = asked.host, seconds(asked.body.limit_seconds)
    with _refusals():
        idle = await host.driver.run_until_idle(limit)
    return _document(host, idle=idle)


async def reset(asked: ControlRequest[Nothing, Seed]) -> Response:
    """Begin anew: no call, no record, no request; the clock at its start, at the rate that it has.

    503 where the PBX cannot begin, where the store cannot forget at once what it has of it, or where the engine cannot
    reach what it works with.
    """
    host = asked.host
    try:
        host.reset(asked.body.seed)
        await host.record_store.settled()
        await host.engine.ready()
    except (CannotBegin, NotStored, EngineUnreachable) as error:
        raise Problem(503, str(error)) from error
    return document({"pbx": host.name, "seed": host.seed, "now": iso(host.pbx.clock.now)})


@contextmanager
def _refusals() -> Iterator[None]:
    """Tell what a clock refuses. 503: the clock has moved, but the records of it are not stored."""
    try:
        yield
    except (BeyondTime, ClockNotRunning, RealTime) as error:
        raise Problem(409, str(error)) from None
    except NotStored as error:
        raise Problem(503, f"the clock has moved on, but what came of it is not stored: {error}") from None


def _document(host: HostedPbx, **more: bool) -> Response:
    clock, rate = host.pbx.clock, host.driver.rate
    due = clock.next_due()
    return document(
        {
            "now": iso(clock.now),
            "rate": int(rate) if rate == int(rate) else rate,
            "next_due": None if due is None else iso(due),
            **more,
        }
    )
