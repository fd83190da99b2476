"""Call parking: lots, and who waits in their slots."""

from __future__ import annotations

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.pbx.parking import Parked, ParkingApp
from pbxsim.web.control.paging import NamedPage, named_listing
from pbxsim.web.control.response import Response


class ParkedShown(msgspec.Struct, frozen=True, kw_only=True):
    """A party in a slot; `parked_by` is the telephone that put it there, null for somebody outside."""

    slot: int
    call: int
    number: str
    since: str
    until: str
    parked_by: str | None


class LotShown(msgspec.Struct, frozen=True, kw_only=True):
    """A parking lot."""

    name: str
    extension: str
    first_slot: int
    last_slot: int
    parked: list[ParkedShown]


async def listed(host: HostedPbx, query: NamedPage) -> Response:
    """List all lots, in the PBX file's order."""
    return await named_listing(host.pbx.parking, query, _shown, name=lambda app: app.lot.name)


def _shown(app: ParkingApp) -> LotShown:
    lot = app.lot
    return LotShown(
        name=lot.name,
        extension=lot.extension,
        first_slot=lot.first,
        last_slot=lot.last,
        parked=[_parked(parked) for parked in app],
    )


def _parked(parked: Parked) -> ParkedShown:
    waits = parked.call.first
    return ParkedShown(
        slot=parked.slot,
        call=parked.call.number,
        number=waits.number if waits is not None else "",
        since=iso(parked.since),
        until=iso(parked.until),
        parked_by=parked.by.user if parked.by is not None else None,
    )
