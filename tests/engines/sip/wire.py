"""An agent without sockets, and telephones that are written out: what each says, byte for byte, and what it hears."""

from __future__ import annotations

import hashlib
from itertools import count
from math import isinf
from typing import TYPE_CHECKING, Any

from pbxsim.engines.sip.agent import Agent
from pbxsim.engines.sip.dialog import Place
from pbxsim.engines.sip.digest import Authority
from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.message import Request, Response, read
from pbxsim.engines.sip.registrar import Registrar

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.session import Session

HERE = Flow("UDP", "192.0.2.10", 5062)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 4000 RTP/AVP 8\r\n"
    b"a=rtpmap:8 PCMA/8000\r\n"
)
PASSWORDS = {"sip100": "first secret", "sip101": "second secret"}


class Heard:
    """Implements `Listener`: takes down what it is told, and answers as a test wants it."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.sessions: list[Session] = []
        self.description = SDP
        self.handed_on = (200, "OK")

    def _tell(self, what: str, session: Session, *more: Any) -> None:  # noqa: ANN401 - whatever it is about
        self.told.append((what, session.user, *more))

    def rings(self, session: Session) -> None:
        self._tell("rings", session)

    def early(self, session: Session, body: bytes) -> None:
        self._tell("early", session, body)

    def answered(self, session: Session, body: bytes) -> None:
        self._tell("answered", session, body)

    def failed(self, session: Session, cause: Any) -> None:  # noqa: ANN401
        self._tell("failed", session, int(cause))

    def sent_on(self, session: Session, to: str, cause: Any) -> None:  # noqa: ANN401
        self._tell("sent on", session, to, int(cause))

    def unheard(self, session: Session) -> None:
        self._tell("unheard", session)

    def ended(self, session: Session, cause: Any) -> None:  # noqa: ANN401
        self._tell("ended", session, int(cause))

    def offer(self, _session: Session) -> bytes:
        return self.description

    def offered(self, session: Session, body: bytes) -> bytes:
        self._tell("offered", session, body)
        return self.description

    def accepted(self, session: Session, body: bytes) -> None:
        self._tell("accepted", session, body)

    def pressed(self, session: Session, digit: str) -> None:
        self._tell("pressed", session, digit)

    def referred(self, session: Session, to: str) -> tuple[int, str]:
        self._tell("referred", session, to)
        return self.handed_on

    def denied(self, user: str, host: str, total: int) -> None:
        self.told.append(("denied", user, host, total))

    def called(self, session: Session, number: str) -> None:
        self.sessions.append(session)
        self._tell("called", session, number)


class Wire:
    """An agent whose time a test moves. Letters that nobody can guess are counted here."""

    def __init__(self, algorithms: tuple[str, ...] = ("MD5",)) -> None:
        self.now = 1_000.0
        self.heard = Heard()
        self.changed: list[str] = []
        numbers = count(1)
        self.registrar = Registrar(self.changed.append)
        self.agent = Agent(
            clock=lambda: self.now,
            token=lambda: f"t{next(numbers)}",
            place=lambda flow: Place("192.0.2.1", 5060, flow.transport),
            authority=Authority("pbxsim", b"key of tests", PASSWORDS.get, algorithms),
            registrar=self.registrar,
            listener=self.heard,
            name="pbxsim/tests",
        )

    def sent(self) -> list[Request | Response]:
        """Give what it has sent since the last look."""
        messages = [read(data) for data, _ in self.agent.outgoing]
        self.agent.outgoing.clear()
        return [message for message in messages if message is not None]

    def says(self, text: str, body: bytes = b"", flow: Flow = HERE) -> list[Request | Response]:
        """Have something come in, of which a test writes only what matters; give what is sent back at once."""
        lines = [line.strip() for line in text.strip().splitlines()]
        head = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""])
        self.agent.receive(head.encode() + body, flow)
        return self.sent()

    def elapse(self, seconds: float) -> list[tuple[float, str]]:
        """Let time go by; give what was sent meanwhile: so many seconds later, its first line."""
        begun, until, said = self.now, self.now + seconds, []
        while True:
            due = self.agent.due()
            if isinf(due) or due > until:
                break
            self.now = max(self.now, due)
            self.agent.wake()
            assert self.agent.due() > self.now, "what is due is done by whoever is woken for it"
            said += [(round(self.now - begun, 3), first_line(message)) for message in self.sent()]
        self.now = until
        return said

    def registered(self, user: str = "sip100", flow: Flow = HERE, **more: Any) -> None:  # noqa: ANN401
        """Have a telephone registered."""
        answer = registers(self, user, flow=flow, **more)
        assert answer.code == 200, answer
        self.changed.clear()


def first_line(message: Request | Response) -> str:
    """Spell a message's first line."""
    return bytes(message).partition(b"\r\n")[0].decode()


