"""What is kept of something long: its beginning, a plain mark that it was cut, and how long it was.

Where it is cut depends on lengths alone, so it is the same in every run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

LONGEST_TEXT: Final = 1_024
"""Characters of a value that are kept where a document is cut."""

LONGEST_NAME: Final = 128
"""Characters of a name that are kept there."""

LONGEST_PART: Final = 8_192
"""Characters that are kept of each value at a document's top, names included."""

LONGEST_SECRET: Final = 1_024
"""Characters of the longest secret that is found where text is cut in the middle of it."""

MOST_PARTS: Final = 32
"""Values at its top that are kept."""

_SCALAR: Final = 8  # characters that a number or a truth value counts as


def excerpt(text: str, longest: int, hide: Callable[[str], str] = str) -> str:
    """Give text as it is, or the beginning of what is longer than so many characters, and the mark.

    `hide` takes secrets out of the beginning before it is cut: of half a secret nobody knows that it is one.
    """
    if len(text) <= longest:
        return text
    return f"{hide(text[: longest + LONGEST_SECRET])[:longest]}… (cut: {len(text)} characters)"


def excerpts(texts: tuple[str, ...], longest: int, most: int) -> tuple[str, ...]:
    """Give at most so many texts, each cut; a last one says how many more there were."""
    kept = tuple(excerpt(text, longest) for text in texts[:most])
    return kept if len(texts) <= most else (*kept, _more(len(texts) - most))


def pairs_excerpt(
    pairs: Iterable[tuple[str, str]], longest: int, most: int, hide: Callable[[str], str]
) -> dict[str, str]:
    """Give the first pairs whose text has so many characters in all, at most so many, names and values cut."""
    given, kept = list(pairs), _Beginning(longest, hide)
    return kept.pairs(given[:most], len(given))


def document_excerpt(document: Mapping[str, object]) -> dict[str, object]:
    """Give what JSON can hold without what makes it long: of each value at the top the beginning, of all texts."""
    kept = {name: _Beginning(LONGEST_PART).value(value) for name, value in list(document.items())[:MOST_PARTS]}
    return kept if len(document) <= MOST_PARTS else kept | {"…": _more(len(document) - MOST_PARTS)}


def text_size(text: str) -> int:
    """Tell how many bytes a text's characters take in memory at most, whatever else it holds."""
    return len(text) if text.isascii() else 4 * len(text)


def _more(count: int) -> str:
    return f"… (cut: {count} more)"


class _Beginning:
    """Keeps values until `left` characters are used up."""

    def __init__(self, left: int, hide: Callable[[str], str] = str) -> None:
        self._left = left
        self._hide = hide

    def value(self, value: object) -> object:
        if isinstance(value, str):
            return self._text(value, LONGEST_TEXT)
        if isinstance(value, dict):
            return self.pairs(list(value.items()), len(value))
        if isinstance(value, list | tuple):
            return self._list(value)
        self._left -= _SCALAR
        return value

    def pairs(self, pairs: list[tuple[str, str]], given: int) -> dict[str, str]:
        """Keep pairs; a last one says how many of those given are missing."""
        kept: dict[str, str] = {}
        for name, value in pairs:
            if self._left <= 0:
                break
            short = self._text(name, LONGEST_NAME)
            kept[short] = self.value(value)  # type: ignore[assignment]  # a text, where texts were given
        return kept if len(kept) == given else kept | {"…": _more(given - len(kept))}

    def _list(self, values: list[object] | tuple[object, ...]) -> list[object]:
        kept: list[object] = []
        for value in values:
            if self._left <= 0:
                return [*kept, _more(len(values) - len(kept))]
            kept.append(self.value(value))
        return kept

    def _text(self, text: str, longest: int) -> str:
        kept = excerpt(text, max(min(longest, self._left), 0), self._hide)
        self._left -= max(min(len(text), longest), 1)
        return kept
