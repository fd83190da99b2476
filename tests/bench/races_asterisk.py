"""What a real Asterisk behind the engine `asterisk` reaches on this machine, and how soon a telephone rings."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from pbxsim.engines.asterisk import installation
from pbxsim.engines.engine import EngineUnreachable
from tests.bench.goals import Goal, Race
from tests.bench.harness import Contender, in_child
from tests.debian import NotInstalled
from tests.engines.sipp import see_that_it_is_here

_FIFTY: Final = "50 click-to-calls a second for 60 s"
_HUNDRED: Final = "100 click-to-calls a second for 10 s"
_OURS: Final = "pbxsim, --engine asterisk"
_BARE: Final = "a bare AMI socket"


def rates() -> Race:
    """Calls a second with every record right: RATE."""
    fifty = Contender(_FIFTY, in_child("asterisk_calls", "rate", per_second=50, seconds=60))
    hundred = Contender(_HUNDRED, in_child("asterisk_calls", "rate", per_second=100, seconds=10))
    return _with_asterisk(
        Race(
            title="Calls at a real Asterisk",
            how="two sipp telephones, a second of talk; a record is right if it says who, and to the second how long",
            contenders=(fifty, hundred),
            goals=(*_right(_FIFTY, 3_000), *_right(_HUNDRED, 1_000)),
            most_rounds=1,
        )
    )


def _right(ours: str, calls: int) -> tuple[Goal, ...]:
    return (
        Goal(name="RATE", words="calls with one record", figure="calls with one record", ours=ours, at_least=calls),
        Goal(name="RATE", words="right records", figure="calls with the right record", ours=ours, at_least=calls),
        Goal(name="RATE", words="calls placed a second", figure="placed/s", ours=ours),
        Goal(name="RATE", words="CPU ms a call of pbxsim's", figure="pbxsim CPU ms/call", ours=ours),
        Goal(name="RATE", words="CPU ms a call of Asterisk's", figure="Asterisk CPU ms/call", ours=ours),
    )


def ringing() -> Race:
    """How soon a telephone rings, beside a bare AMI socket: RINGING."""
    ours = Contender(_OURS, in_child("asterisk_calls", "latency_ours", calls=100))
    bare = Contender(_BARE, in_child("asterisk_calls", "latency_bare", calls=100))
    return _with_asterisk(
        Race(
            title="From the order to ringing",
            how="a sipp telephone at a real Asterisk, 100 calls one after the other, median in ms",
            contenders=(ours, bare),
            goals=(
                Goal(name="RINGING", words="ms", figure="ms to ringing", ours=_OURS, rival=_BARE, at_most=1.2),
                Goal(name="RINGING", words="ms", figure="ms to ringing", ours=_OURS),
            ),
        )
    )


def _with_asterisk(race: Race) -> Race:
    """Give the race, or one that says why nothing can be measured."""
    why = missing()
    if not why:
        return race
    return Race(title=race.title, how=race.how, contenders=(), goals=(), unable=(why,))


def missing() -> str:
    """Say why nothing can be measured at an Asterisk; empty: it can."""
    if find_spec("panoramisk") is None:
        return "panoramisk is not installed"
    try:
        installation.found_or_fetched(lambda _: None)
        see_that_it_is_here()
    except (EngineUnreachable, NotInstalled) as error:
        return str(error)
    return ""
