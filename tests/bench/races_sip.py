"""What the engine `sip` reaches on this machine: calls a second with their sound, packets relayed, what calls leave."""

from __future__ import annotations

from typing import Final

from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child

_FIFTY: Final = "50 click-to-calls a second for 30 s"
_HUNDRED: Final = "100 click-to-calls a second for 30 s"
_RELAY: Final = "the relay alone"
_FLAT: Final = "10,000 calls after 4,500"


def telephones() -> Race:
    """Calls at pbxsim itself: SIP."""
    return Race(
        title="Telephones that register at pbxsim itself",
        how="click-to-calls of two telephones with a second of sound both ways (G.711, 100 packets a second a call);"
        " pbxsim has one processor, the telephones the other",
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
            _goal("bytes more a call", "bytes more a call", _FLAT),
            _goal("descriptors more", "descriptors more", _FLAT, at_most=0),
        ),
        most_rounds=1,
    )


def _rate(ours: str, calls: int) -> tuple[Goal, ...]:
    return (
        _goal("right records", "calls with the right record", ours, at_least=calls),
        _goal("calls placed a second", "calls/s", ours),
        _goal("CPU ms a call, sound included", "CPU ms/call", ours),
        _goal("share of sound that arrived", "share of packets that arrived", ours),
    )


def _goal(words: str, figure: str, ours: str, at_least: float | None = None, at_most: float | None = None) -> Goal:
    return Goal(name="SIP", words=words, figure=figure, ours=ours, at_least=at_least, at_most=at_most)
