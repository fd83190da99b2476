"""The README's pictures: few, small, of the page as it is; and the scenes that they are taken of still happen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.page.pictures import FOLDER, MOST_BYTES, SCENES, take

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.page.pictures import Scene

README: Final = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
PICTURES: Final = sorted(FOLDER.iterdir())


def test_there_are_three_at_most_and_they_are_small() -> None:
    assert [picture.name for picture in PICTURES] == sorted(f"{scene.name}.webp" for scene in SCENES)
    assert len(PICTURES) <= 3
    assert sum(picture.stat().st_size for picture in PICTURES) < MOST_BYTES
    for picture in PICTURES:
        assert re.fullmatch(rb"RIFF.{4}WEBP", picture.read_bytes()[:12], re.DOTALL)


def test_the_readme_shows_each_and_says_what_is_to_be_seen() -> None:
    for scene in SCENES:
        assert re.search(rf'<img src="docs/pictures/{scene.name}\.webp" [^>]*alt="[^"]+"', README)


@pytest.mark.slow
@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
async def test_a_picture_can_be_taken_anew(scene: Scene, browser: Browser) -> None:
    assert (await take(scene, browser))[8:12] == b"WEBP"
