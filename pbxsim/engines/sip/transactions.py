"""Transactions of RFC 3261, 17 (with RFC 6026's for answered INVITEs), as a table and deadlines, without I/O.

Whoever has them gives the time (`now`, in seconds of any clock that does not go back), takes what is to be sent from
`outgoing`, and wakes them when `due`. What comes of it is given back as `Happening`s.
"""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from heapq import heapify, heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from pbxsim.engines.sip.message import Request, Response, response

if TYPE_CHECKING:
    from pbxsim.engines.sip.flow import Flow

T1: Final = 0.5
T2: Final = 4.0
T4: Final = 5.0
LONGEST: Final = 64 * T1
"""Seconds after which a transaction without an answer is over (timers B, F, H)."""

MOST: Final = 50_000
"""Transactions at once."""

_MOST_FORGOTTEN: Final = 100  # transactions that are over, and may be held by deadlines
_COOKIE: Final = "z9hG4bK"

Key: TypeAlias = tuple[str, ...]


class State(Enum):
    """Where a transaction stands."""

    TRYING = auto()  # RFC 3261's Calling, too
    PROCEEDING = auto()
    ACCEPTED = auto()  # RFC 6026
    COMPLETED = auto()
    CONFIRMED = auto()
    TERMINATED = auto()


class Kind(Enum):
    """Which of the four machines a transaction is."""

    INVITE_CLIENT = auto()
    CLIENT = auto()
    INVITE_SERVER = auto()
    SERVER = auto()


class Answer(Enum):
    """What a transaction sees of a response."""

    PROVISIONAL = auto()
    SUCCESS = auto()
    FAILURE = auto()
    ACK = auto()


_S, _K, _A = State, Kind, Answer

TRANSITIONS: Final[dict[tuple[Kind, State, Answer], State]] = {
    (_K.INVITE_CLIENT, _S.TRYING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.INVITE_CLIENT, _S.TRYING, _A.SUCCESS): _S.ACCEPTED,
    (_K.INVITE_CLIENT, _S.TRYING, _A.FAILURE): _S.COMPLETED,
    (_K.INVITE_CLIENT, _S.PROCEEDING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.INVITE_CLIENT, _S.PROCEEDING, _A.SUCCESS): _S.ACCEPTED,
    (_K.INVITE_CLIENT, _S.PROCEEDING, _A.FAILURE): _S.COMPLETED,
    (_K.INVITE_CLIENT, _S.ACCEPTED, _A.SUCCESS): _S.ACCEPTED,
    (_K.CLIENT, _S.TRYING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.CLIENT, _S.TRYING, _A.SUCCESS): _S.COMPLETED,
    (_K.CLIENT, _S.TRYING, _A.FAILURE): _S.COMPLETED,
    (_K.CLIENT, _S.PROCEEDING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.CLIENT, _S.PROCEEDING, _A.SUCCESS): _S.COMPLETED,
    (_K.CLIENT, _S.PROCEEDING, _A.FAILURE): _S.COMPLETED,
    (_K.INVITE_SERVER, _S.PROCEEDING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.INVITE_SERVER, _S.PROCEEDING, _A.SUCCESS): _S.ACCEPTED,
    (_K.INVITE_SERVER, _S.PROCEEDING, _A.FAILURE): _S.COMPLETED,
    (_K.INVITE_SERVER, _S.COMPLETED, _A.ACK): _S.CONFIRMED,
    (_K.SERVER, _S.TRYING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.SERVER, _S.TRYING, _A.SUCCESS): _S.COMPLETED,
    (_K.SERVER, _S.TRYING, _A.FAILURE): _S.COMPLETED,
    (_K.SERVER, _S.PROCEEDING, _A.PROVISIONAL): _S.PROCEEDING,
    (_K.SERVER, _S.PROCEEDING, _A.SUCCESS): _S.COMPLETED,
    (_K.SERVER, _S.PROCEEDING, _A.FAILURE): _S.COMPLETED,
}
"""All that a response, or an ACK, can change; a triple that is missing here changes nothing."""


