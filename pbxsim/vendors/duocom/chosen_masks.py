"""The masks that customers set for single telephones: what their calls show where the request names none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from pbxsim.vendors.duocom.parties import Caller
    from pbxsim.vendors.duocom.settings import Account

PHONE: Final = "ani"
VOIP: Final = "voip"

Telephone: TypeAlias = tuple[str, str]
"""PHONE and a number as it is dialled, or VOIP and a SIP user."""


class ChosenMasks:
    """Which mask is set for which telephone of which customer. They last as long as the PBX runs (R25)."""

    def __init__(self) -> None:
        self._set: dict[tuple[str, Telephone], str] = {}

    def put(self, account: Account, telephone: Telephone, mask: str) -> None:
        """Set a mask from now on."""
        self._set[account.principal, telephone] = mask

    def shown(self, account: Account, telephone: Telephone) -> str:
        """Give the mask of a telephone: the one set for it, else the account's; empty where there is neither."""
        return self._set.get((account.principal, telephone), account.mask)

    def of(self, account: Account, caller: Caller) -> str:
        """Give the mask of a call: of an extension's telephones the first one that has a mask of its own decides."""
        telephones = [(PHONE, caller.phone)] if caller.phone else [(VOIP, user) for user in caller.sip_users]
        chosen = (self._set.get((account.principal, telephone)) for telephone in telephones)
        return next(filter(None, chosen), account.mask)
