"""How cost grows with size: GROWTH. A list is held against msgspec, many who wait against few, all else by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from tests.bench.goals import Goal, Race
from tests.bench.growth import LISTS, ONE_THING, REPORTS
from tests.bench.harness import Contender, in_child

_ACTIVE: Final = 10_000
_EXTENSIONS: Final = 50_000
_RECORDS: Final = 1_000_000
_SIZE: Final = f"{_ACTIVE:,} active calls, {_EXTENSIONS:,} extensions, {_RECORDS:,} records"
_LONGEST_MS: Final = 5
_OF_MSGSPEC: Final = 1.5
_EACH_LIST: Final = [name for listed in LISTS for name in (f"first {listed}", listed)]


def requests() -> Race:
    """What a request costs at a large customer's size."""
    contender = Contender(
        _SIZE, in_child("growth", "requests", active=_ACTIVE, extensions=_EXTENSIONS, records=_RECORDS)
    )
    return Race(
        title="A large customer's requests",
        how=(
            "CPU for which a request holds the loop, median of 5; of a list the longest of its pieces, by what msgspec"
            " takes for its rows alone; first: nothing is remembered of it; in all: its pieces together"
        ),
        contenders=(contender,),
        goals=(
            *(_goal(f"CPU ms, {name}", f"{name} ms", _LONGEST_MS) for name in (*ONE_THING, *REPORTS)),
            *(_goal(f"of msgspec's CPU, {name}", f"{name} held, of msgspec's", _OF_MSGSPEC) for name in _EACH_LIST),
            *(
                _goal(f"CPU ms at a time, {name}", f"{name} at a time", _LONGEST_MS if "?" in name else None)
                for name in _EACH_LIST
            ),
            *(_goal(f"of msgspec's CPU in all, {name}", f"{name} of msgspec's") for name in _EACH_LIST),
        ),
        most_rounds=1,
    )


def _goal(words: str, figure: str, at_most: float | None = None) -> Goal:
    return Goal(name="GROWTH", words=words, figure=figure, ours=_SIZE, at_most=at_most)


def queue() -> Race:
    """What an ended call costs a queue in which many wait."""
    few, many = "500 callers wait", "4,000 callers wait"
    return Race(
        title="A queue in which many wait",
        how="100 members, rrmemory, telephones ring 3 s; CPU of the process for each of the first 400 calls that end",
        contenders=(
            Contender(many, in_child("growing_queue", "per_ended_call", waiters=4_000)),
            Contender(few, in_child("growing_queue", "per_ended_call", waiters=500)),
        ),
        goals=(
            Goal(
                name="GROWTH",
                words="CPU of an ended call",
                figure="CPU ms/ended call",
                ours=many,
                rival=few,
                at_most=1.5,
            ),
            Goal(name="GROWTH", words="CPU ms of an ended call", figure="CPU ms/ended call", ours=many),
        ),
        most_rounds=3,
    )


def start() -> Race:
    """What a start on a long history costs."""
    title, how = (
        "A start on a long history",
        f"`pbxsim serve` on an SQLite store of {_RECORDS:,} records, when it answers",
    )
    if not Path("/proc/self/schedstat").exists():
        return Race(title=title, how=how, contenders=(), goals=(), unable=("all of it: it is read from Linux's /proc",))
    ours = "pbxsim serve"
    return Race(
        title=title,
        how=how,
        contenders=(Contender(ours, in_child("growth", "start", records=_RECORDS)),),
        goals=(
            Goal(name="GROWTH", words="CPU seconds", figure="CPU s", ours=ours, at_most=2),
            Goal(name="GROWTH", words="MiB of memory", figure="MiB", ours=ours, at_most=200),
        ),
        most_rounds=1,
    )


def reset() -> Race:
    """What a reset costs."""
    small, large = "10 extensions", f"{_EXTENSIONS:,} extensions"
    return Race(
        title="A reset",
        how="CPU of the server's thread, in the server; one call since the last reset",
        contenders=(
            Contender(small, in_child("growth", "reset", extensions=10)),
            Contender(large, in_child("growth", "reset", extensions=_EXTENSIONS)),
        ),
        goals=(
            Goal(name="GROWTH", words="CPU ms for a reset", figure="CPU ms reset", ours=small, at_most=1),
            Goal(name="GROWTH", words="CPU ms for a reset", figure="CPU ms reset", ours=large, at_most=50),
        ),
        most_rounds=3,
    )


def pbxs() -> Race:
    """What it costs to find one of many PBXs."""
    few, many = "10 PBXs", "1,000 PBXs"
    return Race(
        title="The PBX that a request means",
        how="the last of so many in one server, found by VoIPSUN's user and password, the parameters read; CPU",
        contenders=(
            Contender(many, in_child("growing_hosts", "found", pbxs=1_000)),
            Contender(few, in_child("growing_hosts", "found", pbxs=10)),
        ),
        goals=(
            Goal(name="GROWTH", words="CPU to find it", figure="CPU us", ours=many, rival=few, at_most=1.5),
            Goal(name="GROWTH", words="CPU us to find it", figure="CPU us", ours=many),
        ),
        most_rounds=3,
    )
