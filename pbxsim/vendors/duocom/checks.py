"""What in a PBX file's `vendors: duocom:` contradicts the rest of it, or could never work."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING

from pbxsim.vendorkit.civil import zone_or_none
from pbxsim.vendorkit.vendor import SettingsFault
from pbxsim.vendors.duocom.charged import LEG_PLACES
from pbxsim.vendors.duocom.references import HIGHEST, LOWEST
from pbxsim.vendors.duocom.template import unknown_places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.pbx import Pbx
    from pbxsim.vendors.duocom.settings import Account, Settings


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
    yield from _text_faults(settings)


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


def _text_faults(settings: Settings) -> Iterator[SettingsFault]:
    form = settings.consumption
    yield from _place_faults("consumption.row", form.row, LEG_PLACES)
    written = {f"texts.{text}": wording for text, wording in settings.texts.items()}
    written |= {"access": settings.access, "consumption.head": form.head, "consumption.row": form.row}
    for path, text in written.items():
        try:
            text.encode(settings.charset)
        except UnicodeEncodeError:
            yield SettingsFault(path, text, f"characters that {settings.charset} has")


def _place_faults(path: str, template: str, known: tuple[str, ...]) -> Iterator[SettingsFault]:
    unknown = unknown_places(template, known)
    if unknown:
        yield SettingsFault(path, template, f"no places but {{{'}, {'.join(known)}}}")


def _is_network(entry: str) -> bool:
    try:
        ip_network(entry, strict=False)
    except ValueError:
        return False
    return True
