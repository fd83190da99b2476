"""Recordings over HTTP, from the call to the file: listed, downloaded whole and in parts, never another file."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.web.control.contract import contract
from tests.sinks.hostile_paths import BAD_NAMES, LEADING_OUT, ODD_BUT_HARMLESS
from tests.sinks.listening import Heard, of
from tests.web.town import Town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.web.town import Answered

PBX = """\
name: studio
extensions:
  - {internal: "100", user: sip100, records: true}
  - {internal: "102", user: sip102}
phones: {default: {ring: 3, talk: never}}
cdrs:
  - {id: 7, start: "2026-01-01", src: "1", dst: "2", recording: {folder: /rec, file: old.wav, seconds: 2}}
  - {id: 8, start: "2026-01-01", src: "1", dst: "2", recording: {folder: /rec, file: gone.wav, seconds: 0}}
  - {id: 9, start: "2026-01-01", src: "1", dst: "2"}
vendors:
  voipsun: {users: [{username: eva, password: pw}]}
"""
API = "/api/api.php?username=eva&password=pw&action="
HOME = "var/spool/asterisk/monitor"


class Studio(Town):
    """A server whose extension 100 records; its recordings lie under `root`."""

    root: Path

    async def talk(self, seconds: int, **wish: str) -> dict[str, Any]:
        """Connect 100 and a number outside for so long; give the record."""
        wishes = "".join(f"&{name}={quote(value, safe='')}" for name, value in wish.items())
        number = f"990100{seconds:03}"
        placed = await self.get(f"{API}originate&srcExtenInternalNum=100&dstNum={number}{wishes}")
        assert placed.body == b'{"success":"true"}'
        await self.advance(seconds + 10)
        *_, cdr = (await self.get("/_pbxsim/cdrs")).json
        assert cdr["billsec"] == seconds
        found: dict[str, Any] = cdr
        return found


@asynccontextmanager
async def _serving(tmp_path: Path, recordings: Path | None) -> AsyncIterator[Studio]:
    (tmp_path / "studio.yaml").write_text(PBX, encoding="utf-8")
    settings = ServeSettings(pbxs=(str(tmp_path / "studio.yaml"),), port=0, rate=0, recordings=recordings)
    made = Installation(settings, tmp_path / "workplace")
    await made.server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session:
            studio = Studio(made.server, session)
            studio.root = (recordings or tmp_path / "workplace") / "studio"
            yield studio
    finally:
        await made.server.stop()


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Studio]:
    """Serve that PBX with a held clock and a folder of recordings of its own."""
    async with _serving(tmp_path, tmp_path / "recordings") as served:
        yield served


# -- from the call to the file ------------------------------------------------------------------------------------


async def test_a_recorded_call_can_be_listened_to(studio: Studio) -> None:
    cdr = await studio.talk(7)
    assert cdr["recording"] == f"/{HOME}/{cdr['uniqueid']}.wav"
    got = await studio.get(f"/_pbxsim/cdrs/{cdr['id']}/recording")
    assert (got.status, got.headers["Content-Type"], got.headers["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert got.headers["Content-Length"] == str(len(got.body)) == str(44 + 7 * 32_000)
    assert got.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{cdr['uniqueid']}.wav"
    heard = Heard(got.body)
    assert (heard.frames, heard.channels, heard.voices(1, 2)) == (7 * 8_000, 2, of("100", "990100007"))


@pytest.mark.slow
async def test_a_party_that_a_person_puts_on_hold_is_silent_from_then_on(studio: Studio) -> None:
    await studio.get(f"{API}originate&srcExtenInternalNum=100&dstNum=102")
    await studio.advance(6 + 2)
    for verb in ("hold", "unhold"):
        assert (await studio.post(f"/_pbxsim/phones/sip100/{verb}")).status == 200
        await studio.advance(2)
    assert (await studio.post("/_pbxsim/phones/sip102/hangup")).status == 200
    got = await studio.get("/_pbxsim/cdrs/10/recording")
    heard = Heard(got.body)
    assert heard.seconds == 6
    assert [heard.voices(begin, begin + 2) for begin in (0, 2, 4)] == [
        of("100", "102"),
        of("", "102"),
        of("100", "102"),
    ]


async def test_an_mp3_says_so(studio: Studio) -> None:
    cdr = await studio.talk(5, monitorFilename="hovor č. 1.mp3")
    got = await studio.get(f"/_pbxsim/cdrs/{cdr['id']}/recording")
    assert got.headers["Content-Type"] == "audio/mpeg"
    assert got.headers["Content-Disposition"] == "attachment; filename*=UTF-8''hovor%20%C4%8D.%201.mp3"
    assert Heard(got.body).frames == 5 * 8_000


async def test_all_that_records_name_is_listed_page_by_page(studio: Studio) -> None:
    cdr = await studio.talk(2, monitorPath="/mnt/nas", monitorFilename="a.wav")
    rows = (await studio.get("/_pbxsim/recordings")).json
    assert [(row["id"], row["folder"], row["file"]) for row in rows] == [
        (7, "/rec", "old.wav"),
        (8, "/rec", "gone.wav"),
        (cdr["id"], "/mnt/nas", "a.wav"),
    ]
    assert rows[-1] == {
        "id": cdr["id"],
        "call": cdr["call"],
        "folder": "/mnt/nas",
        "file": "a.wav",
        "billsec": 2,
        "url": f"/_pbxsim/cdrs/{cdr['id']}/recording",
    }
    first = await studio.get("/_pbxsim/recordings?limit=2")
    assert [row["id"] for row in first.json] == [7, 8]
    following = await studio.get("/_pbxsim/recordings?limit=2&after=8")
    assert following.json == rows[2:]
    assert first.headers["Link"] == '</_pbxsim/recordings?limit=2&after=8>; rel="next"'


async def test_a_recording_that_was_moved_is_found_where_it_is_now(studio: Studio) -> None:
    cdr = await studio.talk(2)
    before = await studio.get(f"/_pbxsim/cdrs/{cdr['id']}/recording")
    moved = await studio.get(f"{API}moverecord&cdrId={cdr['id']}&path=/mnt/nas&filename=b.wav")
    assert moved.body == b'{"success":"true"}'
    assert (studio.root / "mnt/nas/b.wav").read_bytes() == before.body
    after = await studio.get(f"/_pbxsim/cdrs/{cdr['id']}/recording")
    assert (after.status, after.body) == (200, before.body)
    assert "b.wav" in after.headers["Content-Disposition"]


async def test_what_could_not_be_recorded_is_in_the_journal(studio: Studio) -> None:
    cdr = await studio.talk(2, monitorPath="/../..", monitorFilename="x.wav")
    assert cdr["recording"] is None
    failed = [entry for entry in (await studio.get("/_pbxsim/journal")).json if entry["kind"] == "recording-failed"]
    assert [(entry["call"], entry["data"]) for entry in failed] == [
        (cdr["call"], {"recording_folder": "/../..", "recording_file": "x.wav", "reason": "not a name"})
    ]


async def test_the_same_seed_and_commands_give_the_same_bytes_and_the_same_journal(tmp_path: Path) -> None:
    runs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        async with _serving(tmp_path / name, None) as studio:
            files = []
            for seconds, file in ((3, "a.wav"), (4, "b.mp3"), (2, "no/name")):
                cdr = await studio.talk(seconds, monitorFilename=file)
                files.append((await studio.get(f"/_pbxsim/cdrs/{cdr['id']}/recording")).body)
            runs.append((files, (await studio.get("/_pbxsim/journal?format=jsonl")).body))
    assert runs[0] == runs[1]


# -- parts --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-43", 0, 43),
        ("bytes=44-", 44, 64_043),
        ("bytes=-100", 63_944, 64_043),
        ("bytes=64043-99999", 64_043, 64_043),
    ],
)
async def test_a_part_is_sent(studio: Studio, asked: str, first: int, last: int) -> None:
    cdr = await studio.talk(2)
    url = f"/_pbxsim/cdrs/{cdr['id']}/recording"
    whole = (await studio.get(url)).body
    part = await studio.ask("GET", url, Range=asked)
    assert (part.status, part.headers["Content-Range"]) == (206, f"bytes {first}-{last}/64044")
    assert part.body == whole[first : last + 1]


async def test_what_is_behind_the_end_cannot_be_had(studio: Studio) -> None:
    cdr = await studio.talk(2)
    got = await studio.ask("GET", f"/_pbxsim/cdrs/{cdr['id']}/recording", Range="bytes=64044-")
    assert (got.status, got.headers["Content-Range"]) == (416, "bytes */64044")
    assert got.json["status"] == 416


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "items=0-1", "bytes=5-1", "nonsense"])
async def test_a_range_that_is_not_understood_brings_it_all(studio: Studio, asked: str) -> None:
    got = await studio.ask("GET", "/_pbxsim/cdrs/7/recording", Range=asked)
    assert (got.status, len(got.body)) == (200, 44 + 2 * 16_000)


async def test_a_part_of_another_version_is_not_sent(studio: Studio) -> None:
    cdr = await studio.talk(2)
    url = f"/_pbxsim/cdrs/{cdr['id']}/recording"
    tag = (await studio.get(url)).headers["ETag"]
    assert (await studio.ask("GET", url, Range="bytes=0-3", If_Range=tag)).status == 206
    changed = await studio.ask("GET", url, Range="bytes=0-3", If_Range='"another"')
    assert (changed.status, len(changed.body)) == (200, 64_044)


async def test_a_head_says_how_long_it_is(studio: Studio) -> None:
    cdr = await studio.talk(2)
    got = await studio.ask("HEAD", f"/_pbxsim/cdrs/{cdr['id']}/recording")
    assert (got.status, got.headers["Content-Length"], got.body) == (200, "64044", b"")


@pytest.mark.slow
async def test_a_client_that_leaves_in_the_middle_leaves_no_open_file(studio: Studio) -> None:
    await studio.get(f"{API}originate&srcExtenInternalNum=100&dstNum=990100999")
    await studio.advance(1100)
    before = _open_files(studio.root)
    async with studio.connection() as (reader, writer):
        writer.write(b"GET /_pbxsim/cdrs/10/recording HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"200 OK" in await reader.readline()
        assert _open_files(studio.root) == before + 1
    async with aiohttp.ClientSession() as session, session.get(studio.url + "/livez") as reply:
        assert reply.status == 200
    for _ in range(100):
        if _open_files(studio.root) == before:
            break
        await studio.get("/livez")
    assert _open_files(studio.root) == before


def _open_files(root: Path) -> int:
    """Count this process's open files below a folder."""
    found = 0
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the listing's own
            found += handle.readlink().is_relative_to(root)
    return found


