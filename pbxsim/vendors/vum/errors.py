"""What VUM answers in words: the text of an accepted call and of each refusal, as data.

The vendor's page has no text at all, so every one is ours (README, R3); a PBX file may say otherwise under `texts:`.
None of them ever repeats what the client sent: the vendor's own script puts the reply into a page as HTML.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Text(StrEnum):
    """What is said, by the name under which a PBX file may give it another wording."""

    ACCEPTED = "accepted"
    UNKNOWN_KEY = "unknown-key"
    WRONG_KEY_KIND = "wrong-key-kind"
    NUMBER_MISSING = "number-missing"
    CALLER_MISSING = "caller-missing"
    NUMBER = "number"
    TYPE = "type"
    SUBTYPE = "subtype"
    CREDIT = "credit"
    REQUEST = "request"


TEXTS: Final[dict[Text, str]] = {
    Text.ACCEPTED: "Hovor byl zadán.",
    Text.UNKNOWN_KEY: "Chyba: neplatný klíč.",
    Text.WRONG_KEY_KIND: "Chyba: klíč neslouží k tomuto účelu.",
    Text.NUMBER_MISSING: "Chyba: chybí číslo.",
    Text.CALLER_MISSING: "Chyba: chybí číslo volajícího.",
    Text.NUMBER: "Chyba: neplatné číslo.",
    Text.TYPE: "Chyba: neplatný typ.",
    Text.SUBTYPE: "Chyba: neplatné upřesnění typu.",
    Text.CREDIT: "Chyba: nedostatečný kredit.",
    Text.REQUEST: "Chyba: neplatný požadavek.",
}
