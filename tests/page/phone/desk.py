"""An office with a real Asterisk, and somebody at its telephone in a browser."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from tests.engines.asterisk.exchange import own_ports
from tests.engines.asterisk.serving import served
from tests.page.viewing import Viewer, viewing

if TYPE_CHECKING:
    import subprocess
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Locator, Page

    from tests.engines.asterisk.serving import Client

SIMULATED: Final = ("sip102", "sip103")
CONNECTIONS: Final = """
window.connections = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(...given) { super(...given); window.connections.push(this); }
};
"""
"""Has a test look at what a page's calls send and hear."""

SOUND: Final = """async () => {
  const told = { sent: 0, heard: 0, energy: 0 };
  for (const connection of window.connections) for (const [, each] of await connection.getStats()) {
    if (each.type === "outbound-rtp") told.sent += each.packetsSent;
    if (each.type === "inbound-rtp") told.heard += each.packetsReceived;
    if (each.type === "inbound-rtp") told.energy += each.totalAudioEnergy;
  }
  return told;
}"""


def office_file(folder: Path) -> Path:
    """Write the office's PBX file, with ports of its own."""
    section = {**own_ports(), "lines": [{"line": user, "simulated": True} for user in SIMULATED]}
    file = folder / "office.yaml"
    text = Path(__file__).with_name("office.yaml").read_text("utf-8")
    file.write_text(f"{text}asterisk: {json.dumps(section)}\n", "utf-8")
    return file


class Office:
    """The office as its clients and its owner see it."""

    def __init__(self, client: Client, server: subprocess.Popen[str]) -> None:
        self.url = client.url
        self.server = server
        self._client = client

    async def originate(self, number: str, source: str = "100", **more: str) -> None:
        """Have VoIPSUN's interface ring an extension, and connect it with a number."""
        asked = {"username": "crm", "password": "change-me", "action": "originate"}
        query = urlencode({**asked, "srcExtenInternalNum": source, "dstNum": number, **more})
        assert json.loads(await self._client.ask(f"/api/api.php?{query}")) == {"success": "true"}

    async def quiet(self) -> None:
        """Hang up whatever call there is."""
        for call in json.loads(await self._client.ask("/_pbxsim/calls")):
            if call["state"] != "ended":
                await self._client.ask(f"/_pbxsim/calls/{call['id']}/hangup", "POST")
        await self._client.until("/_pbxsim/calls", lambda calls: all(call["state"] == "ended" for call in calls))

    async def call(self, number: str, state: str = "up") -> dict[str, Any]:
        """Wait until the newest call to a number is in that state; give it."""
        calls = await self._client.until(
            f"/_pbxsim/calls?number={number}", lambda calls: calls and calls[-1]["state"] == state
        )
        found: dict[str, Any] = calls[-1]
        return found

    async def record(self, number: str) -> dict[str, Any]:
        """Wait for the record of a call to a number; there is one."""
        (record,) = await self._client.until(f"/_pbxsim/cdrs?dst={number}", bool)
        return dict(record)

    async def phone(self, user: str, *, registered: bool = True, state: str = "") -> dict[str, Any]:
        """Wait until a telephone is, or is not, registered, and in a state; give it."""

        def fits(phones: list[dict[str, Any]]) -> bool:
            (found,) = [phone for phone in phones if phone["user"] == user]
            return found["registered"] is registered and state in ("", found["device_state"])

        phones = await self._client.until("/_pbxsim/phones", fits)
        return next(dict(phone) for phone in phones if phone["user"] == user)


@asynccontextmanager
async def office_at(file: Path, *options: str) -> AsyncIterator[Office]:
    """Serve the office."""
    async with served(file, *options) as (client, server):
        try:
            yield Office(client, server)
        finally:
            server.terminate()
            server.wait(20)


class Telephone:
    """The page at `/phone`, and a person's hand on it."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.page: Page = viewer.page

    async def open(self, office: Office, line: str = "sip100") -> None:
        """Go to a line's telephone, and wait until it is registered, and the PBX has heard so."""
        await self.page.goto(f"{office.url}/phone?line={line}")
        await self.stands("registered")
        await office.phone(line)

    async def stands(self, state: str) -> None:
        """Wait until the line stands so."""
        await self.page.locator(f'html[data-line="{state}"]').wait_for()

    def call(self, state: str) -> Locator:
        """Find the calls in a state."""
        return self.page.locator(f'.call[data-state="{state}"]')

    async def has(self, state: str) -> Locator:
        """Wait until there is a call in that state; give it."""
        found = self.call(state).first
        await found.wait_for()
        return found

    async def does(self, verb: str, state: str = "") -> None:
        """Press a button of a call: of the one in that state, or of the only one that has the button."""
        calls = self.call(state) if state else self.page.locator(".call")
        await calls.locator(f'[data-verb="{verb}"]:visible').click()

    async def types(self, number: str) -> None:
        """Type a number."""
        await self.page.get_by_label("Number", exact=True).fill(number)

    async def dials(self, number: str) -> None:
        """Dial a number."""
        await self.types(number)
        await self.page.get_by_role("button", name="Dial", exact=True).click()

    async def sound(self) -> dict[str, float]:
        """Tell how many packets of sound went and came, and how loud it was."""
        told: dict[str, float] = await self.page.evaluate(SOUND)
        return told


@asynccontextmanager
async def telephone(browser: Browser, *, expects: tuple[str, ...] = (), **context: object) -> AsyncIterator[Telephone]:
    """Open a tab for a telephone, which is to say no error."""
    async with viewing(browser, expects=expects, permissions=["microphone"], **context) as viewer:
        await viewer.page.add_init_script(CONNECTIONS)
        yield Telephone(viewer)
