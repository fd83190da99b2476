"""Random histories of a PBX that has everything: clients, callers, hands, agents, faults, time; the same for each seed.

What is done at a step depends on the seed and on what the PBX is by then, and on nothing else: two PBXs that are alike
have the same history.
"""

from __future__ import annotations

from base64 import b64encode
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import seconds
from pbxsim.hosting.hosted_pbx import Hosts
from pbxsim.kit.request import Request
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.dice import draw, stream
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pbxsim.hosting.hosted_pbx import HostedPbx

TOWN: Final = Path(__file__).parents[2] / "golden" / "pbxes" / "town.yaml"
NUMBERS: Final = (
    *("100", "101", "102", "103", "104", "105", "107", "201", "600", "700", "702", "800", "801", "803", "804", "s"),
    *("222000100", "222000102", "222000112", "770000111", "770000222", "660000111", "550000111", "990103020", "1"),
)
DIDS: Final = (
    *("222000600", "222000700", "222000701", "222000801", "222000804", "222000805", "222000806", "222000807"),
    *("222000100", "222000102", "222000899", "333000201"),
)
USERS: Final = ("ida", "jan", "desk", "mobile", "eva", "off", "kim", "ag1", "ag2", "ag3", "branch201")
AGENTS: Final = (("3000", "1111"), ("3001", "2222"), ("3002", "3333"), ("3003", "4444"))
QUEUES: Final = ("desk", "small", "empty", "all", "drawn")
HANDS: Final = ("answer", "reject", "hangup", "hold", "unhold", "swap", "complete", "cancel", "register", "unregister")
FAULTS: Final = (
    {"fault": "status", "probability": 0.3},
    {"fault": "garbled", "count": 2},
    {"fault": "rate-limit", "requests": 2, "seconds": 20},
    {"fault": "ghost-call", "probability": 0.3, "count": 1},
    {"fault": "answer-after-hangup", "probability": 0.3},
    {"fault": "missing-cause", "probability": 0.5},
    {"fault": "cdr-late", "seconds": 20},
    {"fault": "recording-late", "seconds": 20},
    {"fault": "webhook-late", "seconds": 30, "probability": 0.5},
    {"fault": "webhook-out-of-order"},
    {"fault": "webhook-lost", "count": 1},
)


def town(folder: Path, seed: int) -> HostedPbx:
    """Host the town, whose receivers are nowhere."""
    file = folder / "town.yaml"
    if not file.exists():
        file.write_text(TOWN.read_text("utf-8").replace("WEB", "127.0.0.1:9").replace("MAIL", "9"), "utf-8")
    return Installation(ServeSettings(pbxs=(str(file),), rate=0.0, seed=seed), folder).hosts.first()


