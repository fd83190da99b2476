"""pbxsim's user agent and registrar without sockets, for tests: what it is given, and what it sends."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.agent import Agent
from pbxsim.engines.sip.dialog import Place
from pbxsim.engines.sip.digest import Authority
from pbxsim.engines.sip.flow import Flow
from pbxsim.engines.sip.registrar import Registrar

if TYPE_CHECKING:
    from pbxsim.engines.sip.session import Session
    from pbxsim.pbx.cause import HangupCause

REALM: Final = "pbxsim"
USER, PASSWORD = "sip100", "chosen-for-tests"
ANSWER: Final = b"v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"
THERE: Final = Flow("UDP", "192.0.2.9", 5060)


class Answering:
    """Implements `Listener`: an exchange of one line, which answers most who call. `time` is what its clock says.

    `changed` are users whose contacts are not what they were, `called_numbers` what was called, in their order.
    """

    def __init__(self) -> None:
        self.time = 1_000.0
        self.called_numbers: list[str] = []
        numbers = count()
        self.changed: list[str] = []
        self.registrar = Registrar(self.changed.append)
        self.agent = Agent(
            clock=lambda: self.time,
            token=lambda: f"t{next(numbers):x}",
            place=lambda flow: Place("192.0.2.1", 5060, flow.transport),
            authority=Authority(REALM, b"k" * 32, {USER: PASSWORD}.get, ("MD5", "SHA-256")),
            registrar=self.registrar,
            listener=self,
            name="pbxsim",
        )

    def take(self, data: bytes, flow: Flow = THERE) -> list[bytes]:
        """Give it a message, and get what it sends."""
        self.agent.receive(data, flow)
        return self.sent()

    def sent(self) -> list[bytes]:
        """Get what it sends."""
        sent = [message for message, _ in self.agent.outgoing]
        self.agent.outgoing.clear()
        return sent

    def passes(self, seconds: float) -> None:
        """Let time pass, and what is due in it be done."""
        ends = self.time + seconds
        while self.agent.due() <= ends:
            self.time = max(self.time, self.agent.due())
            self.agent.wake()
            assert self.agent.due() > self.time, "what is due is done by whoever is woken for it"
        self.time = ends

    # -- the listener ------------------------------------------------------------------------------------------------

    def called(self, session: Session, number: str) -> None:
        """Have it ring, and answer two of three who call."""
        self.called_numbers.append(number)
        session.ring()
        if len(self.called_numbers) % 3:
            session.answer()

    def denied(self, user: str, host: str, total: int) -> None:
        """Hear of a wrong password."""

    def rings(self, session: Session) -> None:
        """Hear that it rings."""

    def early(self, session: Session, body: bytes) -> None:
        """Hear that it can be heard."""

    def answered(self, session: Session, body: bytes) -> None:
        """Hear that it was answered."""

    def failed(self, session: Session, cause: HangupCause) -> None:
        """Hear that it was not."""

    def sent_on(self, session: Session, to: str, cause: HangupCause) -> None:
        """Hear that another number is to be rung."""

    def unheard(self, session: Session) -> None:
        """Hear that nothing came from there."""

    def ended(self, session: Session, cause: HangupCause) -> None:
        """Hear that it is over."""

    def offer(self, session: Session) -> bytes:
        """Offer what is always offered."""
        return ANSWER

    def offered(self, session: Session, body: bytes) -> bytes:
        """Answer what is always answered."""
        return ANSWER

    def accepted(self, session: Session, body: bytes) -> None:
        """Take an answer."""

    def pressed(self, session: Session, digit: str) -> None:
        """Hear a digit."""

    def referred(self, session: Session, to: str) -> tuple[int, str]:
        """Take a transfer."""
        return 202, "Accepted"
