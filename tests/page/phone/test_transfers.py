"""The telephone in the browser hands calls on: without asking, after asking; to nobody, and all stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.page.viewing import IN_BROWSER

if TYPE_CHECKING:
    from tests.page.phone.desk import Office, Telephone

pytestmark = [*IN_BROWSER, pytest.mark.asterisk]


async def test_a_call_is_sent_on_without_asking(office: Office, phone: Telephone) -> None:
    await phone.dials("1990100000")
    await phone.has("up")
    await phone.types("103")
    await phone.does("transfer")
    ended = await phone.has("ended")
    assert "The call is over." in await ended.inner_text()
    call = await office.call("1990100000")
    assert [leg["line"] for leg in call["legs"] if not leg["ended"]] == [None, "sip103"]
    await office.phone("sip103", state="INUSE")
    await office.phone("sip100", state="NOT_INUSE")


async def test_a_call_is_sent_on_after_asking(office: Office, phone: Telephone) -> None:
    await phone.dials("2990100000")
    await phone.has("up")
    await phone.dials("102")
    await phone.has("held")
    await phone.has("up")
    await phone.does("complete")
    await phone.call("held").wait_for(state="detached")
    await phone.call("up").wait_for(state="detached")
    await office.phone("sip100", state="NOT_INUSE")
    call = await office.call("2990100000")
    assert [leg["line"] for leg in call["legs"] if not leg["ended"]] == [None, "sip102"]


async def test_where_nobody_is_nobody_is_sent_and_they_talk_on(office: Office, phone: Telephone) -> None:
    await phone.dials("3990100000")
    await phone.has("up")
    await phone.types("7")
    await phone.does("transfer")
    await phone.page.get_by_text("The call could not be transferred").wait_for()
    assert await phone.call("up").count() == 1
    call = await office.call("3990100000")
    assert [leg["line"] for leg in call["legs"] if not leg["ended"]] == ["sip100", None]
    await phone.does("hangup")
    await phone.has("ended")
