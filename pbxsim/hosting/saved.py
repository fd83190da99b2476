"""What an earlier run of a PBX left in its store; or would leave, for one that begins anew while the first stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.pbx.pbx import NOTHING_SAVED
from pbxsim.pbx.saved import Saved

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.delivery import Delivery


class Resumed(msgspec.Struct, frozen=True, eq=False):
    """What an earlier run of a PBX left in its store: its records, and the deliveries that are not done.

    `lasting` is the number of the last delivery that the store has already, None: it has all. `is_more_stored`: it may
    have deliveries that wait and are not among these.
    """

    saved: Saved = NOTHING_SAVED
    deliveries: Sequence[Delivery] = ()
    lasting: int | None = None
    is_more_stored: bool = False


NOTHING_RESUMED: Final = Resumed()


def saved_of(pbx: Pbx, last_notice: int) -> Saved:
    """Give what a PBX would leave if it stopped now."""
    entries = sorted(pbx.ledger, key=lambda entry: entry.id)
    return Saved(
        cdrs=tuple(pbx.cdrs.remembered()),
        stored=pbx.cdrs.stored,
        history=pbx.cdrs.history,
        entries=tuple(entries),
        balances=pbx.ledger.last_balances(),
        now=pbx.clock.now,
        last_call=pbx.calls.calls_started,
        last_channel=pbx.calls.channels_made,
        last_cdr=pbx.calls.next_cdr - 1,
        last_entry=pbx.ledger.next_entry - 1,
        last_notice=last_notice,
        database=pbx.database.entries(),
    )
