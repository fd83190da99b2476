"""Strikes out every secret that is known, wherever it stands: not only behind the name that it belongs to.

A client may send its password as a part of the path, in another header, as a parameter's name. Whatever is shown goes
through here; it takes time in proportion to the text, however many secrets there are.

A secret of fewer than six characters, or of digits alone (a PIN), may stand in any text by chance: it is struck out
where it is the whole of a value. What the PBX files also have as something public is no secret, and stays.
"""

from __future__ import annotations

import re
from itertools import groupby
from os.path import commonprefix
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, quote_plus, unquote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MASK: Final = "***"
_SHORTEST: Final = 6
_LONGEST_NUMBER: Final = 15  # ITU-T E.164
_HEX: Final = re.compile(r"%[0-9A-F]{2}")
_AS_IT_IS: Final = re.compile(r"[A-Za-z0-9._~-]+")  # RFC 3986, 2.3: what no spelling changes
_NOTHING: Final = re.compile(r"(?!)")
_FEW: Final = 32
_REMEMBERED: Final = 512
_USUAL_PATH: Final = 128
_USUAL_NAMES: Final = 512


class SecretValues:
    """The secrets that one server knows. It never forgets one: what was a secret is one still after a new start.

    `learnt` is how often it came to know more.
    """

    def __init__(self, secret: Iterable[str] = ()) -> None:
        self.learnt = 0
        self._secret: dict[str, int] = {}  # each, and what `learnt` was from then on
        self._public: dict[str, int] = {}
        self._earlier: tuple[int, SecretValues] | None = None
        self._ever: SecretValues | None = None  # all that was ever struck out: of this, what `as_of` gives has a part
        self._whole: frozenset[str] = frozenset()
        self._pattern: re.Pattern[str] | None = _NOTHING
        self._few: tuple[str, ...] | None = ()
        self._paths: dict[str, str] = {}
        self._clean: set[tuple[str, ...]] = set()
        self.learn(secret)

    def learn(self, secret: Iterable[str], public: Iterable[str] = ()) -> None:
        """Strike these out from now on, but for what is public."""
        more, known = set(filter(None, secret)), set(public)
        if self._pattern is not _NOTHING and more <= self._secret.keys() and known <= self._public.keys():
            return  # a PBX begins anew: what is looked for stays
        self.learnt += 1
        for values, given in ((self._secret, more), (self._public, known)):
            for value in given:
                values.setdefault(value, self.learnt)
        self._whole = frozenset(value for value in self._hidden() if stands_by_chance(value))
        self._pattern = self._few = None
        self._paths.clear()
        self._clean.clear()
        if self._earlier is not None:
            self._earlier = self._ever = None

    def as_of(self, learnt: int) -> SecretValues:
        """Give what struck out as this did when `learnt` was that."""
        if learnt == self.learnt:
            return self
        if self._earlier is None or self._earlier[0] != learnt:
            earlier = SecretValues()
            earlier._ever = self._all()
            earlier.learn(_known(self._secret, learnt), _known(self._public, learnt))
            self._earlier = learnt, earlier
        return self._earlier[1]

    def _all(self) -> SecretValues:
        """Give what strikes out all that this ever did: also what has become public since."""
        if self._ever is None:
            ever = {value for value, at in self._secret.items() if self._public.get(value, at + 1) > at}
            self._ever = self if ever == self._hidden() else SecretValues(ever)
        return self._ever

    def _hidden(self) -> set[str]:
        return self._secret.keys() - self._public.keys()

    def text(self, text: str) -> str:
        """Give a text without the longer secrets in it."""
        return self._found().sub(MASK, text) if self._stands_in(text) else text

    def value(self, value: str) -> str:
        """Give a value (of a parameter, a header, a field): hidden if it is a secret of any length."""
        return MASK if value in self._whole else self.text(value)

    def is_in_name(self, name: str) -> bool:
        """Tell whether a name is a secret of any length, or has a longer one in it.

        Quick where the pattern is not made yet, as for each of many PBXs that come one after the other: in a name of
        letters, digits, dots and hyphens nothing can stand but as it is.
        """
        if _AS_IT_IS.fullmatch(name) is None:
            return self.value(name) != name
        if name in self._whole:
            return True
        return any(value in name for value in self._hidden() if not stands_by_chance(value))

    def spaced(self, text: str) -> str:
        """Give a text without any secret, the short ones where no letter or digit is next to them."""
        words = sorted(self._whole, key=len, reverse=True)
        pattern = rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)" if words else r"(?!)"
        return re.sub(pattern, MASK, self.text(text))

    def path(self, path: str) -> str:
        """Give a path as it was sent; a segment that is a secret in any spelling is hidden."""
        shown = self._paths.get(path)
        if shown is None:
            shown = self._path(path)
            if len(path) <= _USUAL_PATH and len(self._paths) < _REMEMBERED:
                self._paths[path] = shown
        return shown

    def _path(self, path: str) -> str:
        if "%" in path or not self._whole.isdisjoint(path.split("/")):
            path = "/".join(self._segment(segment) for segment in path.split("/"))
        return self.text(path)

    def mapping(self, values: dict[str, str]) -> dict[str, str]:
        """Give names and values, each hidden where it is a secret; where none is, the very ones that were given."""
        names = tuple(values)
        if not (names in self._clean or self._is_clean(names)):
            return {self.value(name): self.value(value) for name, value in values.items()}
        if self._whole.isdisjoint(values.values()) and not self._stands_in("\n".join(values.values())):
            return values
        return {name: self.value(value) for name, value in values.items()}

    def _is_clean(self, names: tuple[str, ...]) -> bool:
        """Tell whether there is no secret in any of these, and remember that: a client's next request has the same."""
        together = "\n".join(names)
        is_clean = self._whole.isdisjoint(names) and not self._stands_in(together)
        if is_clean and len(together) <= _USUAL_NAMES and len(self._clean) < _REMEMBERED:
            self._clean.add(names)
        return is_clean

    def json(self, encoded: bytes) -> bytes:
        """Give encoded JSON, or lines of it: the same bytes where no longer secret is in them."""
        if not self._stands_in(encoded.decode()):
            return encoded
        return b"\n".join(self._line(line) for line in encoded.split(b"\n"))

    def _line(self, line: bytes) -> bytes:
        if not line or not self._stands_in(line.decode()):
            return line
        return msgspec.json.encode(self._texts(msgspec.json.decode(line)))

    def _texts(self, document: object) -> object:
        if isinstance(document, str):
            return self.text(document)
        if isinstance(document, dict):
            return {self.text(name): self._texts(value) for name, value in document.items()}
        if isinstance(document, list):
            return [self._texts(entry) for entry in document]
        return document

    def _segment(self, segment: str) -> str:
        decoded = unquote(segment)
        return segment if self.value(decoded) == decoded else MASK

    def _stands_in(self, text: str) -> bool:
        """Tell whether one of the longer secrets is in a text; a few are looked for one by one, which is quicker.

        To make a pattern takes long, and a journal is read by many earlier ones: nearly always the newest is enough.
        """
        few = self._few
        if few is None:
            if self._ever is not None and self._ever is not self and self._ever.text(text) == text:
                return False
            pattern, few = self._found(), self._few
            if few is None:
                return pattern.search(text) is not None
        for value in few:  # noqa: SIM110 - with any() it takes half as long again, and this is asked for each request
            if value in text:
                return True
        return False

    def _found(self) -> re.Pattern[str]:
        if self._pattern is None:
            longer = [value for value in self._hidden() if not stands_by_chance(value)]
            spelt = sorted({spelling for value in longer for spelling in spellings(value)})
            self._pattern = re.compile(_alternation(spelt)) if spelt else _NOTHING
            self._few = tuple(spelt) if len(spelt) <= _FEW else None
        return self._pattern


