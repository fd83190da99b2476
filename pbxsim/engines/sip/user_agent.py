"""What a session needs of the user agent that it is in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.dialog import Dialog
    from pbxsim.engines.sip.flow import Flow
    from pbxsim.engines.sip.message import Request
    from pbxsim.engines.sip.transactions import Transaction


class UserAgent(Protocol):
    """The user agent, as its sessions see it."""

    def now(self) -> float:
        """Tell the time, in seconds."""
        ...

    def ask(self, request: Request, flow: Flow, owner: object) -> Transaction:
        """Send a request in a transaction."""
        ...

    def send(self, request: Request, flow: Flow) -> None:
        """Send an ACK, which has none."""
        ...

    def answer(
        self, transaction: Transaction, code: int, phrase: str, *more: tuple[str, str], tag: str = "", body: bytes = b""
    ) -> None:
        """Answer a request."""
        ...

    def repeat(self, transaction: Transaction) -> None:
        """Send an answer again."""
        ...

    def acknowledged(self, transaction: Transaction) -> None:
        """Send an answer no more."""
        ...

    def limit(self, transaction: Transaction) -> None:
        """Wait for an answer no longer than for any."""
        ...

    def branch(self) -> str:
        """Make the name of a transaction."""
        ...

    def later(self, at: float, act: Callable[[], None]) -> Callable[[], None]:
        """Do something at that time; give what has it not be done."""
        ...

    def forget(self, dialog: Dialog) -> None:
        """Know a dialogue no more."""
        ...
