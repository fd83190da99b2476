"""Digest authentication (RFC 3261, 22; RFC 7616; RFC 8760), without I/O: challenges, and whether an answer is right.

A nonce says itself when it was given, and that it was given here; nothing is kept for somebody who only asks. Of nonces
that were used with the right password it is known how often, so that no answer can be sent again by somebody else.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.sip.address import parameters, quoted, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.message import Request

ALGORITHMS: Final = {"MD5": "md5", "SHA-256": "sha256"}
"""The algorithms that are understood, by their names in a challenge."""

NONCE_LIFE: Final = 300.0
"""Seconds for which a nonce can be used."""

_MOST_COUNTS: Final = 10_000
_SPENT: Final = 2**32  # of a nonce that was used without a count: more than any count
_HEX: Final = frozenset("0123456789abcdef")


class Verdict(msgspec.Struct, frozen=True):
    """What an Authorization amounts to. `user` is whom it names; `is_stale`: all is right but for the nonce."""

    user: str
    is_right: bool
    is_stale: bool = False


class Authority:
    """Asks for passwords in a realm. `key` makes its nonces, `password_of` gives a user's, None: there is no such."""

    def __init__(
        self,
        realm: str,
        key: bytes,
        password_of: Callable[[str], str | None],
        algorithms: tuple[str, ...] = ("MD5",),
    ) -> None:
        self._realm = realm
        self._key = key
        self._password_of = password_of
        self._algorithms = algorithms
        self._counts: dict[str, int] = {}
        self._made = 0

    def challenge(self, now: float, *, is_stale: bool = False) -> list[tuple[str, str]]:
        """Give the header fields of a 401."""
        nonce, stale = self._nonce(now), ", stale=true" if is_stale else ""
        return [
            (
                "www-authenticate",
                f'Digest realm={quoted(self._realm)}, nonce="{nonce}", algorithm={algorithm}, qop="auth"{stale}',
            )
            for algorithm in self._algorithms
        ]

    def judge(self, now: float, request: Request) -> Verdict | None:
        """Judge a request's Authorization for our realm; None where it has none."""
        for name in ("authorization", "proxy-authorization"):
            for value in request.all(name):
                scheme, _, rest = value.partition(" ")
                given = parameters(split(rest, ","))
                if scheme.lower() == "digest" and given.get("realm") == self._realm:
                    return self._judge(now, request.method, given)
        return None

    def _judge(self, now: float, method: str, given: dict[str, str]) -> Verdict:
        user, nonce = given.get("username", ""), given.get("nonce", "")
        algorithm = next((one for one in self._algorithms if one.lower() == given.get("algorithm", "md5").lower()), "")
        password = self._password_of(user)
        wanted = _answer(algorithm or "MD5", given, method, self._realm, password or self._key.hex())
        is_equal = hmac.compare_digest(wanted.encode(), given.get("response", "").lower().encode())
        if password is None or not algorithm or not is_equal or given.get("qop", "auth") != "auth":
            return Verdict(user, is_right=False)
        return Verdict(user, is_right=True, is_stale=not self._is_fresh(now, nonce, given))

    def _is_fresh(self, now: float, nonce: str, given: dict[str, str]) -> bool:
        """Tell whether a nonce is ours, young, and used more often than ever before."""
        begun, _, mark = nonce.rpartition("-")
        if not hmac.compare_digest(self._mark(begun).encode(), mark.encode()):
            return False
        if now - int(begun.partition("-")[0], 16) / 1_000 > NONCE_LIFE:
            return False
        count = _count(given.get("nc", "")) if "qop" in given else _SPENT
        if count <= self._counts.get(nonce, 0):
            return False
        self._counts.pop(nonce, None)
        self._counts[nonce] = count
        if len(self._counts) > _MOST_COUNTS:
            self._key, self._counts = hashlib.sha256(self._key).digest(), {}  # none of the old ones counts any more
        return True

    def _nonce(self, now: float) -> str:
        self._made += 1
        begun = f"{int(now * 1_000):x}-{self._made:x}"
        return f"{begun}-{self._mark(begun)}"

    def _mark(self, begun: str) -> str:
        return hmac.new(self._key, begun.encode(), "sha256").hexdigest()[:32]


def _count(text: str) -> int:
    return int(text, 16) if len(text) == 8 and _HEX.issuperset(text.lower()) else 0


def _answer(algorithm: str, given: dict[str, str], method: str, realm: str, password: str) -> str:
    """Compute the answer that is right (RFC 7616, 3.4.1; without `qop` as RFC 2069 has it)."""

    def digest(*parts: str) -> str:
        return hashlib.new(ALGORITHMS[algorithm], ":".join(parts).encode(), usedforsecurity=False).hexdigest()

    who = digest(given.get("username", ""), realm, password)
    what, nonce = digest(method, given.get("uri", "")), given.get("nonce", "")
    if "qop" not in given:
        return digest(who, nonce, what)
    return digest(who, nonce, given.get("nc", ""), given.get("cnonce", ""), given["qop"], what)
