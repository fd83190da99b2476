"""The live questions of a hosted PBX: carried to the customer's servers while its clock stands still.

What is asked and what an answer means is the component's (pbx/decision.py); how the request goes out is in
sinks/outbound/questions.py, which is imported with the first question, for aiohttp's client costs a third of a start.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from pbxsim.pbx.decision import NOBODY_ASKS

if TYPE_CHECKING:
    from pbxsim.clock.driver import ClockDriver
    from pbxsim.clock.hold import Hold
    from pbxsim.pbx.decision import Decisions, PendingDecision, Question
    from pbxsim.pbx.pbx import Pbx

AT_ONCE: Final = 100
"""Questions of one PBX that are out at the same time; more of them wait their turn, and so does the clock."""

BROKEN: Final = "pbxsim could not read the answer; its log has more"


class Questions:
    """Implements `Questioner`. Each question holds the clock until it is answered, has failed, or is void.

    Work that is due at the same instant is done meanwhile, and whatever else is asked of the PBX.
    """

    def __init__(self, pbx: Pbx, driver: ClockDriver) -> None:
        self._decisions: Decisions = pbx.decisions
        self._driver = driver
        self._out: dict[int, tuple[asyncio.Task[None], Hold]] = {}  # by the number of the call that waits
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._is_closed = False
        pbx.decisions.questioner = self

    def ask(self, decision: PendingDecision) -> None:
        """Send the question out; outside of an event loop, or after `close`, it has failed at once."""
        loop = _running_loop()
        if loop is None or self._is_closed:
            self._decisions.fail(decision, NOBODY_ASKS)
            return
        question = decision.component.question(decision)
        hold = self._driver.hold(here=True)  # the PBX is at work: nothing else may be done in between
        task = loop.create_task(self._carry(decision, question, hold))
        self._out[decision.call.number] = task, hold

    def drop(self, decision: PendingDecision) -> None:
        """Take the question back: nobody waits for the answer, and the clock goes on."""
        if decision.call.number in self._out:  # not after `close`
            task, hold = self._out.pop(decision.call.number)
            task.cancel()
            hold.release()

    def close(self) -> None:
        """Take all questions back, for good. The calls that wait for them stay as they are."""
        self._is_closed = True
        for task, hold in self._out.values():
            task.cancel()
            hold.release()
        self._out.clear()

    async def _carry(self, decision: PendingDecision, question: Question, hold: Hold) -> None:
        try:
            reply = await self._reply(question)
            del self._out[decision.call.number]  # `drop` takes it out, too, but then this was cancelled
            if isinstance(reply, str):
                self._decisions.fail(decision, reply)
            else:
                self._decisions.hear(decision, *reply)
        except Exception as error:  # a fault in a component: neither the call nor the clock may wait for ever
            self._decisions.fail(decision, BROKEN)
            told = {"message": f"a question of component {decision.component.name} failed", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)
        finally:
            hold.release()
            self._driver.rearm()

    async def _reply(self, question: Question) -> tuple[int, bytes] | str:
        """Give the reply, or say why there is none."""
        from pbxsim.sinks.outbound.questions import Unanswered, reply_to

        async with self._turns:
            try:
                return await reply_to(question)
            except Unanswered as unanswered:
                return str(unanswered)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
