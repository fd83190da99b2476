"""The vendors' requests, as a customer's program spells them, and every example of their manuals as it is printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.golden.control import advance, shown
from tests.golden.wire import Request, Script, basic, get, query, send_json

if TYPE_CHECKING:
    from collections.abc import Mapping

FIXTURES: Final = Path(__file__).parents[2] / "fixtures"
VENDORS: Final = ("duocom", "simotel", "voipsun", "vum")


def examples(vendor: str) -> Script:
    """Send a manual's examples byte for byte, with time between them."""
    for number, path in enumerate(sorted((FIXTURES / vendor).glob("*.request"))):
        yield Request(path.read_bytes())
        yield advance(1 + number % 4)
    yield advance(90)
    yield shown("cdrs", after=10_000)


# -- VoIPSUN ----------------------------------------------------------------------------------------------------------

API: Final = "/api/api.php"


class Voipsun:
    """An API user."""

    def __init__(self, username: str = "voipsun", password: str = "secretpwd") -> None:
        self.user = {"username": username, "password": password}

    def __call__(self, action: str, **params: str) -> Request:
        """Spell an action as a GET."""
        return get(query(API, self.user, {"action": action}, params))

    def agent(self, action: str, number: str = "1000", pin: str = "1234", **params: str) -> Request:
        """Spell an action of an agent's."""
        return self(action, agentNumber=number, agentPin=pin, **params)


# -- VUM --------------------------------------------------------------------------------------------------------------

PAGE: Final = "/ustredna/webapi.php"


def vum(klic: str, *, origin: str = "", **params: str) -> Request:
    """Spell a request with an activation key, from a page where an origin is given."""
    target = query(PAGE, {"klic": klic}, params)
    return get(target, Origin=origin) if origin else get(target)


# -- Simotel ----------------------------------------------------------------------------------------------------------

KEY: Final = "vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG"
BOTH: Final = {"X-APIKEY": KEY, "Authorization": basic("test", "Aa123456")}


class Simotel:
    """An API account, by its headers."""

    def __init__(self, headers: Mapping[str, str] = BOTH) -> None:
        self.headers = headers

    def __call__(self, service: str, body: object = None, method: str = "POST") -> Request:
        """Spell a request to a service."""
        return send_json(method, f"/api/v4/{service}", {} if body is None else body, self.headers)

    def call(self, caller: str = "557", callee: str = "552", **more: object) -> Request:
        """Spell a call."""
        fields = {"caller": caller, "callee": callee, "context": "main_routing", "caller_id": caller}
        return self("call/originate/act", fields | more, "PUT")

    def report(self, name: str, conditions: object = None, alike: object = False, **page: object) -> Request:
        """Spell a report's request over the years in which scripts live."""
        dates = {"from": "2018-01-01 00:00", "to": "2030-01-01 00:00"}
        body = {"conditions": conditions or {}, "alike": alike, "date_range": dates, "pagination": page}
        return self(f"reports/{name}/search", body)

    def queue(self, verb: str, queue: str, agent: str, **more: object) -> Request:
        """Spell what becomes of an operator in a queue."""
        return self(f"pbx/queues/{verb}agent", {"queue": queue, "agent": agent, **more})

    def batch(self, verb: str, *agents: object) -> Request:
        """Spell the same for several."""
        return self(f"pbx/queues/batch{verb}agent", {"agents": list(agents)})


# -- Duocom -----------------------------------------------------------------------------------------------------------

CGI: Final = "/cgi-bin/oficinaweb"
CALLS: Final = f"{CGI}/oficinaweb_webcallservice"


class Duocom:
    """A customer."""

    def __init__(self, principal: str = "666111666", password: str = "MiClaveSecreta") -> None:
        self.user = {"principal": principal, "pass": password}

    def __call__(self, program: str = CALLS, **params: str) -> Request:
        """Spell a request to a program."""
        return get(query(program if program.startswith("/") else f"{CGI}/{program}", self.user, params))

    def call(self, llamante: str = "911000222", llamado: str = "930000000", **params: str) -> Request:
        """Spell a call."""
        return self(llamante=llamante, llamado=llamado, **params)
