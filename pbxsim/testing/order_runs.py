"""Runs one test of a pytest run in the plain order and in others, and reports it as one test.

Whoever runs a test more than once has to leave its module's and its session's fixtures alone until the last time: so
the run that is to be the last is known before it begins. It is the one that is reported: the smallest order in which
the test fails, once more; else the last of all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from _pytest.runner import runtestprotocol

from pbxsim.testing.control import ControlRefused, ServerGone
from pbxsim.testing.orders import SAMPLE, BadOrder, Order, orders, take_down

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    import pytest

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
        except (ControlRefused, ServerGone) as error:
            self._why_not = f"its PBX cannot tell what happened: {error}"

    # -- the runs -------------------------------------------------------------------------------------------------

    def _in_all_orders(self) -> list[pytest.TestReport]:
        """Run in the plain order, and in others until it fails; give the reports of the last run."""
        plain = self._run(Order(), is_last=False)
        if any(not report.passed for report in plain):
            again = self._last(Order())
            return _told(again, "the plain order; no other was tried")
        if self._played is None:
            return _failed(self._last(Order()), self._why_not)
        try:
            wanted = list(orders(self._played, *self._marker.args, **_asked(self._marker)))
        except (BadOrder, TypeError) as bad:
            return _failed(self._last(Order()), f"sample=, seed=, without=: {bad}")
        for number, order in enumerate(wanted[:-1], start=1):
            reports = self._run(order, is_last=False)
            if any(report.failed for report in reports):
                return self._broken(order, reports, number)
        return self._last(wanted[-1] if wanted else Order(), len(wanted))

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
        # What stays is what the next test needs, and the module or class of this one is all that a further run needs.
        following: Any = self._nextitem if is_last else self._item.parent
        reports = runtestprotocol(self._item, log=False, nextitem=following)
        self._took += sum(report.duration for report in reports)
        return reports


def _asked(marker: pytest.Mark) -> dict[str, Any]:
    wanted = {"sample": SAMPLE, "seed": 0, "without": (), **marker.kwargs}
    is_one = isinstance(wanted["without"], str)
    return {**wanted, "without": (wanted["without"],)} if is_one else wanted


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
