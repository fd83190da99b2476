"""A PBX's clock: see it, set its rate, move it on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import msgspec

from pbxsim.clock.driver import FASTEST, BeyondTime, ClockNotRunning, RealTime
from pbxsim.clock.instant import iso, seconds
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.response import Problem, Response, document

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.web.control.request import ControlRequest

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


def shown(ask: ControlRequest) -> Response:
    """Tell the time."""
    return _document(ask.host)


def set_rate(ask: ControlRequest) -> Response:
    """Run faster, slower or not at all."""
    rate = ask.command(Rate).rate
    with _refusals():
        ask.host.driver.set_rate(rate)
    return _document(ask.host)


async def advance(ask: ControlRequest) -> Response:
    """Move on by some seconds. A barrier: all work due by then is done when the answer comes, records stored."""
    host, duration = ask.host, seconds(ask.command(Advance).seconds)
    with _refusals():
        await host.driver.advance(duration)
    return _document(host)


async def run_next(ask: ControlRequest) -> Response:
    """Move on to the next due instant and do all that is due there."""
    host = ask.host
    with _refusals():
        ran = await host.driver.run_next()
    return _document(host, ran=ran)


async def run_until_idle(ask: ControlRequest) -> Response:
    """Move on until nothing is left to do, or the limit is reached; `idle` tells which."""
    host, limit = ask.host, seconds(ask.command(Limit).limit_seconds)
    with _refusals():
        idle = await host.driver.run_until_idle(limit)
    return _document(host, idle=idle)


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
    host.driver.catch_up()
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
