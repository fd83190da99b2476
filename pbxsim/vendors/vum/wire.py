"""How VUM spells things: a balance, a call, a moment, an amount. Each field is followed by `;`, the last by no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.kit.civil import civil
from pbxsim.pbx.account import UNIT, Money
from pbxsim.vendors.vum.settings import DateForm

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.cdr import Cdr

_CENT: Final[Money] = UNIT // 100


def balance(credit: Money, since: Instant, zone: ZoneInfo, *, separator: str, form: DateForm) -> str:
    """Spell S6's `kredit;datum stavu kreditu;`."""
    local = civil(since, zone)
    return f"{amount(credit, separator)};{_czech(local) if form is DateForm.CZECH else _iso(local)};"


def call(cdr: Cdr, zone: ZoneInfo) -> str:
    """Spell S7's `datum volani;kdo;kam;delka hovoru;stav volani;`."""
    return (
        f"{moment(cdr.start, zone)};{_field(cdr.src)};{_field(cdr.dst or cdr.called)};{cdr.billsec};{cdr.disposition};"
    )


def amount(money: Money, separator: str) -> str:
    """Spell an amount with two decimals, rounded half away from zero as PHP's number_format does; never `-0.00`."""
    cents = (2 * abs(money) + _CENT) // (2 * _CENT)
    sign = "-" if money < 0 and cents else ""
    return f"{sign}{cents // 100}{separator}{cents % 100:02d}"


def _field(number: str) -> str:
    return number.replace(";", "")  # one more `;` would shift every field behind it


def moment(instant: Instant, zone: ZoneInfo) -> str:
    """Spell a moment: `2026-01-31 09:05:00`."""
    return _iso(civil(instant, zone))


def _iso(local: datetime) -> str:
    return local.strftime("%Y-%m-%d %H:%M:%S")


def _czech(local: datetime) -> str:
    return f"{local.day}.{local.month}.{local.year} {local.hour}:{local.minute:02d}"
