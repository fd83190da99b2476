"""Every secret that a server knows is sent to it in every wrong place; no output has one of them, in any spelling."""

from __future__ import annotations

import http.client
import json
import sqlite3
from base64 import b64encode
from contextlib import closing
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

import pytest

from tests.test_cli import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.test_cli import Server

CANARIES: Final = tuple(f"c4nary-{number:02}/x9" for number in range(1, 24))
API_PASSWORD: Final = CANARIES[8]
IN_WEBHOOKS: Final = CANARIES[16:20] + CANARIES[21:22]
"""Tokens in addresses of webhooks: what is still to be sent has them, so store and spill do."""
TOKEN: Final = "c4nary-token"
KNOWN: Final = (*CANARIES, TOKEN)

FILE: Final = """
name: house
dialplans: [{{name: main}}]
extensions:
  - {{internal: "100", dialplan: main, lines: [{{user: sip}}]}}
  - {{internal: "102", dialplan: main}}
accounts: [{{name: shop, credit: 5}}]
agents: [{{number: "1000", name: Jana, pin: "{0}"}}]
smtp: {{host: 127.0.0.1, port: 9, username: mailer, password: "{1}"}}
vendors:
  voipsun:
    users:
      - {{username: crm, password: "{2}"}}
      - {{username: other, password: "{3}"}}
  vum:
    context: main
    keys:
      - {{key: "{4}", kind: given_first, account: shop, own: "100"}}
      - {{key: "{5}", kind: callback, account: shop}}
      - {{key: "{6}", kind: info, account: shop}}
    hangup_notices: [{{number: "100", url: "http://u:{7}@127.0.0.1:9/x?stav=i%&heslo={16}"}}]
  simotel:
    accounts:
      - {{mode: both, username: api, password: "{8}", api_key: "{9}"}}
      - {{mode: token, api_key: "{10}"}}
    events: {{address: "http://127.0.0.1:9/hooks/{17}/x?k={18}", username: u, password: "{11}"}}
    components:
      - {{name: vip, kind: extension_api, address: "http://127.0.0.1:9/?sig={20}", context: main,
         username: u, password: "{12}"}}
  duocom:
    context: main
    dialplan: main
    accounts:
      - principal: "600000001"
        pass: "{13}"
        account: shop
        activated: true
        call_notice: {{url: "http://127.0.0.1:9/x?hash={19}&ref={{ref}}", username: u, password: "{14}"}}
        charged_notice: {{url: "http://127.0.0.1:9/x?pw={21}", username: u, password: "{22}"}}
        voip_users: [{{user: v, password: "{15}", line: sip}}]
"""


def spelt(canary: str) -> str:
    """Give a canary as it stands in the file: those in URLs are percent-encoded there."""
    return quote(canary, safe="") if canary in (*IN_WEBHOOKS, CANARIES[7], CANARIES[20]) else canary


