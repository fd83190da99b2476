"""All races of the bench, in the order in which they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.bench import (
    growth_races,
    http_rivals,
    instruction_races,
    races_asterisk,
    races_http,
    races_sip,
    rivals,
    store_races,
    workbench_races,
)
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child, in_child_of
from tests.bench.many_calls import ARRIVALS_PER_LENGTH, TALK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

OUR_SWITCH: Final = "pbxsim switch"
BARE_HEAP: Final = "bare heapq, 8 timed events a call"
SIMPY: Final = "SimPy, process per call"
TASKS: Final = "asyncio virtual time, task per call"
TASKS_NO_SELECT: Final = "the same, select() left out"

_CALLS: Final = {"calls": 30_000, "alive": 13_000}


def discrete_events() -> Race:
    """Simulated calls a second: G4 and G6."""
    return Race(
        title="Simulated calls, no HTTP, virtual time",
        how="30,000 calls, about 13,000 alive at once; process CPU time; ours builds and keeps every CDR row",
        contenders=(
            Contender(OUR_SWITCH, in_child("our_switch", "calls_per_second", **_CALLS)),
            Contender(BARE_HEAP, in_child("rival_heap", "calls_per_second", **_CALLS)),
            Contender(SIMPY, in_child("rival_simpy", "calls_per_second", **_CALLS)),
            Contender(TASKS, in_child("rival_asyncio", "calls_per_second", **_CALLS, asks_the_system=1)),
            Contender(TASKS_NO_SELECT, in_child("rival_asyncio", "calls_per_second", **_CALLS, asks_the_system=0)),
        ),
        goals=(
            _faster("G4", BARE_HEAP, None),
            _faster("G6", SIMPY, 1.0),
            _faster("G6", TASKS, None),
            _faster("G6", TASKS_NO_SELECT, None),
        ),
    )


def _faster(name: str, rival: str, at_least: float | None) -> Goal:
    return Goal(
        name=name, words="calls a CPU second", figure="calls/s", ours=OUR_SWITCH, rival=rival, at_least=at_least
    )


def queueing_networks() -> Race:
    """The same at a tenth of the size, at which Ciw still comes to an end: G6."""
    ours, ciw, size = "pbxsim switch, ~1,300 alive", "Ciw, a network of eight nodes", {"calls": 3_000, "alive": 1_300}
    title, how = (
        "Simulated calls beside a network of queues",
        "3,000 calls, about 1,300 alive at once; process CPU time",
    )
    if not rivals.has_package("ciw"):
        lacks = (f"against {ciw}, which `make rivals` could not install",)
        return Race(title=title, how=how, contenders=(), goals=(), unable=lacks)
    return Race(
        title=title,
        how=how,
        contenders=(
            Contender(ours, in_child("our_switch", "calls_per_second", **size)),
            Contender(ciw, in_child_of(str(rivals.PYTHON), "rival_ciw", "calls_per_second", **size)),
        ),
        goals=(Goal(name="G6", words="calls a CPU second", figure="calls/s", ours=ours, rival=ciw, at_least=10.0),),
        most_rounds=3,
    )


def crowd() -> Race:
    """How speed holds when ten times as many calls are alive: G7."""
    few, many = "pbxsim switch, ~13,000 alive", "pbxsim switch, ~130,000 alive"
    return Race(
        title="Speed in a crowd",
        how="200,000 calls each; process CPU time",
        contenders=(
            Contender(many, in_child("our_switch", "calls_per_second", calls=200_000, alive=130_000)),
            Contender(few, in_child("our_switch", "calls_per_second", calls=200_000, alive=13_000)),
        ),
        goals=(Goal(name="G7", words="calls a CPU second", figure="calls/s", ours=many, rival=few, at_least=0.65),),
        most_rounds=5,
    )


def weight() -> Race:
    """Bytes per active call: G8."""
    talking, ringing = "pbxsim call, both parties talking", "pbxsim call, first party ringing"
    timer, task = "slots object and heap timer", "slots object and sleeping asyncio task"
    calls = 100_000
    return Race(
        title="Memory of a call in progress",
        how="100,000 calls; resident memory gained / 100,000; ours has two channels a call once they talk",
        contenders=(
            Contender(talking, in_child("memory", "our_calls", calls=calls, state="talking")),
            Contender(ringing, in_child("memory", "our_calls", calls=calls, state="ringing")),
            Contender(timer, in_child("memory", "slots_and_timer", calls=calls)),
            Contender(task, in_child("memory", "sleeping_tasks", calls=calls)),
        ),
        goals=(
            _lighter(talking, timer, None),
            _lighter(talking, task, None),
            Goal(name="G8", words="bytes a call", figure="bytes/call", ours=talking, at_most=1_000),
            _lighter(ringing, timer, None),
            _lighter(ringing, task, None),
        ),
        most_rounds=5,
    )


def _lighter(ours: str, rival: str, at_most: float | None) -> Goal:
    return Goal(name="G8", words="bytes a call", figure="bytes/call", ours=ours, rival=rival, at_most=at_most)


def many_calls() -> Race:
    """200,000 calls alive at once on one processor: MANY."""
    ours, heap, calls = "pbxsim switch, 200,000 alive", "bare heapq, 200,000 alive", 200_000
    return Race(
        title="200,000 simultaneous calls on one processor",
        how="two waves of 200,000; a slice is 0.1 s of virtual time, in CPU ms; left: by the second wave, once over",
        contenders=(
            Contender(ours, in_child("many_calls", "figures", calls=calls)),
            Contender(
                heap,
                in_child(
                    "rival_heap",
                    "calls_per_second",
                    calls=calls,
                    alive=calls * ARRIVALS_PER_LENGTH,
                    talk=TALK_SECONDS,
                ),
            ),
        ),
        goals=(
            Goal(name="MANY", words="calls alive at once", figure="peak alive", ours=ours, at_least=calls),
            Goal(
                name="MANY",
                words="calls with exactly one record",
                figure="calls with one record",
                ours=ours,
                at_least=2 * calls,
            ),
            Goal(
                name="MANY",
                words="memory blocks left per ended call",
                figure="blocks left/call",
                ours=ours,
                at_most=0.01,
            ),
            Goal(
                name="MANY",
                words="blocks per ended call that wait for the collector",
                figure="blocks waiting for the collector/call",
                ours=ours,
            ),
            Goal(name="MANY", words="calls a CPU second", figure="calls/s", ours=ours),
            Goal(name="MANY", words="calls a CPU second", figure="calls/s", ours=ours, rival=heap),
            Goal(name="MANY", words="bytes a call", figure="bytes/call", ours=ours),
            Goal(name="MANY", words="median slice, ms", figure="median slice ms", ours=ours),
            Goal(name="MANY", words="slowest slice, ms", figure="slowest slice ms", ours=ours),
        ),
        most_rounds=2,
    )


def busy_hour() -> Race:
    """An hour of a call centre on one processor: HOUR."""
    ours = "pbxsim queue, 4,000 calls to 210 agents"
    return Race(
        title="An hour of a call centre, virtual time",
        how="4,000 calls of 181 s mean talk (201 Erlang) through one queue; process CPU time; every CDR row kept",
        contenders=(Contender(ours, in_child("busy_hour", "figures", per_hour=4000)),),
        goals=(
            Goal(name="HOUR", words="CPU seconds for the hour", figure="CPU s", ours=ours, at_most=3),
            Goal(name="HOUR", words="queued calls a CPU second", figure="calls/s", ours=ours),
        ),
    )


_ALL: Final[dict[str, tuple[Callable[[], Race], ...]]] = {
    "G1": (races_http.originate,),
    "G3": (http_rivals.race,),
    "G4": (discrete_events,),
    "G6": (discrete_events, queueing_networks),
    "G7": (crowd,),
    "G8": (weight,),
    "G9": (races_http.cold,),
    "G11": (races_http.stored,),
    "G12": (races_http.patience,),
    "G13": (store_races.batch_writing,),
    "FIRSTVIEW": (races_http.first_view,),
    "FLOOD": (races_http.flooded,),
    "GROWTH": (growth_races.queue, growth_races.start, growth_races.reset, growth_races.pbxs, growth_races.requests),
    "HOUR": (busy_hour,),
    "INSTRUCTIONS": (instruction_races.race,),
    "MANY": (many_calls,),
    "PAGE": (races_http.looked_at,),
    "RATE": (races_asterisk.rates,),
    "RECEIVERS": (races_http.receivers,),
    "RINGING": (races_asterisk.ringing,),
    "SIP": (races_sip.telephones,),
    "SIPFLOOD": (races_sip.flooded,),
    "READY": (workbench_races.workbench,),
    "RESET": (workbench_races.workbench,),
    "COPY": (workbench_races.workbench,),
}


def names() -> list[str]:
    """Give the names of all goals."""
    return list(_ALL)


def chosen(asked: set[str]) -> list[Race]:
    """Give the races for the goals asked for; all of them if none is named."""
    named = asked or set(_ALL)
    makers = dict.fromkeys(race for name, races in _ALL.items() if name in named for race in races)
    return [make().only(named) for make in makers]
