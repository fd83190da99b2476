"""Integrations as customers have them: a server that dials, is told by webhooks, and can be asked what it knows."""

from __future__ import annotations

import json
from collections import Counter
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from pbxsim.testing.receiver import Answer, Received

KEY = "change-me"
FILE = """
name: crm
dialplans: [{name: main}]
extensions: [{internal: "100", dialplan: main}]
vendors:
  simotel:
    accounts: [{mode: token, api_key: change-me}]
    events:
      {enabled: true, version: G4, method: POST, address: "${RECEIVER}/simotel", chosen: [NewState, Cdr]}
  voipsun: {users: [{username: crm, password: change-me-too}]}
"""


class Unknown(Exception):
    """Nobody knows whether it was done."""


class Crm:
    """A careful one: `POST /dial` places a call, `/check` compares what it knows, `/simotel` is told."""

    def __init__(self) -> None:
        self.url = ""
        self.orders: list[str] = []
        self.events: dict[str, dict[str, Any]] = {}

    def __call__(self, request: Received) -> Answer:
        """Answer."""
        answer: Answer = {"/dial": self.dial, "/check": self.check, "/simotel": self.told}[request.path](request)
        return answer

    def dial(self, request: Received) -> int:
        """Place a call."""
        wish = request.json
        self.url = wish["url"]
        if not any(order.startswith(wish["trap"]) for order in self.orders):
            self.orders, self.events = [], {}
        order = f"{wish['trap']}-{len(self.orders)}"
        self.orders.append(order)
        return self.place(order, wish["number"])

    def place(self, order: str, number: str) -> int:
        """Say 200 where the vendor said yes, 502 where it said no, 504 where it said nothing."""
        call = {"caller": "100", "callee": number, "context": "main", "caller_id": order}
        try:
            return 200 if self.ask("call/originate/act", call).get("success") == 1 else 502
        except Unknown:
            return 504

    def told(self, request: Received) -> int:
        """Take an event down, once."""
        self.events[request.text] = request.json
        return 200

    def check(self, request: Received) -> Answer:
        """Tell whether it knows what came of its calls."""
        wanted = request.json["disposition"].split(",")
        known = [self.outcome(order) for order in self.orders]
        return 200 if Counter(known) == Counter(wanted) else (409, f"knows {known}, not {wanted}")

    def outcome(self, order: str) -> str:
        """Find what came of an order: its events, else the vendor's report of it."""
        cuid = next((each["cuid"] for each in self.events.values() if each.get("participant") == order), "")
        ended = [each for each in self.events.values() if each["cuid"] == cuid and each["event_name"] == "Cdr"]
        if ended:
            return str(ended[0]["disposition"])
        wish = {"conditions": {"cuid": cuid}, "date_range": {}, "alike": "false", "pagination": {}}
        rows = self.ask("reports/cdr/search", wish)["data"]["data"]
        return str(rows[0]["disposition"]) if rows else "unknown"

    def ask(self, service: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask the PBX."""
        headers = {"X-APIKEY": KEY, "Content-Type": "application/json"}
        try:
            with urlopen(
                Request(f"{self.url}/api/v4/{service}", json.dumps(body).encode(), headers), timeout=10
            ) as got:
                return dict(json.loads(got.read()))
        except HTTPError as error:
            if error.code >= 500 and error.code != 501:  # what has the vendor's envelope is the vendor's
                raise Unknown from error
            return {}
        except (OSError, ValueError, HTTPException) as error:
            raise Unknown from error


class Careless(Crm):
    """Takes a status below 400 for a yes, dials again where none came, and believes what came first."""

    def place(self, order: str, number: str) -> int:
        """Place a call, at once again where something goes wrong."""
        call = {"caller": "100", "callee": number, "context": "main", "caller_id": order}
        for _ in range(2):
            try:
                self.ask("call/originate/act", call)
            except Unknown:
                continue
            return 200
        return 504

    def outcome(self, order: str) -> str:
        """What was taken was answered."""
        return "ANSWERED"
