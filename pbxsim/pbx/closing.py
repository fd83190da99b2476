"""What is written down when a call ends: its one record, and what its legs cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.call import CallKind
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.dialplan import ToTrunk
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.recording import reference

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.channel import Channel


def close(control: CallControl, call: Call) -> None:
    """Charge the legs of a call that has just ended, then close its record."""
    if call.order.account is not None or call.before_transfer is not None:
        _charge(control, call)
    if CdrClosed in control.bus.wanted:
        control.bus.emit(CdrClosed(_record(control, call)))
    else:
        control.next_cdr += 1  # whether anybody listens must not change the next call's record


def _charge(control: CallControl, call: Call) -> None:
    for leg in call.legs:
        order = leg.paid_by or call.order  # a leg that an attended transfer brought stays with whoever had it dialled
        account = order.account
        if account is None or leg.trunk is None or leg.is_calling or not leg.answered_at:
            continue
        rate, spent = account.tariff.rate(leg.number), _charged_seconds(call, leg, order.charge_basis)
        if rate.is_free or spent is None:
            continue
        control.ledger.charge(
            account,
            rate.price(spent),
            at=control.clock.now,
            call=call.number,
            number=leg.number,
            seconds=spent,
            reference=order.reference,
        )


def _charged_seconds(call: Call, leg: Channel, basis: ChargeBasis) -> int | None:
    """Give the seconds that a leg is charged for; None where it costs nothing, because nobody talked."""
    if basis is ChargeBasis.LEG:
        return (leg.ended_at - leg.answered_at) // SECOND
    talks_since = leg.talks_since or call.bridged_at
    return (leg.ended_at - max(talks_since, leg.answered_at)) // SECOND if talks_since else None


def _record(control: CallControl, call: Call) -> Cdr:
    order, legs = call.order, call.legs
    met_first, met_second = call.original_parties
    first = met_first or (legs[0] if legs else None)
    second = met_second or (legs[-1] if 0 < call.second_from < len(legs) else None)
    trunk = _trunk_name(first, second)
    assert call.disposition is not None and call.cause is not None  # noqa: PT018 - `end` has set both
    number = control.next_cdr
    control.next_cdr += 1
    folder, file = reference(control, call, first)
    return Cdr(
        id=number,
        call=call.number,
        vendor=order.vendor,
        start=call.started_at,
        answer=call.bridged_at,
        end=call.ended_at,
        src=order.src,
        dst=order.dst,
        disposition=call.disposition,
        cause=call.cause,
        direction=_direction(call, trunk),
        custom=order.custom,
        clid_number=order.second_shows.number,
        clid_name=order.second_shows.name,
        context=order.context,
        first_peer=first.peer if first else "",
        serial=call.serial,
        first_serial=first.serial if first else 0,
        second_peer=second.peer if second else "",
        second_serial=second.serial if second else 0,
        trunk=trunk,
        account=order.account.name if order.account else "",
        reference=order.reference,
        recording_folder=folder,
        recording_file=file,
    )


def _trunk_name(first: Channel | None, second: Channel | None) -> str:
    for leg in (second, first):
        if leg is not None and leg.trunk is not None:
            return leg.trunk.name
    return ""


def _direction(call: Call, trunk: str) -> Direction:
    if call.order.kind is CallKind.INCOMING and _came_in(call):
        return Direction.INCOMING
    return Direction.OUTGOING if trunk else Direction.LOCAL


def _came_in(call: Call) -> bool:
    """Tell whether the caller is outside, even one for whom no trunk had room."""
    first, _ = call.original_parties
    return first.trunk is not None if first is not None else isinstance(call.order.first, ToTrunk)
