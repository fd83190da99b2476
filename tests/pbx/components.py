"""Fakes at the ports of a live question: a component that is answered in numbers, a questioner who keeps them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.decision import Answer, Question, Unusable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.cause import HangupCause
    from pbxsim.pbx.decision import PendingDecision
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.pbx import Pbx


class NumberComponent:
    """A component that is answered with a number of its context, or `leave NUMBER`; anything but 200 is no answer."""

    def __init__(
        self,
        pbx: Pbx,
        name: str = "where",
        *,
        context: str = "main",
        ways_out: Mapping[HangupCause, str] | None = None,
        failure: str = "",
        ring: Duration = 10 * SECOND,
        talk_limit: Duration = 0,
    ) -> None:
        self.name = name
        self._pbx = pbx
        self._context = context
        self._ways_out = ways_out or {}
        self._failure = failure
        self._ring = ring
        self._talk_limit = talk_limit

    def question(self, decision: PendingDecision) -> Question:
        """Ask by the number dialled."""
        return Question(method="GET", url=f"http://customer.example/?dst={decision.number}&src={decision.src}")

    def answer(self, decision: PendingDecision, status: int, body: bytes) -> Answer:
        """Take the body for a number."""
        if status != 200:
            raise Unusable(f"HTTP status {status}")
        said = body.decode()
        ring = decision.call.order.second_timeout if said.startswith("leave ") else self._ring
        return Answer(
            destination=self.to(said.removeprefix("leave ")),
            ring=ring,
            talk_limit=self._talk_limit,
            leaves=said.startswith("leave "),
            said={"number": said},
        )

    def way_out(self, cause: HangupCause) -> Destination | None:
        """Give the way out for that cause, or else the one for every failure."""
        number = self._ways_out.get(cause, self._failure)
        return self.to(number) if number else None

    def to(self, number: str) -> Destination:
        """Tell where a number leads."""
        return self._pbx.dialplan.resolve(number, self._context)


class PatientQuestioner:
    """Keeps every question that is out, and those that were dropped."""

    def __init__(self) -> None:
        self.out: list[PendingDecision] = []
        self.dropped: list[PendingDecision] = []

    def ask(self, decision: PendingDecision) -> None:
        """Keep it."""
        self.out.append(decision)

    def drop(self, decision: PendingDecision) -> None:
        """Nobody waits for it any more."""
        self.out.remove(decision)
        self.dropped.append(decision)
