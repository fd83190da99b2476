"""Nobody is kept out of the telephone: by keyboard, by ear, from right to left, in both themes, on a small screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.phone.desk import telephone
from tests.page.test_accessible import GROUND, faults
from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.page.phone.desk import Office, Telephone

pytestmark = [*IN_BROWSER, pytest.mark.asterisk]

TONE = """async ([name, seconds]) => {
  const { plan, TONES } = await import("/page/phone/sounds.js");
  const context = new OfflineAudioContext(1, 8000 * seconds, 8000);
  plan(context, TONES[name], 0);
  const samples = (await context.startRendering()).getChannelData(0);
  const tenths = [];
  for (let at = 0; at + 800 <= samples.length; at += 800) {
    tenths.push(Math.hypot(...samples.subarray(at, at + 800)) > 0.5 ? 1 : 0);
  }
  return tenths;
}"""


@pytest.mark.parametrize("language", ["en", "fa"])
async def test_axe_finds_nothing_while_it_rings_in_a_talk_and_on_hold(
    office: Office, talking_browser: Browser, axe_core: str, language: str
) -> None:
    await office.quiet()
    async with telephone(talking_browser, locale=language, color_scheme="light") as phone:
        await phone.open(office)
        page = phone.page
        assert await page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
        await page.evaluate(axe_core)
        await office.originate("1990100000")
        for state, verb in (("ringing", "answer"), ("up", "hold"), ("held", "hangup"), ("ended", "")):
            await phone.has(state)
            light = await page.evaluate(GROUND)
            assert await faults(page) == [], state
            await page.emulate_media(color_scheme="dark")
            assert await page.evaluate(GROUND) != light
            assert await faults(page) == [], state
            await page.emulate_media(color_scheme="light")
            if verb:
                await phone.does(verb)
        words = (await page.locator("body").inner_text()).split()
        assert [word for word in words if word.startswith(("phone.", "head.", "page."))] == []


@pytest.mark.parametrize("language", ["cs", "es"])
async def test_no_text_is_missing_in_any_other_language(
    office: Office, talking_browser: Browser, language: str
) -> None:
    async with telephone(talking_browser, locale=language) as phone:
        await phone.open(office)
        words = (await phone.page.locator("body").inner_text()).split()
        assert [word for word in words if word.startswith(("phone.", "head.", "page."))] == []


async def test_it_fits_the_screen_of_a_telephone(office: Office, talking_browser: Browser, axe_core: str) -> None:
    await office.quiet()
    async with telephone(talking_browser, viewport={"width": 320, "height": 640}, has_touch=True) as phone:
        await phone.open(office)
        await office.originate("2990100000", dialerName="Jan" * 30)
        await phone.has("ringing")
        assert await phone.page.evaluate("document.documentElement.scrollWidth") <= 320
        await phone.page.evaluate(axe_core)
        assert await faults(phone.page) == []
        await phone.does("reject")


async def test_the_keyboard_alone_is_enough(office: Office, phone: Telephone) -> None:
    keys = phone.page.keyboard
    await office.originate("3990100000")
    await phone.has("ringing")
    await keys.press("Enter")  # whoever is at nothing else has the button Answer under the finger
    await phone.has("up")
    assert await phone.page.evaluate("document.activeElement.dataset.verb") == "hangup"
    await keys.press("Tab")
    await keys.press("Space")
    await phone.has("held")
    assert await phone.page.evaluate("document.activeElement.closest('.call') !== null")
    await phone.page.get_by_label("Number", exact=True).focus()
    await keys.type("7990301000")
    await keys.press("Enter")
    await phone.has("alerting")


async def test_what_somebody_is_typing_is_not_disturbed_by_a_call(office: Office, phone: Telephone) -> None:
    await phone.page.get_by_label("Number", exact=True).focus()
    await phone.page.keyboard.type("12")
    await office.originate("4990100000")
    await phone.has("ringing")
    await phone.page.keyboard.type("34")
    assert await phone.page.get_by_label("Number", exact=True).input_value() == "1234"
    assert await phone.call("ringing").count() == 1
    await phone.does("reject")


@pytest.mark.parametrize(
    ("name", "seconds", "heard"),
    [
        ("alerting", 2, [1] * 10 + [0] * 10),
        ("ringing", 1.2, [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0]),
        ("ended", 1.2, [1, 1, 1, 0, 0, 0] + [0] * 6),
        ("waiting", 1, [1, 1] + [0] * 8),
    ],
)
async def test_the_tones_sound_and_pause_as_they_are_to(
    phone: Telephone, name: str, seconds: float, heard: list[int]
) -> None:
    assert await phone.page.evaluate(TONE, [name, seconds]) == heard


async def test_it_makes_a_sound_from_the_first_touch_of_the_page_on(office: Office, phone: Telephone) -> None:
    await phone.page.evaluate("""() => {
      window.begun = [];
      const start = OscillatorNode.prototype.start;
      OscillatorNode.prototype.start = function (at) {
        window.begun.push(this.frequency.value);
        return start.call(this, at);
      };
    }""")
    await office.originate("5990100000")
    await phone.has("ringing")
    assert await phone.page.evaluate("[document.documentElement.dataset.sound, window.begun.length]") == ["ringing", 0]
    await phone.page.locator("h1").click()
    await phone.page.wait_for_function("window.begun.length >= 4")
    assert set(await phone.page.evaluate("window.begun")) == {400, 450}
    await phone.does("reject")
    await phone.page.wait_for_function("document.documentElement.dataset.sound === ''")
