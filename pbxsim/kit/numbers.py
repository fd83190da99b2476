"""Number shapes that vendors share: what looks like a number, and how it is written so that the switch can route it.

Not here: whether a number leads anywhere (the dialplan's business), and which shapes a vendor takes (its api.py).
Nothing is tidied up: what a real service might refuse must not pass here by our kindness.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

import msgspec

from pbxsim.pbx.numbers import LONGEST_DIALLED, is_dialable


class NationalPlan(msgspec.Struct, frozen=True):
    """A country's full national numbers: `length` digits, the first one of `first_digits`; its E.164 country code."""

    country_code: str
    length: int
    first_digits: str

    def fits(self, text: str) -> bool:
        """Tell whether text is a full national number."""
        return len(text) == self.length and text.isdecimal() and text.isascii() and text[0] in self.first_digits


CZECHIA: Final = NationalPlan("420", 9, "23456789")  # 1 begins short codes; there is no trunk prefix
SPAIN: Final = NationalPlan("34", 9, "6789")  # 6 and 7 mobile, 8 and 9 fixed, 80x and 90x special tariffs

_FOREIGN: Final = re.compile(r"[^0-9*#+]")
_DIGITS: Final = re.compile(r"[0-9]+")
_INTERNATIONAL: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")  # E.164: at most 15 digits, no leading zero
_SIP_ADDRESS: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)@([A-Za-z0-9][A-Za-z0-9.-]*)")


def is_digits(text: str, shortest: int, longest: int) -> bool:
    """Tell whether text is nothing but ASCII digits, so many of them, both bounds included."""
    return shortest <= len(text) <= longest and text.isdecimal() and text.isascii()


def international(text: str) -> str | None:
    """Give the digits behind `+` or `00` of an international number, country code first; None for any other shape."""
    if text[:1] not in "+0":  # nearly every number: that is seen sooner than the whole form
        return None
    found = _INTERNATIONAL.fullmatch(text)
    return found[1] if found else None


def as_dialled(text: str, plan: NationalPlan) -> str:
    """Write a number as a telephone in the country of `plan` dials it.

    International numbers are dialled with `00`; those of the country itself without prefix and country code, so that
    the PBX's own public numbers and the tariff's national prefixes fit. Anything else stays as it is.
    """
    digits = international(text)
    if digits is None:
        return text
    if digits.startswith(plan.country_code):
        national = digits[len(plan.country_code) :]
        if plan.fits(national):
            return national
    return f"00{digits}"


def sip_address(text: str) -> tuple[str, str] | None:
    """Split `user@domain` into the user and the domain in lower case (RFC 3261: hosts know no case); else None."""
    found = _SIP_ADDRESS.fullmatch(text)
    return (found[1], found[2].lower()) if found else None


def behind_prefix(text: str, prefix: str) -> str | None:
    """Give the digits behind a word, as in `ext1234`; None where it is not that word and digits."""
    digits = text[len(prefix) :]
    return digits if text.startswith(prefix) and _DIGITS.fullmatch(digits) else None


def why_not_dialled(number: str, longest: int = LONGEST_DIALLED) -> str:
    """Say why no trunk can be given that number (`pbx.numbers.is_dialable`), in words; empty where one can."""
    if len(number) <= longest and number.isdecimal() and number.isascii():  # nearly every number
        return ""
    if is_dialable(number, longest):
        return ""
    foreign = next((character for character in number if not character.isascii()), "")
    if foreign:
        return f"{_named(foreign)} in the number: a trunk takes the digits 0 to 9"
    if " " in number:
        return "a blank in the number: `+` in a query is a blank, write %2B"
    if not number or not number.isprintable():
        return "no number" if not number else "a control character in the number"
    if _FOREIGN.search(number):
        return f"{_FOREIGN.findall(number)[0]!r} in the number: a trunk takes digits, `*`, `#` and a leading `+`"
    if "+" in number[1:] or number == "+":
        return "`+` stands in front of a number's digits, and once"
    return f"a number of {len(number)} characters: at most {longest} digits can be dialled"


def _named(character: str) -> str:
    return f"{unicodedata.name(character, 'a character')} (U+{ord(character):04X})"


def misprint_hints(name: str, value: str) -> tuple[str, ...]:
    """Say what probably spoilt a value that should be a number; nothing where no guess is good."""
    if not value.isascii():
        return (f"{name}: {why_not_dialled(value)}",)
    if value.endswith(('"', "'")):
        return (f"{name} ends with a quotation mark, probably copied along with the URL",)
    if value.startswith(" ") and value[1:].isdigit():
        return (f"{name} begins with a blank: `+` in a URL is a blank, write %2B",)
    if re.fullmatch(r"[+0-9][0-9 ()./-]*", value) and not value.isdigit():
        return (f"{name} holds blanks or separators: write digits only",)
    return ()
