"""The page's words: the language that a browser asks for, and its texts, which come with the HTML."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER: Final = Path(__file__).with_name("static") / "languages"
LANGUAGES: Final = tuple(sorted(path.stem for path in _FOLDER.glob("*.json")))
ELSE: Final = "en"


def asked_for(accepted: str) -> str:
    """Give the language that `Accept-Language` (RFC 9110, 12.5.4) likes best of those that there are, else English."""
    known = [(quality, language) for quality, language in _ranges(accepted) if language in LANGUAGES and quality > 0]
    return max(known, key=lambda each: each[0], default=(0.0, ELSE))[1]  # of equals the first


def _ranges(accepted: str) -> Iterator[tuple[float, str]]:
    """Give what is accepted, without its region, and how much; what cannot be read is not."""
    for each in accepted.split(","):
        language, _, parameter = each.partition(";")
        quality = parameter.strip().lower().removeprefix("q=") or "1"
        number = float(quality) if quality.replace(".", "", 1).isdecimal() and quality.isascii() else 0.0
        yield number, language.strip().lower().partition("-")[0]


def texts(language: str) -> dict[str, str]:
    """Give a language's texts."""
    return msgspec.json.decode((_FOLDER / f"{language}.json").read_bytes(), type=dict[str, str])


def words(language: str) -> bytes:
    """Give a language's texts as JSON that is safe inside a `script` element."""
    return _for_html((_FOLDER / f"{language}.json").read_bytes())


@lru_cache(maxsize=16)
def _for_html(texts: bytes) -> bytes:
    return msgspec.json.format(texts, indent=-1).replace(b"<", rb"\u003c")
