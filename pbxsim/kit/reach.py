"""Where a number would lead, and whether an account can pay for it: what a vendor asks before it accepts a call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.pbx.dialplan import Refused, ToPlayback, ToTrunk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.pbx.account import Account
    from pbxsim.pbx.dialplan import Destination, Dialplan


def can_pay(account: Account, *parties: Destination) -> bool:
    """Tell whether the account may call all these parties: there is credit, or none of them costs anything.

    Only what leaves by a trunk is charged, at the tariff for the number as the trunk is given it.
    """
    if account.credit > 0:
        return True
    return all(account.can_call(party.number) for party in parties if isinstance(party, ToTrunk))


def reachable(dialplan: Dialplan, context: str, numbers: Iterable[str]) -> Iterator[str]:
    """Give those numbers at which, dialled in that context, a telephone would ring."""
    for number in numbers:
        if not isinstance(dialplan.resolve(number, context), Refused | ToPlayback):
            yield number