class Client:
    """Sends what no client should, and keeps what comes back of pbxsim's own pages."""

    def __init__(self, server: Server) -> None:
        self._address = server.url.partition("://")[2]
        self.told: list[str] = []

    def ask(self, method: str, target: str, body: str = "", **headers: str) -> str:
        """Send a request; give what came back."""
        with closing(http.client.HTTPConnection(self._address, timeout=30)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, target, body.encode() or None, named)
            reply = connection.getresponse()
            head = "".join(f"{name}: {value}\n" for name, value in reply.getheaders())
            return head + reply.read().decode()

    def control(self, method: str, target: str, body: str = "") -> str:
        """Ask the control API, and keep the answer."""
        kind = {"Content_Type": "application/json"} if body else {}
        self.told.append(self.ask(method, target, body, Authorization=f"Bearer {TOKEN}", **kind))
        return self.told[-1]

    def misuse(self, canary: str) -> None:
        """Send a secret wherever it does not belong."""
        told, part = quote(canary, safe=""), canary.replace("/", "%2F")
        every = "".join(f"%{letter:02x}" for letter in canary.encode())
        for path in ("/api/api.php", "/ustredna/webapi.php", "/cgi-bin/oficinaweb/oficinaweb_webcallservice"):
            for name in (
                "username",
                "heslo",
                "pw",
                "k",
                "clave_voip",
                "contrase%C3%B1a",
                "note",
                "srcExtenInternalNum",
            ):
                self.ask("GET", f"{path}?{name}={told}", X_Custom=canary, Referer=f"http://x/{told}?a={told}")
            self.ask("GET", f"{path}?{told}=1&{every}")
            self.ask("POST", path, f"note={told}&{told}=1", Content_Type="application/x-www-form-urlencoded")
        for target in (f"/nowhere/{part}/x", f"/nowhere/{every}", f"/api/v4/{told}", f"/api/v4/call;{canary}"):
            self.told.append(self.ask("GET", target, Cookie=canary, X_Forwarded_For=canary))
        body = json.dumps({"caller": canary, canary: [canary], "deep": {"note": f"is {canary} here"}})
        basic = "Basic " + b64encode(f"api:{canary}".encode()).decode()
        for kind in ("application/json", "text/plain"):
            self.ask("PUT", "/api/v4/call/originate/act", body, Content_Type=kind, X_Custom=basic)
        self.control("GET", f"/_pbxsim/clock?pbx={told}")
        self.control("GET", f"/_pbxsim/cdrs?{told}=1")
        self.control("GET", f"/_pbxsim/{told}")
        self.control("POST", f"/_pbxsim/phones/{told}/answer")
        self.control("POST", f"/_pbxsim/phones/sip/{told}")
        self.control("POST", "/_pbxsim/calls", json.dumps({"from": "100", "to": canary, canary: 1}))
        self.told.append(self.ask("GET", f"/readyz?pbx={told}"))
        self.ask(canary.replace("/", ""), "/x")
        self.have_judged(canary)
        self.have_go_wrong(canary)
        self.have_another_pbx(canary)

    def have_judged(self, canary: str) -> None:
        """Ask about what was sent, and why, by a secret."""
        told = quote(canary, safe="")
        for of in (told, f"call-{told}", f"request/{told}", f"{told}/1"):
            self.control("GET", f"/_pbxsim/explain/{of}")
        for where in ({"path": canary}, {canary: 1}, {"headers": {canary: canary}}, {"path": {"contains": canary}}):
            self.control("POST", "/_pbxsim/requests/verify", json.dumps({"where": where}))
            self.control("POST", "/_pbxsim/requests/verify", json.dumps({"in_order": [where]}))
            for of in ("calls", "cdrs", "webhooks", canary):
                self.control("POST", "/_pbxsim/wait", json.dumps({"of": of, "where": where, "timeout_seconds": 0}))

    def have_go_wrong(self, canary: str) -> None:
        """Inject faults and replies that have a secret in them, and take them away again."""
        for name in ("path", "action", "method", "vendor", canary):
            fault = {"fault": "status", name: canary, "probability": 0.001}
            self.control("PUT", "/_pbxsim/faults", json.dumps({"faults": [fault]}))
            self.control("GET", "/_pbxsim/faults")
        webhook = {"fault": "webhook-late", "seconds": 1, "receiver": canary, "event": canary}
        self.control("PUT", "/_pbxsim/faults", json.dumps({"faults": [webhook]}))
        self.control("DELETE", f"/_pbxsim/faults?{quote(canary, safe='')}=1")
        self.control("DELETE", "/_pbxsim/faults")
        forced = {"vendor": "voipsun", "error": "200"}
        for more in ({"path": canary}, {"params": {canary: canary}}, {"fill": {canary: canary}}, {"error": canary}):
            self.control("PUT", "/_pbxsim/replies", json.dumps({**forced, **more}))
        self.control("GET", "/_pbxsim/replies")
        self.control("DELETE", "/_pbxsim/replies")

    def have_another_pbx(self, canary: str) -> None:
        """Have one more PBX served that is called by a secret, or sends there; it tells of its own fresh ones only."""
        text = f"name: other\nextensions:\n  - {{internal: {json.dumps(canary)}, {json.dumps(canary)}: 1}}\n"
        wishes: tuple[dict[str, str], ...] = (
            {"copy": canary},
            {"copy": "house", "name": canary},
            {"copy": "house", "receiver": canary},
            {"text": text},
            {"text": text, canary: canary},
            {"copy": "house", "receiver": f"http://127.0.0.1:9/{quote(canary, safe='')}"},
        )
        for wish in wishes:
            self.control("POST", "/_pbxsim/pbxs", json.dumps(wish))
        self.control("GET", f"/_pbxsim/pbxs?after={quote(canary, safe='')}")
        for path in ("pbxs", "webhooks?pbx=house-2", "journal?pbx=house-2", "requests?pbx=house-2"):
            self.control("GET", f"/_pbxsim/{path}")
        self.control("DELETE", f"/_pbxsim/pbxs/{quote(canary, safe='')}")
        self.control("DELETE", "/_pbxsim/pbxs/house-2")

    def have_explained(self) -> None:
        """Ask why everything went as it did."""
        for kind, last in (("request", self._last("requests")), ("webhook", self._last("webhooks")), ("call", 30)):
            for number in range(1, last + 1):
                self.control("GET", f"/_pbxsim/explain/{kind}-{number}")

    def _last(self, listed: str) -> int:
        found = json.loads(self.control("GET", f"/_pbxsim/{listed}?limit=10000").rpartition("\n")[2])
        number: int = found[-1].get("seq") or found[-1]["id"]
        return number

    def place_call(self, custom: str = "") -> None:
        """Have a call, with something in one of its free fields, and webhooks of it."""
        who = f"username=crm&password={quote(CANARIES[2], safe='')}&action=originate"
        call = f"{who}&srcExtenInternalNum=100&dstNum=102&customCDR1={quote(custom, safe='')}"
        assert '{"success":"true"}' in self.ask("GET", f"/api/api.php?{call}")

    def store(self) -> dict[str, int]:
        """Tell how the store is."""
        found: dict[str, int] = json.loads(self.control("GET", "/readyz").rpartition("\n")[2])["store"]
        return found


