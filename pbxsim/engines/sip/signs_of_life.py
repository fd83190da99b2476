"""When a session gives its signs of life, and when it is over for want of the other side's (RFC 4028)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.engines.sip.session_timer import SessionTimer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.engines.sip.message import Request, Response
    from pbxsim.engines.sip.user_agent import UserAgent


class SignsOfLife:
    """`give` is called when one of ours is due, `miss` when none of theirs has come in time."""

    def __init__(self, agent: UserAgent, give: Callable[[], None], miss: Callable[[], None]) -> None:
        self._agent = agent
        self._give = give
        self._miss = miss
        self._timer = SessionTimer()
        self._undo: list[Callable[[], None]] = []

    def objection(self, request: Request) -> tuple[int, str, tuple[str, str]] | None:
        """Take what a request wants; say how it is refused, None: it is not."""
        return self._timer.objection(request)

    def asked(self, request: Request) -> list[tuple[str, str]]:
        """Agree to what a request wants, from now on; give what its answer says. Raises TooBrief."""
        said = self._timer.asked(request)
        self._begin()
        return said

    def agreed(self, response: Response) -> None:
        """Take what the answer to a request of ours says, from now on."""
        self._timer.agreed(response)
        self._begin()

    def wished(self) -> list[tuple[str, str]]:
        """Give what a sign of ours says."""
        return self._timer.wished()

    def stop(self) -> None:
        """Let go of what is due half an hour or 30 years later: it would keep the session for as long."""
        for undo in self._undo:
            undo()
        self._undo = []

    def _begin(self) -> None:
        timer = self._timer
        timer.begin(self._agent.now())
        self.stop()
        for at, act in ((timer.refresh_at, self._refresh), (timer.ends_at, self._look_alive)):
            if at:
                self._undo.append(self._agent.later(at, act))

    def _refresh(self) -> None:
        if self._timer.is_to_refresh(self._agent.now()):
            self._give()

    def _look_alive(self) -> None:
        if self._timer.is_over(self._agent.now()):
            self._miss()
