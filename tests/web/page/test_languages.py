"""The page's languages: each has every text with what is filled in, and there is every text that a module asks for."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import msgspec
import pytest

import pbxsim.web.page

STATIC: Final = Path(pbxsim.web.page.__file__).parent / "static"
LANGUAGES: Final = {
    path.stem: msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    for path in sorted((STATIC / "languages").glob("*.json"))
}
ENGLISH: Final = LANGUAGES["en"]
OTHERS: Final = sorted(set(LANGUAGES) - {"en"})
MODULES: Final = sorted(STATIC.rglob("*.js"))

_PLACE: Final = re.compile(r"\{\w+\}")
_ASKED: Final = re.compile(r"""\bt\(["']([a-z][\w.-]*)["']""")
_NO_WORDS: Final = re.compile(r"(?:CDR|ms|s|\{\w+\}|\W)*")


def test_the_languages_are_those_that_can_be_chosen() -> None:
    listed = re.search(r"LANGUAGES = \{(.*?)\}", (STATIC / "i18n.js").read_text("utf-8"))
    assert listed is not None
    assert sorted(re.findall(r"(\w\w):", listed[1])) == sorted(LANGUAGES)
    assert {"en", "cs", "es", "fa"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_has_every_text_in_the_order_of_the_english_ones(language: str) -> None:
    assert list(LANGUAGES[language]) == list(ENGLISH)
    assert all(text.strip() for text in LANGUAGES[language].values())


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_fills_in_what_the_english_one_does(language: str) -> None:
    for key, text in LANGUAGES[language].items():
        assert sorted(_PLACE.findall(text)) == sorted(_PLACE.findall(ENGLISH[key])), key


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_is_not_just_the_english_one(language: str) -> None:
    alike = [key for key, text in LANGUAGES[language].items() if text == ENGLISH[key] and len(text.split()) > 2]
    assert [key for key in alike if not _NO_WORDS.fullmatch(ENGLISH[key])] == []


def test_persian_is_written_in_its_script() -> None:
    for key, text in LANGUAGES["fa"].items():
        letters = re.sub(r"\{\w+\}|CDR|HTTP|SVG|CSV|pytest|curl|UTC|Q\.850|API", "", text)
        assert re.search(r"[\u0600-\u06ff]", letters) or not re.search(r"[A-Za-z]{3}", letters), key


def test_every_text_that_a_module_asks_for_by_its_name_is_there() -> None:
    asked = {key for module in MODULES for key in _ASKED.findall(module.read_text("utf-8"))}
    assert len(asked) > 100
    assert sorted(asked - set(ENGLISH)) == []


def test_every_view_has_a_title() -> None:
    views = re.findall(r'path: "(\w+)"', (STATIC / "views" / "list.js").read_text("utf-8"))
    assert {"telephones", "calls", "requests", "webhooks", "wallboard", "try", "cdrs"} <= set(views)
    assert [view for view in views if f"{view}.title" not in ENGLISH] == []
