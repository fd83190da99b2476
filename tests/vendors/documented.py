"""The PBX `documented` as its file says it, for tests that send a vendor's own examples to it; its clock is paused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pbxsim.clock.instant import HOUR
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.hosting.assemble import assemble
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.testing.office import START

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.pbx.cdr import Cdr


class Documented:
    """That PBX at its very start, seen through one vendor's interface."""

    def __init__(self, vendor: str) -> None:
        made = assemble(load("documented"), clock=Scheduler(START), seed=1)
        self.pbx = made.pbx
        self.interface = made.interfaces[vendor]
        self._vendor = vendor

    def answer(self, request: Request) -> Reply:
        """Send a request to the interface."""
        return self.interface.answer(request)

    def finished(self) -> list[Cdr]:
        """Let every call come to its end, and give the records of this vendor's calls."""
        self.pbx.clock.run_until(self.pbx.clock.now + 5 * HOUR)
        assert not self.pbx.calls.live
        return [cdr for cdr in self.pbx.cdrs.find(CdrQuery(vendor=self._vendor)) if cdr.start >= START]
