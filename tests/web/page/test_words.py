"""Which language a browser is sent the page's words in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

import pbxsim.web.page
from pbxsim.web.page.words import asked_for, words

if TYPE_CHECKING:
    from tests.web.town import Town

LANGUAGES = Path(pbxsim.web.page.__file__).parent / "static" / "languages"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("cs", "cs"),
        ("fa-IR, en;q=0.5", "fa"),
        ("de, ES-mx;q=0.8, en;q=0.9", "en"),
        ("de;q=1, es ; q=0.8", "es"),
        ("cs;q=0.5, es;q=0.5", "cs"),
        ("cs;q=0, *", "en"),
        ("cs;q=x, es;q=-1, fa;q=0.1", "fa"),
        ("de-DE,de", "en"),
        ("cs;q=²", "en"),
    ],
)
def test_the_language_is_the_one_liked_best_of_those_there_are(accepted: str, language: str) -> None:
    assert asked_for(accepted) == language


@pytest.mark.parametrize("language", ["cs", "en", "es", "fa"])
def test_words_are_all_texts_and_end_no_script_element(language: str) -> None:
    told = words(language)
    assert msgspec.json.decode(told) == msgspec.json.decode((LANGUAGES / f"{language}.json").read_bytes())
    assert b"<" not in told


async def test_the_html_has_the_words_of_the_language_that_is_asked_for(town: Town) -> None:
    html = (await town.ask("GET", "/", Accept_Language="fa")).body
    assert b'<html lang="fa" ' in html
    assert b'<script type="application/json" id="words" lang="fa">' + words("fa") + b"</script>" in html
