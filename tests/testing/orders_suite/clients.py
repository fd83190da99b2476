"""Clients of Simotel and Duocom as customers write them: careful ones, and each bug that their tests did not show."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from pbxsim.testing import Pbx, Received

SERVER_ERROR = 500


class Unknown(Exception):
    """Nobody knows whether it was done."""


class NotTheVendor(Unknown):
    """A server in between says that it got no reply."""


def send(url: str, body: object = None, **headers: str) -> bytes:
    """Ask; raises Unknown where no reply came, NotTheVendor for a 5xx."""
    data = None if body is None else json.dumps(body).encode()
    try:
        with urlopen(Request(url, data, headers), timeout=10) as reply:
            return bytes(reply.read())
    except HTTPError as error:
        if error.code >= SERVER_ERROR:
            raise NotTheVendor from error
        return b""
    except OSError as error:
        raise Unknown from error


class Crm:
    """A careful client of Simotel: events are facts, however often and in whatever order they come."""

    def __init__(self, pbx: Pbx) -> None:
        self.url = f"{pbx.url}/api/v4"
        self.key = pbx.vendors["simotel"]["accounts"][0]["api_key"]
        self.asked: dict[str, str] = {}  # orders: what is known of the request
        self.events: dict[str, dict[str, Any]] = {}
        self.reports: dict[str, dict[str, Any]] = {}  # by cuid
        self.recordings: dict[str, bytes] = {}  # by cuid

    def ask(self, service: str, body: dict[str, Any]) -> bytes:
        """Ask a service."""
        return send(f"{self.url}/{service}", body, **{"X-APIKEY": self.key, "Content-Type": "application/json"})

    def surely(self, service: str, body: dict[str, Any]) -> bytes:
        """Ask a service that changes nothing, until it answers."""
        while True:
            with suppress(Unknown):
                return self.ask(service, body)

    def dial(self, order: str, callee: str) -> None:
        """Have 100 connected to somebody."""
        self.asked[order] = "asked"
        wish = {"caller": "100", "callee": callee, "context": "main", "caller_id": order}
        try:
            self.asked[order] = "taken" if json.loads(self.ask("call/originate/act", wish))["success"] else "refused"
        except Unknown:
            self.not_answered(order, callee)

    def not_answered(self, order: str, _callee: str) -> None:
        """Wait for what events say: whether it was done nobody knows."""
        self.asked[order] = "unknown"

    def webhook(self, request: Received) -> int:
        """Take an event down."""
        self.events.setdefault(request.text, request.json)
        return 200

    def poll(self) -> None:
        """Fetch what is still missing, and try again next time where it is not there yet."""
        for cuid, event in [(each["cuid"], each) for each in [*self.events.values()] if each["event_name"] == "Cdr"]:
            try:
                self.fetch(cuid, event)
            except Unknown:
                continue

    def fetch(self, cuid: str, event: dict[str, Any]) -> None:
        """Fetch a call's report and recording."""
        if cuid not in self.reports:
            wish = {"conditions": {"cuid": cuid}, "date_range": {}, "alike": "false", "pagination": {}}
            rows = json.loads(self.ask("reports/cdr/search", wish))["data"]["data"]
            self.reports.update((cuid, row) for row in rows)
        if cuid not in self.recordings:
            content = self.ask("reports/audio/download", {"file": event["record"]})
            if content.startswith(b"RIFF"):
                self.recordings[cuid] = content

    def cuid(self, order: str) -> str | None:
        """Find the call of an order: the first telephone was shown its name."""
        return next((each["cuid"] for each in self.events.values() if each.get("participant") == order), None)

    def state(self, cuid: str | None) -> str:
        """Say how far a call has come."""
        seen = {each.get("state", "Cdr") for each in self.events.values() if each["cuid"] == cuid}
        return next((state for state in ("Cdr", "Idle", "InUse", "Ringing") if state in seen), "none")

    def seconds(self, cuid: str | None) -> int:
        """Count the seconds of talk."""
        ends = [each for each in self.events.values() if each["event_name"] == "Cdr" and each["cuid"] == cuid]
        return sum(each["billsec"] for each in ends)

    def card(self, order: str) -> tuple[str, int, bool, bool]:
        """Say of an order how its call ended, how long it was, and whether report and recording are there."""
        cuid = self.cuid(order)
        done = "ended" if self.state(cuid) == "Cdr" and self.asked[order] != "refused" else self.state(cuid)
        return done, self.seconds(cuid), cuid in self.reports, cuid in self.recordings


