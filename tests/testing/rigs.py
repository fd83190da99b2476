"""Engines set up for the contract: the simulated one, a scripted one, and one whose work is done by a task."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pbxsim.clock.instant import SECOND
from pbxsim.pbx import digits, transfer
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.channel import Report
from pbxsim.pbx.extension import Registration
from pbxsim.testing.scripted_engine import Deed, ScriptedEngine, Word

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line
    from pbxsim.testing.office import Office


class SimulatedRig:
    """The engine of every office, with rules for the contract's telephones."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.phones["prompt"].answers(after=0.5)
        office.phones["ready"].answers()
        office.phones["busy"].is_busy(after=0.5)
        office.phones["silent"].never_answers()
        office.phones["brief"].answers(after=0.5, talks=2.5)

    def line(self, user: str) -> Line:
        return self.office.directory.line(user)

    def elapse(self, span: Duration) -> None:
        self.office.advance(span / SECOND)

    def dial(self, user: str, number: str) -> None:
        self.office.handset.dial(self.line(user), number)

    def transfer(self, user: str, number: str) -> None:
        self.office.handset.transfer(self.line(user), number)

    def press(self, user: str, digit: str) -> None:
        self.office.handset.press(self.line(user), digit)

    def register(self, user: str) -> None:
        self.office.handset.register(self.line(user))

    def unregister(self, user: str) -> None:
        self.office.handset.unregister(self.line(user))

    def is_quiet(self) -> bool:
        return len(self.office.clock) == 0

    def close(self) -> None:
        pass


RINGS = Word(Report.RINGING)
ANSWERS = Word(Report.ANSWERED, after=SECOND // 2)
RUNG = {
    "prompt": Deed((RINGS, ANSWERS), promises=True),
    "ready": Deed((Word(Report.ANSWERED),), promises=True),
    "busy": Deed((Word(Report.FAILED, cause=HangupCause.USER_BUSY, after=SECOND // 2),)),
    "silent": Deed((Word(Report.RINGING, after=SECOND // 10),)),
    "brief": Deed((RINGS, ANSWERS)),
}
TALKING = {"brief": Deed((Word(Report.HUNG_UP, after=5 * SECOND // 2),))}


class ScriptedRig:
    """An engine without telephones, whose script is what the contract's telephones do; it never takes a word back."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.engine = self.make()
        office.use_engine(self.engine)

    def make(self) -> ScriptedEngine:
        return ScriptedEngine(self.office.pbx, rung=RUNG, talking=TALKING)

    def line(self, user: str) -> Line:
        return self.office.directory.line(user)

    def elapse(self, span: Duration) -> None:
        self.office.advance(span / SECOND)

    def dial(self, user: str, number: str) -> None:
        self.office.dials(user, number, handle=object())

    def transfer(self, user: str, number: str) -> None:
        assert transfer.blind(self.office.pbx.calls, self.line(user).channels[0], number)

    def press(self, user: str, digit: str) -> None:
        assert digits.press(self.office.pbx.calls, self.line(user).channels[0], digit)

    def register(self, user: str) -> None:
        self.office.directory.register(self.line(user), Registration(host="192.0.2.9"))

    def unregister(self, user: str) -> None:
        self.office.directory.unregister(self.line(user))

    def is_quiet(self) -> bool:
        over = [leg for leg, _ in self.engine.hung_up]
        over += [leg for leg, report in self.engine.reported if report in (Report.FAILED, Report.HUNG_UP)]
        return all(leg in over for leg in self.engine.dialled)

    def close(self) -> None:
        pass


class PostedEngine(ScriptedEngine):
    """Posts what it is asked for to a task, which does it when the event loop comes round to it; promises nothing."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.pbx, rung=RUNG, talking=TALKING)
        self.posted: asyncio.Queue[Callable[[], object]] = asyncio.Queue()

    async def work(self) -> None:
        while True:
            (await self.posted.get())()
            self.posted.task_done()

    def dial(self, channel: Channel, timeout: Duration) -> bool:
        self.posted.put_nowait(lambda: super(PostedEngine, self).dial(channel, timeout))
        return False

    def answer(self, channel: Channel) -> None:
        self.posted.put_nowait(lambda: super(PostedEngine, self).answer(channel))

    def connect(self, call: Call, limit: Duration) -> bool:
        self.posted.put_nowait(lambda: super(PostedEngine, self).connect(call, limit))
        return False

    def part(self, call: Call) -> None:
        self.posted.put_nowait(lambda: super(PostedEngine, self).part(call))

    def hang_up(self, channel: Channel, cause: HangupCause) -> None:
        self.posted.put_nowait(lambda: super(PostedEngine, self).hang_up(channel, cause))


class PostedRig(ScriptedRig):
    """An engine that works in the event loop: all that its telephones do comes from outside the verbs."""

    engine: PostedEngine

    def make(self) -> PostedEngine:
        return PostedEngine(self.office)

    @classmethod
    async def started(cls, office: Office) -> PostedRig:
        rig = cls(office)
        rig.task = asyncio.ensure_future(rig.engine.work())
        return rig

    task: asyncio.Future[None]

    async def elapse(self, span: Duration) -> None:  # type: ignore[override]
        end = self.office.clock.now + span
        await self.engine.posted.join()
        while (due := self.office.clock.next_due()) is not None and due <= end:
            self.office.clock.run_until(due)
            await self.engine.posted.join()
        self.office.clock.run_until(end)

    async def dial(self, user: str, number: str) -> None:  # type: ignore[override]
        self.engine.posted.put_nowait(lambda: super(PostedRig, self).dial(user, number))

    async def is_quiet(self) -> bool:  # type: ignore[override]
        await self.engine.posted.join()
        return super().is_quiet()

    async def close(self) -> None:  # type: ignore[override]
        self.task.cancel()
        await asyncio.wait([self.task])
