"""Takes the secrets of a PBX file out of texts, and puts those of the file that is served in again.

A secret is named by its place in the file, so that a document says where each stood and not what it was.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.hosting.secret_values import spellings, stands_by_chance

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BEGIN: Final = "\ue000"  # private use: no text of a client has it as a rule, and one that has is spelt out
_END: Final = "\ue001"
_MARK: Final = re.compile(f"{_BEGIN}(?:([0-9]+)\\.([0-9]+))?{_END}")


class UnknownMark(ValueError):
    """A text names a secret that the file has not."""


class SecretMarks:
    """Knows the secrets of a file, in the order of their places in it."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._spelt = [(secret, *spellings(secret)) for secret in secrets]  # as it is comes first, whatever is in it
        self.secrets = tuple(secrets)
        self._whole: dict[str, str] = {}
        marks: dict[str, str] = {}
        for number, (secret, spelt) in enumerate(zip(secrets, self._spelt, strict=True)):
            for place, spelling in enumerate(spelt):
                into = self._whole if stands_by_chance(secret) else marks
                into.setdefault(spelling, f"{_BEGIN}{number}.{place}{_END}")
        self._marks = marks | {_BEGIN: f"{_BEGIN}{_END}"}
        self._pattern = re.compile("|".join(map(re.escape, sorted(self._marks, key=len, reverse=True))))

    def hidden(self, text: str) -> str:
        """Give a text with a mark in the place of each secret; one that may stand by chance where it is all of it."""
        whole = self._whole.get(text)
        return whole or self._pattern.sub(lambda found: self._marks[found[0]], text)

    def shown(self, text: str) -> str:
        """Give a text with its secrets in it. Raises UnknownMark."""
        return _MARK.sub(self._secret, text) if _BEGIN in text else text

    def pieces(self, text: str) -> list[str | tuple[int, str]]:
        """Give a text's parts in order: other text, and each secret by its number and as it is spelt there."""
        parts: list[str | tuple[int, str]] = []
        last = 0
        for found in _MARK.finditer(text):
            if found[1] is not None:
                parts += [text[last : found.start()], (int(found[1]), self._secret(found))]
                last = found.end()
        return [part for part in (*parts, text[last:]) if part]

    def _secret(self, found: re.Match[str]) -> str:
        if found[1] is None:
            return _BEGIN
        try:
            return self._spelt[int(found[1])][int(found[2])]
        except (IndexError, ValueError):
            raise UnknownMark(found[0]) from None


def in_order(secrets: Iterable[str], texts: Iterable[str]) -> list[str]:
    """Give secrets in the order in which they are met among the texts of a PBX; what is met nowhere comes last."""
    left = dict.fromkeys(sorted(secrets))
    met = []
    for text in texts:
        if text in left:
            met.append(text)
            del left[text]
    return met + list(left)
