"""The one list of names under which secrets are sent and kept: English, Czech and Slovak, Spanish, Persian.

These are the languages of the vendors' customers. A vendor's own names (`Vendor.secret_params`) come on top.
"""

from __future__ import annotations

import re
from typing import Final

_IN_ANY_NAME: Final = re.compile(
    r"pass(?!ive)|pwd|secret|token|credential|authori[sz]ation|cookie|bearer|signature|jwt|(?:api|access|auth|private|licen[cs]e).?key"
    r"|heslo|kl[ií][cč]|k[lľ][uú][cč]"
    r"|clave|contrase[nñ]a"
    r"|رمز|گذرواژه|کلید|توکن"
)
"""In the letters of a name, without case (`plain`)."""
_AS_A_WORD: Final = frozenset({"auth", "hash", "hmac", "k", "key", "keys", "otp", "pin", "psw", "pw", "ramz", "sig"})
"""Too short to mean a secret within another word; between underscores, hyphens or capitals they are words."""
_NO_LETTERS: Final = re.compile(r"%[0-9A-Fa-f]{2}|[^\w-]|_")  # blanks, brackets, bytes that were no UTF-8
_BETWEEN_WORDS: Final = re.compile(r"%[0-9A-Fa-f]{2}|[\W_]")
_CAPITAL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LONGEST: Final = 200


def plain(name: str) -> str:
    """Give the letters of a name, without case, blanks and what else a client may have put between them."""
    return _NO_LETTERS.sub("", name[:_LONGEST]).casefold()


def is_secret_name(name: str) -> bool:
    """Tell whether whoever calls something so (a parameter, a header, a setting) means a secret by it."""
    if _IN_ANY_NAME.search(plain(name)):
        return True
    words = _BETWEEN_WORDS.sub(" ", _CAPITAL.sub(" ", name[:_LONGEST])).casefold().split()
    return any(word.rstrip("0123456789") in _AS_A_WORD for word in (plain(name), *words))
