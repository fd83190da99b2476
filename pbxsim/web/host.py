"""One hosted PBX: its switch, clock, vendors' interfaces, journal and request log, and how all of it begins anew.

Not here: how a PBX is built from a file (config), how requests arrive (server.py).
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.driver import ClockDriver
from pbxsim.clock.scheduler import Scheduler
from pbxsim.sinks.journal import Journal
from pbxsim.sinks.outbox.outbox import Outbox
from pbxsim.sinks.shelf import NoStore
from pbxsim.vendorkit.reply import Reply
from pbxsim.web.exchanges import RequestLog
from pbxsim.web.masking import Mask
from pbxsim.web.questions import Questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.pbx.notice import Receiver
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.recorder import Recorder
    from pbxsim.vendorkit.exchange import Exchange
    from pbxsim.vendorkit.vendor import Interface, Vendor

_log: Final = logging.getLogger("pbxsim")


class CannotBegin(Exception):
    """A PBX cannot begin (anew) because something around it is not as it must be; says what. It goes on as it was."""


class Assembled(msgspec.Struct, frozen=True, eq=False):
    """A PBX put together with its engine connected, and its interface for each vendor it speaks, by vendor's name.

    `recorder` makes its recordings and gives them out, where there is a place for them.
    """

    pbx: Pbx
    interfaces: Mapping[str, Interface]
    recorder: Recorder | None = None


class Plan(msgspec.Struct, frozen=True, eq=False, kw_only=True):
    """How a hosted PBX begins: whenever it is reset, all of this is done again.

    `assemble` builds the PBX on a clock and a seed. `start` gives the instant at which its clock begins, by the rate at
    which it is to run.
    """

    name: str
    seed: int
    assemble: Callable[[Scheduler, int], Assembled]
    start: Callable[[float], Instant]


class HostedPbx:
    """A PBX that a server hosts. Each has its own clock, seed, journal, requests and credentials."""

    def __init__(self, plan: Plan, vendors: Mapping[str, Vendor], *, rate: float) -> None:
        self._vendors = vendors
        self._runs = False
        self._begin(plan, plan.seed, rate)

    @property
    def name(self) -> str:
        """Give the PBX's name, by which the control API picks it."""
        return self.plan.name

    def start(self) -> None:
        """Let the clock run, in the running event loop."""
        self._runs = True
        self.driver.start()
        self.outbox.start()

    def close(self) -> None:
        """Stop the clock for good, and return when the recordings of all calls that have ended are written."""
        self._runs = False
        self.questions.close()
        self.outbox.clear()
        self.driver.close()
        if self.recorder is not None:
            self.recorder.close(finish=True)

    def reset(self, seed: int | None = None) -> None:
        """Go back to the start: the PBX as its file says, no call, no record, no request; the clock's rate stays.

        With `seed` other fates are drawn; without, those of the very start.
        """
        self.restart(self.plan, self.plan.seed if seed is None else seed)

    def restart(self, plan: Plan, seed: int) -> None:
        """Begin anew by a plan that may be another; if it cannot be carried out, everything stays as it is."""
        before, questions, outbox = self.driver, self.questions, self.outbox
        self._begin(plan, seed, before.rate)
        questions.close()
        outbox.clear()
        before.close()
        if self._runs:
            self.driver.start()
            self.outbox.start()

    def answer(self, vendor: str, exchange: Exchange, hints: tuple[str, ...]) -> Reply:
        """Answer a vendor's request at the moment at which the clock should stand now; note both in the journals."""
        driver, requests = self.driver, self.requests
        driver.catch_up()
        record = requests.begin(vendor, exchange)
        try:
            reply = self.interfaces[vendor].answer(exchange)
        except Exception as error:
            reply = self._broken(vendor, exchange, error)
        driver.rearm()
        requests.end(record, reply, hints)
        if self.pbx.events.failures:
            self._report_failures()
        return reply

    def _begin(self, plan: Plan, seed: int, rate: float) -> None:
        scheduler = Scheduler(plan.start(rate))
        assembled = plan.assemble(scheduler, seed)
        self.plan = plan
        self.seed = seed
        self.pbx = assembled.pbx
        self.interfaces = assembled.interfaces
        self.journal = Journal(assembled.pbx)
        self.requests = RequestLog(self.journal, scheduler, self._masks(assembled.interfaces))
        self.recorder = assembled.recorder
        self.driver = ClockDriver(scheduler, rate=rate)
        self.questions = Questions(assembled.pbx, self.driver)
        self.outbox = Outbox(
            assembled.pbx, self._receivers(assembled.interfaces), NoStore(), self.driver, recordings=assembled.recorder
        )
        if self.recorder is not None:
            self.driver.barriers.append(self.recorder.written)
        self.driver.barriers.append(self.outbox.tried)

    def _receivers(self, interfaces: Mapping[str, Interface]) -> Iterator[Receiver]:
        for name, interface in interfaces.items():
            yield from self._vendors[name].receivers(interface)

    def _masks(self, names: Iterable[str]) -> dict[str, Mask]:
        masks = {name: Mask([self._vendors[name]]) for name in names}
        return masks | {"": Mask(self._vendors.values())}

    def _broken(self, vendor: str, exchange: Exchange, error: Exception) -> Reply:
        """Tell of an exception in a vendor's code in the log, with every secret of the request struck out."""
        told = "".join(traceback.format_exception(error))
        told = Mask([self._vendors[vendor]]).struck_out(told, exchange)
        _log.error("%s could not answer a request to %s\n%s", vendor, self.name, told)
        text = f"500 Internal Server Error\n{vendor}: {type(error).__name__}; pbxsim's log has more\n"
        return Reply(body=text.encode(), content_type="text/plain; charset=utf-8", status=500, code="500")

    def _report_failures(self) -> None:
        for event, error in self.pbx.events.failures:
            _log.error("a listener failed at %s: %s", type(event).__name__, type(error).__name__, exc_info=error)
        self.pbx.events.failures.clear()


class Hosts:
    """The PBXs of one server, by name and by the vendors they speak, in the order in which they were given."""

    def __init__(self, hosts: Iterable[HostedPbx]) -> None:
        self._hosts = {host.name: host for host in hosts}
        self.index()

    def __iter__(self) -> Iterator[HostedPbx]:
        return iter(self._hosts.values())

    def index(self) -> None:
        """Look again at names and vendors, after a PBX began anew by another plan."""
        self._hosts = {host.name: host for host in self._hosts.values()}
        self._serving: dict[str, list[HostedPbx]] = {}
        for host in self._hosts.values():
            for vendor in host.interfaces:
                self._serving.setdefault(vendor, []).append(host)

    def named(self, name: str) -> HostedPbx | None:
        """Find a PBX by name."""
        return self._hosts.get(name)

    def first(self) -> HostedPbx:
        """Give the PBX that is meant where none is named."""
        return next(iter(self._hosts.values()))

    def names(self) -> list[str]:
        """Give the names of all PBXs."""
        return list(self._hosts)

    def vendors(self) -> list[str]:
        """Give the names of the vendors that at least one PBX speaks."""
        return list(self._serving)

    def for_request(self, vendor: str, exchange: Exchange) -> HostedPbx:
        """Choose the PBX by the credential that the request carries; if none knows it, the vendor's first."""
        serving = self._serving[vendor]
        if len(serving) > 1:
            for host in serving:
                if host.interfaces[vendor].claims(exchange):
                    return host
        return serving[0]
