"""VoIPSUN's `moverecord` of a recording that Asterisk made: file and record go to the new place, with what was said."""

from __future__ import annotations

import json
import wave
from array import array
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pytest

from tests.engines.asterisk.exchange import own_ports
from tests.engines.asterisk.serving import served

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.asterisk]

PBX: Final = """name: office
extensions:
  - {internal: "100", records: true}
  - {internal: "101"}
phones: {default: {ring: 0, talk: 2}}
vendors: {voipsun: {users: [{username: u, password: p}]}}
"""
ASKED: Final = "/api/api.php?username=u&password=p&action="
NEW: Final = {"folder": "/mnt/nas_server/2026", "file": "new_record.wav"}


@pytest.mark.usefixtures("asterisk")
async def test_it_is_listed_and_heard_at_the_new_place_and_no_longer_at_the_old(tmp_path: Path) -> None:
    file, root = tmp_path / "office.yaml", tmp_path / "recordings"
    section = {**own_ports(), "lines": [{"line": user, "simulated": True} for user in ("100", "101")]}
    file.write_text(f"{PBX}asterisk: {json.dumps(section)}\n", "utf-8")
    async with served(file, "--recordings", str(root)) as (client, _):
        await client.ask(f"{ASKED}originate&srcExtenInternalNum=100&dstNum=101")
        (old,) = await client.until("/_pbxsim/recordings", bool)
        content = await client.fetch(old["url"])
        with wave.open(BytesIO(content)) as sound:
            assert max(array("h", sound.readframes(sound.getnframes()))) > 500, "nothing was said"
        (was,) = root.rglob("*.wav")

        asked = f"{ASKED}moverecord&cdrId={old['id']}&path={NEW['folder']}&filename={NEW['file']}"
        assert json.loads(await client.ask(asked)) == {"success": "true"}

        (listed,) = json.loads(await client.ask("/_pbxsim/recordings"))
        assert listed == {**old, **NEW}
        assert listed != old
        assert await client.fetch(listed["url"]) == content
        (now,) = root.rglob("*.wav")
        assert now == root / "office/mnt/nas_server/2026/new_record.wav"
        assert now.read_bytes() == content
        assert was != now
