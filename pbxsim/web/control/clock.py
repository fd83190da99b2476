"""A PBX's clock: see it, set its rate, move it on; and back to the start of the PBX file."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated, Any, TypeAlias

import msgspec

from pbxsim.clock.driver import FASTEST, BeyondTime, ClockNotRunning, RealTime
from pbxsim.clock.instant import Instant, TimeWentBackwards, iso, parse_iso, seconds
from pbxsim.engines.engine import EngineUnreachable
from pbxsim.hosting.errors import CannotBegin
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.request import Request
from pbxsim.sinks.store.port import NotStored
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Route

TEN_YEARS = 315_360_000

CameTo: TypeAlias = "Awaitable[dict[str, bool]]"
"""What a move of the clock came to, besides the time that it is then."""


class Rate(msgspec.Struct, forbid_unknown_fields=True):
    """Virtual seconds in a real one; 0 pauses."""

    rate: Annotated[float, msgspec.Meta(ge=0, le=FASTEST)]


class Advance(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move on: by so many seconds, or to a moment in ISO 8601."""

    seconds: Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS)] | None = None
    to: str | None = None


class Limit(msgspec.Struct, forbid_unknown_fields=True):
    """How far to move on at most."""

    limit_seconds: Annotated[float, msgspec.Meta(ge=0, le=TEN_YEARS)] = 86_400


class Seed(msgspec.Struct, forbid_unknown_fields=True):
    """Which fates to draw from now on; none: those of the very start."""

    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None


class Moving(Route[CameTo]):
    """Moves the clock, which catches itself up before, and shows it as it stands then."""

    async def answer(self, host: HostedPbx, arguments: list[Any], request: Request | None = None) -> Response:
        """Move the clock; catch it up, for where it runs time has gone on; show it. 503: moved, but not stored."""
        try:
            came_to = await self.handler(*arguments)
        except (BeyondTime, ClockNotRunning, RealTime, TimeWentBackwards) as error:
            raise Problem(409, str(error)) from None
        except NotStored as error:
            raise Problem(503, f"the clock has moved on, but what came of it is not stored: {error}") from None
        finally:
            host.commands.moved(host.pbx.clock.now, host.requests.counted)
        host.driver.catch_up()
        return _document(host, came_to)


def shown(host: HostedPbx) -> Response:
    """Tell the time."""
    return _document(host, {})


async def set_rate(host: HostedPbx, body: Rate) -> dict[str, bool]:
    """Run faster, slower or not at all."""
    host.driver.set_rate(body.rate)
    return {}


async def advance(host: HostedPbx, body: Advance) -> dict[str, bool]:
    """Move on. A barrier: all work due by then is done when the answer comes, records stored."""
    if (body.seconds is None) == (body.to is None):
        raise Problem(422, "body: how far? Either seconds, or to: a moment")
    if body.to is not None:
        await host.driver.advance_to(_moment(body.to))
    else:
        await host.driver.advance(seconds(body.seconds or 0))
    return {}


def _moment(text: str) -> Instant:
    try:
        return parse_iso(text)
    except (ValueError, OverflowError):
        raise Problem(400, f"body: to is a moment in ISO 8601, like 2026-01-01T00:00:00Z, not {text!r}") from None


async def run_next(host: HostedPbx) -> dict[str, bool]:
    """Move on to the next due instant and do all that is due there."""
    return {"ran": await host.driver.run_next()}


async def run_until_idle(host: HostedPbx, body: Limit) -> dict[str, bool]:
    """Move on until nothing is left to do, or the limit is reached; `idle` tells which."""
    return {"idle": await host.driver.run_until_idle(seconds(body.limit_seconds))}


async def reset(host: HostedPbx, body: Seed) -> Response:
    """Begin anew: no call, no record, no request; the clock at its start, at the rate that it has.

    503 where the PBX cannot begin, where the store cannot forget at once what it has of it, or where the engine cannot
    reach what it works with.
    """
    try:
        host.reset(body.seed)
        await host.record_store.settled()
        await host.engine.ready()
    except (CannotBegin, NotStored, EngineUnreachable) as error:
        raise Problem(503, str(error)) from error
    return document({"pbx": host.name, "seed": host.seed, "now": iso(host.pbx.clock.now)})


def clock_shown(host: HostedPbx, now: Instant) -> dict[str, Any]:
    """Show a clock that stands there, as fast as it goes."""
    rate, due = host.driver.rate, host.pbx.clock.next_due()
    return {
        "now": iso(now),
        "rate": int(rate) if rate == int(rate) else rate,
        "next_due": None if due is None else iso(due),
    }


def _document(host: HostedPbx, came_to: dict[str, bool]) -> Response:
    return document(clock_shown(host, host.pbx.clock.now) | came_to)
