"""What a PBX that lives would leave in its store, for one that begins anew while the first still stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.saved import Saved

if TYPE_CHECKING:
    from pbxsim.pbx.pbx import Pbx


def saved_of(pbx: Pbx, last_notice: int) -> Saved:
    """Give what a PBX would leave if it stopped now."""
    entries = sorted(pbx.ledger, key=lambda entry: entry.id)
    return Saved(
        cdrs=tuple(pbx.cdrs.find(CdrQuery())),
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
