"""The template of a hang-up notice: a URL in which a letter with `%` behind it stands for a value (README, S12, R18).

The same `%` begins a percent-escape (RFC 3986, 2.1), so a template can be read in two ways. It is read once, from the
left, and never again after the values are in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LETTERS: Final = "sdtcpiur"

_SERVER: Final = re.compile(r"[^:/?]*://(?:[^/?]*@)?([^/?]*)")
_ESCAPE: Final = r"%[0-9A-Fa-f]{2}"
_PLACE: Final = re.compile(rf"{_ESCAPE}|(?:(?<==)([{LETTERS}])|([{LETTERS}])(?!{_ESCAPE}))%")
_LOOKS_LIKE_BOTH: Final = re.compile(rf"[{LETTERS}]{_ESCAPE}")
_ESCAPE_THEN_PERCENT: Final = re.compile(rf"%[0-9A-Fa-f][{LETTERS}]%(?![0-9A-Fa-f]{{2}})")


class Template(msgspec.Struct, frozen=True):
    """A template as it was read: literal text by turns with the letters of placeholders, text first and last.

    `doubts` are the places that could have been meant otherwise, and how each was read.
    """

    texts: tuple[str, ...]
    letters: tuple[str, ...]
    doubts: tuple[str, ...]

    def filled(self, values: Mapping[str, str]) -> str:
        """Give the URL with each value in its place, percent-encoded as UTF-8."""
        encoded = (quote(values[letter], safe="") for letter in (*self.letters,))
        return "".join(text + value for text, value in zip(self.texts, (*encoded, ""), strict=True))


def read(url: str) -> Template:
    """Read a template. The user and password that its server may have in front of it are not in what it gives."""
    server = _SERVER.match(url)
    begin = server.end() if server else 0
    texts, letters = [_address(server)], []
    for between, letter in _pieces(url[begin:]):
        texts[-1] += between
        if letter:
            letters.append(letter)
            texts.append("")
    return Template(tuple(texts), tuple(letters), tuple(_doubts(url[begin:])))


def has_place_in_server(url: str) -> bool:
    """Tell whether a placeholder stands where the server's name does, so that nobody could say which one is called."""
    server = _SERVER.match(url)
    return server is not None and any(letter for _, letter in _pieces(server[1]))


def _address(server: re.Match[str] | None) -> str:
    if server is None:
        return ""
    return f"{server[0].partition('://')[0]}://{server[1]}"


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Give each placeholder's letter and the text before it; at the end the rest of the text, without a letter."""
    begin = 0
    for found in _PLACE.finditer(text):
        letter = found[1] or found[2]
        if letter:
            yield text[begin : found.start()], letter
            begin = found.end()
    yield text[begin:], ""


def _doubts(text: str) -> Iterator[str]:
    places = {found.start(): found for found in _PLACE.finditer(text)}
    for found in _LOOKS_LIKE_BOTH.finditer(text):
        place = places.get(found.start())
        if place is not None and (place[1] or place[2]):
            yield f"{found[0]!r} is taken for the placeholder {found[0][:2]!r} and the text {found[0][2:]!r}"
        elif found.start() + 1 in places:
            yield f"{found[0]!r} is taken for the letter {found[0][0]!r} and the escape {found[0][1:]!r}"
    for found in _ESCAPE_THEN_PERCENT.finditer(text):
        if found.start() in places:
            yield f"{found[0]!r} is taken for the escape {found[0][:3]!r} and a '%'"
    yield from _stray(text, places)


def _stray(text: str, places: Mapping[int, re.Match[str]]) -> Iterator[str]:
    taken = {index for found in places.values() for index in range(found.start(), found.end())}
    for found in re.finditer(".?%", text):
        if found.end() - 1 not in taken:
            yield f"the '%' in {found[0]!r} is neither a placeholder's nor an escape's, and stays as it is"
    for found in places.values():
        if found[0][0] != "%" and text[found.end() : found.end() + 1] == "=":
            yield f"{found[0]!r} stands where a parameter's name does, and is taken for a placeholder all the same"
