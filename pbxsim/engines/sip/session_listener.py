"""What the engine is told by the sessions of telephones: what happens to one, and what one asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from pbxsim.pbx.cause import HangupCause


_S = TypeVar("_S", contravariant=True)


class SessionListener(Protocol[_S]):
    """Who is told what telephones do. `session.owner` is theirs."""

    def rings(self, session: _S) -> None:
        """A telephone that is called rings."""
        ...

    def early(self, session: _S, body: bytes) -> None:
        """It can be heard before it is picked up; `body` says how, and answers what was offered."""
        ...

    def answered(self, session: _S, body: bytes) -> None:
        """It was picked up; `body` is its answer to what was offered."""
        ...

    def failed(self, session: _S, cause: HangupCause) -> None:
        """It was not."""
        ...

    def sent_on(self, session: _S, to: str, cause: HangupCause) -> None:
        """It was not picked up, and wants that number rung instead; `cause` is why, where nobody rings it."""
        ...

    def unheard(self, session: _S) -> None:
        """Nothing at all came from a telephone that was called, whatever has become of its call."""
        ...

    def ended(self, session: _S, cause: HangupCause) -> None:
        """A telephone that was up, or had called, is gone."""
        ...

    def offer(self, session: _S) -> bytes:
        """Give what is offered to a telephone that asks for an offer."""
        ...

    def offered(self, session: _S, body: bytes) -> bytes:
        """Answer a telephone's new offer, as when it holds; empty: that cannot be had."""
        ...

    def accepted(self, session: _S, body: bytes) -> None:
        """Take a telephone's answer to an offer of ours that was not in an INVITE."""
        ...

    def pressed(self, session: _S, digit: str) -> None:
        """A digit has come by INFO."""
        ...

    def referred(self, session: _S, to: str) -> tuple[int, str]:
        """A telephone hands its call on to what Refer-To says: give the status and phrase of that."""
        ...
