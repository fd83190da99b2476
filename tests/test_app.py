"""The composition: PBX files, vendors, engine and server put together, and begun anew."""

from __future__ import annotations

import logging
import shutil
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import msgspec
import pytest

from pbxsim import app
from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import parse_iso
from pbxsim.config.fault import PbxFileRefused
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import PAUSED_START
from pbxsim.hosting.errors import CannotBegin
from pbxsim.hosting.recordings_folder import RecordingsRefused
from pbxsim.kit.request import Request
from pbxsim.web.paths import PathClaimedTwice

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PBX = """\
name: {name}
extensions:
  - {{internal: "{number}", public: ["299299{number}"], lines: [{{user: sip{number}}}]}}
  - {{internal: "299"}}
cdrs:
  - {{id: 7, start: "2026-01-01", src: "1", dst: "2", recording: {{folder: /rec, file: a.wav, seconds: 1}}}}
vendors:
  voipsun:
    users: [{{username: {user}, password: pw-{user}}}]
"""
PATH = "/api/api.php"


def pbx_file(folder: Path, name: str = "shop", user: str = "eva", number: str = "100") -> str:
    """Write a PBX file; give its path."""
    file = folder / f"{name}.yaml"
    file.write_text(PBX.format(name=name, user=user, number=number), encoding="utf-8")
    return str(file)


def installation(folder: Path, *pbxs: str, rate: float = 0, **settings: Any) -> Installation:  # noqa: ANN401
    """Install PBXs, with a held clock."""
    return Installation(ServeSettings(port=0, rate=rate, pbxs=pbxs, **settings), folder / "workplace")


