"""One call of two legs, one record: what it says for every pair of outcomes, and which seconds it counts."""

from __future__ import annotations

import pytest

from pbxsim.clock.instant import HOUR, SECOND
from pbxsim.pbx.cause import Disposition
from pbxsim.pbx.routes import Context, Step
from pbxsim.testing.office import Office, extension, line


@pytest.fixture
def office() -> Office:
    return Office(extension("100"), extension("101"))


PARTIES = {
    "answers": ("990100005", Disposition.ANSWERED, 16),
    "drops": ("990700005", Disposition.ANSWERED, 38),
    "is busy": ("990202000", Disposition.BUSY, 17),
    "never answers": ("990300000", Disposition.NO_ANSWER, 19),
    "is unallocated": ("990402000", Disposition.FAILED, 1),
    "is congested": ("990502000", Disposition.FAILED, 34),
    "rejects": ("990602000", Disposition.BUSY, 21),
    "has nobody registered": ("120", Disposition.FAILED, 20),
    "is in as many calls as it takes": ("121", Disposition.BUSY, 17),
    "is a number that nothing fits": ("7", Disposition.FAILED, 1),
    "is barred": ("55", Disposition.FAILED, 29),
}


def _town() -> Office:
    full = line("full", max_calls=1)
    office = Office(
        extension("120", line("gone", registered=False)),
        extension("121", full),
        contexts=[Context(name="barring", entries=(("55", Step(hangup=29)),), includes=("main",))],
    )
    office.phones["full"].never_answers()
    office.incoming("605000111", "121", second_timeout=HOUR)
    return office


@pytest.mark.parametrize("second", PARTIES)
@pytest.mark.parametrize("first", PARTIES)
def test_the_first_partys_outcome_is_the_calls_until_it_answers_then_the_seconds_is(first: str, second: str) -> None:
    office = _town()
    (to, disposition, cause), (then_to, then_disposition, then_cause) = PARTIES[first], PARTIES[second]
    call = office.call(to, then_to, context="barring")
    office.advance(120)
    record = office.cdr(call)
    if disposition is not Disposition.ANSWERED:
        assert (record.disposition, record.cause) == (disposition, cause)
        assert call.second_from == 0, "the second party is left alone"
    elif then_disposition is not Disposition.ANSWERED:
        assert (record.disposition, record.cause) == (then_disposition, then_cause)
    else:
        by_first = 38 if first == "drops" else 16  # both talk for five seconds, and the first party hangs up
        assert (record.disposition, record.cause, record.billsec) == (Disposition.ANSWERED, by_first, 5)
    assert record.billsec == 0 or record.disposition is Disposition.ANSWERED


@pytest.mark.parametrize(("timeout", "duration"), [(10 * SECOND, 10), (25 * SECOND, 25)])
def test_the_duration_counts_from_the_request_to_the_end(office: Office, timeout: int, duration: int) -> None:
    office.phones["100"].never_answers()
    call = office.call("100", "800123456", first_timeout=timeout)
    office.finish()
    assert (office.cdr(call).duration, office.cdr(call).billsec) == (duration, 0)


def test_the_time_before_both_are_connected_is_not_billed(office: Office) -> None:
    office.phones["100"].answers(after=3)
    call = office.call("100", "990107011")
    office.finish()
    assert (office.cdr(call).duration, office.cdr(call).billsec) == (21, 11)