_numbers = count(1)


def request(
    method: str,
    to: str,
    *,
    sender: str = "sip:sip100@192.0.2.1",
    sequence: int = 1,
    call_id: str = "call-1",
    tag: str = "phone",
    to_tag: str = "",
    branch: str = "",
    target: str = "",
    more: tuple[str, ...] = (),
) -> str:
    """Write a request as a telephone does."""
    branch = branch or f"z9hG4bK{next(_numbers)}"
    return "\n".join(
        [
            f"{method} {target or to} SIP/2.0",
            f"Via: SIP/2.0/UDP 10.0.0.7:5062;branch={branch};rport",
            "Max-Forwards: 70",
            f"From: <{sender}>;tag={tag}",
            f"To: <{to}>{';tag=' if to_tag else ''}{to_tag}",
            f"Call-ID: {call_id}",
            f"CSeq: {sequence} {method}",
            "Contact: <sip:sip100@10.0.0.7:5062>",
            *more,
        ]
    )


def authorization(challenge: str, method: str, uri: str, user: str, password: str, count_: int = 1) -> str:
    """Answer a challenge as RFC 7616 says, by Python's own digests."""
    given = {
        part.partition("=")[0].strip(): part.partition("=")[2].strip('" ')
        for part in challenge.removeprefix("Digest ").split(",")
    }
    digest = hashlib.sha256 if given["algorithm"] == "SHA-256" else hashlib.md5
    who = digest(f"{user}:{given['realm']}:{password}".encode()).hexdigest()
    what = digest(f"{method}:{uri}".encode()).hexdigest()
    counted = f"{count_:08x}"
    answer = digest(f"{who}:{given['nonce']}:{counted}:abc:auth:{what}".encode()).hexdigest()
    return (
        f'Authorization: Digest username="{user}", realm="{given["realm"]}", nonce="{given["nonce"]}", uri="{uri}",'
        f' algorithm={given["algorithm"]}, qop=auth, nc={counted}, cnonce="abc", response="{answer}"'
    )


def asks(
    wire: Wire,
    method: str,
    to: str,
    user: str = "sip100",
    *,
    sequence: int = 1,
    body: bytes = b"",
    flow: Flow = HERE,
    password: str = "",
    with_: Callable[[str], str] = lambda text: text,
    **more: Any,  # noqa: ANN401
) -> list[Request | Response]:
    """Have a telephone ask, be challenged, and ask again."""
    sender = more.pop("sender", f"sip:{user}@192.0.2.1")
    (challenged,) = wire.says(request(method, to, sender=sender, sequence=sequence, **more), body, flow)
    assert isinstance(challenged, Response)
    assert challenged.code == 401
    answer = authorization(
        challenged.first("www-authenticate"), method, to, user, password or PASSWORDS.get(user, "nobody's")
    )
    text = request(method, to, sender=sender, sequence=sequence + 1, **more)
    return wire.says(with_(f"{text}\n{answer}"), body, flow)


def registers(wire: Wire, user: str = "sip100", **more: Any) -> Response:  # noqa: ANN401
    """Have a telephone register; give the last answer."""
    wire_flow = more.pop("flow", HERE)
    contact = more.pop("contact", f"<sip:{user}@10.0.0.7:5062>")
    headers = tuple(more.pop("more", ()))

    def with_contact(text: str) -> str:
        kept = [line for line in text.splitlines() if not line.startswith("Contact:")]
        return "\n".join([*kept, *([f"Contact: {contact}"] if contact else []), *headers])

    (answer,) = asks(
        wire,
        "REGISTER",
        more.pop("to", f"sip:{user}@192.0.2.1"),
        user,
        target="sip:192.0.2.1",
        call_id=more.pop("call_id", f"register-{user}-{next(_numbers)}"),
        with_=with_contact,
        flow=wire_flow,
        **more,
    )
    assert isinstance(answer, Response)
    return answer
