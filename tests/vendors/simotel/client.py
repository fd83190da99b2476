"""A client of Simotel's interface and the PBX behind it, for the tests of this vendor."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from multidict import CIMultiDict

from pbxsim.kit.request import Request
from pbxsim.pbx.routes import Context, OutboundRoute, Trunk
from pbxsim.testing.office import Office, extension, line
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Account, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.call import Call

PATH = "/api/v4/call/originate/act"
KEY = "vZKtIKWsld0egNlkzHo8i5LVBqLNBSWARCQsPOSgDjFmAHM3tG"
BASIC = "Basic dGVzdDpBYTEyMzQ1Ng=="
HEADERS = {"X-APIKEY": KEY, "Authorization": BASIC, "Content-Type": "application/json"}
ACCOUNT = Account(username="test", password="Aa123456", api_key=KEY)
FIELDS: dict[str, object] = {"caller": "557", "callee": "552", "context": "main_routing", "caller_id": "557"}


def office() -> Office:
    """Make the PBX of the manual's samples: extensions, a trunk for first parties, another behind the context."""
    cisco, mci = Trunk(id=1, name="cisco"), Trunk(id=2, name="mci")
    route = OutboundRoute(id=1, name="out", patterns=("_0X.", "_990XXXXXX", "_+X.", "_sip."), trunks=(mci,))
    return Office(
        extension("557", dialplan="simotel", public=("02112345678",)),
        extension("552", dialplan="simotel"),
        extension("570", line("sip570", line_id=570, registered=False), dialplan="simotel"),
        extension("100", dialplan="elsewhere"),
        trunks=(cisco, mci),
        routes=(route,),
        contexts=(Context(name="main_routing", dialplan="simotel", routes=(route,)),),
        dialplans=("simotel", "elsewhere"),
    )


class Client:
    """Sends requests as the manual's samples do, but for what a test says otherwise."""

    def __init__(self, settings: Settings | None = None, behind: Office | None = None) -> None:
        self.office = behind or office()
        self.settings = settings or Settings(accounts=(ACCOUNT,), dialplan="simotel")
        self.interface = vendor.open(self.settings, self.office.pbx)

    def request(
        self,
        body: bytes,
        *,
        method: str = "PUT",
        path: str = PATH,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        remote: str = "127.0.0.1",
        fault: str = "",
    ) -> Request:
        """Make a request; `headers` replace all of the usual ones."""
        sent = CIMultiDict(HEADERS if headers is None else headers)
        return Request(method, path, query, headers=sent, body=body, remote=remote, fault=fault)

    def send(self, body: bytes | None = None, **how: str | Mapping[str, str]) -> Reply:
        """Send a body; without one, that of an extension calling another."""
        content = json.dumps(FIELDS).encode() if body is None else body
        return self.interface.answer(self.request(content, **how))  # type: ignore[arg-type]  # as exchange() names them

    def ask(self, **fields: object) -> Reply:
        """Send the usual parameters, some of them changed, or added; None is sent as null."""
        return self.send(json.dumps(FIELDS | fields).encode())

    def ask_without(self, *names: str, **fields: object) -> Reply:
        """Send the usual parameters without some of them."""
        return self.send(json.dumps({name: FIELDS[name] for name in FIELDS if name not in names} | fields).encode())

    def answered_call(self, **fields: object) -> Call:
        """Have a call accepted, and give it once all has happened that happens at this instant."""
        call = self.call(**fields)
        self.office.advance(0)
        return call

    def call(self, **fields: object) -> Call:
        """Have a call accepted, and give it."""
        reply = self.ask(**fields)
        assert reply.status == 200
        assert reply.call is not None, reply
        call = self.office.pbx.calls.find(reply.call)
        assert call is not None
        return call


def failure(message: str) -> bytes:
    """Spell a failure as the vendor's envelope; `message` as it stands in JSON."""
    return b'{\n    "success": 0,\n    "message": "' + message.encode() + b'",\n    "data": null\n}'


def accepted(call_id: str) -> bytes:
    """Spell an accepted call as the vendor shows it."""
    envelope = (
        b'{\n    "success": 1,\n    "message": null,\n    "data": {\n        "originated_call_id": "%s"\n    }\n}'
    )
    return envelope % call_id.encode()
