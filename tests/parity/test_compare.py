"""Two runs are laid side by side aspect by aspect, and what is within a second is the same."""

from __future__ import annotations

import msgspec
import pytest

from tests.parity.compare import CHAN_SIP, PJSIP, Aspect, compared, pairs, played, recorded
from tests.parity.facts import Leg, Logged, Played, Row
from tests.parity.floors import QUEUES
from tests.parity.scenarios import SCENARIOS


def _row(disposition: str = "ANSWERED", duration: int = 8, billsec: int = 6, to: str = "B") -> Row:
    return Row(
        disposition=disposition, duration=duration, billsec=billsec, channel="A", dstchannel=to, src="A", dst="B"
    )


def _aspects(real: Played, ours: Played) -> list[Aspect]:
    return [one.aspect for one in compared(real, ours)]


def test_both_asterisks_played_every_scenario() -> None:
    for name in (CHAN_SIP, PJSIP):
        assert sorted(map(int, recorded(name).scenarios)) == sorted(SCENARIOS)
    assert (len(SCENARIOS), len(QUEUES)) == (81, 31)


@pytest.mark.parametrize("name", [CHAN_SIP, PJSIP])
def test_a_recorded_scenario_is_the_same_as_itself(name: str) -> None:
    assert [one for run in recorded(name).scenarios.values() for one in compared(run, run)] == []


@pytest.mark.parametrize(
    ("change", "aspects"),
    [
        ({"ended": 9.1}, []),
        ({"ended": 10.5}, [Aspect.HAPPENS]),
        ({"states": (5,)}, [Aspect.HAPPENS]),
        ({"states": ()}, [Aspect.HAPPENS]),
        ({"cause": 17}, [Aspect.CAUSES]),
        ({"party": "B"}, [Aspect.HAPPENS, Aspect.HAPPENS]),
    ],
)
def test_a_leg_is_the_same_within_a_second(change: dict[str, object], aspects: list[Aspect]) -> None:
    leg = Leg("A", (5, 6), 0, 8.5, 16)
    other = msgspec.structs.replace(leg, **change)
    assert _aspects(Played(legs=(leg,), rows=()), Played(legs=(other,), rows=())) == aspects


def test_a_leg_that_was_over_at_once_is_no_difference_in_what_happens() -> None:
    lasting, momentary = Leg("A", (5, 6), 0, 8, 16), Leg("A", (), 3, 3.02, 17)
    one, two = Played(legs=(lasting,), rows=()), Played(legs=(lasting, momentary), rows=())
    assert _aspects(two, one) == _aspects(one, two) == [Aspect.MOMENTS]


@pytest.mark.parametrize(
    ("other", "aspects"),
    [
        ((_row(),), []),
        ((_row(duration=9, billsec=5),), []),
        ((_row(billsec=4),), [Aspect.VALUES]),
        ((_row(duration=10),), [Aspect.VALUES]),
        ((_row("NO ANSWER"),), [Aspect.VALUES]),
        ((_row(to="C"),), []),  # of two other channels: no row that both have
        ((_row(), _row("BUSY")), [Aspect.ROWS]),
        ((), [Aspect.ROWS]),
    ],
)
def test_rows_are_compared_by_number_and_those_of_the_same_channels_by_value(
    other: tuple[Row, ...], aspects: list[Aspect]
) -> None:
    assert _aspects(Played(legs=(), rows=(_row(),)), Played(legs=(), rows=other)) == aspects


def test_several_rows_of_the_same_channels_are_compared_in_their_order() -> None:
    real = [_row("BUSY", 1, 0), _row("ANSWERED", 6, 6), _row(to="C")]
    ours = [_row(to="C"), _row("BUSY", 1, 0), _row("ANSWERED", 6, 6)]
    assert [(one.disposition, other.disposition) for one, other in pairs(real, ours)] == [
        ("BUSY", "BUSY"),
        ("ANSWERED", "ANSWERED"),
        ("ANSWERED", "ANSWERED"),
    ]


@pytest.mark.parametrize(
    ("line", "same_line"),
    [
        (Logged(8, "", "A", "RINGNOANSWER", ("7000",)), True),
        (Logged(7, "", "A", "RINGNOANSWER", ("6100",)), True),
        (Logged(9, "", "A", "RINGNOANSWER", ("7000",)), False),
        (Logged(7, "", "A", "RINGNOANSWER", ("5000",)), False),
        (Logged(7, "", "B", "RINGNOANSWER", ("7000",)), False),
        (Logged(7, "", "A", "RINGCANCELED", ("7000",)), False),
        (Logged(7, "", "A", "RINGNOANSWER", ()), False),
        (Logged(7, "NONE", "A", "RINGNOANSWER", ("7000",)), False),
    ],
)
def test_a_line_of_the_queue_log_is_the_same_within_a_second(line: Logged, *, same_line: bool) -> None:
    real = Played(legs=(), rows=(), log=(Logged(7, "", "A", "RINGNOANSWER", ("7000",)),))
    assert (_aspects(real, Played(legs=(), rows=(), log=(line,))) == []) is same_line


def test_a_line_that_is_missing_from_the_queue_log_is_found() -> None:
    real = played(64)
    assert _aspects(real, msgspec.structs.replace(real, log=real.log[:1])) == [Aspect.LOG]