def spellings(canary: str) -> Iterator[str]:
    """Spell a canary as outputs may."""
    yield canary
    yield quote(canary, safe="")
    yield quote(canary, safe="").lower()
    if canary == API_PASSWORD:
        yield b64encode(f"api:{canary}".encode()).decode()


def without(canaries: tuple[str, ...], where: str, output: str) -> None:
    """Find no canary there, however it is spelt."""
    for canary in canaries:
        for text in (output, unquote(output)):
            for spelling in spellings(canary):
                at = text.find(spelling)
                assert at < 0, f"{where}: {text[max(0, at - 200) : at + 60]}"


def spilled(client: Client, store: Path, spill: Path) -> str:
    """Keep the store from writing while there is a call; give what was put on disk meanwhile."""
    while not store.exists() or client.store()["waiting"]:
        pass
    with closing(sqlite3.connect(store, timeout=30, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        client.place_call()
        client.control("POST", "/_pbxsim/clock/run-until-idle", "{}")
        while not client.store()["spilled"]:
            pass
        return "".join(each.read_bytes().decode("latin-1") for each in spill.iterdir())


@pytest.mark.slow  # more than a thousand requests
def test_no_output_has_a_secret_wherever_it_was_sent(tmp_path: Path) -> None:
    file, store, spill = tmp_path / "house.yaml", tmp_path / "kept.sqlite3", tmp_path / "spill"
    file.write_text(FILE.format(*map(spelt, CANARIES)), encoding="utf-8")
    arguments = ("--clock", "paused", "--db", str(store), "--db-spill", str(spill))
    with serving(str(file), *arguments, PBXSIM_CONTROL_TOKEN=TOKEN) as server:
        client = Client(server)
        for canary in KNOWN:
            client.misuse(canary)
            client.place_call(canary)
        client.control("POST", "/_pbxsim/clock/run-until-idle", "{}")
        for path in ("/metrics", "/readyz", "/_pbxsim/openapi.json", "/_pbxsim/journal?format=jsonl"):
            client.control("GET", path)
        for path in ("journal", "requests", "webhooks"):
            told = client.control("GET", f"/_pbxsim/{path}?limit=10000")
            assert told.endswith("}]")
            assert "***" in told
        client.have_explained()
        spilt = spilled(client, store, spill)
        assert server.stop() == 0
        assert server.process.stderr is not None
        logged = server.process.stderr.read()
    without(KNOWN, "banner", server.banner)
    without(KNOWN, "log", logged)
    for told in client.told:
        without(KNOWN, told[:60], told)
    without(tuple(canary for canary in KNOWN if canary not in IN_WEBHOOKS), "spill", spilt)
