"""One hosted PBX: its switch, clock, vendors' interfaces, journal, store and outbox, and how all of it begins anew.

Not here: how a PBX is made of a file (assemble.py), how requests arrive (web/server.py).
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING, Final

from pbxsim.clock.driver import ClockDriver
from pbxsim.hosting.assemble import AssemblyAt, FileAssembly
from pbxsim.hosting.commands import Commands
from pbxsim.hosting.dialling_hints import dialling_hints
from pbxsim.hosting.directory_changes import tell_changes
from pbxsim.hosting.engine_session import EngineSession
from pbxsim.hosting.errors import CannotBegin
from pbxsim.hosting.injection import Injection, faulty_reply
from pbxsim.hosting.masking import Mask
from pbxsim.hosting.request_log import RequestLog
from pbxsim.hosting.routing_questions import Questions
from pbxsim.hosting.saved import NOTHING_RESUMED, Resumed, saved_of
from pbxsim.hosting.secret_values import SecretValues
from pbxsim.kit.later import LaterModule
from pbxsim.kit.reply import Reply
from pbxsim.kit.vendor import always_short
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.events import CallEnded
from pbxsim.sinks.journal.journal import Journal
from pbxsim.sinks.outbox.outbox import Outbox
from pbxsim.sinks.store.port import NullStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.engines.engine import Engine
    from pbxsim.hosting import call_failure
    from pbxsim.hosting.assemble import Assembled, Assembly
    from pbxsim.hosting.audience import Audience
    from pbxsim.hosting.injection import Injected
    from pbxsim.kit.cause import Cause
    from pbxsim.kit.derived import Derived
    from pbxsim.kit.request import Request
    from pbxsim.kit.vendor import Interface, Vendor
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.notice import Receiver
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.recordings.recorder import Recorder
    from pbxsim.sinks.store.port import RecordStore
else:
    call_failure = LaterModule("pbxsim.hosting.call_failure")

_ANSWERED: Final = Disposition.ANSWERED
_log: Final = logging.getLogger("pbxsim")


class HostedPbx:
    """A PBX that lives. Each has its own clock, seed, engine, journal, requests, credentials, records and outbox.

    `found_records` is how many records of an earlier run were found at the start, None: there was no such run.
    `secrets` is what no output shows: all that the server knows, where it gives one; else those of the PBX's file.
    `injection` is what goes wrong on purpose, None: nothing does. `derived` is what is worked out of all this, and
    remembered to be quicker.
    """

    assembly: Assembly
    derived: dict[str, Derived]
    driver: ClockDriver
    engine: EngineSession
    injection: Injection | None
    outbox: Outbox
    pbx: Pbx
    questions: Questions
    recorder: Recorder | None
    _injection: Injection

    def __init__(
        self,
        assembly: Assembly,
        vendors: Mapping[str, Vendor],
        *,
        rate: float,
        record_store: RecordStore | None = None,
        resumed: Resumed = NOTHING_RESUMED,
        secrets: SecretValues | None = None,
    ) -> None:
        self.secrets = SecretValues() if secrets is None else secrets
        self._masks: dict[str, Mask] = {}
        self._vendors = vendors
        self._runs = False
        self.audience: Audience | None = None  # who looks at it live, where somebody does
        self.found_records = None if resumed.saved.is_empty else len(resumed.saved.cdrs) + resumed.saved.stored
        self.record_store: RecordStore = NullStore() if record_store is None else record_store
        self._begin(assembly, None, rate, resumed)

    @property
    def name(self) -> str:
        """Give the PBX's name, by which the control API picks it."""
        return self.pbx.name

    @property
    def seed(self) -> int:
        """Give what decides what is drawn by chance."""
        return self.pbx.seed

    async def start(self) -> None:
        """Let the clock run, in the running event loop, and the engine begin its work. Raises EngineUnreachable."""
        self._runs = True
        self.driver.start()
        self.outbox.start()
        await self.engine.start()

    async def close(self) -> None:
        """Stop the clock for good, and return when the recordings of all calls that have ended are written.

        What the outbox has not delivered stays in the store.
        """
        self._runs = False
        self._report_failures()
        if self.audience is not None:
            self.audience.close()
        self.questions.close()
        self._injection.release()
        await self.engine.close()
        self.driver.close()
        if self.recorder is not None:
            self.recorder.close(finish=True)
        await self.outbox.close()

    def reset(self, seed: int | None = None) -> None:
        """Go back to the start: the PBX as its file says, no call, no record, no request; the clock's rate stays.

        With `seed` other fates are drawn; without, those of the very start. What is stored of it is cleared.
        """
        self._restart(self.assembly, seed, None)

    def restart(self, assembly: Assembly) -> None:
        """Begin anew by an assembly that may be another, as after a stop: what is stored stays, calls in progress end.

        With a held clock it is as a reset: a test begins where its file says, whatever the store.

        If it cannot be carried out, nothing changes. Raises CannotBegin, and whatever else the assembly does.
        """
        self._restart(assembly, None, None if self.driver.rate == 0 else self._leaves())

    def twin(self, now: Instant, seed: int) -> HostedPbx:
        """Make a PBX of the same file and seed that has just begun at that instant, and knows nothing outside."""
        assembly = self._file_assembly().apart()
        twin = HostedPbx(AssemblyAt(assembly, now, seed), self._vendors, rate=0.0)
        twin.assembly = assembly
        return twin

    @property
    def vendors_section(self) -> Mapping[str, object]:
        """Give the section `vendors` of its file. Raises CannotBegin where it was made of none."""
        return self._file_assembly().vendors

    def _file_assembly(self) -> FileAssembly:
        if not isinstance(self.assembly, FileAssembly):
            raise CannotBegin("it was made of no PBX file, so there is no other that begins like it")
        return self.assembly

    def go_back(self, now: Instant, seed: int, recall: Callable[[], None]) -> None:
        """Go back to what it was at an instant: begin anew then, and have `recall` put all that there was into it.

        The clock's rate stays. What is stored of it is cleared, and what it was then is stored. Where `recall` raises,
        it goes on as it was.
        """
        self._report_failures()
        before, kept = self.pbx, dict(vars(self))
        driver, outbox, questions, engine, injection = (
            self.driver, self.outbox, self.questions, self.engine, self._injection,
        )  # fmt: skip
        assembly = self._file_assembly()
        try:
            self._begin(AssemblyAt(assembly, now, seed), seed, driver.rate, None)
            recall()
        except BaseException:
            vars(self).update(kept)
            self.record_store.unclear()
            raise
        self.assembly = assembly
        self.commands.gap = "it went back to a snapshot"
        self.injecting()
        self.injected()
        self.record_store.begin_anew()
        self.outbox.post_again()
        assembly.bring_back(before, self.pbx)
        self._end(driver, outbox, questions, injection)
        self._go_on_from(engine)

    def _leaves(self) -> Resumed:
        if isinstance(self.record_store, NullStore):
            return NOTHING_RESUMED
        outbox = self.outbox
        saved = saved_of(self.pbx, outbox.last_number)
        return Resumed(saved, tuple(outbox.known()), outbox.lasting, outbox.has_more_stored)

    def _restart(self, assembly: Assembly, seed: int | None, resumed: Resumed | None) -> None:
        driver, outbox, questions, engine = self.driver, self.outbox, self.questions, self.engine
        injection = self._injection
        self._report_failures()  # else nobody would; and an event that led back to the PBX would keep all of it
        before = self.pbx.directory
        is_another = assembly is not self.assembly
        gone = vars(self).copy()
        self._begin(assembly, seed, driver.rate, resumed)
        self._end(driver, outbox, questions, injection)
        if is_another:
            tell_changes(before, self.pbx)
        self._go_on_from(engine)
        if self._runs:
            asyncio.get_running_loop().call_soon(gone.clear)  # a thousand calls: after the reply, not before it

    @staticmethod
    def _end(driver: ClockDriver, outbox: Outbox, questions: Questions, injection: Injection) -> None:
        """End what was going on before it began anew."""
        questions.close()
        outbox.clear()
        injection.release()
        driver.close()

    def _go_on_from(self, engine: EngineSession) -> None:
        if self._runs:
            self.driver.start()
            self.outbox.start()
            self.engine.take_over(engine)

    def answer(self, vendor: str, request: Request, hints: tuple[str, ...], injected: Injected | None = None) -> Reply:
        """Answer a vendor's request at the moment at which the clock should stand now; note both in the journals.

        `injected` is what happens to the request, where something is injected (`meet`). The reply has all hints
        that there are by then.
        """
        driver, pbx = self.driver, self.pbx
        if request.limits is not self.request_limits:
            request.limit(self.request_limits)
        driver.catch_up()
        self.requests.begin(vendor, request)
        try:
            reply = (
                self.interfaces[vendor].answer(request) if injected is None else self._met(vendor, request, injected)
            )
        except Exception as error:
            reply = self._broken(vendor, request, error)
        call = None if reply.call is None else pbx.calls.find(reply.call)
        if call is not None:
            hints += dialling_hints(pbx, call)
        driver.rearm()
        record = self.requests.end(vendor, request, reply, hints, "" if injected is None else injected.told)
        if call is not None:
            self.requests.starters[call.number] = record
            if call.number not in pbx.calls.live:  # it ended before that was noted
                self._on_ended(CallEnded(call))
        if pbx.events.failures:
            self._report_failures()
        return reply.hinted(*hints) if hints else reply

    def preparation(self, vendor: str, request: Request) -> Iterator[None] | None:
        """Give what to do before `answer` for a vendor's request whose reply is long, a piece at a time.

        Between two pieces others may be answered. None: the reply is short, as nearly all are.
        """
        prepare = self._vendors[vendor].prepare
        if prepare is always_short:
            return None
        if request.limits is not self.request_limits:
            request.limit(self.request_limits)
        return prepare(self.interfaces[vendor], request)

    def explanations(self, call: Call) -> Iterator[Cause]:
        """Give what the vendors that this PBX speaks say of a call, the one that asked for it first."""
        asked = call.order.vendor
        for name in sorted(self.interfaces, key=lambda name: name != asked):
            yield from self._vendors[name].explain(self.interfaces[name], call)

    def _on_ended(self, event: CallEnded) -> None:
        """Add to the request that started a call, where one did, why it came to nothing."""
        call = event.call
        record = self.requests.starters.pop(call.number, None)
        if record is not None and call.disposition is not _ANSWERED:
            self.requests.hint(record, call_failure.hints_after(self.pbx, call))

    def meet(self, vendor: str, request: Request) -> Injected | None:
        """Tell what happens to a vendor's request instead of what usually does; to be asked just before `answer`."""
        if self.injection is None:
            return None
        request.limit(self.request_limits)
        self.driver.catch_up()
        return self.injection.meet(vendor, request)

    @property
    def kept_by(self) -> tuple[Engine, tuple[Vendor, ...]]:
        """Give the engine and the vendors that keep something of it."""
        return self.engine.engine, tuple(self.spoken.values())

    @property
    def spoken(self) -> dict[str, Vendor]:
        """Give the vendors whose interfaces it speaks, by name."""
        return {name: self._vendors[name] for name in self.interfaces}

    def injecting(self) -> Injection:
        """Give what is injected, so that something can be added; requests and webhooks are looked at from now on."""
        self.injection = self._injection
        self.outbox.faults = self._injection.faults
        return self._injection

    def injected(self) -> None:
        """Hear that it is otherwise: calls are looked at while any is meant, and nothing any more when it is empty."""
        self.pbx.calls.faults = self._injection.calls if self._injection.faults.has_calls else None
        if self._injection.is_empty:
            self.injection = self.outbox.faults = None

    def claims(self, vendor: str, request: Request) -> bool:
        """Tell whether a request to a vendor carries one of this PBX's credentials, in what this PBX reads of it."""
        request.limit(self.request_limits)
        return self.interfaces[vendor].claims(request)

    def credential_parts(self, vendor: str) -> frozenset[tuple[str, ...]]:
        """Give all parts of which a vendor's clients' credentials are here (`kit.vendor.Credential`); none: unknown."""
        return frozenset(part for placed in self._placed if placed.vendor == vendor for part in placed.parts)

    def without_secrets(self, vendor: str, command: str) -> str:
        """Give a command line for a vendor's interface without any credential in it."""
        return self.secrets.spaced(Mask([self._vendors[vendor]]).pairs(command))

    def _begin(self, assembly: Assembly, seed: int | None, rate: float, resumed: Resumed | None) -> None:
        """Build all of it. `resumed` None: what is in the record store is cleared first, once nothing can go wrong."""
        found = NOTHING_RESUMED if resumed is None else resumed
        assembled = self._anew(assembly, rate, seed) if resumed is None else assembly(rate, seed, found.saved)
        scheduler = assembled.pbx.clock
        self.secrets.learn(assembled.credentials.secret, assembled.credentials.public)
        self.assembly = assembly
        self.pbx = assembled.pbx
        self.derived = {}
        self.interfaces = assembled.interfaces
        self.recorder = assembled.recorder
        self.takes = {} if assembled.recorder is None else assembled.recorder.takes  # what calls sound like so far
        self.request_limits = assembled.limits.request
        self.credentials = assembled.credentials
        self._placed = assembled.placed
        self.commands = Commands(scheduler.now, "" if found.saved.is_empty else "it went on from an earlier run")
        self.injection = None
        self.driver = ClockDriver(scheduler, rate=rate, is_real_time=not assembled.engine.can_hold_clock)
        self._injection = Injection(assembled.pbx, self.driver)
        self.engine = EngineSession(assembled.engine, assembled.opened, self.driver, self._report_failures)
        self.questions = Questions(assembled.pbx, self.driver)
        limits = assembled.limits
        self.journal = Journal(assembled.pbx, limits.journal_entries, limits.journal_bytes)
        self._make_masks(assembled.interfaces)
        self.requests = RequestLog(self.journal, scheduler, self._masks, limits.request_entries, limits.request_bytes)
        assembled.pbx.events.subscribe(CallEnded, self._on_ended)
        if resumed is None:
            self.record_store.clear()
        self._keep_records(assembled, found)
        if assembled.faults:
            self.injecting().faults.set(assembled.faults)
            self.injected()

    def _anew(self, assembly: Assembly, rate: float, seed: int | None) -> Assembled:
        """Assemble a PBX with nothing stored, instead of the present one where that is of the same file.

        An engine whose telephones live outside may still report of the present one's.
        """
        if isinstance(assembly, FileAssembly) and assembly is self.assembly and self.engine.engine.can_hold_clock:
            return assembly.again(rate, seed, self.pbx)
        return assembly(rate, seed, NOTHING_RESUMED.saved)

    def _keep_records(self, assembled: Assembled, resumed: Resumed) -> None:
        """Connect record store and outbox, in the order that makes a notice's facts last before the notice leaves."""
        recorder = assembled.recorder
        self.record_store.attach(assembled.pbx, None if recorder is None else recorder.written)
        self.outbox = Outbox(
            assembled.pbx,
            self._receivers(assembled.interfaces),
            self.record_store,
            self.driver,
            smtp=assembled.smtp,
            recordings=recorder,
            deliveries=resumed.deliveries,
            first=resumed.saved.last_notice + 1,
            lasting=resumed.lasting,
            is_more_stored=resumed.is_more_stored,
            most_bytes=assembled.limits.delivery_bytes,
        )
        for name, interface in assembled.interfaces.items():
            self._vendors[name].announce(interface)
        if recorder is not None:
            self.driver.barriers.append(recorder.written)
        self.driver.barriers += (self.record_store.settled, self.outbox.tried, self.record_store.settled)

    def _receivers(self, interfaces: Mapping[str, Interface]) -> list[Receiver]:
        return [
            receiver for name, interface in interfaces.items() for receiver in self._vendors[name].receivers(interface)
        ]

    def _make_masks(self, names: Iterable[str]) -> None:
        """See that there is a mask for each vendor that is spoken, and for paths that nobody owns."""
        for name in ("", *names):
            if name in self._masks:
                continue
            self._masks[name] = Mask([self._vendors[name]] if name else self._vendors.values(), self.secrets)

    def _met(self, vendor: str, request: Request, injected: Injected) -> Reply:
        forced, fault = injected.forced, injected.fault
        interface = self.interfaces[vendor]
        if forced is not None:
            return self._vendors[vendor].refuse(interface, request, forced.error, forced.filled)
        assert fault is not None
        return faulty_reply(fault, lambda: interface.answer(request), self.pbx.clock.now)

    def _broken(self, vendor: str, request: Request, error: Exception) -> Reply:
        """Tell of an exception in a vendor's code in the log, with every secret of the request struck out."""
        told = "".join(traceback.format_exception(error))
        told = Mask([self._vendors[vendor]], self.secrets).struck_out(told, request)
        _log.error("%s could not answer a request to %s\n%s", vendor, self.name, told)
        text = f"500 Internal Server Error\n{vendor}: {type(error).__name__}; pbxsim's log has more\n"
        return Reply(body=text.encode(), content_type="text/plain; charset=utf-8", status=500, code="500")

    def _report_failures(self) -> None:
        for event, error in self.pbx.events.failures:
            _log.error("a listener failed at %s: %s", type(event).__name__, type(error).__name__, exc_info=error)
        self.pbx.events.failures.clear()
