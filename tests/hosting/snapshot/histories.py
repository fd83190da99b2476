"""Random histories of a PBX that has everything: clients, callers, hands, agents, faults, time; the same for each seed.

What is done at a step depends on the seed and on what the PBX is by then, and on nothing else: two PBXs that are alike
have the same history.
"""

from __future__ import annotations

from base64 import b64encode
from math import log
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import msgspec

from pbxsim.clock.instant import seconds
from pbxsim.hosting.hosts import Hosts
from pbxsim.kit.request import Request
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.sinks.queue_log import QueueLog
from pbxsim.web.control.access import Guard
from pbxsim.web.control.dispatch import ControlApi
from tests.hosting.snapshot.chance import Chance
from tests.hosting.snapshot.town import FAULTS, LISTENED, PRESSED, THE_TOWN, Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pbxsim.hosting.hosted_pbx import HostedPbx

AGENTS: Final = (("3000", "1111"), ("3001", "2222"), ("3002", "3333"), ("3003", "4444"))
QUEUES: Final = ("desk", "small", "empty", "all", "drawn")
HANDS: Final = ("answer", "reject", "hangup", "hold", "unhold", "swap", "complete", "cancel", "register", "unregister")


class History:
    """What happens to a PBX, step by step, by the telephones and numbers of `place`. `log` is its queue log."""

    def __init__(self, host: HostedPbx, seed: int, place: Place = THE_TOWN) -> None:
        self.host = host
        self.place = place
        self.log = QueueLog(host.pbx)
        self._chance = Chance(seed)
        self._control = ControlApi(Hosts([host]), Guard("127.0.0.1"))

    def goes_on_in(self, host: HostedPbx) -> History:
        """Give the rest of this history, for another PBX."""
        other = History(host, 0, self.place)
        other._chance.count, other._chance.seed = self._chance.count, self._chance.seed
        return other

    def live(self, steps: int) -> None:
        """Have so many things happen, and time between them."""
        self._live(steps, _WAYS)

    def live_by_hand(self, steps: int) -> None:
        """Have so many things happen of those that can happen to any PBX, whatever vendors' interfaces it speaks."""
        self._live(steps, _BY_HAND)

    def _live(self, steps: int, ways: Sequence[str]) -> None:
        for _ in range(steps):
            getattr(self, self._chance.choice(ways))()

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
            **{path: self._asked("GET", path) for path in _SHOWN},
            "due": host.pbx.clock.next_due(),
        }

    # -- what happens ---------------------------------------------------------------------------------------------

    def _one(self, of: tuple[Any, ...]) -> Any:  # noqa: ANN401 - one of whatever
        return self._chance.choice(of)

    def _user(self) -> str:
        return str(self._one(self.place.users))

    def _number(self) -> str:
        return str(self._one(self.place.numbers))

    def _time(self) -> None:
        clock = self.host.pbx.clock
        assert clock.run_until(clock.now + seconds(round(-6.5 * log(1 - self._chance.random()), 3)))

    def _voipsun(self) -> None:
        action = self._one(("originate", "originate", "originate", "listcalls", "dial", "spying", "queuestatus"))
        params = {"username": "boss", "password": "b o&s=s", "action": action}
        if action == "originate":
            params |= {
                "srcSipUsername": self._user(),
                "dstNum": self._number(),
                "monitorFilename": "a.wav",
            }
            params |= {"customCDR1": str(int(1000 * self._chance.random()))}
        elif action == "dial":
            params |= {
                "outrouteId": "1",
                "dstNum": self._number(),
                "context": "front",
                "hangupContext": "front",
            }
        elif action == "spying":
            params |= {"srcSipUsername": self._user(), "dstSipUsername": self._user()}
        else:
            params |= {"queueName": "desk"}
        self._sent("voipsun", "GET", f"/api/api.php?{urlencode(params)}")

    def _agent(self) -> None:
        number, pin = self._one(AGENTS)
        action = self._one(("agentlogin", "agentlogout", "agentpause", "agentunpause", "agentadd", "agentremove"))
        params = {"username": "boss", "password": "b o&s=s", "action": action, "agentNumber": number, "agentPin": pin}
        params |= {
            "queueName": self._one(QUEUES),
            "srcSipUsername": self._user(),
            "penalty": self._one(("0", "2")),
        }
        self._sent("voipsun", "GET", f"/api/api.php?{urlencode(params)}")

    def _vum(self) -> None:
        params = {
            "klic": self._one(("K-GIVEN", "K-OWN", "K-BACK", "K-POOR", "K-INFO")),
            "cislo": self._number(),
        }
        params |= {"cislo_kdo": self._number(), "typ": self._one(("1", "2"))}
        self._sent("vum", "GET", f"/ustredna/webapi.php?{urlencode(params)}")

    def _simotel(self) -> None:
        headers = {"Authorization": f"Basic {b64encode(b'clerk:p:w').decode()}", "Content-Type": "application/json"}
        call = {
            "caller": self._number(),
            "callee": self._number(),
            "context": "front",
            "caller_id": "1",
        }
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
        params = {"principal": who[0], "pass": who[1], "llamado": self._number()}
        params |= {"llamante": self._one(("ext107", "kim@mioficinaweb.es", "911000222")), "mascara": "911000001"}
        page = self._one(("oficinaweb_webcallservice", "oficinaweb_webcallservice", "api_consumos"))
        self._sent("duocom", "GET", f"/cgi-bin/oficinaweb/{page}?{urlencode(params)}")

    def _incoming(self) -> None:
        wish = {"from": self._one(("770000333", "777000444", "602111222", "101")), "to": self._one(self.place.dids)}
        presses = self._one(("", "", *PRESSED))
        self._asked("POST", "calls", wish | {"name": "Žofie"} | ({"presses": presses} if presses else {}))

    def _hang_up(self) -> None:
        live = list(self.host.pbx.calls.live)
        if live:
            self._asked("POST", f"calls/{self._one(tuple(live))}/hangup", {"cause": self._one((16, 17, 34))})

    def _hand(self) -> None:
        self._asked("POST", f"phones/{self._user()}/{self._one(HANDS)}", {})

    def _to(self) -> None:
        verb = self._one(("dial", "transfer", "consult", "consult"))
        self._asked("POST", f"phones/{self._user()}/{verb}", {"to": self._number()})

    def _press(self) -> None:
        self._asked("POST", f"phones/{self._user()}/press", {"digits": self._one(PRESSED)})

    def _check_mail(self) -> None:
        pbx = self.host.pbx
        own = [(line.user, line.extension.mailbox) for line in pbx.directory.lines.values() if line.extension.mailbox]
        if own:
            user, number = self._one(tuple(own))
            self._asked("POST", f"phones/{user}/dial", {"to": "*97"})
            self._time()
            digits = f"{pbx.voicemail.mailboxes[number].pin}#{self._one(LISTENED)}"
            self._asked("POST", f"phones/{user}/press", {"digits": digits})

    def _fall_silent(self) -> None:
        """Have somebody hold the call at a mailbox."""
        user = self._user()
        self._asked("POST", "calls", {"from": user, "to": "812", "context": "front"})
        self._asked("POST", f"phones/{user}/hold", {})

    def _park(self) -> None:
        """Have somebody who talks park the other one, or look into a slot."""
        lines = self.host.pbx.directory.lines.values()
        talking = tuple(line.user for line in lines if any(channel.is_up for channel in line.channels))
        user = self._one(talking or self.place.users)
        self._asked(
            "POST",
            f"phones/{user}/{self._one(('transfer', 'transfer', 'dial'))}",
            {"to": self._one(self.place.parking)},
        )

    def _pick_up(self) -> None:
        self._asked("POST", f"phones/{self._user()}/dial", {"to": self._one(("*8", "*8", "**101", "**102"))})

    def _hours(self) -> None:
        schedules = tuple(self.host.pbx.hours.schedules)
        if schedules:
            period = self._one(("open", "closed", "holiday", None))
            self._asked("PUT", f"hours/{self._one(schedules)}", {"period": period})

    def _message(self) -> None:
        messages = tuple(self.host.pbx.voicemail.messages())
        if messages and self._chance.random() < 0.7:
            self._asked("PUT", f"voicemail/{self._one(messages).id}", {"heard": self._one((True, False))})
        elif messages:
            self._asked("DELETE", f"voicemail/{self._one(messages).id}")

    def _button(self) -> None:
        user = self._user()
        if self._chance.random() < 0.5:
            self._asked("POST", f"phones/{user}/dnd", {"on": self._one((True, False, False))})
        else:
            when = self._one(("always", "busy", "no_answer"))
            self._asked(
                "POST", f"phones/{user}/divert", {"when": when, "to": self._one(("101", "103", "", "770000555"))}
            )

    def _behaviour(self) -> None:
        wish = {"outcome": self._one(("answer", "busy", "no answer", "reject")), "ring_seconds": 2, "talk_seconds": 9}
        self._asked("PUT", f"phones/{self._user()}/behaviour", wish)

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
        request = Request(method, path, query, headers=headers or {}, body=body)
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


_SHOWN: Final = (
    *("calls", "phones", "queues", "agents", "accounts", "faults", "hours", "mailboxes", "voicemail", "parking"),
)
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
    "_press": 8,
    "_check_mail": 3,
    "_fall_silent": 2,
    "_park": 5,
    "_pick_up": 3,
    "_hours": 1,
    "_message": 2,
    "_button": 2,
    "_behaviour": 2,
    "_faults": 2,
    "_pay": 1,
}
_WAYS: Final = [way for way, chances in _CHANCES.items() for _ in range(chances)]
_BY_HAND: Final = [way for way in _WAYS if way not in ("_voipsun", "_agent", "_vum", "_simotel", "_duocom", "_pay")]
