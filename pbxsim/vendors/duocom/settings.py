"""What a PBX file may say under `vendors: duocom:`, and what in it would contradict the rest of the file."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Literal

import msgspec

from pbxsim.pbx.pbx import Pbx
from pbxsim.vendorkit.civil import zone_or_none
from pbxsim.vendorkit.vendor import SettingsFault
from pbxsim.vendors.duocom.errors import Text
from pbxsim.vendors.duocom.references import HIGHEST, LOWEST


class Account(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A customer of Duocom.

    `principal` and `pass` are what its requests carry; `account` is the PBX file's account that pays. `masks` are its
    own virtual numbers, `mask` the one shown where a request names none. `activated`: the web call service is switched
    on, which the vendor leaves to the customer. `allowed_addresses`: client addresses and networks, empty for all.
    `records`: it has the recording service, so that every call is recorded.
    """

    principal: str
    password: str = msgspec.field(name="pass")
    account: str
    masks: tuple[str, ...] = ()
    mask: str = ""
    activated: bool = False
    allowed_addresses: tuple[str, ...] = ()
    records: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Duocom on one PBX.

    Numbers are dialled in `context`; `extXXXX` is looked up in `dialplan`. A VoIP address ends in one of
    `voip_domains`. `first_reference` is the first call's of each day, in `time_zone`. `ring_seconds` is how long either
    party is rung. `texts`: other wordings, by the names in errors.py.
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


def faults(settings: Settings, pbx: Pbx) -> Iterator[SettingsFault]:
    """Find what contradicts the rest of the PBX file, or could never work."""
    if not pbx.dialplan.knows(settings.context):
        yield SettingsFault("context", settings.context, "the name of a context or a dialplan of this file")
    if settings.dialplan not in pbx.directory.dialplans:
        yield SettingsFault("dialplan", settings.dialplan, "the name of one of the file's dialplans")
    if zone_or_none(settings.time_zone) is None:
        yield SettingsFault("time_zone", settings.time_zone, "an IANA time zone, as Europe/Madrid")
    seen: set[str] = set()
    for index, account in enumerate(settings.accounts):
        yield from _account_faults(account, f"accounts[{index}]", pbx)
        if not account.principal or account.principal in seen:
            expected = "a user number that no other entry has, not empty"
            yield SettingsFault(f"accounts[{index}].principal", account.principal, expected)
        seen.add(account.principal)
    yield from _value_faults(settings)


def _account_faults(account: Account, path: str, pbx: Pbx) -> Iterator[SettingsFault]:
    if not account.password:
        yield SettingsFault(f"{path}.pass", account.password, "a password")
    if account.account not in pbx.accounts:
        yield SettingsFault(f"{path}.account", account.account, "the name of one of the file's accounts")
    if account.mask and account.mask not in account.masks:
        yield SettingsFault(f"{path}.mask", account.mask, "one of the account's masks")
    for index, entry in enumerate(account.allowed_addresses):
        if not _is_network(entry):
            yield SettingsFault(f"{path}.allowed_addresses[{index}]", entry, "an IP address or network, as 10.0.0.0/8")


def _value_faults(settings: Settings) -> Iterator[SettingsFault]:
    if not LOWEST <= settings.first_reference <= HIGHEST:
        yield SettingsFault("first_reference", settings.first_reference, "eight digits, the first of them not 0")
    if settings.ring_seconds <= 0:
        yield SettingsFault("ring_seconds", settings.ring_seconds, "more than 0")
    for text, wording in settings.texts.items():
        try:
            wording.encode(settings.charset)
        except UnicodeEncodeError:
            yield SettingsFault(f"texts.{text}", wording, f"characters that {settings.charset} has")


def _is_network(entry: str) -> bool:
    try:
        ip_network(entry, strict=False)
    except ValueError:
        return False
    return True