def _known(values: dict[str, int], learnt: int) -> list[str]:
    return [value for value, at in values.items() if at <= learnt]


NOTHING_SECRET: Final = SecretValues()


def stands_by_chance(value: str) -> bool:
    """Tell whether a secret is so short, or so plain a number, that it may stand in any text."""
    return len(value) < _SHORTEST or (value.isdecimal() and len(value) <= _LONGEST_NUMBER)


def spellings(value: str) -> Iterator[str]:
    """Spell a secret as it may stand in a URL, in quotes, in JSON, and where bytes were taken for Latin-1."""
    whole = value.encode(errors="replace")
    for spelling in (whole.decode(), whole.decode("latin-1")):
        for encoded in (quote(spelling), quote(spelling, safe=""), quote_plus(spelling)):
            yield encoded
            yield _HEX.sub(lambda found: found[0].lower(), encoded)
        yield spelling
        yield repr(spelling)[1:-1]
        yield msgspec.json.encode(spelling).decode()[1:-1]


def _alternation(texts: list[str]) -> str:
    """Give a pattern that finds each of some sorted texts, the longest first; at no place is a letter tried twice."""
    branches = []
    for _, group in groupby(texts, key=lambda text: text[:1]):
        same = list(group)
        start = commonprefix(same)  # noqa: RUF071 - of letters is what is wanted
        rest = [text[len(start) :] for text in same if text != start]
        more = f"(?:{_alternation(rest)}){'?' if start in same else ''}" if rest else ""
        branches.append(re.escape(start) + more)
    return "|".join(branches)