class Transaction:
    """One of them. `request` is what it is about, `last` what is sent again; `repeats_at` and `ends_at` are deadlines.

    `owner` is whose it is: whoever began it may keep there what it likes. Once there is a final response only method
    and CSeq are left of the request, and no owner where nothing more is told of it: both would be kept for 32 s.
    """

    __slots__ = ("ends_at", "flow", "interval", "key", "kind", "last", "owner", "repeats_at", "request", "state")

    def __init__(self, kind: Kind, key: Key, request: Request, flow: Flow, owner: object = None) -> None:
        self.kind = kind
        self.key = key
        self.request = request
        self.flow = flow
        self.owner = owner
        self.state = State.PROCEEDING if kind is Kind.INVITE_SERVER else State.TRYING
        self.last = b""
        self.interval = T1
        self.repeats_at = inf
        self.ends_at = inf

    def lighten(self) -> None:
        """Let go of what nobody needs once there is a final response."""
        asked = self.request
        self.request = Request(method=asked.method, target="", headers=[("cseq", asked.first("cseq"))])
        if self.state in (State.COMPLETED, State.CONFIRMED) and not self.is_client:
            self.owner = None
        elif self.is_client and (self.kind is Kind.CLIENT or self.state is State.ACCEPTED):
            self.last = b""

    @property
    def is_client(self) -> bool:
        """Tell whether we ask."""
        return self.kind in (Kind.INVITE_CLIENT, Kind.CLIENT)

    @property
    def is_answered(self) -> bool:
        """Tell whether a final response was sent, or has come."""
        return self.state not in (State.TRYING, State.PROCEEDING)


class Happened(Enum):
    """What transactions tell."""

    REQUESTED = auto()  # a new request, with its server transaction
    ACKNOWLEDGED = auto()  # an ACK of a 2xx, which has no transaction
    REPLIED = auto()  # a response that is new, or a 2xx of an INVITE again
    TIMED_OUT = auto()  # nobody answered
    UNACKNOWLEDGED = auto()  # a 2xx that we sent was never acknowledged


class Happening(msgspec.Struct, frozen=True):
    """What came of a message, or of the time. `message` is what came, where something did."""

    what: Happened
    transaction: Transaction | None
    message: Request | Response | None = None


