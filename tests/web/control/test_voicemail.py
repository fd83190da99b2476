"""Voice mail over HTTP: from the call to the message, heard, downloaded, thrown away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.hosting.storage import Wanted, opened
from tests.sinks.listening import Heard, of
from tests.web.control.reception import serving
from tests.web.control.test_contract import check

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.web.town import Town

INBOX = "recordings/office/var/spool/asterisk/voicemail/default/100/INBOX"


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Town]:
    """Serve an office with two mailboxes."""
    async with serving(tmp_path) as served:
        yield served


async def _leave(office: Town, name: str = "Eva") -> None:
    """Have somebody outside call, not be answered for 10 s, and talk to the mailbox for 13 s, 3 of them a greeting."""
    placed = await office.post("/_pbxsim/calls", {"from": "605000001", "to": "222000000", "name": name})
    assert placed.status == 201, placed.body
    await office.advance(30)


async def test_a_message_is_a_file_with_the_callers_voice(office: Town, tmp_path: Path) -> None:
    await _leave(office)
    (message,) = (await office.get("/_pbxsim/voicemail")).json
    assert message == {
        "id": 1,
        "mailbox": "100",
        "caller": "605000001",
        "caller_name": "Eva",
        "call": 1,
        "received": "2026-06-01T14:59:23.000000Z",
        "seconds": 10,
        "heard": False,
        "folder": "INBOX",
        "file": "msg0000.wav",
        "url": "/_pbxsim/voicemail/1/recording",
    }
    got = await office.get(message["url"])
    assert (got.status, got.headers["Content-Type"], len(got.body)) == (200, "audio/wav", 44 + 10 * 16_000)
    heard = Heard(got.body)
    assert (heard.channels, heard.frames) == (1, 80_000)
    assert heard.voices(1, 2)[:1] == of("605000001", "")[:1]
    assert (tmp_path / INBOX / "msg0000.wav").read_bytes() == got.body
    part = await office.ask("GET", message["url"], Range="bytes=0-3")
    assert (part.status, part.body) == (206, b"RIFF")


async def test_mailboxes_tell_how_many_messages_wait(office: Town) -> None:
    await _leave(office)
    assert (await office.get("/_pbxsim/mailboxes")).json == [
        {"number": "100", "context": "default", "owner": "Jana", "new": 1, "old": 0, "full": False},
        {"number": "200", "context": "default", "owner": "Everybody", "new": 0, "old": 0, "full": False},
    ]
    marked = await office.ask("PUT", "/_pbxsim/voicemail/1", {"heard": True})
    assert (marked.status, marked.json["folder"], marked.json["heard"]) == (200, "Old", True)
    assert [(box["new"], box["old"]) for box in (await office.get("/_pbxsim/mailboxes")).json] == [(0, 1), (0, 0)]


async def test_a_heard_message_lies_in_its_other_folder_and_a_deleted_one_nowhere(office: Town, tmp_path: Path) -> None:
    await _leave(office)
    await office.ask("PUT", "/_pbxsim/voicemail/1", {"heard": True})
    got = await office.get("/_pbxsim/voicemail/1/recording")
    old = tmp_path / INBOX.replace("INBOX", "Old") / "msg0000.wav"
    assert (got.status, old.read_bytes() == got.body, (tmp_path / INBOX / "msg0000.wav").exists()) == (200, True, False)
    deleted = await office.ask("DELETE", "/_pbxsim/voicemail/1")
    assert (deleted.status, deleted.json["id"]) == (200, 1)
    await office.advance(0)
    assert not old.exists()
    assert (await office.get("/_pbxsim/voicemail")).json == []
    assert (await office.get("/_pbxsim/voicemail/1/recording")).status == 404


async def test_messages_are_listed_by_mailbox_heard_or_not_and_page_by_page(office: Town) -> None:
    await _leave(office)
    await office.advance(60)  # it is closed now: straight to the common mailbox
    await _leave(office)
    await office.ask("PUT", "/_pbxsim/voicemail/2", {"heard": True})
    for query, ids in (
        ("mailbox=200", [2]),
        ("heard=false", [1]),
        ("heard=true", [2]),
        ("after=1", [2]),
        ("limit=1", [1]),
    ):
        assert [one["id"] for one in (await office.get(f"/_pbxsim/voicemail?{query}")).json] == ids, query
    assert "after=1" in (await office.get("/_pbxsim/voicemail?limit=1")).headers["Link"]
    assert (await office.get("/_pbxsim/voicemail?mailbox=300")).status == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/_pbxsim/voicemail/9/recording", None, 404),
        ("PUT", "/_pbxsim/voicemail/9", {"heard": True}, 404),
        ("PUT", "/_pbxsim/voicemail/x", {"heard": True}, 404),
        ("PUT", "/_pbxsim/voicemail/1", {}, 400),
        ("PUT", "/_pbxsim/voicemail/1", {"heard": "yes"}, 400),
        ("DELETE", "/_pbxsim/voicemail/9", None, 404),
    ],
)
async def test_what_is_not_there_or_not_said_is_refused(
    office: Town, method: str, path: str, body: object, status: int
) -> None:
    assert (await office.ask(method, path, body)).status == status


async def test_the_journal_and_the_timeline_tell_it(office: Town) -> None:
    await _leave(office)
    kinds = [entry["kind"] for entry in (await office.get("/_pbxsim/journal?limit=10000")).json]
    assert [kind for kind in kinds if kind.startswith(("message", "hours"))] == [
        "hours-decided",
        "message-left",
        "message-waiting",
    ]
    call = (await office.get("/_pbxsim/calls/1")).json
    told = [(moment["event"], moment["detail"]) for moment in call["timeline"] if "detail" in moment]
    assert told == [("hours-decided", "office: open"), ("message-left", "10 s in 100@default")]


async def test_a_reset_forgets_messages_and_the_next_ones_are_the_same(office: Town, tmp_path: Path) -> None:
    await _leave(office)
    await office.ask("PUT", "/_pbxsim/voicemail/1", {"heard": True})
    await office.advance(0)
    assert (await office.post("/_pbxsim/reset")).status == 200
    assert (await office.get("/_pbxsim/voicemail")).json == []
    await _leave(office)
    marked = await office.ask("PUT", "/_pbxsim/voicemail/1", {"heard": True})
    assert marked.json["file"] == "msg0000.wav"
    assert (await office.get("/_pbxsim/voicemail/1/recording")).status == 200


@pytest.mark.slow
async def test_messages_last_in_the_store_with_their_files(tmp_path: Path) -> None:
    wanted = Wanted(place=str(tmp_path / "office.db"))
    async with opened(wanted, {"office": 10}) as storage, serving(tmp_path, storage) as office:
        await _leave(office)
    async with opened(wanted, {"office": 10}) as storage, serving(tmp_path, storage) as office:
        (message,) = (await office.get("/_pbxsim/voicemail")).json
        got = await office.get(message["url"])
        assert (message["id"], got.status, len(got.body)) == (1, 200, 44 + 10 * 16_000)


async def test_what_is_answered_fits_the_contract(office: Town) -> None:
    await _leave(office)
    for method, path, template, body in (
        ("GET", "/_pbxsim/mailboxes", "/_pbxsim/mailboxes", None),
        ("GET", "/_pbxsim/voicemail", "/_pbxsim/voicemail", None),
        ("GET", "/_pbxsim/hours", "/_pbxsim/hours", None),
        ("PUT", "/_pbxsim/hours/office", "/_pbxsim/hours/{name}", {"period": "holiday"}),
        ("GET", "/_pbxsim/calls/1", "/_pbxsim/calls/{call}", None),
        ("PUT", "/_pbxsim/voicemail/1", "/_pbxsim/voicemail/{message}", {"heard": True}),
        ("DELETE", "/_pbxsim/voicemail/1", "/_pbxsim/voicemail/{message}", None),
    ):
        answered = await office.ask(method, path, body)
        assert answered.status == 200, (path, answered.body)
        check(answered, method, template)