class Chance:
    """Draws for one history; where it stands is how often it has drawn."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.count = 0

    def random(self) -> float:
        """Draw a number from 0 up to, but not, 1."""
        self.count += 1
        return draw(stream(self.seed, "history", 0), self.count)

    def choice(self, of: Sequence[Any]) -> Any:  # noqa: ANN401 - one of whatever
        """Draw one of some things."""
        return of[int(self.random() * len(of))]


class History:
    """What happens to a PBX, step by step. `log` is its queue log from here on."""

    def __init__(self, host: HostedPbx, seed: int) -> None:
        self.host = host
        self.log = QueueLog(host.pbx)
        self._chance = Chance(seed)
        self._control = ControlApi(Hosts([host]), Guard("127.0.0.1"))

    def goes_on_in(self, host: HostedPbx) -> History:
        """Give the rest of this history, for another PBX."""
        other = History(host, 0)
        other._chance.count, other._chance.seed = self._chance.count, self._chance.seed
        return other

    def live(self, steps: int) -> None:
        """Have so many things happen, and time between them."""
        for _ in range(steps):
            getattr(self, self._chance.choice(_WAYS))()

    def bustle(self) -> None:
        """Have calls be at several stages."""
        for way in (self._incoming, self._voipsun, self._incoming, self._simotel, self._incoming):
            way()
            clock = self.host.pbx.clock
            assert clock.run_until(clock.now + seconds(round(3 * self._chance.random(), 3)))

    def told(self, after: int = 0) -> dict[str, Any]:
        """Give all that it came to: what the PBX shows, and the queue log behind its first `after` rows."""
        host = self.host
        return {
            "journal": host.journal.jsonl(),
            "records": list(host.pbx.cdrs.find(CdrQuery())),
            "queue log": self.log.rows[after:],
            "webhooks": [(each.id, each.notice, each.due, each.state) for each in host.outbox.known()],
            "requests": [host.requests.shown(record) for record in host.requests.records()],
            **{
                path: self._asked("GET", path) for path in ("calls", "phones", "queues", "agents", "accounts", "faults")
            },
            "due": host.pbx.clock.next_due(),
        }

    # -- what happens ---------------------------------------------------------------------------------------------

    def _one(self, of: tuple[Any, ...]) -> Any:  # noqa: ANN401 - one of whatever
        return self._chance.choice(of)

    def _time(self) -> None:
        clock = self.host.pbx.clock
        assert clock.run_until(clock.now + seconds(round(-6.5 * log(1 - self._chance.random()), 3)))

    def _voipsun(self) -> None:
        action = self._one(("originate", "originate", "originate", "listcalls", "dial", "spying", "queuestatus"))
        params = {"username": "boss", "password": "b o&s=s", "action": action}
        if action == "originate":
            params |= {"srcSipUsername": self._one(USERS), "dstNum": self._one(NUMBERS), "monitorFilename": "a.wav"}
            params |= {"customCDR1": str(int(1000 * self._chance.random()))}
        elif action == "dial":
            params |= {"outrouteId": "1", "dstNum": self._one(NUMBERS), "context": "front", "hangupContext": "front"}
        elif action == "spying":
            params |= {"srcSipUsername": self._one(USERS), "dstSipUsername": self._one(USERS)}
        else:
            params |= {"queueName": "desk"}
        self._sent("voipsun", "GET", f"/api/api.php?{urlencode(params)}")

    def _agent(self) -> None:
        number, pin = self._one(AGENTS)
        action = self._one(("agentlogin", "agentlogout", "agentpause", "agentunpause", "agentadd", "agentremove"))
        params = {"username": "boss", "password": "b o&s=s", "action": action, "agentNumber": number, "agentPin": pin}
        params |= {"queueName": self._one(QUEUES), "srcSipUsername": self._one(USERS), "penalty": self._one(("0", "2"))}
        self._sent("voipsun", "GET", f"/api/api.php?{urlencode(params)}")

    def _vum(self) -> None:
        params = {"klic": self._one(("K-GIVEN", "K-OWN", "K-BACK", "K-POOR", "K-INFO")), "cislo": self._one(NUMBERS)}
        params |= {"cislo_kdo": self._one(NUMBERS), "typ": self._one(("1", "2"))}
        self._sent("vum", "GET", f"/ustredna/webapi.php?{urlencode(params)}")

    def _simotel(self) -> None:
        headers = {"Authorization": f"Basic {b64encode(b'clerk:p:w').decode()}", "Content-Type": "application/json"}
        call = {"caller": self._one(NUMBERS), "callee": self._one(NUMBERS), "context": "front", "caller_id": "1"}
        queue = {"queue": self._one(("801", "804")), "agent": self._one(("103", "107", "110"))}
        service = self._one(("call", "call", "add", "remove", "pause", "report"))
        if service == "call":
            self._sent("simotel", "PUT", "/api/v4/call/originate/act", headers, msgspec.json.encode(call))
        elif service == "report":
            dates = {"from": "2018-01-01 00:00", "to": "2030-01-01 00:00"}
            body = {"conditions": {}, "alike": False, "date_range": dates, "pagination": {}}
            self._sent("simotel", "POST", "/api/v4/reports/cdr/search", headers, msgspec.json.encode(body))
        else:
            self._sent("simotel", "POST", f"/api/v4/pbx/queues/{service}agent", headers, msgspec.json.encode(queue))

    def _duocom(self) -> None:
        who = self._one((("600000001", "Año"), ("600000004", "moved"), ("600000001", "wrong one")))
        params = {"principal": who[0], "pass": who[1], "llamado": self._one(NUMBERS)}
        params |= {"llamante": self._one(("ext107", "kim@mioficinaweb.es", "911000222")), "mascara": "911000001"}
        page = self._one(("oficinaweb_webcallservice", "oficinaweb_webcallservice", "api_consumos"))
        self._sent("duocom", "GET", f"/cgi-bin/oficinaweb/{page}?{urlencode(params)}")

    def _incoming(self) -> None:
        wish = {"from": self._one(("770000333", "777000444", "602111222", "101")), "to": self._one(DIDS)}
        self._asked("POST", "calls", wish | {"name": "Žofie"})

    def _hang_up(self) -> None:
        live = list(self.host.pbx.calls.live)
        if live:
            self._asked("POST", f"calls/{self._one(tuple(live))}/hangup", {"cause": self._one((16, 17, 34))})

    def _hand(self) -> None:
        self._asked("POST", f"phones/{self._one(USERS)}/{self._one(HANDS)}", {})

    def _to(self) -> None:
        verb = self._one(("dial", "transfer", "consult", "consult"))
        self._asked("POST", f"phones/{self._one(USERS)}/{verb}", {"to": self._one(NUMBERS)})

    def _button(self) -> None:
        user = self._one(USERS)
        if self._chance.random() < 0.5:
            self._asked("POST", f"phones/{user}/dnd", {"on": self._one((True, False, False))})
        else:
            when = self._one(("always", "busy", "no_answer"))
            self._asked(
                "POST", f"phones/{user}/divert", {"when": when, "to": self._one(("101", "103", "", "770000555"))}
            )

    def _behaviour(self) -> None:
        wish = {"outcome": self._one(("answer", "busy", "no answer", "reject")), "ring_seconds": 2, "talk_seconds": 9}
        self._asked("PUT", f"phones/{self._one(USERS)}/behaviour", wish)

    def _faults(self) -> None:
        wanted = [self._one(FAULTS)] if self._chance.random() < 0.6 else []
        self._asked("PUT", "faults", {"faults": wanted})

    def _pay(self) -> None:
        self._asked("POST", "accounts/household/credit", {"amount": self._one(("1.00", "-2.50", "100"))})

    # -- how ------------------------------------------------------------------------------------------------------

    def _sent(
        self, vendor: str, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> None:
        path, _, query = target.partition("?")
        request = Request(method, path, query, headers=headers, body=body)
        self.host.answer(vendor, request, (), self.host.meet(vendor, request))

    def _asked(self, method: str, path: str, body: object = None) -> bytes:
        headers = {"Content-Type": "application/json"}
        content = b"" if body is None else msgspec.json.encode(body)
        asked = self._control.answer(Request(method, f"/_pbxsim/{path}", headers=headers, body=content))
        try:
            asked.send(None)  # no clock is moved, no store is there: nothing is waited for
        except StopIteration as answered:
            content = answered.value.body
            return content if isinstance(content, bytes) else b"".join(content)
        raise AssertionError(f"{method} {path} waits for something")


_CHANCES: Final[Mapping[str, int]] = {
    "_time": 40,
    "_voipsun": 9,
    "_agent": 4,
    "_vum": 4,
    "_simotel": 6,
    "_duocom": 4,
    "_incoming": 14,
    "_hang_up": 2,
    "_hand": 8,
    "_to": 8,
    "_button": 2,
    "_behaviour": 2,
    "_faults": 2,
    "_pay": 1,
}
_WAYS: Final = [way for way, chances in _CHANCES.items() for _ in range(chances)]
