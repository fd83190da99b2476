"""What the engine `sip` reaches on this machine: calls a second with their sound, packets relayed, what calls leave,
and how long others wait beside a flood."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.bench import races_asterisk, sip_flood
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child
from tests.bench.servers import HAS_PROC, NEEDS_PROC

_FIFTY: Final = "50 click-to-calls a second for 30 s"
_HUNDRED: Final = "100 click-to-calls a second for 30 s"
_RELAY: Final = "the relay alone"
_FEW_OBJECTS: Final = 15  # 5 of a record that is kept; and ladders' 50,000 messages share their instants, or do not
_FLOODS: Final = (2_000, 20_000, 90_000)
_FLAT: Final = "10,000 calls after 4,500"


def telephones() -> Race:
    """Calls at pbxsim itself, and at an Asterisk: SIP."""
    missing = races_asterisk.missing()
    race = Race(
        title="Telephones that register at pbxsim itself",
        how="click-to-calls of two telephones with a second of sound both ways (G.711, 100 packets a second a call);"
        " pbxsim, or an Asterisk, has one processor, the telephones the other",
        contenders=(
            Contender(_FIFTY, in_child("sip_calls", "rate", per_second=50, seconds=30)),
            Contender(_HUNDRED, in_child("sip_calls", "rate", per_second=100, seconds=30)),
            Contender(_RELAY, in_child("sip_calls", "relay", packets=50_000)),
            Contender(_FLAT, in_child("sip_calls", "flat", calls=10_000, per_second=50)),
        ),
        goals=(
            *_rate(_FIFTY, 1_500),
            *_rate(_HUNDRED, 3_000),
            _goal("packets relayed a CPU second", "packets a CPU second", _RELAY),
            _goal("objects more a call", "objects more a call", _FLAT, at_most=_FEW_OBJECTS),
            _goal("bytes more a call", "bytes more a call", _FLAT),
            _goal("descriptors more", "descriptors more", _FLAT, at_most=0),
        ),
        most_rounds=1,
        unable=(f"the same calls at an Asterisk: {missing}",) if missing else (),
    )
    return race if missing else _beside_asterisk(race)


def _beside_asterisk(race: Race) -> Race:
    """Have an Asterisk lead the same calls, of the same telephones, in the same run."""
    beside = {ours: (f"Asterisk, {ours}", per_second) for ours, per_second in ((_FIFTY, 50), (_HUNDRED, 100))}
    contenders = [
        Contender(name, in_child("sip_calls_asterisk", "rate", per_second=per_second, seconds=30))
        for name, per_second in beside.values()
    ]
    words, figure = "CPU ms a call, sound included", "CPU ms/call"
    ratios = [Goal(name="SIP", words=words, figure=figure, ours=ours, rival=name) for ours, (name, _) in beside.items()]
    goals = [goal for name, _ in beside.values() for goal in _rate(name)]
    return replace(race, contenders=(*race.contenders, *contenders), goals=(*race.goals, *goals, *ratios))


def flooded() -> Race:
    """How long a telephone waits while another address floods it with REGISTER and INVITE: SIPFLOOD."""
    title = "A flood of REGISTER and INVITE from one address"
    how = (
        "a telephone of another address registers and calls, over and over, while so many messages a second are sent to"
        " pbxsim, or as many to nobody"
    )
    if not HAS_PROC:
        return Race(title=title, how=how, contenders=(), goals=(), unable=(NEEDS_PROC,))
    contenders = [
        Contender(f"{rate:,}/s at {at}", in_child("sip_flood", "figures", per_second=rate, at=at))
        for rate in _FLOODS
        for at in (sip_flood.PBXSIM, sip_flood.NOBODY)
    ]
    goals = [
        Goal(name="SIPFLOOD", words=words, figure=words, ours=ours.name, rival=rival.name, at_most=2)
        for ours, rival in zip(contenders[::2], contenders[1::2], strict=True)
        for words in ("ms to be registered", "ms to ringing")
    ]
    return Race(title=title, how=how, contenders=tuple(contenders), goals=tuple(goals), most_rounds=3)


def _rate(ours: str, calls: int | None = None) -> tuple[Goal, ...]:
    return (
        _goal("right records", "calls with the right record", ours, at_least=calls),
        _goal("calls placed a second", "calls/s", ours),
        _goal("CPU ms a call, sound included", "CPU ms/call", ours),
        _goal("share of sound that arrived", "share of packets that arrived", ours),
    )


def _goal(words: str, figure: str, ours: str, at_least: float | None = None, at_most: float | None = None) -> Goal:
    return Goal(name="SIP", words=words, figure=figure, ours=ours, at_least=at_least, at_most=at_most)
