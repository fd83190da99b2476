"""What a run of an office leaves when it is stopped in order, so that a test can build the next one from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.saved import Saved

if TYPE_CHECKING:
    from pbxsim.testing.office import Office


def left_by(office: Office) -> Saved:
    """Give all that a store holds of an office after its last call."""
    pbx = office.pbx
    cdrs = tuple(office.cdrs())
    entries = sorted((entry for account in pbx.accounts for entry in pbx.ledger.of(account)), key=lambda one: one.id)
    return Saved(
        cdrs=cdrs,
        entries=tuple(entries),
        balances={entry.account: (entry.balance, entry.at) for entry in entries},
        now=pbx.clock.now,
        last_call=pbx.calls.calls_started,
        last_channel=pbx.calls.channels_made,
        last_cdr=cdrs[-1].id if cdrs else 0,
        last_entry=pbx.ledger.next_entry - 1,
    )
