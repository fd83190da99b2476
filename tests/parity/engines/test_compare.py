"""Two histories are the same within a second, and in order for each party; whatever else differs is told."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.parity.engines.compare import Aspect, compared, same_text
from tests.parity.engines.history import CallTold, History, LegTold, Moment, Notice, RecordTold, Reply, Words
from tests.parity.engines.scenarios import SCENARIOS

CALL = CallTold(
    what="voipsun connect A > B",
    outcome="ANSWERED 16",
    legs=(LegTold(who="A", party="first", shows='"" <000>', cause=16),),
    timeline=(Moment(at=0, what="leg-dialed", who="A"), Moment(at=1, what="leg-answered", who="A")),
)
RECORD = RecordTold(text="A > B: ANSWERED 16", duration=5, billsec=3, recording=3.0)
HISTORY = History(
    calls=(CALL,),
    records=(RECORD,),
    replies=(Reply(request="listcalls", text='200 {"duration": "~3~"}'),),
    notices=(Notice(at=4.0, text="A idle", about="A"), Notice(at=4.0, text="B idle", about="B")),
    seen=(Moment(at=0.1, what="rings 000", who="A"),),
)


def aspects(other: History) -> list[Aspect]:
    """Tell in which aspects a history differs."""
    return [one.aspect for one in compared(HISTORY, other)]


def test_what_is_the_same_within_a_second_is_the_same() -> None:
    later = tuple(replace(one, at=one.at + 0.9) for one in CALL.timeline)
    other = replace(
        HISTORY,
        calls=(replace(CALL, timeline=later),),
        records=(RecordTold(text=RECORD.text, duration=6, billsec=4, recording=2.1),),
        replies=(Reply(request="listcalls", text='200 {"duration": "~2~"}'),),
        notices=(Notice(at=4.1, text="B idle", about="B"), Notice(at=4.2, text="A idle", about="A")),
        seen=(Moment(at=1.0, what="rings 000", who="A"),),
    )
    assert aspects(other) == []


@pytest.mark.parametrize(
    ("other", "aspect"),
    [
        (replace(HISTORY, calls=(replace(CALL, outcome="BUSY 17"),)), Aspect.CALLS),
        (replace(HISTORY, calls=()), Aspect.CALLS),
        (replace(HISTORY, calls=(replace(CALL, legs=(replace(CALL.legs[0], cause=17),)),)), Aspect.LEGS),
        (replace(HISTORY, calls=(replace(CALL, legs=(replace(CALL.legs[0], shows='"" <1>'),)),)), Aspect.LEGS),
        (replace(HISTORY, calls=(replace(CALL, timeline=CALL.timeline[:1]),)), Aspect.EVENTS),
        (replace(HISTORY, records=(replace(RECORD, billsec=5),)), Aspect.RECORDS),
        (replace(HISTORY, records=(replace(RECORD, recording=None),)), Aspect.RECORDS),
        (replace(HISTORY, records=(replace(RECORD, text="A > B: BUSY 17"),)), Aspect.RECORDS),
        (replace(HISTORY, replies=(Reply(request="listcalls", text='200 {"duration": "~5~"}'),)), Aspect.REPLIES),
        (replace(HISTORY, notices=HISTORY.notices[:1]), Aspect.NOTICES),
        (replace(HISTORY, seen=(Moment(at=1.2, what="rings 000", who="A"),)), Aspect.TELEPHONES),
        (replace(HISTORY, seen=()), Aspect.TELEPHONES),
    ],
)
def test_what_differs_is_told(other: History, aspect: Aspect) -> None:
    assert aspects(other) == [aspect]


def test_what_the_two_of_one_moment_are_told_has_no_order_and_what_one_is_told_has() -> None:
    told = (Notice(at=1, text="A rings", about="A"), Notice(at=1, text="A talks", about="A"))
    turned = replace(HISTORY, notices=told[::-1])
    assert [one.aspect for one in compared(replace(HISTORY, notices=told), turned)] == [Aspect.NOTICES] * 2


def test_only_spans_may_differ_in_a_text() -> None:
    assert same_text("wait ~3~, 3 calls", "wait ~4~, 3 calls")
    assert not same_text("wait ~3~, 3 calls", "wait ~3~, 4 calls")


def test_a_scenario_knows_its_own_numbers_and_no_others() -> None:
    words = Words(SCENARIOS[60])
    assert words.concerns("SIP/4601-00000007")
    assert words.concerns("900004602")
    assert words.concerns("to 760 and on")
    assert not words.concerns("4611 14601 1767226001.4 990101002")
    spelt = words.neutral('"channel":"SIP/4601-0000000a","dst":"900004602","queue":"q60","duration":"12"')
    assert spelt == '"channel":"SIP/A","dst":"public B","queue":"queue","duration":"~12~"'
    assert words.neutral("1767226001.43 at 2026-01-01 00:00:05.5") == "<id> at <time>"
