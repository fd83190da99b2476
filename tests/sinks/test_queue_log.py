"""The queue log tells what app_queue's would: each scenario's rows, without those of the start."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from pbxsim.engines.simulated.behaviour import Behaviour, Outcome, fixed
from pbxsim.pbx.cause import HangupCause
from pbxsim.sinks.queue_log import COLUMNS, QueueLog
from tests.pbx.call_centre import CallCentre, queue

if TYPE_CHECKING:
    from pbxsim.pbx.queue import Queue

CALLER = "605000001"


class LoggedCentre(CallCentre):
    """A call centre with its log."""

    def __init__(self, *queues: Queue) -> None:
        super().__init__(*queues)
        self.log = QueueLog(self.pbx)

    def rows(self) -> list[tuple[str, ...]]:
        """Give queue, agent, event and data of each row since the start."""
        start = 1 + sum(len(one.members) for one in self.pbx.queues)
        return [row[2:9] for row in self.log.rows[start:]]

    def events(self) -> list[str]:
        """Give the events since the start, in order."""
        return [row[2] for row in self.rows()]


def _caller(centre: CallCentre, *, patience: float | None = None, talk: float | None = None) -> None:
    centre.will(
        CALLER,
        Behaviour(talk=None if talk is None else fixed(talk), patience=None if patience is None else fixed(patience)),
    )


def test_the_log_begins_with_who_can_be_rung() -> None:
    centre = LoggedCentre(queue("anna", "ben"), queue("cyril", name="help"))
    assert [row[2:5] for row in centre.log.rows] == [
        ("NONE", "NONE", "QUEUESTART"),
        ("sales", "anna", "ADDMEMBER"),
        ("sales", "ben", "ADDMEMBER"),
        ("help", "cyril", "ADDMEMBER"),
    ]
    assert {len(row) for row in centre.log.rows} == {len(COLUMNS)}


def test_a_caller_is_connected_and_hangs_up() -> None:
    centre = LoggedCentre(queue("anna"))
    centre.answers("anna", after=4)
    _caller(centre, talk=21)
    call = centre.calls()
    centre.finish()
    peer = call.legs[1].unique_id
    assert centre.rows() == [
        ("sales", "NONE", "ENTERQUEUE", "", CALLER, "1", ""),
        ("sales", "anna", "CONNECT", "4", peer, "4", ""),
        ("sales", "anna", "COMPLETECALLER", "4", "21", "1", ""),
    ]
    assert {row[1] for row in centre.log.rows[2:]} == {call.legs[0].unique_id}
    assert centre.log.rows[-1][0] == "2023-11-14 22:13:45.000000"


def test_an_agent_hangs_up_first() -> None:
    centre = LoggedCentre(queue("anna"))
    centre.answers("anna", talks=9)
    centre.calls()
    centre.finish()
    assert centre.rows()[-1] == ("sales", "anna", "COMPLETEAGENT", "0", "9", "1", "")


def test_a_caller_gives_up_behind_another_while_nobody_rings_for_it() -> None:
    centre = LoggedCentre(queue("anna"))
    _caller(centre, patience=20)
    centre.calls(caller="605000002")
    centre.advance(2)
    centre.calls()
    centre.advance(12)
    centre.phones["anna"].picks_up()
    centre.advance(20)
    assert ("sales", "NONE", "ABANDON", "1", "2", "20", "") in centre.rows()


def test_a_caller_gives_up_while_a_telephone_rings() -> None:
    centre = LoggedCentre(queue("anna"))
    _caller(centre, patience=7.5)
    centre.calls()
    centre.finish()
    assert centre.rows()[1:] == [
        ("sales", "anna", "RINGCANCELED", "7500", "", "", ""),
        ("sales", "NONE", "ABANDON", "1", "1", "7", ""),
    ]


def test_a_member_does_not_answer_and_the_next_one_does() -> None:
    centre = LoggedCentre(queue("anna", "ben", member_timeout=12, strategy="rrordered"))
    centre.answers("ben", after=1)
    _caller(centre, talk=5)
    centre.calls()
    centre.finish()
    assert [row[1:4] for row in centre.rows()] == [
        ("NONE", "ENTERQUEUE", ""),
        ("anna", "RINGNOANSWER", "12000"),
        ("ben", "CONNECT", "18"),
        ("ben", "COMPLETECALLER", "18"),
    ]


def test_a_member_who_refuses_is_told_as_one_who_does_not_answer() -> None:
    centre = LoggedCentre(queue("anna", "ben"))
    centre.will("anna", Behaviour(outcome=Outcome.REJECT, ring=fixed(2)))
    centre.answers("ben")
    centre.calls()
    centre.advance(3)
    assert centre.rows()[1][:4] == ("sales", "anna", "RINGNOANSWER", "2000")


def test_of_several_who_ring_only_the_one_who_answers_is_told() -> None:
    centre = LoggedCentre(queue("anna", "ben", "cyril", strategy="ringall"))
    centre.answers("ben", after=3, talks=1)
    centre.calls()
    centre.finish()
    assert centre.events() == ["ENTERQUEUE", "CONNECT", "COMPLETEAGENT"]
    assert centre.rows()[1][1] == "ben"


def test_a_caller_waits_too_long() -> None:
    centre = LoggedCentre(queue(max_wait=30))
    centre.calls()
    centre.finish()
    assert centre.rows()[-1] == ("sales", "NONE", "EXITWITHTIMEOUT", "1", "1", "30", "")


def test_a_wait_that_runs_out_is_told_behind_the_members_who_rang_till_then() -> None:
    centre = LoggedCentre(queue("anna", "ben", strategy="ringall", max_wait=7))
    centre.calls()
    centre.finish()
    assert centre.rows()[1:] == [
        ("sales", "anna", "RINGNOANSWER", "7000", "", "", ""),
        ("sales", "ben", "RINGNOANSWER", "7000", "", "", ""),
        ("sales", "NONE", "EXITWITHTIMEOUT", "1", "1", "7", ""),
    ]


def test_linear_goes_on_behind_the_last_member_within_one_callers_wait() -> None:
    centre = LoggedCentre(queue("anna", "ben", "cyril", member_timeout=4, retry=2))
    for caller, patience in ((CALLER, 21), ("605000002", 3)):
        centre.will(caller, Behaviour(talk=None, patience=fixed(patience)))
    centre.calls()
    centre.advance(30)
    centre.calls(caller="605000002")
    centre.advance(10)
    rang = [row[1] for row in centre.rows() if row[2] in ("RINGNOANSWER", "RINGCANCELED")]
    assert rang == ["anna", "ben", "cyril", "anna", "anna"]  # the last one is the new caller's, from the top


def test_a_caller_leaves_where_nobody_is_left() -> None:
    centre = LoggedCentre(queue("anna", leave_when_empty=frozenset({"unavailable"})))
    centre.will("anna", Behaviour(outcome=Outcome.BUSY))
    centre.calls()
    centre.advance(3)
    centre.pbx.agents.log_out(centre.agent("anna"))
    centre.advance(5)
    assert centre.rows()[-1] == ("sales", "NONE", "EXITEMPTY", "1", "1", "8", "")


def test_who_cannot_even_join_is_not_told() -> None:
    centre = LoggedCentre(queue(join_empty=frozenset({"unavailable"})))
    centre.calls()
    centre.finish()
    assert centre.rows() == []


def test_a_caller_who_is_handed_on_has_left_the_queue_with_that() -> None:
    centre = LoggedCentre(queue("anna"))
    centre.answers("anna")
    call = centre.calls()
    centre.advance(8)
    centre.handset.transfer(centre.phones["anna"].line, "900")
    centre.advance(8)
    centre.pbx.calls.hang_up(call, HangupCause.NORMAL_CLEARING)
    assert centre.rows()[2:] == [("sales", "anna", "BLINDTRANSFER", "900", "main", "0", "8")]


def test_a_caller_who_is_handed_on_attended_goes_on_in_a_bridge_with_an_id_of_its_own() -> None:
    told = []
    for _ in range(2):
        centre = LoggedCentre(queue("anna", "ben"))
        for name in ("anna", "ben", "sip900"):
            centre.answers(name, after=2)
        for caller in (CALLER, "605000002"):
            centre.calls(caller=caller)
            centre.advance(4)
        for name in ("anna", "ben"):
            line = centre.phones[name].line
            centre.handset.consult(line, "900")
            centre.advance(4)
            centre.handset.complete(line)
            told += [row for row in centre.rows() if row[1:3] == (name, "ATTENDEDTRANSFER")]
    assert told[:2] == told[2:]  # the same calls, the same bridges
    assert [(row[3], *row[5:]) for row in told[:2]] == [("BRIDGE", "2", "10"), ("BRIDGE", "2", "10")]
    first, second = (UUID(row[4]) for row in told[:2])
    assert first != second


def test_a_pause_in_one_queue_is_told_for_that_one_alone() -> None:
    centre = LoggedCentre(queue("anna"), queue("ben", name="support"))
    anna, sales = centre.agent("anna"), centre.pbx.queues.named("sales")
    centre.pbx.queues.pause(sales, anna)
    centre.pbx.queues.unpause(sales, anna)
    assert [row[2:6] for row in centre.log.rows[-2:]] == [
        ("sales", "anna", "PAUSE", ""),
        ("sales", "anna", "UNPAUSE", ""),
    ]


def test_pauses_and_memberships_are_told_for_each_queue() -> None:
    centre = LoggedCentre(queue("anna"))
    anna, sales = centre.agent("anna"), centre.pbx.queues.named("sales")
    centre.pbx.agents.pause(anna, "lunch")
    centre.pbx.agents.unpause(anna)
    centre.pbx.queues.remove(sales, anna)
    centre.pbx.agents.pause(anna, "gone")
    centre.pbx.queues.add(sales, anna, 3)
    assert [row[1] for row in centre.log.rows[2:]] == [*["NONE"] * 4, "MANAGER", "NONE", "MANAGER"]
    assert [row[2:6] for row in centre.log.rows[2:]] == [
        ("sales", "anna", "PAUSE", "lunch"),
        ("NONE", "anna", "PAUSEALL", ""),
        ("sales", "anna", "UNPAUSE", ""),
        ("NONE", "anna", "UNPAUSEALL", ""),
        ("sales", "anna", "REMOVEMEMBER", ""),
        ("NONE", "anna", "PAUSEALL", ""),
        ("sales", "anna", "ADDMEMBER", "PAUSED"),
    ]
