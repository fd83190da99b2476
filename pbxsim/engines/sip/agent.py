"""pbxsim as a SIP user agent and registrar, without I/O: what comes in is taken apart, answered, and brought to whom it
is for.

Whoever has it gives it each datagram or message that came (`receive`), wakes it when `due`, and sends what `outgoing`
has. Only whoever knows the password of a line registers or calls; anybody may ask what we can (OPTIONS).
"""

from __future__ import annotations

from functools import partial
from heapq import heapify, heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Any, Final, Protocol

from pbxsim.engines.sip.address import uri
from pbxsim.engines.sip.dialog import Dialog, Dialogs, Place
from pbxsim.engines.sip.message import Request, Response, read, response
from pbxsim.engines.sip.penalties import Penalties
from pbxsim.engines.sip.phase import Phase
from pbxsim.engines.sip.session import ALLOW, SUPPORTED, Session
from pbxsim.engines.sip.session_listener import SessionListener
from pbxsim.engines.sip.session_timer import SHORTEST, is_too_brief
from pbxsim.engines.sip.transactions import Happened, Transactions

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable

    from pbxsim.engines.sip.digest import Authority
    from pbxsim.engines.sip.flow import Flow
    from pbxsim.engines.sip.registrar import Binding, Registrar
    from pbxsim.engines.sip.transactions import Happening, Transaction
    from pbxsim.pbx.cause import HangupCause

MOST_SESSIONS: Final = 10_000
"""Sessions at once; whoever calls while there are as many is told to try again (503)."""

_MOST_DELAYED: Final = 1_000  # answers to wrong passwords that wait; whoever gives one more gets none
_UNDERSTOOD: Final = frozenset({"100rel", "replaces", "timer", "path", "outbound", "gruu"})
_SCHEMES: Final = ("sip", "sips", "tel")
_METHODS: Final = frozenset(ALLOW.split(", "))
_MOST_UNDONE: Final = 100
_BRANCH: Final = "z9hG4bK"
_RETRY: Final = ("retry-after", "5")
_UNKNOWN: Final = (481, "Call/Transaction Does Not Exist")


class Listener(SessionListener[Session], Protocol):
    """Who hears of calls, besides of what becomes of them."""

    def called(self, session: Session, number: str) -> None:
        """A telephone calls a number; its session is to be answered, refused, or first told that it rings."""
        ...

    def denied(self, user: str, host: str, total: int) -> None:
        """Somebody gave a wrong password, or a user that there is not; `total` times that happened by now."""
        ...


