"""The telephone in the browser from start to end: lines that are none, a server that goes, another tab, a token."""

from __future__ import annotations

import re
import signal
from typing import TYPE_CHECKING

import pytest

from tests.engines.asterisk.exchange import asterisk_here
from tests.page.phone.desk import office_at, office_file, telephone
from tests.page.viewing import IN_BROWSER, viewing
from tests.ports import own_port

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.async_api import Browser, WebSocketRoute

    from pbxsim.testing import PbxServer
    from tests.page.phone.desk import Office, Telephone

pytestmark = [*IN_BROWSER, pytest.mark.asterisk]

GONE = ("WebSocket connection to", "Failed to load resource", "JsSIP")


async def test_without_a_line_in_its_address_it_is_the_first_that_a_browser_can_be(
    office: Office, talking_browser: Browser
) -> None:
    async with telephone(talking_browser) as phone:
        await phone.page.goto(f"{office.url}/phone")
        await phone.stands("registered")
        assert await phone.page.get_by_label("Line").input_value() == "sip100"
        await phone.page.get_by_label("Line").select_option("sip101")
        await office.phone("sip101")
        await office.phone("sip100", registered=False)
        assert phone.page.url.endswith("/phone?line=sip101")


async def test_a_line_that_there_is_not_and_one_that_is_acted_are_told_and_another_can_be_chosen(
    office: Office, talking_browser: Browser
) -> None:
    async with telephone(talking_browser, expects=("404",)) as phone:
        await phone.page.goto(f"{office.url}/phone?line=nobody")
        await phone.page.get_by_role("alert").get_by_text("nobody").wait_for()
        await phone.page.get_by_label("Line").select_option("sip102")
        await phone.page.get_by_text("No telephone registers as this line: it is simulated.").wait_for()
        await phone.page.get_by_label("Line").select_option("sip104")
        await phone.stands("registered")


async def test_what_a_caller_is_called_is_never_markup(office: Office, phone: Telephone) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    await office.originate("1990101000", dialerName=hostile, dialerCid="777123456")
    rings = await phone.has("ringing")
    shown = await rings.locator(".who").inner_text()
    assert "script" in shown
    assert shown.endswith("777123456")
    assert await phone.page.locator("main script, main img").count() == 0
    await phone.does("reject")
    await phone.has("ended")  # a dialog would be a complaint


async def test_another_tab_takes_the_telephone_and_gives_it_back(office: Office, phone: Telephone) -> None:
    other = await phone.page.context.new_page()
    await other.goto(f"{office.url}/phone?line=sip100")
    await phone.stands("elsewhere")
    await other.locator('html[data-line="registered"]').wait_for()
    await office.phone("sip100")
    await phone.page.get_by_role("button", name="Use it here").click()
    await phone.stands("registered")
    await other.get_by_text("Another tab is this telephone now.").wait_for()


async def test_a_tab_that_is_closed_in_a_call_ends_it(office: Office, talking_browser: Browser) -> None:
    await office.quiet()
    async with telephone(talking_browser) as phone:
        await phone.open(office)
        await phone.dials("2990100000")
        await phone.has("up")
    await office.call("2990100000", "ended")


async def test_a_server_that_is_killed_and_started_again_finds_the_telephone_again(
    jssip: bytes, talking_browser: Browser, tmp_path: Path
) -> None:
    assert jssip
    asterisk_here()
    file, port = office_file(tmp_path), str(own_port())
    async with telephone(talking_browser, expects=GONE) as phone:
        async with office_at(file, "--port", port) as office:
            await phone.open(office)
            await phone.dials("1990100000")
            await phone.has("up")
            office.server.send_signal(signal.SIGKILL)
            office.server.wait(10)
            await phone.stands("lost")
        async with office_at(file, "--port", port) as office:
            await phone.stands("registered")
            await office.phone("sip100")
            await office.originate("2990101000")
            await phone.has("ringing")
            await phone.does("answer", "ringing")
            await office.call("2990101000")
            await office.quiet()


async def test_a_telephone_whose_registration_asterisk_ignores_as_it_starts_tries_again(
    office: Office, talking_browser: Browser
) -> None:
    ignored: list[str | bytes] = []

    def between(page: WebSocketRoute) -> None:
        asterisk = page.connect_to_server()

        def sent(message: str | bytes) -> None:
            if ignored:
                asterisk.send(message)
            else:
                ignored.append(message)

        page.on_message(sent)

    await office.quiet()
    async with telephone(talking_browser) as phone:
        await phone.page.route_web_socket(re.compile("^ws"), between)
        await phone.open(office)
    assert [str(message).partition(" ")[0] for message in ignored] == ["REGISTER"]


async def test_with_a_control_token_it_is_asked_for_first(
    jssip: bytes, talking_browser: Browser, tmp_path: Path
) -> None:
    assert jssip
    asterisk_here()
    file = office_file(tmp_path)
    async with (
        office_at(file, "--control-token", "s3cret") as office,
        telephone(talking_browser, expects=("401",)) as phone,
    ):
        await phone.page.goto(f"{office.url}/phone?line=sip100")
        for given in ("wrong", "s3cret"):
            await phone.page.get_by_role("textbox", name="Control token").fill(given)
            await phone.page.get_by_role("button", name="Use it").click()
        await phone.stands("registered")


async def test_where_all_telephones_are_simulated_it_says_which_engine_it_needs(
    pbx: PbxServer, browser: Browser
) -> None:
    for language, told in (("en", "--engine asterisk"), ("cs", "simulované")):
        async with viewing(browser, locale=language) as viewer:
            await viewer.page.goto(f"{pbx.url}/phone")
            await viewer.page.get_by_text(re.compile(re.escape(told))).wait_for()


async def test_the_live_page_leads_to_a_lines_telephone(office: Office, talking_browser: Browser) -> None:
    async with telephone(talking_browser) as phone:
        await phone.page.goto(f"{office.url}/#/telephones/sip104")
        await phone.page.locator("details.registration summary").click()
        await phone.page.get_by_role("link", name="Telephone in the browser").click()
        await phone.stands("registered")
        assert await phone.page.get_by_label("Line").input_value() == "sip104"
