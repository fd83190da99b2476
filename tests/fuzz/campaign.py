"""Sends requests of the vendors' grammars to a server, and looks after each few what became of it.

A request that hypothesis draws goes out with variants of it, behind one another on a connection that is kept; what may
be no HTTP goes out each on its own. What goes wrong is sought among the few that were sent, and made smaller.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Final

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.edge import LIVEZ, Edge
from tests.fuzz.grammar import requests
from tests.fuzz.smaller import smallest
from tests.fuzz.variation import broken, varied
from tests.fuzz.vendors import VENDORS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.fuzz.edge import Answer
    from tests.fuzz.sent import Sent
    from tests.fuzz.server import Server
    from tests.fuzz.vendors import Vendor

LONGEST_CPU: Final = 1.0
"""Seconds of the server's processor that a few requests may take."""
MOST_GROWTH_MB: Final = 200.0
"""How much more memory the server may hold at the end than at the start."""

_VARIANTS: Final = 57
_BROKEN: Final = 6
_FEW: Final = 64
_ROUND: Final = 64
MOST_FINDINGS: Final = 5


class Finding(msgspec.Struct, frozen=True):
    """What went wrong, with the smallest input that does it, and the server's log of it."""

    what: str
    again: str
    log: str = ""


class Tally(msgspec.Struct):
    """What was sent and what came of it. `seconds` and `cpu` are the most that one reply, and that a few, took."""

    inputs: Counter[str] = msgspec.field(default_factory=Counter)
    statuses: Counter[int] = msgspec.field(default_factory=Counter)
    seconds: float = 0.0
    cpu: float = 0.0
    findings: list[Finding] = msgspec.field(default_factory=list)

    @property
    def is_enough(self) -> bool:
        """Whether so much was found that there is no use in going on."""
        return len(self.findings) >= MOST_FINDINGS


class Campaign:
    """Sends to one server."""

    def __init__(self, server: Server, tally: Tally) -> None:
        self._server = server
        self._edge = Edge(server.port)
        self._tally = tally
        self._loose: list[tuple[str, Sent]] = []
        self._known: set[str] = set()

    def run(
        self, inputs: int, seed: int, told: Callable[[str], None] = lambda _: None, *, until: float = math.inf
    ) -> None:
        """Send so many, the vendors by turns; the same ones for the same seed.

        Stops early where enough was found, or where the monotonic clock is past `until`.
        """
        rounds, before = 0, sum(self._tally.inputs.values())
        inputs += before
        while sum(self._tally.inputs.values()) < inputs and not self._tally.is_enough and time.monotonic() < until:
            left = inputs - sum(self._tally.inputs.values())
            examples = min(_ROUND, -(-left // (len(VENDORS) * (1 + _VARIANTS + _BROKEN))))
            for vendor in VENDORS:
                self._round(vendor, examples, seed * 1_000_003 + rounds)
            rounds += 1
            told(f"{sum(self._tally.inputs.values()) - before} sent, {self._server.resident_mb():.0f} MB")
        self._send_loose()

    def send(self, sent: Sent) -> str:
        """Send one by itself; give what is wrong with what happens, empty if nothing is."""
        return self._verdict([sent])[0]

    def close(self) -> None:
        """Leave the server."""
        self._edge.close()

    def _round(self, vendor: Vendor, examples: int, seed: int) -> None:
        @hypothesis.seed(seed)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(requests(vendor), st.integers(0, 2**64))
        def each(sent: Sent, number: int) -> None:
            if not self._tally.is_enough:
                self._take(vendor.name, sent, Random(number))

        each()

    def _take(self, name: str, sent: Sent, random: Random) -> None:
        drawn = [sent, *(varied(sent, random) for _ in range(_VARIANTS))]
        self._loose += [(name, broken(drawn[random.randrange(len(drawn))], random)) for _ in range(_BROKEN)]
        self._loose += [(name, one) for one in drawn if not one.is_framed]
        framed = [one for one in drawn if one.is_framed]
        self._tally.inputs[name] += len(framed)
        self.look(framed)
        if len(self._loose) >= _FEW:
            self._send_loose()

    def _send_loose(self) -> None:
        self._tally.inputs.update(name for name, _ in self._loose)
        self.look([sent for _, sent in self._loose])
        self._loose.clear()

    # -- what became of it ---------------------------------------------------------------------------------------------

    def look(self, few: Sequence[Sent]) -> None:
        """Send a few that are all framed, or all not, and note what is wrong with what happens."""
        if not few:
            return
        wrong, log = self._verdict(few)
        if wrong:
            self._tally.findings.extend(self._found(few, wrong, log))

    def _verdict(self, few: Sequence[Sent]) -> tuple[str, str]:
        """Send a few that are all framed, or all not; give what is wrong, and the log of it."""
        before = self._server.cpu_seconds()
        try:
            if all(sent.is_framed for sent in few):
                answers = self._edge.answers([*few, LIVEZ])
            else:
                answers = self._edge.loose(few)
        except (OSError, AssertionError) as error:
            self._edge.close()
            return f"no reply: {type(error).__name__}", self._server.trouble()
        cpu = self._server.cpu_seconds() - before
        self._tally.statuses.update(answer.status for answer in answers)
        self._tally.seconds = max(self._tally.seconds, *(answer.seconds for answer in answers))
        self._tally.cpu = max(self._tally.cpu, cpu)
        return self._wrong(few, answers, cpu)

    def _wrong(self, few: Sequence[Sent], answers: Sequence[Answer], cpu: float) -> tuple[str, str]:
        framed = len(answers) > len(few)
        bad = [answer.status for answer in answers if answer.status >= 500 and answer.status != 501]
        log = self._server.trouble(expected=500 in bad)
        if log:
            return "an error in the log: " + log.strip().splitlines()[-1][:200], log
        if bad:
            return f"status {bad[0]}", log
        if framed and answers[-1].status != 200:
            return f"livez: {answers[-1].status}", log
        if framed and not all(answer.status for answer in answers):
            return "no reply", log
        return (f"{cpu:.2f} s of processor time" if cpu > LONGEST_CPU else ""), log

    def _found(self, few: Sequence[Sent], wrong: str, log: str) -> list[Finding]:
        """Find out which of a few it was, and make that one smaller. One kind of fault is told once."""
        if not self._server.is_alive:
            return [Finding("the server ended", "\n".join(sent.again() for sent in few), log)] * MOST_FINDINGS
        guilty = next((sent for sent in few if self.send(sent)), None)
        if guilty is None:
            if wrong.startswith(("no reply", "0 s")) or "processor" in wrong:
                return []  # lost with a connection that was closed upon another, or spent on all of them together
            return self._once(wrong, "\n".join(sent.again() for sent in few), log)
        least = smallest(guilty, lambda sent: bool(self.send(sent)))
        what, said = self._verdict([least])
        return self._once(what or wrong, least.again() + f"\n{least.wire()[:2_000]!r}", said or log)

    def _once(self, what: str, again: str, log: str) -> list[Finding]:
        if what in self._known:
            return []
        self._known.add(what)
        return [Finding(what, again, log)]