class Agent:
    """`clock` tells the time in seconds, `token` makes letters that nobody can guess, `place` tells how a peer is told
    where we are."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        token: Callable[[], str],
        place: Callable[[Flow], Place],
        authority: Authority,
        registrar: Registrar,
        listener: Listener,
        name: str,
    ) -> None:
        self.penalties = Penalties()
        self._clock = clock
        self._token = token
        self._place = place
        self._authority = authority
        self._registrar = registrar
        self._listener = listener
        self._name = name
        self._transactions = Transactions()
        self._dialogs = Dialogs()
        self._pending: list[list[Any]] = []  # when, a number, what; None: not any more
        self._set = 0
        self._pending_undone = 0
        self._delayed = 0

    @property
    def outgoing(self) -> deque[tuple[bytes, Flow]]:
        """Give what is to be sent now, oldest first."""
        return self._transactions.outgoing

    @property
    def sessions(self) -> int:
        """Count the sessions."""
        return len(self._dialogs)

    # -- time --------------------------------------------------------------------------------------------------------

    def due(self) -> float:
        """Tell when to wake it."""
        pending = self._pending[0][0] if self._pending else inf
        return min(pending, self._transactions.due(), self._registrar.due())

    def wake(self) -> None:
        """Do what is due."""
        now = self._clock()
        self._registrar.expire(now)
        for happening in self._transactions.wake(now):
            self._happened(happening)
        while self._pending and self._pending[0][0] <= now:
            act = heappop(self._pending)[2]
            if act is not None:
                act()

    # -- what comes in -----------------------------------------------------------------------------------------------

    def receive(self, data: bytes, flow: Flow) -> None:
        """Take a message, whatever it is."""
        message = read(data)
        if message is None:
            return
        if isinstance(message, Request) and message.fault:
            if message.method != "ACK":
                self._transactions.refuse_unseen(message, flow, message.code, message.fault)
            return
        if isinstance(message, Request) and message.method not in ("ACK", "BYE") and self._transactions.is_full:
            self._transactions.refuse_unseen(message, flow, 503, "Service Unavailable", _RETRY)
            return
        happening = self._transactions.receive(self._clock(), message, flow)
        if happening is not None:
            self._happened(happening)

    def lost(self, flow: Flow) -> None:
        """Hear that a connection is closed."""
        self._registrar.lost(flow)

    def _happened(self, happening: Happening) -> None:
        transaction, message = happening.transaction, happening.message
        if happening.what is Happened.REQUESTED and transaction is not None:
            self._requested(transaction)
        elif happening.what is Happened.ACKNOWLEDGED and isinstance(message, Request):
            self._acknowledged(message)
        elif transaction is not None and isinstance(transaction.owner, Session):
            session = transaction.owner
            if happening.what is Happened.REPLIED and isinstance(message, Response):
                session.replied(transaction, message)
            elif happening.what is Happened.TIMED_OUT:
                session.timed_out(transaction)
            elif happening.what is Happened.UNACKNOWLEDGED:
                session.unacknowledged()

    def _acknowledged(self, request: Request) -> None:
        session = self._session(request)
        invite = session.invite if session is not None else None
        if session is None or invite is None or invite.is_client or invite.request.sequence != request.sequence:
            return  # that of an earlier one, again, says nothing of this one's offer
        self.acknowledged(invite)
        session.acknowledged(request)

    def _requested(self, transaction: Transaction) -> None:
        request = transaction.request
        refusal = self._unfit(request)
        if refusal is not None:
            self._answer_unseen(transaction, *refusal)
        elif request.method == "CANCEL":
            self._cancelled(transaction)
        elif request.receiver is not None and request.receiver.tag:
            self._requested_within(transaction)
        elif request.method == "REGISTER":
            self._register(transaction)
        elif request.method == "OPTIONS":
            self._answer_unseen(transaction, 200, "OK", *_abilities())
        elif request.method == "INVITE":
            self._called(transaction)
        elif request.method == "SUBSCRIBE":
            self._answer_unseen(transaction, 489, "Bad Event")
        else:
            self._answer_unseen(transaction, *_UNKNOWN)

    def _unfit(self, request: Request) -> tuple[int, str, tuple[str, str]] | None:
        """Say why nothing is done with a request (RFC 3261, 8.2.1, 8.2.2, 16.3)."""
        if request.method not in _METHODS and request.method != "SUBSCRIBE":
            return 405, "Method Not Allowed", ("allow", ALLOW)
        if request.target.partition(":")[0].lower() not in _SCHEMES:
            return 416, "Unsupported URI Scheme", ("allow", ALLOW)
        if request.number("max-forwards") == 0 and request.method != "OPTIONS":
            return 483, "Too Many Hops", ("allow", ALLOW)
        unknown = [one for one in request.listed("require") if one.lower() not in _UNDERSTOOD]
        if unknown and request.method != "CANCEL":
            return 420, "Bad Extension", ("unsupported", ", ".join(unknown))
        if request.first("content-encoding"):
            return 415, "Unsupported Media Type", ("accept-encoding", "identity")
        return None

    def _session(self, request: Request) -> Session | None:
        """Find the session that a request is within, by the dialogue's tags."""
        tag = request.receiver.tag if request.receiver is not None else ""
        found = self._dialogs.find(request.call_id, tag)
        return found if isinstance(found, Session) and found.dialog.has(request) else None

    def find(self, call_id: str, local_tag: str, remote_tag: str) -> Session | None:
        """Find a session by what names its dialogue, as a header Replaces does (RFC 3891)."""
        found = self._dialogs.find(call_id, local_tag)
        return found if isinstance(found, Session) and found.dialog.remote_tag == remote_tag else None

    def _requested_within(self, transaction: Transaction) -> None:
        session = self._session(transaction.request)
        if session is None:
            self._answer_unseen(transaction, *_UNKNOWN)
            return
        transaction.owner = session
        session.dialog.flow = transaction.flow
        session.requested(transaction)

    def _cancelled(self, transaction: Transaction) -> None:
        invite = self._transactions.invite_of(transaction.request)
        if invite is None:
            self._answer_unseen(transaction, *_UNKNOWN)
            return
        self.answer(transaction, 200, "OK")
        if isinstance(invite.owner, Session):
            invite.owner.cancelled()

    # -- passwords ---------------------------------------------------------------------------------------------------

    def _user(self, transaction: Transaction) -> str | None:
        """Give whom a request comes from; None: it was told to prove that, or has failed to."""
        now = self._clock()
        verdict = self._authority.judge(now, transaction.request)
        if verdict is None:
            self._answer_unseen(transaction, 401, "Unauthorized", *self._authority.challenge(now))
        elif not verdict.is_right:
            self._deny(transaction, verdict.user)
        elif verdict.is_stale:
            self._answer_unseen(transaction, 401, "Unauthorized", *self._authority.challenge(now, is_stale=True))
        else:
            self.penalties.right(transaction.flow.host)
            return verdict.user
        return None

    def _deny(self, transaction: Transaction, user: str) -> None:
        """Answer a wrong password, the later the more there were from there; of too many that wait not at all."""
        now, host = self._clock(), transaction.flow.host
        wait, challenge = self.penalties.wrong(now, host), self._authority.challenge(now)
        self._listener.denied(user, host, self.penalties.total)
        if not wait:
            self._answer_unseen(transaction, 401, "Unauthorized", *challenge)
        elif self._delayed >= _MOST_DELAYED:
            self._transactions.forget(transaction)
        else:
            self._delayed += 1
            self.later(now + wait, lambda: self._answer_late(transaction, challenge))

    def _answer_late(self, transaction: Transaction, challenge: list[tuple[str, str]]) -> None:
        self._delayed -= 1
        self._answer_unseen(transaction, 401, "Unauthorized", *challenge)

    def _answer_unseen(self, transaction: Transaction, code: int, phrase: str, *more: tuple[str, str]) -> None:
        """Answer whoever has not shown who it is, and keep nothing of it (RFC 3261, 26.3.2.4).

        Else as many questions as there may be transactions would have everybody else be told to come again.
        """
        self.answer(transaction, code, phrase, *more)
        self._transactions.forget(transaction)

    def _register(self, transaction: Transaction) -> None:
        user, request = self._user(transaction), transaction.request
        if user is None:
            return
        receiver = request.receiver
        if receiver is None or receiver.uri.user != user:
            self.answer(transaction, 403, "Forbidden")
            return
        told = self._registrar.register(self._clock(), user, request, transaction.flow)
        self.answer(transaction, told.code, told.phrase, *told.headers)

    # -- sessions ----------------------------------------------------------------------------------------------------

    def _called(self, transaction: Transaction) -> None:
        """Begin a session with a telephone that calls."""
        user, request, flow = self._user(transaction), transaction.request, transaction.flow
        if user is None:
            return
        if request.first("replaces"):
            self.answer(transaction, *_UNKNOWN)
            return
        if is_too_brief(request):
            self.answer(transaction, 422, "Session Interval Too Small", ("min-se", str(SHORTEST)))
            return
        if self.sessions >= MOST_SESSIONS:
            self.answer(transaction, 503, "Service Unavailable", _RETRY)
            return
        dialog = Dialog.called(request, flow, self._place(flow).like(request.target), self._token())
        session = self._known(dialog, user, Phase.CALLED)
        session.invite, transaction.owner = transaction, session
        objection = session.objection()
        if objection is not None:
            self.forget(dialog)
            self.answer(transaction, *objection)
            return
        self.answer(transaction, 100, "Trying")
        self._listener.called(session, _number(request.target))

    def call(self, binding: Binding, user: str, *, number: str, name: str) -> Session:
        """Begin a session with a telephone that is to be called; its display shows who. `Session.call` rings it."""
        flow, place = binding.flow, self._place(binding.flow).like(binding.uri)
        local = f"{name} <{place.uri(number or 'anonymous')}>;tag={self._token()}".strip()
        dialog = Dialog(flow, place, self._token(), local=local, remote=f"<{place.uri(user)}>", target=binding.uri)
        session = self._known(dialog, user, Phase.CALLING)
        session.contact = binding
        return session

    def hang_up_all(self, cause: HangupCause) -> None:
        """End all sessions."""
        for usage in self._dialogs.all():
            if isinstance(usage, Session):
                usage.hang_up(cause)

    def _known(self, dialog: Dialog, user: str, phase: Phase) -> Session:
        session = Session(self, self._listener, dialog, user, phase)
        self._dialogs.add(dialog, session)
        return session

    # -- what sessions stand on --------------------------------------------------------------------------------------

    def now(self) -> float:
        """Tell the time."""
        return self._clock()

    def ask(self, request: Request, flow: Flow, owner: object) -> Transaction:
        """Send a request in a transaction."""
        request.headers.append(("user-agent", self._name))
        return self._transactions.ask(self._clock(), request, flow, owner)

    def send(self, request: Request, flow: Flow) -> None:
        """Send an ACK."""
        self.outgoing.append((bytes(request), flow))

    def answer(
        self, transaction: Transaction, code: int, phrase: str, *more: tuple[str, str], tag: str = "", body: bytes = b""
    ) -> None:
        """Answer a request, unless it has its final answer."""
        if transaction.is_answered:
            return
        tag = tag or ("" if code == 100 else self._token())
        made = response(transaction.request, code, phrase, tag=tag, received=transaction.flow.address)
        if 100 < code < 300:
            made.headers += [("record-route", each) for each in transaction.request.all("record-route")]
        made.headers += [*more, ("server", self._name)]
        made.body = body
        self._transactions.reply(self._clock(), transaction, made)

    def repeat(self, transaction: Transaction) -> None:
        """Send an answer again."""
        self.outgoing.append((transaction.last, transaction.flow))

    def acknowledged(self, transaction: Transaction) -> None:
        """Send an answer no more."""
        self._transactions.acknowledged(self._clock(), transaction)

    def limit(self, transaction: Transaction) -> None:
        """Wait for an answer no longer than for any."""
        self._transactions.limit(self._clock(), transaction)

    def branch(self) -> str:
        """Make the name of a transaction."""
        return f"{_BRANCH}{self._token()}"

    def later(self, at: float, act: Callable[[], None]) -> Callable[[], None]:
        """Do something at that time; give what has it not be done."""
        self._set += 1
        entry = [at, self._set, act]
        heappush(self._pending, entry)
        return partial(self._not_later, entry)

    def _not_later(self, entry: list[Any]) -> None:
        """Let go of what an entry would do; the entries themselves are cleared away when most are of no use."""
        entry[2] = None
        self._pending_undone += 1
        if self._pending_undone > _MOST_UNDONE + len(self._pending) // 2:
            self._pending = [each for each in self._pending if each[2] is not None]
            heapify(self._pending)
            self._pending_undone = 0

    def forget(self, dialog: Dialog) -> None:
        """Know a dialogue no more."""
        self._dialogs.remove(dialog)


def _abilities() -> list[tuple[str, str]]:
    return [("allow", ALLOW), ("accept", "application/sdp"), ("supported", SUPPORTED)]


def _number(target: str) -> str:
    found = uri(target)
    return "" if found is None else found.user.partition(";")[0]
