"""How Duocom spells: `1` and what follows, or `0`, a break for the eye and an error; days, times, sums of money."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import from_datetime
from pbxsim.kit.civil import civil
from pbxsim.kit.numbers import SPAIN, international

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.account import Money

NAME: Final = "duocom"
"""How records and receivers of notices name this vendor."""

DONE: Final = "1\n"
"""What was asked for is done, and there is nothing to tell of it (R2)."""

_DAY: Final = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")


def accepted(reference: str) -> str:
    """Spell S9: the call was taken, and this is its reference."""
    return f"1\n{reference}\n"


def refused(error: str) -> str:
    """Spell S10: the `<br>` stands on a line of its own in the vendor's sample."""
    return f"0\n<br>\n{error}\n"


def day(moment: Instant, zone: ZoneInfo) -> str:
    """Spell the civil day of an instant as S17 does: `31-12-2026`."""
    return civil(moment, zone).strftime("%d-%m-%Y")


def hour(moment: Instant, zone: ZoneInfo) -> str:
    """Spell the civil time of an instant: `23:59:59`."""
    return civil(moment, zone).strftime("%H:%M:%S")


def read_day(text: str) -> date | None:
    """Read `31-12-2026`; None for anything else."""
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def midnight(of: date, zone: ZoneInfo) -> Instant:
    """Give the instant at which a civil day begins."""
    return from_datetime(datetime.combine(of, time(), zone))


def is_telephone(text: str) -> bool:
    """Tell whether text is a national, mobile or international number (R8)."""
    return SPAIN.fits(text) or international(text) is not None


def money(amount: Money, mark: str) -> str:
    """Spell a sum with four decimals behind `mark`, rounded half up."""
    cents_of_a_cent = (amount + 50) // 100
    return f"{cents_of_a_cent // 10_000}{mark}{cents_of_a_cent % 10_000:04d}"
