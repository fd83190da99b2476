"""The references of calls within a day, and from one day to the next."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND, iso, parse_iso
from pbxsim.clock.scheduler import Scheduler
from pbxsim.kit.civil import zone
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import Cdr, Direction
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.pbx import Pbx
from pbxsim.pbx.saved import Saved
from pbxsim.sinks.cdr_memory import CdrMemory
from pbxsim.testing.office import NoFiles
from pbxsim.vendors.duocom.references import HIGHEST, LOWEST, References
from pbxsim.vendors.duocom.settings import Account
from tests.vendors.duocom.client import CUSTOMER, Client, office, with_settings

MADRID = zone("Europe/Madrid")


@pytest.mark.cites("R6", "S14")
def test_references_count_up_within_a_day_and_begin_again_at_local_midnight() -> None:
    references = References(MADRID, 53_010_203)
    moments = ["2026-06-30T21:59:58Z", "2026-06-30T21:59:59.999999Z", "2026-06-30T22:00:00Z", "2026-07-01T21:59:59Z"]
    assert [references.take(parse_iso(moment)) for moment in moments] == [
        "53010203",
        "53010204",
        "53010203",
        "53010204",
    ]


@pytest.mark.cites("R6")
def test_after_the_highest_of_eight_digits_comes_the_lowest() -> None:
    references = References(MADRID, HIGHEST)
    assert [references.take(0), references.take(0)] == [str(HIGHEST), str(LOWEST)]
    assert len(str(HIGHEST)) == len(str(LOWEST)) == 8


@pytest.mark.cites("R6", "S14")
def test_no_two_calls_of_a_day_have_one_reference_whoever_orders_them() -> None:
    other = Account(principal="666222666", password="Otra", account="other", activated=True)
    client = Client(with_settings(accounts=(CUSTOMER, other)))
    bodies = [client.ask() for _ in range(100)]
    bodies += [client.ask(principal="666222666", password="Otra") for _ in range(100)]
    assert bodies == [f"1\n{number}\n".encode() for number in range(53_010_203, 53_010_403)]


@pytest.mark.cites("R6")
def test_a_refused_request_uses_no_reference() -> None:
    client = Client()
    client.ask(password="wrong")
    client.ask(llamado="x")
    client.ask(mascara="x")
    assert client.ask() == b"1\n53010203\n"


@pytest.mark.cites("R6", "S14")
def test_a_call_that_lasts_past_midnight_keeps_its_reference_and_the_next_day_may_repeat_it() -> None:
    client = Client()
    client.office.advance(46 * 60 + 30)  # START is 23:13:20 in Madrid
    late = client.call(llamante="990100000", llamado="990100060")
    client.office.advance(20)
    early = client.call(llamante="990100000", llamado="990100060")
    client.office.finish()
    assert [client.office.cdr(call).reference for call in (late, early)] == ["53010203", "53010203"]
    assert {charge.reference for charge in client.charges()} == {"53010203"}


@pytest.mark.cites("R6")
def test_the_days_first_reference_and_the_time_zone_are_settings() -> None:
    client = Client(with_settings(first_reference=10_000_000, time_zone="UTC"))
    assert client.ask() == b"1\n10000000\n"
    client.office.advance(3600)  # midnight in Madrid has passed, in UTC it has not
    assert client.ask() == b"1\n10000001\n"


# -- after a restart ----------------------------------------------------------------------------------------------


def resumed(cdrs: tuple[Cdr, ...], now: str, *, first: int = 53_010_203) -> References:
    """Give the references of a PBX that goes on at `now` from a run that left those records."""
    clock = Scheduler(parse_iso(now))
    saved = Saved(cdrs=cdrs, now=parse_iso(now) - SECOND)
    directory = Directory(extensions=(), trunks=(), routes=(), dialplans=())
    pbx = Pbx(
        name="office", clock=clock, seed=1, directory=directory, cdrs=CdrMemory(cdrs), files=NoFiles(), saved=saved
    )
    references = References(MADRID, first)
    references.resume(pbx)
    return references


def past(number: int, start: str, reference: str, *, vendor: str = "duocom", lasted: int = 60) -> Cdr:
    """Make the record of a call of an earlier run."""
    began = parse_iso(start)
    return Cdr(
        id=number,
        call=number,
        vendor=vendor,
        start=began,
        answer=0,
        end=began + lasted * SECOND,
        src="911000222",
        dst="930000000",
        disposition=Disposition.NO_ANSWER,
        cause=HangupCause.NO_ANSWER,
        direction=Direction.OUTGOING,
        reference=reference,
    )


@pytest.mark.cites("R18", "S14")
def test_a_restarted_pbx_goes_on_well_behind_the_last_reference_of_today() -> None:
    now = "2026-06-30T22:00:01Z"  # one second into 1 July in Madrid
    yesterday = past(1, "2026-06-30T21:59:58Z", "53999999", lasted=2)
    first, second = past(2, "2026-06-30T22:00:00Z", "53010209", lasted=1), past(3, now, "53010207", lasted=0)
    foreign = past(4, now, "99999999", vendor="voipsun", lasted=0)
    strange = past(5, now, "hello", lasted=0)
    references = resumed((yesterday, first, second, foreign, strange), now)
    assert [references.take(parse_iso(now)) for _ in range(2)] == ["53011210", "53011211"]
    assert references.take(parse_iso("2026-07-01T22:00:00Z")) == "53010203"


@pytest.mark.cites("R18", "S14")
def test_each_second_of_a_resumed_day_leaves_room_for_calls_that_left_no_record() -> None:
    moments = ["2026-06-30T22:00:00Z", "2026-06-30T22:00:01Z", "2026-06-30T23:00:00Z"]
    assert [resumed((), now).take(parse_iso(now)) for now in moments] == ["53010203", "53011103", "56250203"]


@pytest.mark.cites("R18", "R6")
def test_what_is_left_out_goes_round_behind_the_highest_of_eight_digits_and_never_reaches_the_days_first() -> None:
    last = "2026-10-25T22:59:59Z"  # of a day of 25 hours
    assert resumed((), last).take(parse_iso(last)) == "44009303"
    high = past(1, last, "10000005", lasted=0)
    midnight = "2026-10-25T23:00:00Z"
    assert resumed((high,), last, first=HIGHEST).take(parse_iso(last)) == "90999099"
    high = past(1, midnight, "10000005", lasted=0)
    assert resumed((high,), midnight, first=HIGHEST).take(parse_iso(midnight)) == "10001006"


@pytest.mark.slow
@pytest.mark.cites("R18", "S14")
@given(
    runs=st.lists(
        st.tuples(st.integers(1, 900), st.integers(1, 3000), st.lists(st.booleans(), max_size=20)),
        min_size=1,
        max_size=8,
    )
)
def test_no_reference_comes_twice_in_a_day_however_often_the_pbx_is_killed(
    runs: list[tuple[int, int, list[bool]]],
) -> None:
    """Each run lasts some seconds; of its calls only some leave a record before it is killed."""
    now = parse_iso("2026-06-30T22:00:00Z")
    known: list[Cdr] = []
    given_out: list[str] = []
    for wait, lasted, ended in runs:
        now += wait * SECOND
        references = resumed(tuple(known), iso(now))
        for leaves_record in ended:
            given_out.append(references.take(now))
            if leaves_record:
                known.append(past(len(known) + 1, iso(now), given_out[-1], lasted=0))
        now += lasted * SECOND
    assert len(set(given_out)) == len(given_out)


@pytest.mark.cites("R18")
def test_a_pbx_that_never_ran_before_begins_with_the_days_first_reference_at_any_hour() -> None:
    client = Client()  # at 23:13 in Madrid
    assert client.office.pbx.is_resumed is False
    assert client.ask() == b"1\n53010203\n"


@pytest.mark.cites("R18")
def test_a_record_of_today_that_the_pbx_file_places_is_heeded_too() -> None:
    behind = office()
    behind.archive.on_cdr(CdrClosed(past(1, iso(behind.clock.now), "53010300", lasted=0)))
    assert Client(behind=behind).ask() == b"1\n53011301\n"
