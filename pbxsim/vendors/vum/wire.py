"""How VUM spells things: a balance, a call, a moment, an amount. Each field is followed by `;`, the last by no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.pbx.account import UNIT, Money
from pbxsim.vendorkit.civil import civil
from pbxsim.vendors.vum.settings import DateForm

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.cdr import Cdr

_CENT: Final[Money] = UNIT // 100


def balance(credit: Money, since: Instant, zone: ZoneInfo, *, separator: str, form: DateForm) -> str:
    """Spell S6's `kredit;datum stavu kreditu;`."""
    moment = civil(since, zone)
    return f"{amount(credit, separator)};{_czech(moment) if form is DateForm.CZECH else _iso(moment)};"


def call(cdr: Cdr, zone: ZoneInfo) -> str:
    """Spell S7's `datum volani;kdo;kam;delka hovoru;stav volani;`."""
    return f"{_iso(civil(cdr.start, zone))};{_field(cdr.src)};{_field(cdr.dst)};{cdr.billsec};{cdr.disposition};"


def amount(money: Money, separator: str) -> str:
    """Spell an amount with two decimals, rounded half away from zero as PHP's number_format does; never `-0.00`."""
    cents = (2 * abs(money) + _CENT) // (2 * _CENT)
    sign = "-" if money < 0 and cents else ""
    return f"{sign}{cents // 100}{separator}{cents % 100:02d}"


def _field(number: str) -> str:
    return number.replace(";", "")  # one more `;` would shift every field behind it


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _czech(moment: datetime) -> str:
    return f"{moment.day}.{moment.month}.{moment.year} {moment.hour}:{moment.minute:02d}"
