"""One telephone in one call, seen as SIP: an INVITE from either side, what is agreed within it, and its end.

No I/O: what a session sends goes through its `UserAgent`, what happens to it is told to `SessionListener`.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any, Final

from pbxsim.engines.sip.causes import cause_in_reason, cause_of_code, code_of_cause, reason
from pbxsim.engines.sip.dialog import REFERRED, cancel_of, sent_on_to
from pbxsim.engines.sip.info import KINDS, digit_in
from pbxsim.engines.sip.offers import Offers
from pbxsim.engines.sip.phase import Phase
from pbxsim.engines.sip.provisional import Given, Giving, is_wanted
from pbxsim.engines.sip.session_timer import TooBrief
from pbxsim.engines.sip.signs_of_life import SignsOfLife
from pbxsim.pbx.cause import HangupCause

if TYPE_CHECKING:
    from pbxsim.engines.sip.dialog import Dialog
    from pbxsim.engines.sip.message import Request, Response
    from pbxsim.engines.sip.registrar import Binding
    from pbxsim.engines.sip.session_listener import SessionListener
    from pbxsim.engines.sip.transactions import Transaction
    from pbxsim.engines.sip.user_agent import UserAgent

ALLOW: Final = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, REFER, NOTIFY, REGISTER"
SUPPORTED: Final = "100rel, replaces, timer"
SDP: Final = "application/sdp"
_NORMAL: Final = HangupCause.NORMAL_CLEARING


class Session:
    """`user` is the telephone's, `invite` the transaction in which it began. `owner` is whoever hears of its own."""

    def __init__(
        self, agent: UserAgent, listener: SessionListener[Session], dialog: Dialog, user: str, phase: Phase
    ) -> None:
        self.user = user
        self.dialog = dialog
        self.phase = phase
        self.owner: Any = None
        self.invite: Transaction | None = None
        self.contact: Binding | None = None  # where it is called
        self._is_unheard = True
        self._agent = agent
        self._listener = listener
        self._has_rung = False
        self._is_cancelled = False
        self._is_unacknowledged = False
        self._is_referring = False
        self._doom: HangupCause | None = None  # why it is hung up as soon as that may be
        self._changing: Transaction | None = None  # an INVITE or UPDATE of ours within it
        self._acknowledgement: Request | None = None
        self._signs = SignsOfLife(agent, self._refresh, self._lifeless)
        self._offers = Offers(self, listener)
        self._given = Given()
        self._giving = Giving(agent, self._unheeded)

    @property
    def tag(self) -> str:
        """Give our tag."""
        return self.dialog.local_tag

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more comes of it."""
        return self.phase in (Phase.ENDING, Phase.OVER)

    # -- we call -----------------------------------------------------------------------------------------------------

    def call(self, body: bytes, *more: tuple[str, str]) -> None:
        """Send the INVITE."""
        headers = [*self._introduction(), ("content-type", SDP), *more]
        request = self.dialog.request("INVITE", self._agent.branch(), *headers, body=body)
        self._offers.ours = body
        self.invite = self._agent.ask(request, self.dialog.flow, self)

    def replied(self, transaction: Transaction, response: Response) -> None:
        """Take a response to a request of ours."""
        method = transaction.request.method
        if transaction is self.invite and self.phase is not Phase.OVER:
            self._invite_replied(response)
        elif transaction is self._changing:
            self._change_replied(transaction, response)
        elif method == "INVITE":
            if response.code < 300 and self._acknowledgement is not None:
                self._agent.send(self._acknowledgement, self.dialog.flow)
        elif method in ("BYE", "CANCEL"):
            if method == "BYE" and response.code >= 200:
                self._over()
        elif response.code in (408, 481) and method != "PRACK":  # it knows nothing of it (RFC 3261, 12.2.1.2)
            self._lost(HangupCause.NORMAL_TEMPORARY_FAILURE)

    def timed_out(self, transaction: Transaction) -> None:
        """Hear that nobody answered a request of ours."""
        if transaction is self.invite and self.phase in (Phase.CALLING, Phase.ENDING):
            if self._is_unheard:
                self._listener.unheard(self)
            self._fail(HangupCause.NO_USER_RESPONSE)
        elif transaction.request.method == "BYE":
            self._over()
        elif transaction.request.method not in ("CANCEL", "PRACK") and self.phase is Phase.UP:
            self._lost(HangupCause.NORMAL_TEMPORARY_FAILURE)

    def _invite_replied(self, response: Response) -> None:
        if response.code < 200:
            self._provisional(response)
        elif response.code < 300:
            self._accepted(response)
        else:
            self._is_unheard = False
            self._fail(cause_of_code(response.code), sent_on_to(response))

    def _provisional(self, response: Response) -> None:
        self._is_unheard = False
        self._acknowledge_provisional(response)
        if self._doom is not None:
            self._cancel()
        elif response.code > 100 and not self._has_rung:
            self._has_rung = True
            self._listener.rings(self)
        if self._doom is None:
            self._offers.early(response)

    def _acknowledge_provisional(self, response: Response) -> None:
        """Send a PRACK, where one is wanted, in the early dialogue that the answer makes (RFC 3262, 4)."""
        assert self.invite is not None  # it is answered
        rack = self._given.acknowledged_by(response, self.invite.request)
        if rack:
            prack = self.dialog.early_request(response, "PRACK", self._agent.branch(), ("rack", rack))
            self._agent.ask(prack, self.dialog.flow, self)

    def _accepted(self, response: Response) -> None:
        """Acknowledge an answer; one that crossed our CANCEL, or comes of another branch, is hung up at once."""
        self._is_unheard = False
        receiver = response.receiver
        tag = receiver.tag if receiver is not None else ""
        if self._acknowledgement is not None:
            if tag == self.dialog.remote_tag:
                self._agent.send(self._acknowledgement, self.dialog.flow)
            else:
                self._turn_away(response)
            return
        self.dialog.answered(response)
        assert self.invite is not None  # it is answered
        self._acknowledge(self.invite.request.sequence)
        if self._doom is not None:
            self._bye(self._doom)
            return
        self.phase = Phase.UP
        self._signs.agreed(response)
        self._listener.answered(self, self._offers.in_answer(response))

    def _turn_away(self, response: Response) -> None:
        """Hang up whoever answers where somebody has answered already: a proxy on the way rings several."""
        other = copy(self.dialog)
        other.answered(response)
        assert self.invite is not None  # it is answered
        acknowledgement = other.request_again("ACK", self._agent.branch(), self.invite.request.sequence)
        self._agent.send(acknowledgement, other.flow)
        self._agent.ask(other.request("BYE", self._agent.branch()), other.flow, None)

    def _acknowledge(self, sequence: int) -> None:
        self._acknowledgement = self.dialog.request_again("ACK", self._agent.branch(), sequence)
        self._agent.send(self._acknowledgement, self.dialog.flow)

    def _fail(self, cause: HangupCause, sent_on_to: str = "") -> None:
        was_calling = self.phase is Phase.CALLING
        self._over()
        if was_calling and sent_on_to:
            self._listener.sent_on(self, sent_on_to, cause)
        elif was_calling:
            self._listener.failed(self, cause)

    def _cancel(self) -> None:
        if self._is_cancelled or self.invite is None or self.invite.is_answered:
            return
        self._is_cancelled = True
        cancel = cancel_of(self.invite.request, reason(self._doom or _NORMAL))
        self._agent.ask(cancel, self.dialog.flow, self)
        self._agent.limit(self.invite)

    # -- we are called -----------------------------------------------------------------------------------------------

    def ring(self) -> None:
        """Tell a telephone that has called that somebody is rung for it."""
        if self.phase is Phase.CALLED and self.invite is not None and not self._has_rung:
            self._has_rung = True
            is_certain = is_wanted(self.invite.request)
            more = [("contact", self.dialog.place.contact), *(self._giving.headers() if is_certain else ())]
            self._agent.answer(self.invite, 180, "Ringing", *more, tag=self.tag)
            if is_certain:
                self._giving.sent(self.invite)

    def progress(self) -> None:
        """Tell a telephone that has called, and has offered sound, how it hears what there is before an answer."""
        invite = self.invite
        if self.phase is Phase.CALLED and invite is not None and not is_wanted(invite.request):
            body = self._offers.early_answer(invite.request)
            more = [("contact", self.dialog.place.contact), ("content-type", SDP)]
            if body:
                self._agent.answer(invite, 183, "Session Progress", *more, tag=self.tag, body=body)

    def _unheeded(self) -> None:
        """Hear that a telephone that has called, and wanted to be told for certain, never said that it was."""
        if self.phase is Phase.CALLED:
            self._refuse(504, "Server Time-out", HangupCause.RECOVERY_ON_TIMER_EXPIRE)
            self._listener.ended(self, HangupCause.RECOVERY_ON_TIMER_EXPIRE)

    def objection(self) -> tuple[int, str, tuple[str, str]] | None:
        """Say why a telephone cannot call so: it wants signs of life too often; None: it can."""
        assert self.invite is not None  # it has called
        return self._signs.objection(self.invite.request)

    def answer(self) -> bool:
        """Answer a telephone that has called. False: what it offers cannot be had, and it was refused (488)."""
        if self.phase is not Phase.CALLED or self.invite is None:
            return self.phase is Phase.UP
        body = self._offers.answer(self.invite.request, is_first=True)
        if body is None:
            self._refuse(488, "Not Acceptable Here", HangupCause.BEARERCAPABILITY_NOTAVAIL)
            return False
        self.phase, self._is_unacknowledged = Phase.UP, True
        self._giving.stop()
        agreed = self._signs.asked(self.invite.request)
        self._answer_with(self.invite, body, *agreed)
        return True

    def _answer_with(self, transaction: Transaction, body: bytes, *more: tuple[str, str]) -> None:
        headers = [*self._introduction(), *more]
        headers += [("content-type", SDP)] if body else []
        self._agent.answer(transaction, 200, "OK", *headers, tag=self.tag, body=body)

    def _refuse(self, code: int, phrase: str, cause: HangupCause) -> None:
        assert self.invite is not None  # it has called
        more = [("reason", reason(cause))]
        if code == 503:
            more.append(("retry-after", "5"))
        self._agent.answer(self.invite, code, phrase, *more, tag=self.tag)
        self._over()

    def cancelled(self) -> None:
        """Hear that a telephone that has called gives up."""
        if self.phase is Phase.CALLED:
            self._refuse(487, "Request Terminated", _NORMAL)
            self._listener.ended(self, _NORMAL)

    def acknowledged(self, request: Request) -> None:
        """Hear that our answer has come."""
        is_agreed = self._offers.acknowledged(request)
        if self._is_unacknowledged:
            self._is_unacknowledged = False
            if self._doom is not None and self.phase is Phase.UP:
                self._bye(self._doom)
        if not is_agreed:
            self._lost(HangupCause.BEARERCAPABILITY_NOTAVAIL)

    def unacknowledged(self) -> None:
        """Hear that our answer has never come: it is hung up (RFC 3261, 13.3.1.4)."""
        self._is_unacknowledged = False
        if self.phase is Phase.UP:
            self._bye(HangupCause.PROTOCOL_ERROR)
            self._listener.ended(self, HangupCause.NORMAL_TEMPORARY_FAILURE)

    # -- the end -----------------------------------------------------------------------------------------------------

    def hang_up(self, cause: HangupCause) -> None:
        """End it, whatever it is about."""
        if self.is_over or self._doom is not None:
            return
        if self.phase is Phase.CALLED:
            self._refuse(*code_of_cause(cause), cause)
            return
        self._doom = cause
        if self.phase is Phase.CALLING:
            self.phase = Phase.ENDING
            if not self._is_unheard:  # a CANCEL must not overtake its INVITE (RFC 3261, 9.1)
                self._cancel()
        elif not self._is_unacknowledged and not self._is_referring:  # an answer must arrive before a BYE (15)
            self._bye(cause)

    def _bye(self, cause: HangupCause) -> None:
        self.phase = Phase.ENDING
        request = self.dialog.request("BYE", self._agent.branch(), ("reason", reason(cause)))
        self._agent.ask(request, self.dialog.flow, self)

    def _lost(self, cause: HangupCause) -> None:
        if self.phase is Phase.UP:
            self._bye(cause)
            self._listener.ended(self, cause)

    def _over(self) -> None:
        if self.phase is not Phase.OVER:
            self.phase = Phase.OVER
            self._giving.stop()
            self._signs.stop()
            self._agent.forget(self.dialog)
            self.invite = self._changing = (
                None  # all these know the session: together they would wait for the collector
            )
            del self._giving, self._signs, self._offers

    # -- what a telephone asks within it -------------------------------------------------------------------------------

    def requested(self, transaction: Transaction) -> None:
        """Take a request within the dialogue."""
        request = transaction.request
        if not self.dialog.takes(request):
            self._agent.answer(transaction, 500, "Server Internal Error", ("retry-after", "1"))
            return
        take = {
            "BYE": self._take_bye,
            "INVITE": self._take_change,
            "UPDATE": self._take_change,
            "INFO": self._take_info,
            "PRACK": self._take_prack,
            "REFER": self._take_refer,
        }.get(request.method)
        if take is None:
            self._agent.answer(transaction, 200, "OK", ("allow", ALLOW))
        elif self.is_over and request.method != "BYE":
            self._agent.answer(transaction, 481, "Call/Transaction Does Not Exist")
        else:
            take(transaction)

    def _take_bye(self, transaction: Transaction) -> None:
        told = cause_in_reason(transaction.request.first("reason"))
        self._agent.answer(transaction, 200, "OK")
        if self.phase is Phase.CALLED and self.invite is not None:
            self._agent.answer(self.invite, 487, "Request Terminated", tag=self.tag)
        was_live = self.phase in (Phase.UP, Phase.CALLED) and self._doom is None
        self._over()
        if was_live:
            self._listener.ended(self, told or _NORMAL)

    def _take_change(self, transaction: Transaction) -> None:
        """Take a new offer, or a sign of life."""
        request = transaction.request
        if self._changing is not None or self.phase is not Phase.UP:
            self._agent.answer(transaction, 491, "Request Pending")
            return
        self.dialog.refresh(request)
        try:
            agreed = self._signs.asked(request)
        except TooBrief as brief:
            self._agent.answer(transaction, 422, "Session Interval Too Small", ("min-se", str(brief.shortest)))
            return
        body = self._offers.answer(request)
        if body is None:
            self._agent.answer(transaction, 488, "Not Acceptable Here")
            return
        if request.method == "INVITE":
            self.invite, self._is_unacknowledged = transaction, True
        self._answer_with(transaction, body, *agreed)

    def _take_info(self, transaction: Transaction) -> None:
        digit = digit_in(transaction.request)
        if digit is None:
            self._agent.answer(transaction, 415, "Unsupported Media Type", ("accept", ", ".join(KINDS)))
            return
        self._agent.answer(transaction, 200, "OK")
        if digit and self.phase is Phase.UP:
            self._listener.pressed(self, digit)

    def _take_prack(self, transaction: Transaction) -> None:
        self._agent.answer(transaction, *self._giving.taken(transaction.request, self.invite))

    def _take_refer(self, transaction: Transaction) -> None:
        """Have a call handed on, and tell how that went (RFC 3515); the telephone is let go after that."""
        to = transaction.request.first("refer-to")
        self._is_referring = True
        code, phrase = self._listener.referred(self, to) if to and self.phase is Phase.UP else (400, "No Refer-To")
        self._is_referring = False
        if code >= 300:
            self._agent.answer(transaction, code, phrase)
        else:
            self._agent.answer(transaction, 202, "Accepted", ("contact", self.dialog.place.contact))
            self._notify(f"SIP/2.0 {code} {phrase}\r\n")
        if self._doom is not None and self.phase is Phase.UP:
            self._bye(self._doom)

    def _notify(self, fragment: str) -> None:
        headers = [("contact", self.dialog.place.contact), *REFERRED]
        request = self.dialog.request("NOTIFY", self._agent.branch(), *headers, body=fragment.encode())
        self._agent.ask(request, self.dialog.flow, self)

    # -- signs of life (RFC 4028) ------------------------------------------------------------------------------------

    def _refresh(self) -> None:
        """Give a sign of life: the last description again."""
        if self.phase is Phase.UP and self._changing is None:
            headers = [*self._introduction(), *self._signs.wished(), ("content-type", SDP)]
            request = self.dialog.request("INVITE", self._agent.branch(), *headers, body=self._offers.ours)
            self._changing = self._agent.ask(request, self.dialog.flow, self)

    def _lifeless(self) -> None:
        self._lost(HangupCause.RECOVERY_ON_TIMER_EXPIRE)

    def _change_replied(self, transaction: Transaction, response: Response) -> None:
        if response.code < 200:
            return
        self._changing = None
        if response.code < 300:
            self.dialog.refresh(response)
            self._acknowledge(transaction.request.sequence)
            self._signs.agreed(response)
            if response.body:
                self._listener.accepted(self, response.body)
        elif response.code in (408, 481):
            self._lost(HangupCause.NORMAL_TEMPORARY_FAILURE)

    def _introduction(self) -> list[tuple[str, str]]:
        return [("contact", self.dialog.place.contact), ("allow", ALLOW), ("supported", SUPPORTED)]
