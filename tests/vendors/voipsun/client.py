"""A client of VoIPSUN's interface and the PBX behind it, for the tests of this vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from multidict import CIMultiDict

from pbxsim.kit.request import Request
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.extension import Extension, Line, Registration
from pbxsim.pbx.queue import Queue, QueueFigures
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office
from pbxsim.vendors.voipsun import vendor
from pbxsim.vendors.voipsun.api import PATH
from pbxsim.vendors.voipsun.settings import ApiUser, Settings
from tests.vendors import golden

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import ChannelState

FIXTURES = golden.FIXTURES / "voipsun"
SUCCESS = b'{"success":"true"}'
USER = ApiUser(username="voipsun", password="secretpwd")


def documented_error(code: int, **filled: str) -> bytes:
    """Give the reply for an error, from the manual's own table; `filled` maps placeholders to what stands for them."""
    text = golden.errors("voipsun")[str(code)]
    for placeholder, value in filled.items():
        assert placeholder in text
        text = text.replace(placeholder, value)
    return f'{{"success":"false","errno":"{code}","reason":"{text}"}}'.encode()


def telephone(user: str, line_id: int, host: str, *, contact_host: str = "", max_calls: int = 2) -> Line:
    """Make a telephone registered from `host`, whose Contact names `contact_host` or the same."""
    contact = f"sip:{user}@{contact_host or host}:5060"
    seen = Registration(host=host, port=5060, contact=contact, user_agent="snom870/8.7.3.25.9", status="OK (35 ms)")
    return Line(id=line_id, user=user, max_calls=max_calls, registration=seen)


def extension(
    number: int, internal: str, *lines: Line, public: str = "", dialplan: str = "firma", records: bool = False
) -> Extension:
    """Make an extension with that id."""
    return Extension(
        id=number,
        internal=internal,
        dialplan=dialplan,
        lines=list(lines),
        public=(public,) if public else (),
        records=records,
    )


def office() -> Office:
    """Make the PBX that the manual's examples speak of, and what their error codes need besides."""
    upc = Trunk(id=1, name="upc")
    outside = OutboundRoute(id=3, name="odchozi", patterns=("_XXXXXXXXX",), trunks=(upc,))
    return Office(
        extension(5, "100", telephone("sip100", 5, "192.0.2.10", contact_host="10.0.0.10"), public="299299000"),
        extension(7, "102", telephone("sip102", 7, "192.0.2.12"), public="299299555", records=True),
        extension(8, "103", telephone("sip103a", 8, "192.0.2.13"), telephone("sip103b", 9, "192.0.2.14")),
        extension(11, "104", Line(id=11, user="sip104")),
        extension(12, "200", telephone("sip200", 12, "192.0.2.20")),
        extension(13, "200", telephone("sip200b", 13, "192.0.2.21"), dialplan="pobocka"),
        trunks=(upc,),
        routes=(outside,),
        contexts=(
            Context(name="pospojeni", entries=(("s", Step(play_seconds=20)),)),
            Context(name="nevyzvednuto", entries=(("s", Step(hangup=16)),)),
        ),
        dialplans=("firma", "pobocka"),
        agents=(
            Agent(number="1000", name="Agent_01", pin="1234"),
            Agent(number="1001", name="Agent_02", pin="4321"),
        ),
        queues=(Queue(name="FrontaIT", strategy="rrordered", members=[], waiters=[], figures=QueueFigures()),),
    )


class Client:
    """Sends requests as the manual's examples do, but for what a test says otherwise."""

    def __init__(self, settings: Settings | None = None, behind: Office | None = None) -> None:
        self.office = behind or office()
        self.settings = settings or Settings(users=(USER,))
        self.interface = vendor.open(self.settings, self.office.pbx)

    def ask(self, action: str, **params: str) -> Reply:
        """Send a GET request as the API user of the examples."""
        return self.send({"username": "voipsun", "password": "secretpwd", "action": action, **params})

    def body(self, action: str, **params: str) -> bytes:
        """Send it, and give the reply's body."""
        return self.ask(action, **params).body

    def send(self, params: dict[str, str]) -> Reply:
        """Send a GET request with these parameters and no others."""
        return self.interface.answer(Request("GET", PATH, urlencode(params)))

    def post(self, query: dict[str, str], form: dict[str, str]) -> Reply:
        """Send a POST request with a form."""
        headers = CIMultiDict({"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"})
        body = urlencode(form).encode()
        return self.interface.answer(Request("POST", PATH, urlencode(query), headers=headers, body=body))

    def replay(self, name: str) -> Reply:
        """Send one of the golden requests, as it stands."""
        return self.interface.answer(golden.request("voipsun", name))

    def call(self, reply: Reply) -> Call:
        """Find the call that a request started."""
        assert reply.call is not None
        call = self.office.pbx.calls.find(reply.call)
        assert call is not None
        return call

    def place(self, **params: str) -> Call:
        """Originate from extension 100 to the examples' number, but for `params`; give the call."""
        asked = {"srcExtenInternalNum": "100", "dstNum": "800123456", **params}
        if any(name.startswith("src") and name not in ("srcExtenInternalNum", "srcRingTimeout") for name in params):
            del asked["srcExtenInternalNum"]
        reply = self.ask("originate", **asked)
        assert reply.body == SUCCESS, reply
        return self.call(reply)

    def talk(self, **params: str) -> Call:
        """Place a call as `place` does, and let a second go by, in which both parties answer."""
        call = self.place(**params)
        self.office.advance(1)
        return call

    def last_cdr(self) -> Cdr:
        """Run everything to its end, and give the last record."""
        self.office.finish()
        return self.office.cdrs()[-1]

    def line(self, user: str) -> Line:
        """Find a telephone by its SIP user."""
        return self.office.directory.line(user)

    def rest(self, user: str, state: ChannelState) -> None:
        """Leave a telephone in a channel state without any call of ours."""
        self.line(user).resting_state = state
