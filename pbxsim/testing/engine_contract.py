"""What the switch demands of every engine behind the port, as clauses that any engine can be asked about.

    @pytest.mark.parametrize("clause", CLAUSES, ids=str)
    async def test_my_engine_keeps_the_contract(clause: Clause) -> None:
        await clause.check(MyRig)

`MyRig` takes the office whose PBX it is to serve, and gives a `Rig`: the engine at work there, with a telephone for
each line. It may be a class or a function, plain or async; so may be what a rig does. An engine that works in this
process moves the office's clock in `elapse`; one with telephones in real time lets a ClockDriver do so meanwhile.

While a clause is checked, a referee sees after each step that calls, legs, lines, trunks, records fit together, and the
engine is watched: each verb returns at once, promises are kept, a caller has its handle before it is asked about.
What the switch bears of an engine, it is asked as well: silence, and reports that come late, twice, out of order.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias, TypeVar

from pbxsim.clock.instant import SECOND, Duration
from pbxsim.pbx.call import CallKind, CallState
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.channel import CHANNEL_TRANSITIONS, Report
from pbxsim.pbx.events import CallTransferred, DigitPressed, LineRegistered, LineUnregistered, ReportIgnored
from pbxsim.pbx.menu import Menu
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension, line
from pbxsim.testing.referee import Referee
from pbxsim.testing.watched_engine import WatchedEngine

if TYPE_CHECKING:
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.events import Event

TELEPHONES: Final = {
    "prompt": "100",  # answers within a second, and never hangs up
    "ready": "101",  # likewise
    "busy": "102",  # is busy, and says so within a second
    "silent": "103",  # rings, and is never answered
    "brief": "104",  # answers within a second, and hangs up between two and three seconds after it was connected
}
"""The telephones of the office by SIP user, with their numbers; whatever `Rig.dial` has dial is one of them, too."""

PLAYBACK: Final = "14"
"""A number that plays something for a second."""

REFUSED: Final = "15"
"""A number that is refused with cause 21."""

MENU: Final = "16"
"""A number that is a menu: 1 leads to the telephone `brief`; whoever presses nothing is hung up after three seconds."""

RINGS: Final[Duration] = 4 * SECOND
"""How long each party is rung at most."""

TALKS: Final[Duration] = 6 * SECOND
"""How long anybody talks at most."""

_T = TypeVar("_T")
Maybe: TypeAlias = Awaitable[_T] | _T


class Rig(Protocol):
    """An engine at work on an office's PBX, and its telephones, as whoever wrote the engine sets them up.

    It has connected its engine (`Office.use_engine`) and its telephones are registered when the contract gets it.
    """

    def elapse(self, span: Duration) -> Maybe[None]:
        """Let `span` µs go by at the PBX, with all that is to happen meanwhile."""
        ...

    def dial(self, user: str, number: str) -> Maybe[None]:
        """Have that telephone dial: the engine hears of it, and takes it to `CallControl.receive`."""
        ...

    def transfer(self, user: str, number: str) -> Maybe[None]:
        """Have that telephone, which talks, hand its call on to that number, blind."""
        ...

    def press(self, user: str, digit: str) -> Maybe[None]:
        """Have that telephone, whose call is up, press a digit: the engine takes it to `digits.press`."""
        ...

    def register(self, user: str) -> Maybe[None]:
        """Have that telephone, which has dropped off, register again."""
        ...

    def unregister(self, user: str) -> Maybe[None]:
        """Have that telephone drop off."""
        ...

    def is_quiet(self) -> Maybe[bool]:
        """Tell whether no telephone rings, or has its receiver up: asked of the telephones, not of the switch."""
        ...

    def close(self) -> Maybe[None]:
        """Put it all away."""
        ...


async def _settled(given: Maybe[_T]) -> _T:
    if inspect.isawaitable(given):
        return await given
    return given


class Trial:
    """An engine under trial: the office, what it is asked, and those who watch."""

    def __init__(self, office: Office, rig: Rig, watch: Callable[[], float]) -> None:
        self.office = office
        self.rig = rig
        self.referee = Referee(office.pbx)
        self.engine = WatchedEngine(office.pbx, office.pbx.calls.engine, watch)
        office.use_engine(self.engine, office.pbx.handset)

    def call(self, first: str, second: str = "ready", *, talk_limit: Duration = 0) -> Call:
        """Have the PBX ring one telephone, and connect it to another."""
        numbers = TELEPHONES[first], TELEPHONES.get(second, second)
        call = self.office.call(*numbers, first_timeout=RINGS, second_timeout=RINGS, talk_limit=talk_limit)
        self.check()
        return call

    async def dial(self, number: str) -> Call:
        """Have the telephone `ready` dial, and give the call that came of it."""
        before = self.office.pbx.calls.calls_started
        calls = self.office.pbx.calls
        await _settled(self.rig.dial("ready", number))
        await self.until(lambda: calls.calls_started > before, "a telephone dialled, and `receive` was not called")
        self.check()
        (call,) = [call for call in (*calls.live.values(), *calls.recent) if call.number > before]
        return call

    async def elapse(self, seconds: float) -> None:
        """Let time go by, half a second at a time, and look after each."""
        span = round(seconds * SECOND)
        while True:
            await _settled(self.rig.elapse(min(span, SECOND // 2)))
            self.check()
            span -= SECOND // 2
            if span <= 0:
                return

    async def until(self, what: Callable[[], bool], why: str, seconds: float = 3) -> None:
        """Wait until something has come about, `seconds` at most; else `why` says what has not."""
        for _ in range(round(2 * seconds)):
            if what():
                return
            await self.elapse(0.5)
        assert what(), why

    async def talking(self, call: Call) -> None:
        """Wait until the parties of a call hear each other."""
        await self.until(
            lambda: call.state is CallState.TALKING, f"a call is {call.state.name}: answers did not arrive"
        )

    async def over(self, call: Call, seconds: float = 3) -> Disposition:
        """Wait until a call is over, and see that it is so for the telephones; give what its record says."""
        await self.until(lambda: call.is_over, f"a call is {call.state.name}, and should be over", seconds)
        await self.quiet()
        return self.office.cdr(call).disposition

    async def ends(self, call: Call, disposition: Disposition, cause: HangupCause, seconds: float = 4) -> None:
        """See that a call ends by itself, and how its record says that it did."""
        _expect("disposition", await self.over(call, seconds), disposition)
        _expect("cause", self.office.cdr(call).cause, cause)

    async def hang_up(self, call: Call) -> None:
        """End a call from inside the PBX, and see that it is over for the telephones."""
        self.office.pbx.calls.hang_up(call)
        await self.over(call)

    async def quiet(self) -> None:
        """See that no telephone does anything any more."""
        quiet = await _settled(self.rig.is_quiet())
        if not quiet:  # it may have to hear of it first
            await self.elapse(0.5)
            quiet = await _settled(self.rig.is_quiet())
        assert quiet, "a telephone rings or talks, and no call of the switch is there"

    def heard(self, kind: type[Event]) -> int:
        """Count the events of a kind."""
        return self.office.kinds_heard().count(kind)

    def check(self) -> None:
        """See that everything fits together now."""
        self.engine.check()
        self.referee.check()


def _expect(what: str, found: object, wanted: object) -> None:
    assert found == wanted, f"{what}: {found!r}, and should be {wanted!r}"


@dataclass(frozen=True)
class Clause:
    """One thing that an engine must do; `text` says what."""

    name: str
    text: str
    asks: Callable[[Trial], Awaitable[None]]

    def __str__(self) -> str:
        return self.name

    async def check(self, make: Callable[[Office], Maybe[Rig]], watch: Callable[[], float] = perf_counter) -> None:
        """Raise AssertionError, or what the engine raised, if the engine that `make` sets up does not keep it.

        Real seconds are read from `watch`.
        """
        office = _office()
        rig = await _settled(make(office))
        try:
            trial = Trial(office, rig, watch)
            await self.asks(trial)
            trial.check()
        finally:
            await _settled(rig.close())

    def check_now(self, make: Callable[[Office], Maybe[Rig]]) -> None:
        """Check it from code that is not async, in an event loop of its own."""
        import asyncio

        asyncio.run(self.check(make))


def _office() -> Office:
    steps = (
        (PLAYBACK, Step(play_seconds=1)),
        (REFUSED, Step(hangup=HangupCause.CALL_REJECTED)),
        (MENU, Step(menu="menu")),
    )
    menu = Menu(
        name="menu", context="main", digits={"1": Step(extension=TELEPHONES["brief"])}, response_timeout=3 * SECOND
    )
    people = [extension(number, line(user, line_id=int(number))) for user, number in TELEPHONES.items()]
    contexts = [Context(name="main", dialplan="main", entries=steps)]
    return Office(*people, contexts=contexts, menus=[menu], longest_talk=TALKS)


# -- the clauses -------------------------------------------------------------------------------------------------------


async def _verbs(trial: Trial) -> None:
    """Every verb returns at once: what it leads to is reported, not waited for."""
    for user in TELEPHONES:
        call = trial.call("prompt" if user == "ready" else "ready", user)
        await trial.elapse(1.5)
        await trial.hang_up(call)


async def _answers(trial: Trial) -> None:
    """A telephone that is picked up is reported as ANSWERED, one that is hung up as HUNG_UP."""
    call = trial.call("prompt", "brief")
    await trial.talking(call)
    await trial.ends(call, Disposition.ANSWERED, HangupCause.NORMAL_CLEARING)
    assert 2 <= trial.office.cdr(call).billsec <= 3, "the talk did not last as long as its telephones talk"


async def _busy(trial: Trial) -> None:
    """A telephone that is busy is reported as FAILED with cause 17, as first party and as second."""
    for first, second in (("busy", "ready"), ("prompt", "busy")):
        await trial.ends(trial.call(first, second), Disposition.BUSY, HangupCause.USER_BUSY)


async def _silence(trial: Trial) -> None:
    """A telephone that nobody answers rings until the switch has it stop, and then it stops."""
    call = trial.call("silent")
    await trial.elapse(RINGS / SECOND - 1)
    assert not call.is_over, "a telephone that rings was given up before the switch did"
    await trial.ends(call, Disposition.NO_ANSWER, HangupCause.NO_ANSWER)
    assert call.ended_at - call.started_at == RINGS, "the switch did not end the ringing when its time was up"
    assert call.legs[0].ringing_at, "RINGING was not reported"


async def _promises(trial: Trial) -> None:
    """True from `dial` or `connect` is a promise: the switch sets no timer, so the report must come in time."""
    pairs = (("silent", "ready"), ("busy", "ready"), ("prompt", "silent"), ("prompt", "brief"), ("ready", "prompt"))
    for first, second in pairs:
        for limit in (SECOND, TALKS):
            await trial.over(trial.call(first, second, talk_limit=limit), 3 + TALKS / SECOND)


async def _hung_up(trial: Trial) -> None:
    """A leg that is hung up is over: a telephone that has hardly begun to ring stops, one that talks is released."""
    for first in TELEPHONES:
        await trial.hang_up(trial.call(first, "silent"))
    call = trial.call("prompt", "ready")
    await trial.talking(call)
    await trial.hang_up(call)
    asked = len(trial.engine.asked)
    await trial.elapse(4)
    assert len(trial.engine.asked) == asked, "something came of a call that is over"


async def _late(trial: Trial) -> None:
    """A report that comes late, twice or out of order changes nothing, and an engine makes nothing of that."""
    call = trial.call("ready", "brief")
    _say_what_cannot_be(trial, call)
    await trial.talking(call)
    _say_what_cannot_be(trial, call)
    await trial.ends(call, Disposition.ANSWERED, HangupCause.NORMAL_CLEARING)
    assert trial.office.cdr(call).billsec >= 2, "the talk did not last as long as its telephones talk"
    _say_what_cannot_be(trial, call)
    await trial.quiet()


def _say_what_cannot_be(trial: Trial, call: Call) -> None:
    asked, ignored = len(trial.engine.asked), trial.heard(ReportIgnored)
    said = 0
    for leg in list(call.legs):
        for report in Report:
            if (leg.state, report) in CHANNEL_TRANSITIONS:
                continue
            before = leg.state, leg.is_held, call.state
            trial.office.pbx.calls.on_leg(leg, report)
            said += 1
            assert (leg.state, leg.is_held, call.state) == before, f"{report.name} changed a leg that rules it out"
    assert trial.heard(ReportIgnored) == ignored + said, "a report that changes nothing was not told as ignored"
    assert len(trial.engine.asked) == asked, "an ignored report made the switch ask for something"
    trial.check()


async def _dials(trial: Trial) -> None:
    """A telephone that dials is received with its line and the engine's handle, and connected like any other."""
    call = await trial.dial(TELEPHONES["brief"])
    caller = call.first
    assert caller is not None, "the telephone has no leg"
    assert call.order.kind is CallKind.INCOMING, "a call that a telephone places is of the kind INCOMING"
    assert caller.line is trial.office.directory.line("ready"), "the caller is not on its telephone's line"
    assert caller.engine_data is not None, "the caller's leg has no handle"
    await trial.talking(call)
    await trial.ends(call, Disposition.ANSWERED, HangupCause.NORMAL_CLEARING)