@asynccontextmanager
async def served(made: Installation) -> AsyncIterator[str]:
    """Serve an installation; give its URL."""
    await made.server.start("127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{made.server.port}"
    finally:
        await made.server.stop()


def voipsun(made: Installation, query: str, user: str = "eva") -> bytes:
    """Ask the first PBX's VoIPSUN interface."""
    request = Request("GET", PATH, f"username={user}&password=pw-{user}&{query}")
    return made.hosts.first().answer("voipsun", request, ()).body


async def test_two_pbxs_in_one_server_are_told_apart_by_their_credentials(tmp_path: Path) -> None:
    shop, cafe = pbx_file(tmp_path, "shop", "eva", "100"), pbx_file(tmp_path, "cafe", "jan", "200")
    made = installation(tmp_path, shop, cafe)
    async with served(made) as url, aiohttp.ClientSession() as session:

        async def ask(path: str) -> bytes:
            async with session.get(url + path) as reply:
                return await reply.read()

        call = PATH + "?username={0}&password=pw-{0}&action=originate&srcExtenInternalNum={1}&dstNum=990103020"
        assert await ask(call.format("jan", "200")) == b'{"success":"true"}'
        assert await ask(call.format("eva", "100")) == b'{"success":"true"}'
        assert await ask(call.format("eva", "200")) != b'{"success":"true"}'
        for name, src in (("shop", "100"), ("cafe", "200")):
            (shown,) = msgspec.json.decode(await ask(f"/_pbxsim/calls?pbx={name}"))
            assert (shown["src"], shown["state"]) == (src, "ringing")


async def test_the_built_in_pbx_serves_all_four_vendors(tmp_path: Path) -> None:
    made = installation(tmp_path, "documented")
    async with served(made) as url:
        told = made.banner()
    assert [host.name for host in made.hosts] == ["documented"]
    assert list(made.hosts.first().interfaces) == ["voipsun", "vum", "simotel", "duocom"]
    assert told.count(f"    curl '{url}/_pbxsim/") == 3
    lines = [line for line in told.splitlines() if line.startswith("    curl") and "_pbxsim" not in line]
    assert len(lines) == 4
    assert all(url in line for line in lines)


async def test_the_banner_has_what_a_self_signed_certificate_and_a_token_ask_for(tmp_path: Path) -> None:
    made = installation(tmp_path, pbx_file(tmp_path), tls="self-signed", control_token="hush")
    async with served(made):
        told = made.banner()
    assert "hush" not in told
    assert f"    curl --insecure 'https://127.0.0.1:{made.server.port}/api/api.php?" in told
    assert '    curl --insecure -H "Authorization: Bearer $PBXSIM_CONTROL_TOKEN" \'https://127' in told


@pytest.mark.parametrize(
    ("rate", "said", "shown"), [(0, None, "paused"), (1, None, "real"), (60, None, "at 60 times real time")]
)
async def test_the_banner_tells_how_fast_the_clock_goes(tmp_path: Path, rate: float, said: None, shown: str) -> None:
    made = installation(tmp_path, pbx_file(tmp_path), rate=rate)
    assert f"PBX shop: clock {shown}, from " in made.banner()


def test_two_pbxs_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(PbxFileRefused, match="name: found 'shop', expected a name of its own: "):
        installation(tmp_path, pbx_file(tmp_path), pbx_file(tmp_path / "other"))


def test_two_vendors_of_one_path_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendors = find_vendors()
    vendors["vum"] = msgspec.structs.replace(vendors["vum"], paths=(PATH,))
    monkeypatch.setattr(app, "find_vendors", lambda: vendors)
    with pytest.raises(PathClaimedTwice, match="is claimed by both"):
        installation(tmp_path, "documented")
    assert installation(tmp_path, pbx_file(tmp_path)).hosts.vendors() == ["voipsun"]  # VUM's is not served here


def test_a_files_own_start_and_seed_count_unless_the_command_line_says_otherwise(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("{name: a, seed: 5, start_at: '2031-01-01'}", encoding="utf-8")
    host = installation(tmp_path, str(file)).hosts.first()
    assert (host.seed, host.pbx.clock.now) == (5, parse_iso("2031-01-01"))
    host = installation(tmp_path, str(file), seed=0, start_at=PAUSED_START).hosts.first()
    assert (host.seed, host.pbx.clock.now) == (0, PAUSED_START)


def test_a_changed_file_begins_the_pbx_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    made = installation(tmp_path, pbx_file(tmp_path))
    assert made.watched() == {"shop": tmp_path / "shop.yaml"}
    pbx_file(tmp_path, user="jan", number="150")
    made.reload("shop")
    assert b'"success":"false"' in voipsun(made, "action=listcalls")
    assert b'"success":"true"' in voipsun(made, "action=listcalls", "jan")
    assert caplog.records[-1].getMessage().endswith("shop.yaml has changed: the PBX shop begins anew")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: shop\nextensions: 5\nphoness: 1\n", "extensions: found 5, expected"),
        ("name: other\n", "name: found 'other', expected 'shop', which a running PBX keeps"),
        ("{", "expected YAML that a parser can read"),
    ],
)
def test_a_bad_file_is_refused_whole_and_the_pbx_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, told: str
) -> None:
    made = installation(tmp_path, pbx_file(tmp_path))
    voipsun(made, "action=originate&srcExtenInternalNum=100&dstNum=990103020")
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    made.reload("shop")
    assert len(made.hosts.first().pbx.calls.live) == 1
    assert "is refused; the PBX goes on as it was\n" in caplog.text
    assert told in caplog.text


def test_a_file_whose_vendor_would_take_anothers_path_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    vendors = find_vendors()
    vendors["vum"] = msgspec.structs.replace(vendors["vum"], paths=(PATH,))
    monkeypatch.setattr(app, "find_vendors", lambda: vendors)
    made = installation(tmp_path, pbx_file(tmp_path))
    with (tmp_path / "shop.yaml").open("a", encoding="utf-8") as file:
        file.write("  vum: {context: default}\n")
    made.reload("shop")
    assert "is claimed by both voipsun and vum" in caplog.text
    assert list(made.hosts.first().interfaces) == ["voipsun"]


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PbxFileRefused):
        installation(tmp_path, str(tmp_path / "nothing.yaml"))


MOVE = "action=moverecord&cdrId=7&path=/elsewhere&filename=b.wav"


@pytest.mark.parametrize("chosen", [True, False])
def test_reset_puts_recordings_back_where_the_file_places_them(tmp_path: Path, *, chosen: bool) -> None:
    made = installation(tmp_path, pbx_file(tmp_path), recordings=tmp_path / "own" if chosen else None)
    root = (tmp_path / "own" if chosen else tmp_path / "workplace") / "shop"
    for _ in range(2):
        assert sorted(path.name for path in root.rglob("*.wav")) == ["a.wav"]
        assert (root / "rec" / "a.wav").read_bytes().startswith(b"RIFF")
        assert voipsun(made, MOVE) == b'{"success":"true"}'
        assert (root / "elsewhere" / "b.wav").exists()
        made.hosts.first().reset()


