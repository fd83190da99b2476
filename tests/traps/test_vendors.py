"""The traps of each vendor, with a careful client and a careless one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from pbxsim.discovery import find_vendors
from pbxsim.testing import Receiver
from pbxsim.traps.integration import Address
from pbxsim.traps.run import Wish, tried

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pbxsim.testing.receiver import Answer, Received

pytestmark = pytest.mark.slow  # each runs an integration several times

FILE = """
name: crm
dialplans: [{name: main}]
extensions: [{internal: "100", public: ["222333444"], dialplan: main}]
tariffs: [{name: standard, rates: [{per_minute: "0.60"}]}]
accounts: [{name: shop, credit: "50.00", currency: EUR, tariff: standard}]
vendors:
  voipsun: {users: [{username: crm, password: change-me}]}
  vum: {context: main, keys: [{key: VUMSHOP00001, kind: given_first, account: shop, own: "100"}]}
  duocom:
    context: main
    dialplan: main
    accounts:
      - principal: "666111666"
        pass: change-me-too
        account: shop
        activated: true
        charged_notice: {url: "${RECEIVER}/charged?ref={ref_id}&dia={fecha}&quien={llamado}"}
"""
ASKS = {
    "voipsun": (
        "/api/api.php",
        {"username": "crm", "password": "change-me", "action": "originate", "srcExtenInternalNum": "100"},
        "dstNum",
    ),
    "vum": ("/ustredna/webapi.php", {"klic": "VUMSHOP00001"}, "cislo"),
    "duocom": (
        "/cgi-bin/oficinaweb/oficinaweb_webcallservice",
        {"principal": "666111666", "pass": "change-me-too", "llamante": "911000222"},
        "llamado",
    ),
}
SAYS_YES: dict[str, Callable[[str], bool]] = {
    "voipsun": lambda said: said == '{"success":"true"}',
    "vum": lambda said: not said.startswith("Chyba"),
    "duocom": lambda said: said.startswith("1"),
}


class Client:
    """Dials by one vendor's interface; a careless one takes status 200 for a yes."""

    def __init__(self, vendor: str, *, careful: bool) -> None:
        self.vendor = vendor
        self.careful = careful
        self.trap = ""
        self.charged: set[tuple[str, ...]] = set()

    def __call__(self, request: Received) -> Answer:
        """Answer."""
        if request.path == "/charged":
            self.charged.add(self.key(request.query))
            return 200
        if request.path == "/check":
            return 200 if len(self.charged) == request.json["disposition"].count("ANSWERED") else 409
        return self.dial(request.json)

    def dial(self, wish: dict[str, str]) -> int:
        """Place a call."""
        if wish["trap"] != self.trap:
            self.trap, self.charged = wish["trap"], set()
        path, query, number = ASKS[self.vendor]
        try:
            with urlopen(f"{wish['url']}{path}?{urlencode({**query, number: wish['number']})}", timeout=10) as reply:
                said = reply.read().decode()
        except (HTTPError, OSError):
            return 502
        return 200 if SAYS_YES[self.vendor](said) or not self.careful else 502

    def key(self, notice: dict[str, str]) -> tuple[str, ...]:
        """Say which call was charged."""
        return (notice["ref"], notice["dia"]) if self.careful else (notice["ref"],)


async def verdicts(tmp_path: Path, client: Client, *only: str) -> dict[str, str]:
    """Try a client."""
    file = tmp_path / "crm.yaml"
    file.write_text(FILE, encoding="utf-8")
    with Receiver() as receiver:
        receiver.handler = client
        check = Address(f"{receiver.url}/check", 10) if client.vendor == "duocom" else None
        dial = Address(f"{receiver.url}/dial", 10)
        wish = Wish(file=str(file), integration=dial, check=check, receiver=receiver.url, only=only)
        card = await tried(wish, lambda _text: None)
    assert card.vendors == (client.vendor,)
    return {mark.trap: mark.verdict for mark in card.marks}


@pytest.mark.parametrize("vendor", ASKS)
async def test_an_error_with_status_200_is_what_careless_clients_take_for_a_yes(tmp_path: Path, vendor: str) -> None:
    trap = f"{vendor}/error-with-200"
    assert await verdicts(tmp_path, Client(vendor, careful=True), trap) == {"error-with-200": "passed"}
    assert await verdicts(tmp_path, Client(vendor, careful=False), trap) == {"error-with-200": "fell in"}


async def test_a_reference_that_comes_again_is_taken_for_the_call_of_another_day(tmp_path: Path) -> None:
    trap = "duocom/reference-comes-again"
    assert await verdicts(tmp_path, Client("duocom", careful=True), trap) == {"reference-comes-again": "passed"}
    assert await verdicts(tmp_path, Client("duocom", careful=False), trap) == {"reference-comes-again": "fell in"}


@pytest.mark.parametrize("vendor", ASKS)
async def test_all_traps_of_a_vendor_can_be_set(tmp_path: Path, vendor: str) -> None:
    found = await verdicts(tmp_path, Client(vendor, careful=True))
    assert {trap.name for trap in find_vendors()[vendor].traps()} <= found.keys()
    assert "fell in" not in {verdict for trap, verdict in found.items() if not trap.startswith("taken-then")}