async def _handle(trial: Trial) -> None:
    """A caller's handle is there before `receive` returns, for the switch may ask about the caller before that."""
    for number in (REFUSED, PLAYBACK, TELEPHONES["busy"]):
        await trial.over(await trial.dial(number))
    call = await trial.dial(TELEPHONES["prompt"])
    await trial.talking(call)
    await trial.hang_up(call)


async def _digits(trial: Trial) -> None:
    """A caller whom the PBX answers itself is answered, and each digit that is pressed there is taken to the switch."""
    call = await trial.dial(MENU)
    await trial.over(call, 4)
    _expect("seconds in a menu", (call.ended_at - call.started_at) // SECOND, 3)
    assert "answer" in trial.engine.asked, "the engine was not asked to answer"
    call = await trial.dial(MENU)
    await _settled(trial.rig.press("ready", "1"))
    await trial.until(lambda: trial.heard(DigitPressed) == 1, "a digit was pressed, and the switch does not know")
    await trial.talking(call)
    await trial.ends(call, Disposition.ANSWERED, HangupCause.NORMAL_CLEARING)


async def _registration(trial: Trial) -> None:
    """Where telephones are registered is told to the directory, which tells everybody; nobody writes it elsewhere."""
    desk = trial.office.directory.line("prompt")
    await _settled(trial.rig.unregister("prompt"))
    await trial.until(lambda: not desk.is_registered, "a telephone dropped off, and the PBX does not know")
    assert trial.heard(LineUnregistered) == 1, "LineUnregistered is told once, by `Directory.unregister`"
    refused = trial.call("prompt")
    await trial.ends(refused, Disposition.FAILED, HangupCause.SUBSCRIBER_ABSENT)
    await _settled(trial.rig.register("prompt"))
    await trial.until(lambda: desk.is_registered, "a telephone registered, and the PBX does not know")
    assert trial.heard(LineRegistered) == 1, "LineRegistered is told once, by `Directory.register`"
    call = trial.call("prompt")
    await trial.talking(call)
    trial.office.pbx.calls.hang_up(call)
    await trial.over(call)


async def _transfer(trial: Trial) -> None:
    """Those who are parted stay, and are connected anew; whoever hands a call on is out of it."""
    call = trial.call("prompt", "ready")
    await trial.talking(call)
    leaves, stays = call.first, call.second
    assert leaves is not None and stays is not None  # noqa: PT018 - they talk
    await _settled(trial.rig.transfer("prompt", TELEPHONES["brief"]))
    await trial.until(lambda: trial.heard(CallTransferred) == 1, "a telephone handed a call on, and nobody was told")
    assert (leaves.is_live, stays.is_live, call.is_over) == (False, True, False), "whoever stays was not let stay"
    await trial.talking(call)
    assert call.first is stays, "whoever stays is not the one who goes on"
    await trial.ends(call, Disposition.ANSWERED, HangupCause.NORMAL_CLEARING)


async def _many(trial: Trial) -> None:
    """Calls do not know each other: those that are placed together all end, each as its own telephones have it."""
    pairs = (("silent", "ready"), ("busy", "ready"), ("prompt", "brief"), ("ready", "silent"))
    calls = [trial.call(*pair) for pair in pairs]
    await trial.until(lambda: not trial.office.pbx.calls.live, "a call does not end beside others", 8)
    await trial.quiet()
    wanted = (Disposition.NO_ANSWER, Disposition.BUSY, Disposition.ANSWERED, Disposition.NO_ANSWER)
    for call, disposition in zip(calls, wanted, strict=True):
        _expect("disposition beside other calls", trial.office.cdr(call).disposition, disposition)


def _clauses() -> tuple[Clause, ...]:
    named = {
        "verbs return at once": _verbs,
        "answers and hang-ups are reported": _answers,
        "a busy telephone has failed": _busy,
        "silence is ended by the switch": _silence,
        "promises are kept": _promises,
        "what is hung up is over": _hung_up,
        "late reports are borne": _late,
        "a telephone that dials is received": _dials,
        "a caller has its handle before receive returns": _handle,
        "callers are answered and their digits taken": _digits,
        "registrations go through the directory": _registration,
        "those who are parted stay": _transfer,
        "calls do not know each other": _many,
    }
    return tuple(Clause(name, inspect.getdoc(asks) or "", asks) for name, asks in named.items())


CLAUSES: Final = _clauses()
"""All of the contract."""
