"""What a PBX file may say under `vendors: duocom:`. What in it could never work is found by checks.py."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from pbxsim.vendors.duocom.errors import Text


class Api(StrEnum):
    """What a customer switches on in the vendor's web, each by itself; control comes with the calls."""

    CALLS = "webcallservice"
    CONSUMPTION = "api_consumos"
    MASKS = "apimascaras"

    @property
    def setting(self) -> str:
        """Tell where a PBX file switches it on."""
        return "`activated`" if self is Api.CALLS else "`activated_apis`"


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer of Duocom.

    `principal` and `pass` are what its requests carry; `account` is the PBX file's account that pays. `masks` are its
    own virtual numbers, `mask` the one shown where a request names none. `activated`: the web call service (and call
    control with it) is switched on, `activated_apis`: which others; the vendor leaves that to the customer.
    `allowed_addresses`: client addresses and networks, empty for all. `records`: it has the recording service, so that
    every call is recorded.
    """

    principal: str
    password: str = msgspec.field(name="pass")
    account: str
    masks: tuple[str, ...] = ()
    mask: str = ""
    activated: bool = False
    activated_apis: tuple[Literal["api_consumos", "apimascaras"], ...] = ()
    allowed_addresses: tuple[str, ...] = ()
    records: bool = False

    def has(self, api: Api) -> bool:
        """Tell whether an API is switched on."""
        return self.activated if api is Api.CALLS else api.value in self.activated_apis


class Consumption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the consumption API spells its report: our own format, for the vendor's could not be read.

    `row` is one charged leg, with the places of charged.py; `head` the first line. Each ends with a newline.
    """

    head: str = "1"
    row: str = "{fecha};{hora};{llamante};{acceso};{llamado};{segundos};{coste};{ref_id}"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Duocom on one PBX.

    Numbers are dialled in `context`; `extXXXX` is looked up in `dialplan`. A VoIP address ends in one of
    `voip_domains`. `first_reference` is the first call's of each day, in `time_zone`. `ring_seconds` is how long either
    party is rung. `texts`: other wordings, by the names in errors.py. `access` is what reports and notices say of how a
    call was made, `decimal_mark` what stands before the decimals of a cost.
    """

    accounts: tuple[Account, ...] = ()
    context: str
    dialplan: str
    voip_domains: tuple[str, ...] = ("mioficinaweb.es", "telefacil.com")
    time_zone: str = "Europe/Madrid"
    first_reference: int = 53_010_203  # the reference in the manual's sample
    ring_seconds: float = 30
    charset: Literal["utf-8", "iso-8859-1"] = "utf-8"
    texts: dict[Text, str] = {}
    access: str = "Acceso local"  # the tariff that the manual names for these calls
    decimal_mark: Literal[".", ","] = "."
    consumption: Consumption = Consumption()
