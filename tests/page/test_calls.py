"""Calls on the page: the list, and one call as a ladder, while it goes on and afterwards."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.page.clients import charged_call, originate
from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser, Download, Page

    from pbxsim.testing import Pbx, Receiver
    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER

PLAYS = (
    "(audio) => new Promise((done) => audio.addEventListener('timeupdate', () => audio.currentTime > 0.1 && done()))"
)


async def steps(page: Page) -> list[str]:
    """Give the steps of the call that is open, in words: who to whom, and what."""
    script = "(items) => items.map((item) => [...item.children].slice(1).map((part) => part.textContent).join(' | '))"
    told: list[str] = await page.locator(".steps li").evaluate_all(script)
    return told


async def saved(download: Download) -> str:
    return (await asyncio.to_thread((await download.path()).read_bytes)).decode()


async def test_a_call_is_seen_to_ring_talk_and_end_while_it_does(pbx: Pbx, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "calls")
    await page.get_by_text("No call yet.").wait_for()
    originate(pbx)
    row = page.locator("tbody tr").filter(has_text="777123456")
    await row.locator('.badge[data-state="ringing"]').wait_for()
    await row.click()
    await page.get_by_role("heading", name="Call 1").wait_for()
    ladder = page.locator("svg.ladder-rows")
    await ladder.get_by_text("rings", exact=True).wait_for()
    pbx.advance(7)
    await ladder.get_by_text("connected", exact=True).wait_for()
    await row.locator('.badge[data-state="up"]').wait_for()
    pbx.phones["sip100"].hold()
    pbx.advance(2)
    pbx.phones["sip100"].unhold()
    pbx.phones["sip100"].transfer("102")
    pbx.advance(60)
    await ladder.get_by_text(re.compile("^CDR 2: ANSWERED")).wait_for()
    await row.locator('.badge[data-state="ended"]').wait_for()
    await page.get_by_text("Step by step, in words").click()
    assert [step for step in await steps(page) if "simotel" not in step] == [
        "Client → PBX | GET /api/api.php",
        "PBX | 100 → 777123456",
        "PBX → 100 | dialled, sees 000 Dialer",
        "100 → PBX | rings",
        "PBX → Client | 200",
        "100 → PBX | answers after 3 s",
        "PBX → 777123456 | dialled, sees 222333444",
        "777123456 → PBX | rings",
        "777123456 → PBX | answers after 3 s",
        "100 ↔ 777123456 | connected",
        "100 → PBX | holds",
        "100 → PBX | takes up again",
        "100 → PBX | transfers to 102 (blind)",
        "100 → PBX | ends: 16 NORMAL_CLEARING",
        "PBX → 102 | dialled, sees 777123456",
        "102 → PBX | rings",
        "102 → PBX | answers after 3 s",
        "777123456 ↔ 102 | connected",
        "777123456 → PBX | ends: 16 NORMAL_CLEARING",
        "PBX → 102 | ends: 16 NORMAL_CLEARING",
        "PBX | ended ANSWERED: 16 NORMAL_CLEARING, talked 36 s",
        "PBX → Records | CDR 1: ANSWERED, 6 s",
        "PBX → Records | CDR 2: ANSWERED, 33 s",
    ]


async def test_the_ladder_tells_charges_and_each_try_of_a_webhook(pbx: Pbx, viewer: Viewer, receiver: Receiver) -> None:
    receiver.fail_next(1, status=503)
    charged_call(pbx)
    pbx.advance(120)
    page = await viewer.open(pbx, "calls/1")
    await page.get_by_text("Step by step, in words").click()
    told = await steps(page)
    assert "PBX → Records | shop: -0.30, credit 99.70" in told
    tries = [step.split(" | ")[1] for step in told if step.startswith("PBX → simotel")]
    assert tries[:2] == ["NewState, try 1: 503", "NewState, try 2: 200"]
    assert tries[-1] == "Cdr: 200"


async def test_a_hang_up_on_the_page_ends_the_call(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    pbx.advance(7)
    page = await viewer.open(pbx, "calls/1")
    await page.get_by_role("button", name="Hang up").click()
    await page.locator('.call .badge[data-state="ended"]').wait_for()
    assert pbx.calls[0].state == "ended"
    assert not await page.get_by_role("button", name="Hang up").is_visible()


async def test_why_a_call_came_to_nothing_stands_beside_it(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx, "990203020")
    pbx.advance(60)
    page = await viewer.open(pbx, "calls/1")
    answer = await page.locator(".why .answer").text_content()
    assert answer == pbx.ask("GET", "/explain/1")["answer"]
    causes = await page.locator(".why .causes li").all_text_contents()
    assert len(causes) == len(pbx.ask("GET", "/explain/1")["causes"])
    await page.get_by_text("BUSY (17 User busy)").first.wait_for()


NUMBERS = """(wanted) =>
  [...document.querySelectorAll("tbody tr td:first-child")].map((each) => each.textContent).join() === wanted"""
"""Whether a list shows these, and no others: a long one is made over several frames."""


async def test_calls_are_found_by_number_line_name_and_state(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx, "777000111")
    pbx.advance(90)
    pbx.incoming("608000222", "222333444", name="Václav")
    page = await viewer.open(pbx, "calls")

    async def shows(numbers: list[str]) -> None:
        await page.wait_for_function(NUMBERS, arg=",".join(numbers))

    await shows(["2", "1"])
    find = page.get_by_label("Find a number, name, line, reference")
    for wanted, numbers in {
        "608000": ["2"],
        "václav": ["2"],
        "sip100": ["2", "1"],
        "7770": ["1"],
        "nobody": [],
    }.items():
        await find.fill(wanted)
        await shows(numbers)
    await find.fill("")
    for which, numbers in {"live": ["2"], "ended": ["1"], "": ["2", "1"]}.items():
        await page.get_by_label("Show").select_option(which)
        await shows(numbers)


async def test_the_heads_of_a_ladder_stay_in_view(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    pbx.advance(7)
    phone = pbx.phones["sip100"]
    for _ in range(30):
        phone.hold()
        phone.unhold()
    page = await viewer.open(pbx, "calls/1")
    ladder = page.locator(".ladder")
    await ladder.get_by_text("takes up again").nth(29).wait_for()
    await ladder.evaluate("(each) => each.scrollTo(0, each.scrollHeight)")
    assert await ladder.evaluate("(each) => each.scrollTop") > 400
    box, heads = await ladder.bounding_box(), await ladder.locator(".ladder-heads").bounding_box()
    assert box is not None
    assert heads is not None
    assert abs(heads["y"] - box["y"]) < 3


async def test_a_ladder_is_saved_as_a_picture_that_needs_nothing_else(pbx: Pbx, viewer: Viewer) -> None:
    pbx.incoming("608000222", "222333444", name="<b>&'\"")
    pbx.advance(60)
    page = await viewer.open(pbx, "calls/1")
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Save as SVG").click()
    download = await started.value
    assert download.suggested_filename == "call-1.svg"
    picture = ET.fromstring(await saved(download))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [each.text for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"PBX", "608000222", "rings", "connected", "dialled, sees 608000222 <b>&'\""} <= set(texts)
    assert not [each for each in picture.iter() if {"class", "style", "href"} & set(each.attrib)]
    lines = list(picture.iter("{http://www.w3.org/2000/svg}line"))
    assert lines
    assert all(each.get("stroke", "none").startswith("rgb") for each in lines)


async def test_a_call_is_saved_as_text(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx, "990203020")
    pbx.advance(60)
    page = await viewer.open(pbx, "calls/1")
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Save as text").click()
    told = (await saved(await started.value)).splitlines()
    assert told[0] == "Call 1: 100 → 990203020, ended BUSY (17 User busy)"
    assert told[1] == pbx.ask("GET", "/explain/1")["answer"]
    assert any(re.fullmatch(r"00:00:00 +100 → PBX +rings", line) for line in told)


async def test_a_copied_link_leads_to_that_call(pbx: Pbx, viewer: Viewer, browser: Browser) -> None:
    originate(pbx)
    page = await viewer.open(pbx, "calls/1")
    await page.get_by_role("button", name="Copy link").click()
    await page.get_by_text("The link was copied.").wait_for()
    link = await viewer.copied()
    async with viewing(browser) as other:
        await other.page.goto(link)
        await other.page.get_by_role("heading", name="Call 1").wait_for()


async def test_a_recording_is_played(pbx: Pbx, viewer: Viewer) -> None:
    originate(pbx)
    pbx.advance(60)
    page = await viewer.open(pbx, "calls/1")
    await page.get_by_role("button", name="Play").click()
    audio = page.locator("audio")
    await audio.wait_for()
    await audio.evaluate(PLAYS)
    talked = pbx.ask("GET", "/calls/1")["seconds"]["from_connected"]
    assert abs(await audio.evaluate("(each) => each.duration") - talked) < 1


async def test_a_call_that_is_not_there_is_told(pbx: Pbx, browser: Browser) -> None:
    async with viewing(browser, expects=("404",)) as viewer:
        page = await viewer.open(pbx, "calls/77")
        await page.get_by_text("there is no call 77").wait_for()
        originate(pbx)
        await page.get_by_role("link", name="Open call 1").click()
        await page.get_by_role("heading", name="Call 1").wait_for()


async def test_a_reset_takes_the_call_away(pbx: Pbx, browser: Browser) -> None:
    async with viewing(browser, expects=("404",)) as viewer:
        originate(pbx)
        page = await viewer.open(pbx, "calls/1")
        await page.get_by_role("heading", name="Call 1").wait_for()
        pbx.reset()
        await page.get_by_text("there is no call 1").wait_for()
        await page.get_by_text("No call yet.").wait_for()
