"""Opening hours: what each schedule is now, and the switch by which somebody says otherwise (day and night)."""

from __future__ import annotations

import msgspec

from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.kit.near_miss import nearest
from pbxsim.pbx.hours import Period
from pbxsim.web.control.paging import NamedPage, named_listing
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command


class Switch(msgspec.Struct, forbid_unknown_fields=True):
    """What a schedule is to be from now on; null: what the clock says."""

    period: Period | None


class HoursShown(msgspec.Struct, frozen=True, kw_only=True):
    """A schedule: what it is now, what the clock alone would say, and whether it was switched by hand."""

    name: str
    period: Period
    by_clock: Period
    switched: bool
    local_time: str


async def listed(host: HostedPbx, query: NamedPage) -> Response:
    """List all schedules, in the PBX file's order."""
    schedules = host.pbx.hours.schedules
    return await named_listing(schedules, query, lambda name: _shown(host, name), name=str)


def switch(host: HostedPbx, name: str, body: Switch) -> Command:
    """Have a schedule be open, closed or on holiday, whatever the clock says; or go by the clock again."""
    schedules = host.pbx.hours.schedules
    if name not in schedules:
        near = nearest(name, schedules)
        there = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(schedules) or 'none'}"
        raise Problem(404, f"there are no opening hours {name!r}; {there}")
    period = None if body.period is None else body.period.value
    return Command("switch hours", {"hours": name, "period": period}, lambda: _switched(host, name, body.period))


def _switched(host: HostedPbx, name: str, period: Period | None) -> Response:
    host.pbx.hours.switch(host.pbx.events, name, period)
    return document(_shown(host, name))


def _shown(host: HostedPbx, name: str) -> HoursShown:
    hours, local = host.pbx.hours, host.pbx.hours.local(host.pbx.clock.now)
    return HoursShown(
        name=name,
        period=hours.period(name),
        by_clock=hours.schedules[name].period_at(local),
        switched=hours.switched(name) is not None,
        local_time=local.isoformat(timespec="seconds"),
    )
