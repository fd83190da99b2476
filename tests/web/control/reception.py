"""A small office with opening hours, voice mail, a parking lot and pick-up groups, served with a held clock."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp

from pbxsim.app import Installation, ServeSettings
from tests.web.town import Town

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pbxsim.hosting.storage import Storage

PBX = """\
name: office
start_at: 2026-06-01T14:59:00Z
time_zone: Europe/Prague
extensions:
  - {internal: "100", user: sip100, voicemail: "100", voicemail_after: 10, call_group: [sales]}
  - {internal: "101", user: sip101, pickup_group: [sales]}
mailboxes:
  - {number: "100", owner: Jana, pin: "1234", greeting: 3, min_seconds: 2}
  - {number: "200", owner: Everybody}
hours:
  - name: office
    times: ["08:00-16:59,mon-fri"]
    open: {extension: "100"}
    closed: {voicemail: "200"}
parking: [{slots: 701-703, time_out: 40}]
dids: [{number: "222000000", hours: office}]
phones:
  default: {ring: 2, talk: never}
  rules: [{number: sip100, does: no answer}, {number: "605000001", does: {talk: 13}}]
"""


@asynccontextmanager
async def serving(tmp_path: Path, storage: Storage | None = None) -> AsyncIterator[Town]:
    """Serve it; recordings lie under `recordings`, and records last in `storage`, if anywhere."""
    (tmp_path / "office.yaml").write_text(PBX, encoding="utf-8")
    pbxs = (str(tmp_path / "office.yaml"),)
    settings = ServeSettings(pbxs=pbxs, port=0, rate=0, recordings=tmp_path / "recordings")
    made = Installation(settings, tmp_path / "workplace", storage)
    await made.server.start("127.0.0.1", 0)
    try:
        async with aiohttp.ClientSession() as session:
            yield Town(made.server, session)
    finally:
        await made.server.stop()
