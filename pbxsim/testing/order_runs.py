"""Runs one test of a pytest run in the plain order and in others, and reports it as one test.

Whoever runs a test more than once has to leave its module's and its session's fixtures alone until the last time: so
the run that is to be the last is known before it begins. It is the one that is reported: the smallest order in which
the test fails, once more; else the last of all.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.runner import runtestprotocol

from pbxsim.testing.control import ControlRefused, ServerGone
from pbxsim.testing.orders import SAMPLE, BadOrder, Order, orders, take_down

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from pbxsim.testing.client import Pbx
    from pbxsim.testing.orders import Played

_TITLE = "pbxsim: the order"


class OrderRun:
    """The runs of one test: in all orders that its marker asks for, or in the one of a `token`.

    A test whose marker asks for what there is not fails, and so does one that has nothing that could come otherwise.
    """

    def __init__(self, item: pytest.Item, nextitem: pytest.Item | None, marker: pytest.Mark, token: str | None) -> None:
        self._item = item
        self._nextitem = nextitem
        self._marker = marker
        self._token = token
        self._order = Order()
        self._begun: list[tuple[Pbx, str, Callable[[str], ZoneInfo]]] = []
        self._played: list[Played] | None = None
        self._why_not = "it has no PBX of the fixtures pbx or pbx_factory, so there is nothing in any order"
        self._took = 0.0

    def report(self) -> None:
        """Run the test, and tell pytest of it."""
        item = self._item
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reports = self._in_all_orders() if self._token is None else self._last(Order.read(self._token))
        for report in reports:
            if report.when == "call":
                report.duration = self._took
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    # -- what a run meets with ------------------------------------------------------------------------------------

    def begin(self, pbx: Pbx, zone: Callable[[str], ZoneInfo]) -> None:
        """Have a PBX that the test has just got go in the order of this run."""
        if self._played is None and self._token is None:
            self._begun.append((pbx, pbx.now, zone))
        else:
            self._begun.append((pbx, "", zone))
            self._order.apply(pbx, len(self._begun))

    def ended(self) -> None:
        """Take down what happened in the plain order, while the test's PBXs are still as it left them.

        What is on its way to a receiver arrives first: it is none of the next run's.
        """
        try:
            for pbx, _, _ in self._begun:
                pbx.advance(0)
            if self._played is None and self._token is None:
                begun = enumerate(self._begun, start=1)
                self._played = [take_down(pbx, number, at, zone) for number, (pbx, at, zone) in begun]
            if self._token is not None:
                self._warn_of_what_never_happened()
        except (ControlRefused, ServerGone) as error:
            self._why_not = f"its PBX cannot tell what happened: {error}"

    def _warn_of_what_never_happened(self) -> None:
        """A test that passes with a token passes in that order only if all of it happened."""
        missed = [each.token for each in self._order.differences if each.pbx > len(self._begun)]
        for number, (pbx, _, _) in enumerate(self._begun, start=1):
            missed += [each.token for each in self._order.missed(pbx, number)]
        if missed:
            words = f"--pbxsim-order: {', '.join(missed)} did not happen: the test has no such event any more"
            self._item.warn(pytest.PytestWarning(words))

    # -- the runs -------------------------------------------------------------------------------------------------

    def _in_all_orders(self) -> list[pytest.TestReport]:
        """Run in the plain order, and in others until it fails; give the reports of the last run."""
        plain = self._run(Order(), is_last=False)
        if any(not report.passed for report in plain):
            return _told(self._run(Order(), is_last=True), "the plain order; no other was tried")
        if self._played is None:
            return _failed(self._last(Order()), self._why_not)
        try:
            wanted = list(orders(self._played, **_asked(self._marker)))
        except BadOrder as bad:
            return _failed(self._last(Order()), str(bad))
        for number, order in enumerate(wanted[:-1], start=1):
            reports = self._run(order, is_last=False)
            if any(report.failed for report in reports):
                return self._broken(order, reports, number)
        return self._last(wanted[-1], len(wanted))

    def _broken(self, order: Order, reports: list[pytest.TestReport], number: int) -> list[pytest.TestReport]:
        """Give the reports of an order in which it failed; run once more, it should fail again."""
        again = self._run(order, is_last=True)
        if any(report.failed for report in again):
            return _told(again, self._words(order, number))
        return _told(reports, f"{self._words(order, number)}\nrun in this order once more it passed: it is unsteady")

    def _last(self, order: Order, number: int = 0) -> list[pytest.TestReport]:
        return _told(self._run(order, is_last=True), self._words(order, number))

    def _words(self, order: Order, number: int) -> str:
        """Say an order, how many were tried before it, and how to have it again."""
        told = {each: one.tell(each) for one in self._played or () for each in one.differences}
        lines = [told.get(each, each.token) for each in order.differences] or ["the plain order"]
        if number:
            lines.append(f"it is the smallest that breaks the test; the plain order and {number - 1} others do not")
        return "\n".join([*lines, f"to have it again: pytest '{self._item.nodeid}' --pbxsim-order {order.token}"])

    def _run(self, order: Order, *, is_last: bool) -> list[pytest.TestReport]:
        """Run the test in an order; unless it is the last time, with all left as it is for a run more."""
        self._order, self._begun = order, []
        self._item._report_sections.clear()  # noqa: SLF001 - what earlier runs printed; pytest has no other way
        # What stays is what the next test needs, and the module or class of this one is all that a further run needs.
        following: Any = self._nextitem if is_last else self._item.parent
        reports = runtestprotocol(self._item, log=False, nextitem=following)
        self._took += sum(report.duration for report in reports)
        return reports


def _asked(marker: pytest.Mark) -> dict[str, Any]:
    """Read what the marker asks for. Raises BadOrder."""
    given: dict[str, Any] = {"sample": SAMPLE, "seed": 0, "without": ()}
    unknown = [*map(repr, marker.args), *(name for name in marker.kwargs if name not in given)]
    if unknown:
        raise BadOrder(f"it takes sample=, seed=, without=, and not {', '.join(unknown)}")
    wanted = {**given, **marker.kwargs}
    without = wanted["without"]
    if isinstance(without, str):
        return {**wanted, "without": (without,)}
    if not isinstance(without, Collection):
        raise BadOrder(f"without={without!r}: kinds of differences, as without=('midnight', 'late')")
    return wanted


def _failed(reports: list[pytest.TestReport], why: str) -> list[pytest.TestReport]:
    """Have a run fail that passed, for that reason."""
    for report in reports:
        if report.when == "call" and report.passed:
            report.outcome = "failed"
            report.longrepr = f"pbx_orders: {why}"
    return reports


def _told(reports: list[pytest.TestReport], words: str) -> list[pytest.TestReport]:
    """Say in a failed report in which order that was."""
    for report in reports:
        if report.failed:
            report.sections.insert(0, (_TITLE, words))
    return reports