def test_nothing_in_a_folder_that_the_user_chose_is_removed(tmp_path: Path) -> None:
    keepsake = tmp_path / "own" / "shop" / "elsewhere" / "b.wav"
    keepsake.parent.mkdir(parents=True)
    keepsake.write_bytes(b"mine")
    made = installation(tmp_path, pbx_file(tmp_path), recordings=tmp_path / "own")
    assert b'"errno":"812"' in voipsun(made, MOVE)
    made.hosts.first().reset()
    assert keepsake.read_bytes() == b"mine"


@pytest.mark.parametrize("moved", ["b.wav", "", "x y.wav", "ž.wav", "a.wav"])
def test_recordings_of_forgotten_calls_stay_in_a_chosen_folder_until_the_same_commands_replace_them(
    tmp_path: Path, moved: str
) -> None:
    file = pbx_file(tmp_path)
    (tmp_path / "shop.yaml").write_text(
        (tmp_path / "shop.yaml").read_text().replace('{internal: "100"', '{records: true, internal: "100"')
    )
    made = installation(tmp_path, file, recordings=tmp_path / "own")
    root = tmp_path / "own" / "shop"
    (root / "rec" / "mine.wav").write_bytes(b"mine")
    before = {path for path in root.rglob("*") if path.is_file()}
    replies, made_there = [], []
    for _ in range(3):
        host = made.hosts.first()
        order = "action=originate&srcExtenInternalNum=100&dstNum=990100005&monitorPath=/new&monitorFilename=a.wav"
        replies.append([voipsun(made, order)])
        host.pbx.clock.run_until(host.pbx.clock.now + 60_000_000)
        assert host.recorder is not None
        host.recorder.close(finish=True)
        if moved:
            name = quote(moved)
            replies[-1].append(voipsun(made, f"action=moverecord&cdrId=8&path=/kept&filename={name}"))
        made_there.append({path for path in root.rglob("*") if path.is_file()} - before)
        host.reset()
        assert {path for path in root.rglob("*") if path.is_file()} == before | made_there[-1]
    assert len(made_there[0]) == 1
    assert made_there[0] == made_there[1] == made_there[2]
    assert (root / "rec" / "mine.wav").read_bytes() == b"mine"
    assert replies[0] == replies[1] == replies[2]
    assert b"true" in replies[0][-1]


def test_a_moved_recording_that_the_user_took_away_is_placed_again(tmp_path: Path) -> None:
    made = installation(tmp_path, pbx_file(tmp_path), recordings=tmp_path / "own")
    voipsun(made, MOVE)
    (tmp_path / "own" / "shop" / "elsewhere" / "b.wav").unlink()
    made.hosts.first().reset()
    assert (tmp_path / "own" / "shop" / "rec" / "a.wav").exists()


def test_a_chosen_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("a file")
    with pytest.raises(RecordingsRefused, match=r"cannot put /rec/a\.wav into "):
        installation(tmp_path, pbx_file(tmp_path), recordings=tmp_path / "own")


def test_recordings_that_cannot_be_put_back_leave_the_pbx_as_it_was_until_they_can(tmp_path: Path) -> None:
    made = installation(tmp_path, pbx_file(tmp_path), recordings=tmp_path / "own")
    shutil.rmtree(tmp_path / "own")
    (tmp_path / "own").write_text("a file")
    pbx_file(tmp_path, user="jan", number="150")
    made.reload("shop")
    assert b'"success":"false"' in voipsun(made, "action=listcalls", "jan")
    with pytest.raises(CannotBegin, match=r"cannot put /rec/a\.wav into "):
        made.hosts.first().reset()
    (tmp_path / "own").unlink()
    made.reload("shop")
    assert b'"success":"true"' in voipsun(made, "action=listcalls", "jan")


def test_where_our_own_folder_cannot_be_the_pbx_serves_without_recordings(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "workplace").write_text("a file")
    made = installation(tmp_path, pbx_file(tmp_path))
    assert "whoever asks for it is told that it is not there" in caplog.text
    assert b'"errno":"811"' in voipsun(made, MOVE)
