"""What is written down when a call ends: its records, and what its legs cost.

Not here: which rows Asterisk makes of a call (cdr_rows.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.account import ChargeBasis
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import Cdr, Direction, RecordStyle
from pbxsim.pbx.cdr_rows import DIAL, course, dialled_alone, rows_of
from pbxsim.pbx.channel import Channel
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.recorded import CallRecorded, caller_id, direction_of, own_id, parties, trunk_name, whole_record
from pbxsim.pbx.recording import reference

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.calls import CallControl
    from pbxsim.pbx.cdr import RecordRules
    from pbxsim.pbx.cdr_rows import Row

# Members of an enum are looked up through their class at a cost, and a class is asked more than once for each call.
_ASTERISK: Final = RecordStyle.ASTERISK
_ANSWERED: Final = Disposition.ANSWERED


def close(control: CallControl, call: Call) -> None:
    """Charge the legs of a call that has just ended, close its records in their order, then tell of the call as one.

    Where a fault delays its records, the clock has them closed by this, too, without a charge. Whether anybody listens
    must not change the next call's records.
    """
    is_unusual = control.faults is not None or call.order.account is not None or call.history is not None
    if is_unusual and control.clock.now <= call.ended_at:  # else it was charged, and is closed late
        _charge(control, call)
        if _is_put_off(control, call):
            return
    topics, rules = control.topics, control.records
    kept: tuple[int, str, str] = 0, "", ""
    if rules.style is _ASTERISK:
        first, second = call.first, call.listed
        if (
            call.history is None
            and first is not None
            and type(second) is Channel
            and first.serial <= call.second_after < second.serial
            and not rules.after_dial
        ):  # nothing befell it but that one telephone was rung for its first party, as mostly: it has one row
            kept = _close_plain(control, call, first, second)
        else:
            kept = _close_rows(control, call, rules)
    elif topics.cdr_closed.listeners:
        kept = control.next_cdr, *reference(control, call, parties(call)[0])
        topics.cdr_closed.tell(CdrClosed(whole_record(call, rules.style, *kept)))
        control.next_cdr += 1
    else:
        control.next_cdr += 1
    if topics.recorded.listeners:
        topics.recorded.tell(CallRecorded(call, rules.style, *kept))


def _is_put_off(control: CallControl, call: Call) -> bool:
    """Have a call's records closed later if a fault wants that; tell whether it does."""
    late = 0 if control.faults is None else control.faults.record_delay(call)
    if late:
        due = control.clock.now + late
        control.clock.call_at(due, call.number, call.next_step(), control.close_late, call)
    return late > 0


def _charge(control: CallControl, call: Call) -> None:
    for leg in call.all_legs():
        order = (
            leg.known.paid_by or call.order
        )  # a leg that an attended transfer brought stays with whoever had it dialled
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
    talks_since = leg.known.talks_since or call.bridged_at
    return (leg.ended_at - max(talks_since, leg.answered_at)) // SECOND if talks_since else None


def _close_rows(control: CallControl, call: Call, rules: RecordRules) -> tuple[int, str, str]:
    """Close a record for each row of a call that is not plain; gives id and recording of the one that stands for it."""
    rows = rows_of(call, after_dial=rules.after_dial)
    if not rows and call.order.spooled and rules.unanswered:
        number, control.next_cdr = control.next_cdr, control.next_cdr + 1
        control.topics.cdr_closed.tell(CdrClosed(whole_record(call, rules.style, number, "", "")))
        return number, "", ""
    if not rules.unanswered:
        rows = [row for row in rows if row.leg is not None or row.disposition is Disposition.ANSWERED]
    number, control.next_cdr = control.next_cdr, control.next_cdr + len(rows)
    if not rows or not control.topics.cdr_closed.listeners:
        return 0, "", ""
    first, second = parties(call)
    assert first is not None  # a row has a channel
    place = reference(control, call, first)
    direction = direction_of(call, trunk_name(first, second))
    chosen = next((index for index in range(len(rows) - 1, -1, -1) if rows[index].talk), len(rows) - 1)
    for index, row in enumerate(rows):
        recording = place if index == chosen else ("", "")
        control.topics.cdr_closed.tell(CdrClosed(_record(call, row, number + index, first, direction, *recording)))
    return number + chosen, *place


def _close_plain(control: CallControl, call: Call, first: Channel, second: Channel) -> tuple[int, str, str]:
    """Close the one record of a plain call, of these two parties; gives its id and recording.

    It is made as `_record` makes it of the call's row. By far most are such, and a row on the way takes half as long
    again.
    """
    number = control.next_cdr
    control.next_cdr = number + 1
    if not control.topics.cdr_closed.listeners:
        return 0, "", ""
    folder, file = ("", "") if control.recorder is None else reference(control, call, first)
    order, start, line = call.order, call.started_at, first.line
    talk, end, cause = call.bridged_at, call.ended_at, call.cause
    if talk and cause:  # both were up from then on, and each of them until the end
        answer, disposition = first.answered_at, _ANSWERED
    else:
        answer, end, disposition, cause, talk = course(call, first, second, start, end, start)
    src, clid_number, clid_name = own_id(order)
    trunk = second.trunk or first.trunk
    trunk_name = "" if trunk is None else trunk.name
    cdr = Cdr(
        number,
        call.number,
        order.vendor,
        start,
        answer,
        end,
        src,
        order.dst,
        disposition,
        cause,
        direction_of(call, trunk_name),
        order.custom,
        clid_number,
        clid_name,
        order.context,
        call.serial,
        first.peer if line is None else line.user,  # `peer` is that too, and takes a call
        first.serial,
        second.peer if second.trunk is None else trunk_name,
        second.serial,
        trunk_name,
        "" if order.account is None else order.account.name,
        order.reference,
        folder,
        file,
        order.src,
        order.dst,
        0,
        start,
        DIAL,
        dialled_alone(call, second),
        talk,
    )
    control.topics.cdr_closed.tell(CdrClosed(cdr))
    return number, folder, file


def _record(call: Call, row: Row, number: int, first: Channel, direction: Direction, folder: str, file: str) -> Cdr:
    order, party, leg = call.order, row.party, row.leg
    src, clid_number, clid_name = caller_id(call, party, first)
    trunk = party.trunk if leg is None else leg.trunk or party.trunk
    line = party.line
    # By position, in the order of the fields: by name it takes seven times as long.
    return Cdr(
        number,
        call.number,
        order.vendor,
        row.start,
        row.answer,
        row.end,
        src,
        row.dst,
        row.disposition,
        row.cause,
        direction,
        order.custom,
        clid_number,
        clid_name,
        row.context,
        call.serial,
        party.peer if line is None else line.user,  # `peer` is that too, and takes a call
        party.serial,
        "" if leg is None else leg.peer,
        0 if leg is None else leg.serial,
        "" if trunk is None else trunk.name,
        "" if order.account is None else order.account.name,
        order.reference,
        folder,
        file,
        order.src,
        order.dst,
        0 if party is first else party.created_at,
        call.started_at,
        row.app,
        row.data,
        row.talk,
    )