class DropsWhatComesBeforeTheReply(Crm):
    """An event of an order whose reply has not come yet is of no order that it knows."""

    def webhook(self, request: Received) -> int:
        """Drop a record while a reply is awaited."""
        if request.json["event_name"] == "Cdr" and "asked" in self.asked.values():
            return 200
        return super().webhook(request)


class NeedsRingingFirst(Crm):
    """A call that did not ring cannot have been answered."""

    def webhook(self, request: Received) -> int:
        """Drop an answer before the ringing."""
        event = request.json
        if event.get("state") == "InUse" and self.state(event["cuid"]) != "Ringing":
            return 200
        return super().webhook(request)

    def state(self, cuid: str | None) -> str:
        """Say how far it has come: one was answered, or never was."""
        seen = {each.get("state") for each in self.events.values() if each["cuid"] == cuid}
        return super().state(cuid) if "InUse" in seen or "Idle" not in seen else "never answered"


class CountsTwice(Crm):
    """What comes counts."""

    def __init__(self, pbx: Pbx) -> None:
        super().__init__(pbx)
        self.talked: dict[str, int] = {}

    def webhook(self, request: Received) -> int:
        """Add up as it comes."""
        if request.json["event_name"] == "Cdr":
            cuid = request.json["cuid"]
            self.talked[cuid] = self.talked.get(cuid, 0) + request.json["billsec"]
        return super().webhook(request)

    def seconds(self, cuid: str | None) -> int:
        """Give what was added up."""
        return self.talked.get(cuid or "", 0)


class JoinsByTheLastOrder(Crm):
    """Whatever comes is of the call that was placed last."""

    def __init__(self, pbx: Pbx) -> None:
        super().__init__(pbx)
        self.current = ""
        self.lengths: dict[str, int] = {}

    def dial(self, order: str, callee: str) -> None:
        """Remember it."""
        self.current = order
        super().dial(order, callee)

    def webhook(self, request: Received) -> int:
        """Join it to that."""
        if request.json["event_name"] == "Cdr":
            self.lengths.setdefault(self.current, request.json["billsec"])
        return super().webhook(request)

    def card(self, order: str) -> tuple[str, int, bool, bool]:
        """Give what was joined to it."""
        done, _, *rest = super().card(order)
        return done, self.lengths.get(order, 0), *rest


class DialsAgain(Crm):
    """No reply, no call: once more."""

    def not_answered(self, order: str, callee: str) -> None:
        """Dial again."""
        self.dial(order, callee)


class TakesAnErrorForNo(Crm):
    """A 5xx says that it was not done."""

    def dial(self, order: str, callee: str) -> None:
        """Tell the customer so."""
        super().dial(order, callee)
        if self.is_refused:
            self.asked[order] = "refused"

    def ask(self, service: str, body: dict[str, Any]) -> bytes:
        """Keep whether an error came."""
        self.is_refused = False
        try:
            return super().ask(service, body)
        except NotTheVendor:
            self.is_refused = True
            raise


class ReadsTheReportAtOnce(Crm):
    """The record was announced, so the report has it."""

    def webhook(self, request: Received) -> int:
        """Read it."""
        answer = super().webhook(request)
        if request.json["event_name"] == "Cdr":
            wish = {"conditions": {"cuid": request.json["cuid"]}, "date_range": {}, "alike": "false", "pagination": {}}
            rows = json.loads(self.surely("reports/cdr/search", wish))["data"]["data"]
            self.reports[request.json["cuid"]] = rows[0] if rows else {}
        return answer

    def card(self, order: str) -> tuple[str, int, bool, bool]:
        """Say whether there is something in it."""
        done, seconds, _, recorded = super().card(order)
        return done, seconds, bool(self.reports.get(self.cuid(order) or "")), recorded


class FetchesTheRecordingOnce(Crm):
    """What is not there when the call is over was not recorded."""

    def webhook(self, request: Received) -> int:
        """Fetch it now or never."""
        answer = super().webhook(request)
        event = request.json
        if event["event_name"] == "Cdr" and event["cuid"] not in self.recordings:
            self.recordings[event["cuid"]] = self.surely("reports/audio/download", {"file": event["record"]})
        return answer

    def card(self, order: str) -> tuple[str, int, bool, bool]:
        """Say whether there is something in it."""
        *rest, _ = super().card(order)
        return *rest, bool(self.recordings.get(self.cuid(order) or ""))


