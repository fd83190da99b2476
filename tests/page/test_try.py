"""Try it: every action's form as it stands is sent as a client would send it, and nobody sees a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.testing import PbxServer
from tests.page.clients import PASSWORD
from tests.page.viewing import IN_BROWSER, viewing

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.page.viewing import Viewer

pytestmark = IN_BROWSER

TOKEN = "t0ken-of-the-tester"


async def send(page: Page) -> str:
    """Send what the form says, and give the raw reply."""
    await page.get_by_role("button", name="Send", exact=True).click()
    return str(await page.locator("pre.reply").inner_text())


async def test_a_call_is_placed_by_the_form_as_it_stands(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "try/voipsun/originate")
    request = page.locator(".wire > pre")
    await request.get_by_text("password=***").wait_for()
    reply = await send(page)
    assert reply.startswith("200 OK\n")
    assert reply.endswith('{"success":"true"}')
    await page.get_by_text("7b 22 73 75").wait_for(state="attached")
    await page.get_by_role("link", name="Call 1").click()
    await page.get_by_role("heading", name="Call 1").wait_for()
    assert PASSWORD not in await page.content()
    (noted,) = pbx.requests
    assert noted.params["password"] == "***"
    assert not noted.code


async def test_what_is_changed_in_the_form_is_what_is_sent(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "try/voipsun/originate")
    await page.get_by_label("dstNum").fill("990203020&x=1")
    await page.get_by_text("Further parameters").click()
    await page.get_by_label("customCDR1").fill("objednávka 4711")
    await page.get_by_label("Method").select_option("POST")
    assert "true" in await send(page)
    (noted,) = pbx.requests
    assert (noted.method, noted.params["dstNum"]) == ("POST", "990203020&x=1")
    assert noted.params["customCDR1"] == "objednávka 4711"


async def test_a_refusal_is_shown_with_what_was_probably_meant(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "try/voipsun/originate")
    await page.get_by_label("srcExtenId").fill("")
    await page.get_by_label("srcSipUsername").fill("sip10")
    assert '"errno"' in await send(page)
    await page.locator(".links .hint").get_by_text("sip100").wait_for()


async def test_json_goes_as_json_and_what_is_none_is_said(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "try/simotel/pbx/queues/search")
    assert '"success": 1' in await send(page)
    await page.get_by_label("conditions").fill("{not json")
    await page.get_by_role("button", name="Send", exact=True).click()
    await page.locator("#said .problem").get_by_text("conditions").wait_for()
    assert len(pbx.requests) == 1


async def test_each_vendor_is_tried_from_the_list(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "try")
    for name, expected in (
        ("vum/given_first", "CALL"),
        ("duocom/oficinaweb_webcallservice", "1\n"),
        ("simotel/call/originate/act", '"success": 1'),
    ):
        await page.get_by_label("Action").first.select_option(name)
        await page.locator("form h3").get_by_text(name.partition("/")[2]).wait_for()
        reply = await send(page)
        assert reply.startswith("200 OK\n"), reply
        assert expected.lower() in reply.lower() or name.startswith("vum"), reply
        await page.locator(".came").evaluate("(came) => came.replaceChildren()")
    assert [bool(request.call) for request in pbx.requests] == [True, True, True]


@pytest.mark.parametrize("name", ["voipsun/listcalls", "simotel/setting/ping/act"])
async def test_with_a_token_the_form_works_too(browser: Browser, name: str) -> None:
    with PbxServer(token=TOKEN) as server:
        async with viewing(browser, expects=("401",)) as viewer:
            page = viewer.page
            await page.goto(f"{server.url}/#/try/{name}")
            await page.get_by_role("textbox", name="Control token").fill(TOKEN)
            await page.get_by_role("button", name="Use it").click()
            await viewer.is_live()
            assert (await send(page)).startswith("200 OK\n")


async def test_an_action_that_is_chosen_next_knows_of_the_call_that_the_one_before_has_placed(
    pbx: PbxServer, viewer: Viewer
) -> None:
    page = await viewer.open(pbx, "try/voipsun/originate")
    await send(page)
    await page.get_by_label("Action").first.select_option("voipsun/hangupcall")
    await page.locator(".wire > pre").get_by_text("channelName=SIP").wait_for()
    await page.locator(".came").evaluate("(came) => came.replaceChildren()")
    assert '"success":"true"' in await send(page)
    assert [call.state for call in pbx.calls] == ["ended"]


async def test_a_field_for_which_there_is_nothing_yet_says_so(pbx: PbxServer, viewer: Viewer) -> None:
    page = await viewer.open(pbx, "try/duocom/api_control_llamadas")
    await page.get_by_label("ref").and_(page.locator("[aria-describedby=note-ref]")).wait_for()
    note = page.get_by_text("What belongs here is not on the PBX yet")
    assert await note.count() == 1
    await page.get_by_label("Action").first.select_option("duocom/oficinaweb_webcallservice")
    await page.locator("form h3").get_by_text("oficinaweb_webcallservice").wait_for()
    await send(page)
    await page.get_by_label("Action").first.select_option("duocom/api_control_llamadas")
    await page.locator("form h3").get_by_text("api_control_llamadas").wait_for()
    await page.locator("datalist#choices-ref option").wait_for(state="attached")
    await note.wait_for(state="detached")
