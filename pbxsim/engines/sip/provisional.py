"""Provisional answers that arrive for certain (RFC 3262, `100rel`): those that we are given, and those that we give."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from pbxsim.engines.sip.transactions import LONGEST, T1

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.message import Request, Response
    from pbxsim.engines.sip.transactions import Transaction
    from pbxsim.engines.sip.user_agent import UserAgent

OPTION: Final = "100rel"


def is_wanted(invite: Request) -> bool:
    """Tell whether a telephone that calls wants no other ones."""
    return OPTION in (one.lower() for one in invite.listed("require"))


class Given:
    """Those that answer an INVITE of ours, from whoever it has reached: a proxy may have brought it to several."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}  # RSeq, by their tags

    def acknowledged_by(self, response: Response, invite: Request) -> str:
        """Give the RAck by which one is acknowledged; empty for one that need not be, comes again, or out of order."""
        number, receiver = response.number("rseq"), response.receiver
        if number is None or receiver is None or OPTION not in (one.lower() for one in response.listed("require")):
            return ""
        last = self._last.get(receiver.tag)
        if last is not None and number != last + 1:
            return ""
        self._last[receiver.tag] = number
        return f"{number} {invite.sequence} INVITE"


class Giving:
    """Ours, to a telephone that wants them: one at a time is sent again until a PRACK comes, or `lost` is called."""

    def __init__(self, agent: UserAgent, lost: Callable[[], None]) -> None:
        self._agent = agent
        self._lost = lost
        self._number = 0
        self._is_awaited = False
        self._undo: Callable[[], None] | None = None

    def headers(self) -> list[tuple[str, str]]:
        """Give what the next one says."""
        self._number += 1
        return [("require", OPTION), ("rseq", str(self._number))]

    def sent(self, transaction: Transaction) -> None:
        """Know that one was sent, and send it again from time to time."""
        self.stop()
        self._is_awaited = True
        now = self._agent.now()
        self._await(transaction, now + T1, T1, now + LONGEST)

    def taken(self, prack: Request, invite: Transaction | None) -> tuple[int, str]:
        """Take a PRACK; give its answer."""
        sequence = -1 if invite is None else invite.request.sequence
        if not self._is_awaited or prack.first("rack").split() != [str(self._number), str(sequence), "INVITE"]:
            return 481, "Call/Transaction Does Not Exist"
        self._is_awaited = False
        self.stop()
        if prack.body:  # an offer, before there was an answer: nobody could take it
            return 488, "Not Acceptable Here"
        return 200, "OK"

    def stop(self) -> None:
        """Send none again; a PRACK that crosses an answer is still one."""
        if self._undo is not None:
            self._undo()
            self._undo = None

    def _await(self, transaction: Transaction, at: float, interval: float, until: float) -> None:
        self._undo = self._agent.later(min(at, until), partial(self._again, transaction, interval, until))

    def _again(self, transaction: Transaction, interval: float, until: float) -> None:
        self._undo = None
        now = self._agent.now()
        if now >= until:
            self._is_awaited = False
            self._lost()
        else:
            self._agent.repeat(transaction)
            self._await(transaction, now + 2 * interval, 2 * interval, until)
