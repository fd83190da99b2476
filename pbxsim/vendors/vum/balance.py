"""What an account's credit was: a balance may be shown some time after the call that changed it (README, R9)."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.account import Account, Money
    from pbxsim.pbx.ledger import Ledger


def as_of(ledger: Ledger, account: Account, instant: Instant) -> tuple[Money, Instant]:
    """Give the credit at an instant, and when it last changed before; at its opening if not since."""
    newest = ledger.of(account.name, newest_first=True)
    later = list(takewhile(lambda entry: entry.at > instant, newest))
    before = account.credit - sum(entry.amount for entry in later)
    if not later:
        return account.credit, account.changed_at
    earlier = next((entry for entry in ledger.of(account.name, newest_first=True) if entry.at <= instant), later[-1])
    return before, earlier.at
