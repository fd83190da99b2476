"""Ping: any empty body by PUT or POST is answered, and the event follows where it is chosen."""

from __future__ import annotations

import pytest

from pbxsim.pbx.events import NoticePosted
from pbxsim.vendors.simotel.event_settings import EventName, EventSettings
from pbxsim.vendors.simotel.settings import Settings
from tests.vendors.simotel.client import ACCOUNT
from tests.vendors.simotel.companion import Companion

PATH = "/api/v4/setting/ping/act"
PONG = (
    b'{\n    "success": 1,\n    "message": "If the \'Ping\' event is enabled in the settings menu, '
    b'you\'ll receive it when it\'s sent",\n    "data": null\n}'
)


def chosen(*events: EventName) -> Settings:
    """Make settings under which these events are sent."""
    return Settings(accounts=(ACCOUNT,), events=EventSettings(address="http://127.0.0.1:9/told", chosen=events))


@pytest.mark.cites("S200", "R200")
@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b" {} "])
def test_it_answers_to_put_and_post_with_any_empty_body(body: bytes, method: str) -> None:
    reply = Companion().send(body, path=PATH, method=method)
    assert (reply.status, reply.body, reply.code) == (200, PONG, "")
    assert reply.hints == ("the PBX file does not choose the event Ping: none is sent",)


@pytest.mark.cites("S200")
def test_the_event_is_posted_where_it_is_chosen() -> None:
    client = Companion(chosen(EventName.PING))
    reply = client.send(b"{}", path=PATH)
    assert (reply.body, reply.hints) == (PONG, ())
    assert [event.notice.event for event in client.office.heard if isinstance(event, NoticePosted)] == ["Ping"]


@pytest.mark.cites("S200")
def test_no_event_is_posted_where_another_is_chosen() -> None:
    client = Companion(chosen(EventName.CDR))
    assert client.send(b"{}", path=PATH).body == PONG
    assert not any(isinstance(event, NoticePosted) for event in client.office.heard)


def test_what_it_has_no_use_for_is_told_to_the_journal() -> None:
    reply = Companion(chosen(EventName.PING)).send(b'{"event":"Ping"}', path=PATH)
    assert (reply.body, reply.hints) == (PONG, ("parameter 'event' is not documented; there is none",))
