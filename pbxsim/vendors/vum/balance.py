"""What an account's credit was: a balance may be shown some time after the call that changed it (README, R9)."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.account import Account, Money


def as_of(account: Account, instant: Instant, opened_at: Instant) -> tuple[Money, Instant]:
    """Give the credit at an instant, and when it last changed before; `opened_at` if that was at the PBX's start."""
    later = list(takewhile(lambda charge: charge.at > instant, reversed(account.charges)))
    if not later:
        return account.credit, account.changed_at
    earlier = len(account.charges) - len(later)
    changed_at = account.charges[earlier - 1].at if earlier else opened_at
    return account.credit + sum(charge.amount for charge in later), changed_at
