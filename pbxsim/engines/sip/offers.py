"""The offers and answers of one session: which message has whose description of sound (RFC 3264; RFC 3261, 13.2.1).

What a description says, and what is answered, is its listener's; nothing here reads one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from pbxsim.engines.sip.message import Request, Response
    from pbxsim.engines.sip.session_listener import SessionListener

_Session = TypeVar("_Session")


class Offers(Generic[_Session]):
    """`ours` is our description that was sent last."""

    def __init__(self, session: _Session, listener: SessionListener[_Session]) -> None:
        self.ours = b""
        self._session = session
        self._listener = listener
        self._early: Response | None = None  # what has said how a telephone is heard before it is picked up
        self._awaits_answer = False  # to an offer in our answer: it comes with the ACK
        self._is_first = False  # and there was no agreement before

    # -- we asked ----------------------------------------------------------------------------------------------------

    def early(self, response: Response) -> None:
        """Take what a provisional answer to our offer says."""
        if response.body:
            self._early = response
            self._listener.early(self._session, response.body)

    def in_answer(self, response: Response) -> bytes:
        """Give what the final answer to our offer says; where it says nothing, what its early one has said before."""
        early, self._early = self._early, None
        is_said_before = early is not None and not response.body and early.receiver == response.receiver
        return early.body if early is not None and is_said_before else response.body

    # -- we are asked ------------------------------------------------------------------------------------------------

    def early_answer(self, request: Request) -> bytes:
        """Give what a provisional answer of ours says; empty: nothing can be agreed on, or nothing was offered."""
        return self._listener.offered(self._session, request.body) if request.body else b""

    def answer(self, request: Request, *, is_first: bool = False) -> bytes | None:
        """Give what our final answer to a request says; None: it is to be refused, and nothing has changed.

        Whoever offers is answered. An INVITE without an offer asks for one, to which its ACK has the answer; any other
        request without one says nothing of sound, and neither does its answer.
        """
        asks = request.method == "INVITE" and not request.body
        body = self._listener.offer(self._session) if asks else self.early_answer(request)
        if not body and (asks or request.body):
            return None
        self._awaits_answer = asks
        self._is_first = asks if is_first else self._is_first
        self.ours = body or self.ours
        return body

    def acknowledged(self, request: Request) -> bool:
        """Take what the ACK of an answer of ours says. False: there never was any agreement (RFC 3261, 13.2.2.4)."""
        is_first, awaited = self._is_first, self._awaits_answer
        self._is_first = self._awaits_answer = False
        if awaited and request.body:
            self._listener.accepted(self._session, request.body)
        return not (awaited and is_first and not request.body)