class Transactions:
    """All transactions of one user agent. `outgoing` is what is to be sent now, and by which way."""

    def __init__(self) -> None:
        self.outgoing: deque[tuple[bytes, Flow]] = deque()
        self._known: dict[Key, Transaction] = {}
        self._deadlines: list[tuple[float, int, Transaction]] = []
        self._set = 0
        self._forgotten = 0

    def __len__(self) -> int:
        """Count them."""
        return len(self._known)

    @property
    def is_full(self) -> bool:
        """Tell whether no further request may be taken."""
        return len(self._known) >= MOST

    # -- what comes in -----------------------------------------------------------------------------------------------

    def receive(self, now: float, message: Request | Response, flow: Flow) -> Happening | None:
        """Take a message that was read; None where it was a repetition, or belongs to nothing."""
        if isinstance(message, Response):
            return self._receive_response(now, message, flow)
        key = _server_key(message)
        known = self._known.get(key)
        if message.method == "ACK":
            if known is None or known.state is State.ACCEPTED:
                return Happening(Happened.ACKNOWLEDGED, known, message)
            self._step(now, known, Answer.ACK)
            return None
        if known is not None:
            if known.last and known.state is not State.ACCEPTED:
                self.outgoing.append((known.last, flow))
            return None
        kind = Kind.INVITE_SERVER if message.method == "INVITE" else Kind.SERVER
        known = self._known[key] = Transaction(kind, key, message, flow)
        return Happening(Happened.REQUESTED, known, message)

    def invite_of(self, cancel: Request) -> Transaction | None:
        """Find the INVITE that a CANCEL is about (RFC 3261, 9.2)."""
        return self._known.get(_server_key(cancel, method="INVITE"))

    def _receive_response(self, now: float, message: Response, flow: Flow) -> Happening | None:
        via = message.via
        known = self._known.get(("client", via.branch if via is not None else "", message.sequence_method))
        if known is None:
            return None
        answer = _answer(message.code)
        if known.kind is Kind.INVITE_CLIENT and answer is Answer.FAILURE:
            known.flow = flow if known.flow.is_reliable else known.flow
            self._acknowledge(known, message)
        if not self._step(now, known, answer):
            return None
        return Happening(Happened.REPLIED, known, message)

    def _acknowledge(self, invite: Transaction, failure: Response) -> None:
        """Send the ACK of a failure, which belongs to the transaction (RFC 3261, 17.1.1.3), or send it again."""
        if invite.state in (State.TRYING, State.PROCEEDING):
            invite.last = bytes(_acknowledgement(invite.request, failure))
        if invite.state is not State.ACCEPTED:
            self.outgoing.append((invite.last, invite.flow))

    # -- what goes out -----------------------------------------------------------------------------------------------

    def ask(self, now: float, request: Request, flow: Flow, owner: object = None) -> Transaction:
        """Send a request in a transaction of its own; its topmost Via names it."""
        via = request.via
        assert via is not None  # whoever asks has put one
        kind = Kind.INVITE_CLIENT if request.method == "INVITE" else Kind.CLIENT
        key = ("client", via.branch, request.method)
        made = self._known[key] = Transaction(kind, key, request, flow, owner)
        made.last = bytes(request)
        self.outgoing.append((made.last, flow))
        self._deadline(made, inf if flow.is_reliable else now + T1, now + LONGEST)
        return made

    def reply(self, now: float, transaction: Transaction, answer: Response) -> None:
        """Send a response; a second final one is not."""
        if self._step(now, transaction, _answer(answer.code)):
            transaction.last = bytes(answer)
            self.outgoing.append((transaction.last, transaction.flow))

    def refuse_unseen(self, request: Request, flow: Flow, code: int, phrase: str, *more: tuple[str, str]) -> None:
        """Answer a request without keeping anything of it (a stateless answer, RFC 3261, 8.2.7)."""
        answer = response(request, code, phrase, tag="stateless", received=flow.address)
        answer.headers += more
        self.outgoing.append((bytes(answer), flow))

    def acknowledged(self, now: float, transaction: Transaction) -> None:
        """Send a 2xx of an INVITE no more: its ACK has come. Repeated INVITEs are still known (RFC 6026, timer L)."""
        if transaction.state is State.ACCEPTED:
            transaction.state = State.CONFIRMED
            transaction.owner = None
            self._deadline(transaction, inf, now + LONGEST)

    def limit(self, now: float, transaction: Transaction) -> None:
        """Have a transaction end in LONGEST at the latest: an INVITE that is cancelled (RFC 3261, 9.1)."""
        self._deadline(transaction, transaction.repeats_at, now + LONGEST)

    def forget(self, transaction: Transaction) -> None:
        """Have a transaction be over."""
        transaction.state = State.TERMINATED
        self._known.pop(transaction.key, None)
        self._forgotten += 1
        if self._forgotten > _MOST_FORGOTTEN + len(self._deadlines) // 4:  # else a flood is kept for half a minute
            self._deadlines = [each for each in self._deadlines if self._is_valid(each)]
            heapify(self._deadlines)
            self._forgotten = 0

    # -- time --------------------------------------------------------------------------------------------------------

    def due(self) -> float:
        """Tell when `wake` is to be called; infinite: there is nothing to wake for."""
        while self._deadlines and not self._is_valid(self._deadlines[0]):
            heappop(self._deadlines)
        return self._deadlines[0][0] if self._deadlines else inf

    def wake(self, now: float) -> list[Happening]:
        """Do what is due."""
        happened = []
        while self.due() <= now:
            _, _, transaction = heappop(self._deadlines)
            if transaction.ends_at <= now:
                happened += self._end(transaction)
            else:
                self._repeat(now, transaction)
        return happened

    def _is_valid(self, deadline: tuple[float, int, Transaction]) -> bool:
        at, _, transaction = deadline
        is_known = transaction.state is not State.TERMINATED
        return is_known and at in (transaction.repeats_at, transaction.ends_at)

    def _deadline(self, transaction: Transaction, repeats_at: float, ends_at: float) -> None:
        transaction.repeats_at, transaction.ends_at = repeats_at, ends_at
        for at in {repeats_at, ends_at} - {inf}:
            self._set += 1
            heappush(self._deadlines, (at, self._set, transaction))

    def _repeat(self, now: float, transaction: Transaction) -> None:
        """Send again, and wait twice as long (but for a request that is no INVITE, and responses: T2 at most)."""
        self.outgoing.append((transaction.last, transaction.flow))
        transaction.interval *= 2
        if transaction.kind is not Kind.INVITE_CLIENT:
            transaction.interval = min(transaction.interval, T2)
        if transaction.kind is Kind.CLIENT and transaction.state is State.PROCEEDING:
            transaction.interval = T2
        self._deadline(transaction, now + transaction.interval, transaction.ends_at)

    def _end(self, transaction: Transaction) -> list[Happening]:
        state = transaction.state
        self.forget(transaction)
        if transaction.is_client:
            is_late = state in (State.TRYING, State.PROCEEDING)
            return [Happening(Happened.TIMED_OUT, transaction)] if is_late else []
        if transaction.kind is Kind.INVITE_SERVER and state is State.ACCEPTED:
            return [Happening(Happened.UNACKNOWLEDGED, transaction)]
        return []

    def _step(self, now: float, transaction: Transaction, answer: Answer) -> bool:
        """Take a transaction on. False, and nothing changes, where that cannot be."""
        after = TRANSITIONS.get((transaction.kind, transaction.state, answer))
        if after is None:
            return False
        before, transaction.state = transaction.state, after
        if after is not before:
            transaction.interval = T1
            self._enter(now, transaction)
            if transaction.is_answered:
                transaction.lighten()
        return True

    def _enter(self, now: float, transaction: Transaction) -> None:
        """Set what a state waits for: timers A to K, L and M."""
        is_reliable, kind = transaction.flow.is_reliable, transaction.kind
        again = inf if is_reliable else now + T1
        if transaction.state is State.PROCEEDING:
            asks = kind is Kind.CLIENT  # an INVITE, once it is known to have arrived, waits for a person
            self._deadline(
                transaction, inf if is_reliable or not asks else now + T2, transaction.ends_at if asks else inf
            )
        elif transaction.state is State.ACCEPTED:
            repeats = kind is Kind.INVITE_SERVER  # a 2xx is repeated by any transport (RFC 3261, 13.3.1.4)
            self._deadline(transaction, now + T1 if repeats else inf, now + LONGEST)
        elif transaction.state is State.COMPLETED and kind is Kind.INVITE_SERVER:
            self._deadline(transaction, again, now + LONGEST)
        elif transaction.state is State.COMPLETED:
            waits = {Kind.INVITE_CLIENT: LONGEST, Kind.CLIENT: T4, Kind.SERVER: LONGEST}[kind]
            self._deadline(transaction, inf, now if is_reliable else now + waits)
        elif transaction.state is State.CONFIRMED:
            self._deadline(transaction, inf, now if is_reliable else now + T4)


def _acknowledgement(asked: Request, failure: Response) -> Request:
    kept = [(name, value) for name, value in asked.headers if name in ("from", "call-id", "max-forwards", "route")]
    via, sequence = next(value for name, value in asked.headers if name == "via"), f"{asked.sequence} ACK"
    headers = [("via", via), *kept, ("to", failure.first("to")), ("cseq", sequence)]
    return Request(method="ACK", target=asked.target, headers=headers)


def _answer(code: int) -> Answer:
    if code < 200:
        return Answer.PROVISIONAL
    return Answer.SUCCESS if code < 300 else Answer.FAILURE


def _server_key(request: Request, method: str = "") -> Key:
    """Name a server transaction (RFC 3261, 17.2.3); by an older rule where the branch is not unique."""
    via = request.via
    assert via is not None  # it would not have been read
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    sent_by = f"{via.host}:{via.port}"
    if via.branch.startswith(_COOKIE):
        return ("server", via.branch, sent_by, method)
    sender = request.sender
    tag = sender.tag if sender is not None else ""
    return ("server", request.call_id, sent_by, method, tag, str(request.sequence), via.branch)