# -- nothing else -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cdr", ["8", "9", "77"])
async def test_what_is_not_there_is_not_found(studio: Studio, cdr: str) -> None:
    got = await studio.get(f"/_pbxsim/cdrs/{cdr}/recording")
    assert (got.status, got.headers["Content-Type"]) == (404, "application/problem+json")


async def test_a_recording_that_somebody_replaced_by_a_link_is_not_there(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    there = studio.root / "rec/old.wav"
    there.unlink()
    for target in (tmp_path / "secret", tmp_path / "nothing"):
        there.symlink_to(target)
        assert (await studio.get("/_pbxsim/cdrs/7/recording")).status == 404
        there.unlink()
    there.mkdir()
    assert (await studio.get("/_pbxsim/cdrs/7/recording")).status == 404


@pytest.mark.slow
async def test_no_path_in_the_place_of_an_id_leads_anywhere(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    answers: set[tuple[int, str]] = set()
    for path in (*LEADING_OUT, *BAD_NAMES, *ODD_BUT_HARMLESS):
        encoded = quote(path.encode("utf-8", "surrogatepass"), safe="")
        if len(encoded) < 4_000:
            raw = await studio.raw_get(f"/_pbxsim/cdrs/{encoded}/recording".encode())
            answers.add((int(raw.split()[1]), raw.partition(b"Content-Type: ")[2].partition(b"\r\n")[0].decode()))
    assert answers == {(404, "application/problem+json")}


async def test_a_moved_recording_cannot_be_used_to_read_or_probe_what_is_outside(
    studio: Studio, tmp_path: Path
) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    replies: set[bytes] = set()
    for name in ("secret.wav", "nothing.wav"):
        got = await studio.get(f"{API}moverecord&cdrId=7&path=..&filename={name}")
        replies.add(got.body)
        assert (await studio.get("/_pbxsim/cdrs/7/recording")).body == (studio.root / "rec/old.wav").read_bytes()
    assert len(replies) == 1
    assert (tmp_path / "secret.wav").read_bytes() == b"secret"


# -- beginning anew -----------------------------------------------------------------------------------------------


async def test_a_reset_takes_away_what_was_recorded_in_a_folder_of_ours(tmp_path: Path) -> None:
    async with _serving(tmp_path, None) as studio:
        await studio.talk(2)
        await studio.get(f"{API}originate&srcExtenInternalNum=100&dstNum=990100999")
        await studio.advance(20)
        await studio.post("/_pbxsim/calls/2/hangup")
        assert (await studio.post("/_pbxsim/reset")).status == 200
        assert [path.name for path in studio.root.rglob("*") if path.is_file()] == ["old.wav"]
        cdr = await studio.talk(3)
        assert Heard((await studio.get(f"/_pbxsim/cdrs/{cdr['id']}/recording")).body).seconds == 3


async def test_a_reset_takes_nothing_away_from_a_folder_that_the_user_chose(studio: Studio) -> None:
    await studio.talk(2, monitorFilename="kept.wav")
    assert (await studio.post("/_pbxsim/reset")).status == 200
    assert Heard((studio.root / HOME / "kept.wav").read_bytes()).seconds == 2


@pytest.mark.slow
async def test_a_stop_finishes_what_is_being_written(tmp_path: Path) -> None:
    async with _serving(tmp_path, tmp_path / "recordings") as studio:
        await studio.get(f"{API}originate&srcExtenInternalNum=100&dstNum=102")
        await studio.advance(906)
        await studio.post("/_pbxsim/calls/1/hangup")
        root = studio.root
    (file,) = (path for path in root.rglob("*") if path.is_file() and path.name != "old.wav")
    assert file.stat().st_size == 44 + 900 * 32_000


# -- the contract -------------------------------------------------------------------------------------------------


def _told(answered: Answered) -> bool:
    responses = contract()["paths"]["/_pbxsim/cdrs/{cdr}/recording"]["get"]["responses"]
    response = responses.get(str(answered.status), {})
    kind = answered.headers["Content-Type"]
    return kind in response["content"] and all(name in answered.headers for name in response["headers"])


@pytest.mark.slow
async def test_the_contract_tells_of_every_answer(studio: Studio) -> None:
    url = "/_pbxsim/cdrs/7/recording"
    for header in ("", "bytes=0-1", "bytes=999999-"):
        assert _told(await studio.ask("GET", url, Range=header))