class TakesTheLastForTheState(Crm):
    """The state is what came last."""

    def __init__(self, pbx: Pbx) -> None:
        super().__init__(pbx)
        self.last: dict[str, str] = {}

    def webhook(self, request: Received) -> int:
        """Keep what came last."""
        self.last[request.json["cuid"]] = request.json.get("state", "Cdr")
        return super().webhook(request)

    def state(self, cuid: str | None) -> str:
        """Give it."""
        return self.last.get(cuid or "", "none")


class GivesUpWithoutAnAnswer(Crm):
    """What has not been answered when it looks is never going to be."""

    def __init__(self, pbx: Pbx) -> None:
        super().__init__(pbx)
        self.given_up: set[str] = set()

    def poll(self) -> None:
        """Give up calls that ring."""
        self.given_up |= {order for order in self.asked if self.state(self.cuid(order)) in ("none", "Ringing")}
        super().poll()

    def card(self, order: str) -> tuple[str, int, bool, bool]:
        """Say so."""
        done, *rest = super().card(order)
        return "given up" if order in self.given_up else done, *rest


class LooksOnceThenDialsAgain(Crm):
    """No reply: once the call must be over the report has it, or it was never placed."""

    def __init__(self, pbx: Pbx) -> None:
        super().__init__(pbx)
        self.polls = 0
        self.pbx = pbx

    def poll(self) -> None:
        """Look where the call is, when it should be over."""
        self.polls += 1
        for order, state in list(self.asked.items()):
            if state == "unknown" and self.polls == LAST_LOOK:
                wish = {"conditions": {"to": CALLEE}, "date_range": WHOLE_DAY, "alike": "false", "pagination": {}}
                try:
                    rows = json.loads(self.ask("reports/cdr/search", wish))["data"]["data"]
                except Unknown:
                    continue
                if not rows:
                    self.dial(order, CALLEE)


CALLEE = "990103020"  # answers after 3 s, talks 20
LAST_LOOK = 27  # polls, a second each; the call takes 26
WHOLE_DAY = {"from": "2026-01-01 00:00", "to": "2026-01-03 00:00"}


class Billing:
    """A careful client of Duocom: a reference is one of its day."""

    def __init__(self, pbx: Pbx) -> None:
        self.url = f"{pbx.url}/cgi-bin/oficinaweb"
        account = pbx.vendors["duocom"]["accounts"][0]
        self.secret = {"principal": account["principal"], "pass": account["pass"]}
        self.charges: dict[tuple[str, ...], int] = {}

    def call(self, callee: str) -> None:
        """Place a call."""
        query = urlencode({**self.secret, "llamante": "990103020", "llamado": callee})
        try:
            send(f"{self.url}/oficinaweb_webcallservice?{query}")
        except Unknown:
            return  # what is charged will be told

    def webhook(self, request: Received) -> int:
        """Take a charge down, once."""
        notice = request.query
        self.charges[self.key(notice)] = int(notice["segundos"])
        return 200

    def key(self, notice: dict[str, str]) -> tuple[str, ...]:
        """Say which charge it is."""
        return notice["fecha"], notice["ref"], notice["segundos"]

    def total(self) -> int:
        """Count the seconds of all calls."""
        return sum(self.charges.values())


class TakesAReferenceForAnId(Billing):
    """A reference names a call."""

    def key(self, notice: dict[str, str]) -> tuple[str, ...]:
        """Leave the day out."""
        return notice["ref"], notice["segundos"]


class AddsUpCharges(Billing):
    """What comes is charged."""

    def key(self, notice: dict[str, str]) -> tuple[str, ...]:
        """Take each notice for one of its own."""
        return (*super().key(notice), str(len(self.charges)))


class AsksForToday(Billing):
    """What was called today is in today's report."""

    def total(self) -> int:
        """Ask for it."""
        try:
            rows = send(f"{self.url}/api_consumos?{urlencode(self.secret)}").decode().splitlines()[1:]
        except Unknown:
            return super().total()
        return sum(int(row.split(";")[5]) for row in rows)
