"""Our side of the discrete-event races: a PBX built by hand, its simulated telephones, and the offered traffic."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from pbxsim.clock.instant import SECOND, Instant
from pbxsim.clock.scheduler import Scheduler
from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, Rule, fixed
from pbxsim.engines.simulated.engine import SimulatedEngine
from pbxsim.engines.simulated.handset import SimulatedHandset
from pbxsim.pbx.call import Call, CallOrder, CallState
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.extension import Extension, Line, Registration
from pbxsim.pbx.pbx import Pbx
from pbxsim.pbx.routes import NumberingPlan, OutboundRoute, Trunk
from pbxsim.sinks.cdr_memory import CdrMemory
from tests.bench.harness import Figures, expect, settle_gc
from tests.bench.traffic import FIRST_RING_SECONDS, SHAPES, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable

START: Final[Instant] = 1_767_225_600 * SECOND  # 2026-01-01
EXTENSIONS: Final = 10_000
_PLAN: Final = "main"
_AT_HOME: Final = Registration(host="192.0.2.1", port=5060)  # RFC 5737: an address that is nobody's


class NoFiles:
    """No recordings here: nothing is ever moved."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Refuse."""
        raise AssertionError((from_folder, from_file, to_folder, to_file))


class BenchPbx:
    """A PBX of 10,000 subscribers with one trunk, its telephones' rules, and an archive of records in memory."""

    def __init__(self) -> None:
        self.trunk = Trunk(id=1, name="carrier")
        route = OutboundRoute(id=1, name="out", patterns=("_8X.",), trunks=(self.trunk,))
        self.first = [ToExtension(str(20_000 + number), _extension(number)) for number in range(EXTENSIONS)]
        directory = Directory(
            extensions=[to.extension for to in self.first],
            trunks=[self.trunk],
            routes=[route],
            dialplans=[NumberingPlan(id=1, name=_PLAN)],
        )
        self.records = CdrMemory()
        self.pbx = Pbx(
            name="bench", clock=Scheduler(START), seed=1, directory=directory, cdrs=self.records, files=NoFiles()
        )
        at_work = Behaviour(outcome=Outcome.ANSWER, ring=fixed(FIRST_RING_SECONDS), talk=None)
        engine = SimulatedEngine(self.pbx, rules=[Rule(number="_sip!", turns=(at_work,))])
        self.pbx.connect_engine(engine, SimulatedHandset(self.pbx, engine))

    def keep_records(self) -> None:
        """Put each call's record into the archive."""
        self.pbx.events.subscribe(CdrClosed, self.records.on_cdr)

    def orders(self, traffic: Traffic) -> Callable[[int], Call]:
        """Give what places call number n: each has an order of its own, as each request would."""
        originate, first = self.pbx.calls.originate, self.first
        numbers = [traffic.number(call) for call in range(SHAPES)]

        def place(call: int) -> Call:
            caller, number = first[call % EXTENSIONS], numbers[call % SHAPES]
            return originate(
                CallOrder(vendor="bench", first=caller, src=caller.number, dst=number, second=number, context=_PLAN)
            )

        return place

    def run(self, traffic: Traffic) -> None:
        """Offer the traffic and let all of it end."""
        clock, place, gap, begin = self.pbx.clock, self.orders(traffic), traffic.gap, self.pbx.clock.now
        for call in range(traffic.calls):
            clock.run_until(begin + call * gap)
            place(call)
        clock.run_until(begin + traffic.span)

    def expect_all_over(self) -> None:
        """Check that nothing is left of any call. Raises WrongResult."""
        expect("calls still alive", len(self.pbx.calls.live), 0)
        expect("channels left on the trunk", self.trunk.in_use, 0)
        expect("channels left on lines", sum(len(line.channels) for line in self.pbx.directory.lines.values()), 0)
        expect("timers left", len(self.pbx.clock), 0)

    def expect_records(self, calls: int) -> None:
        """Check that each call has one record, and that every one was answered. Raises WrongResult."""
        records = list(self.records.find(CdrQuery()))
        expect("records", len(records), calls)
        expect("calls recorded", len({record.call for record in records}), calls)
        answered = sum(record.disposition is Disposition.ANSWERED for record in records)
        expect("records that say ANSWERED", answered, calls)


def _extension(number: int) -> Extension:
    line = Line(id=number + 1, user=f"sip{20_000 + number}", registration=_AT_HOME, max_calls=1000)
    return Extension(id=number + 1, internal=str(20_000 + number), dialplan=_PLAN, lines=[line])


def calls_per_second(calls: int, alive: int, talk: int = 20) -> Figures:
    """Run the traffic, records kept in memory; CPU time of this process."""
    traffic, bench = Traffic(calls, alive, talk), BenchPbx()
    bench.keep_records()
    settle_gc()
    begun = time.process_time()
    bench.run(traffic)
    spent = time.process_time() - begun
    bench.expect_all_over()
    bench.expect_records(calls)
    return {"calls/s": calls / spent}


def is_talking(call: Call) -> bool:
    """Tell whether both parties are connected."""
    return call.state is CallState.TALKING
