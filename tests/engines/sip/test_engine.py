"""Real telephones among acted ones, several for one line, and what is left of them when a PBX begins anew."""

from __future__ import annotations

import gc
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.engines.simulated.phones_settings import PhonesEntry, TurnEntry
from pbxsim.engines.sip.telephones import Telephones
from pbxsim.pbx.call import CallKind, CallState, DetailedOrder
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.dialplan import ToExtension
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.events import CallDiverted
from pbxsim.pbx.extension import DeviceState
from pbxsim.testing.office import Office, extension, line
from tests.engines.refusing import RefusingTelephone
from tests.engines.sip.rig import PASSWORD, SipRig
from tests.engines.telephones import loudness
from tests.engines.test_real_telephones import heard

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pbxsim.pbx.call import Call

pytestmark = [pytest.mark.slow, pytest.mark.sip]

TALKS = PhonesEntry(default=TurnEntry(ring=0, talk=2))
PATIENT = PhonesEntry(default=TurnEntry(ring=0, talk="never"))


def office() -> Office:
    """Have an office of three lines."""
    return Office(*(extension(number, line(f"sip{number}", line_id=int(number))) for number in ("100", "101", "102")))


@asynccontextmanager
async def rig_of(*real: str, phones: PhonesEntry = PATIENT, **entry: Any) -> AsyncIterator[SipRig]:  # noqa: ANN401
    """Have telephones for some of the lines; they answer at once."""
    rig = SipRig(office(), phones=phones, has_telephones=False, **entry)
    await rig.start()
    if real:
        await rig.have_telephones(list(real))
        await rig.until(lambda: rig.opened.registrations.real == set(real))
    for telephone in rig.by_user.values():
        telephone.answers()
    rig.office.heard.clear()
    try:
        yield rig
    finally:
        await rig.close()


async def talks(rig: SipRig, call: Call) -> None:
    """Wait until a call's parties talk."""
    await rig.until(lambda: call.state is CallState.TALKING)


async def test_a_real_telephone_talks_with_an_acted_one_hears_its_voice_and_is_hung_up_by_it() -> None:
    async with rig_of("sip100", phones=TALKS) as rig:
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await talks(rig, call)
        await rig.by_user["sip100"].calls[0].wait_established()
        sound = await heard(rig, {"sip100": 440}, ("sip100",))
        assert loudness(sound["sip100"]) > 1_000
        await rig.until(lambda: call.is_over)
        record = rig.office.cdr(call)
        assert (record.disposition, record.cause, record.billsec) == (Disposition.ANSWERED, 16, 2)
        assert call.ended_by is call.second
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()


async def test_an_acted_line_has_no_telephone_until_one_registers_and_none_again_when_that_is_gone() -> None:
    async with rig_of("sip100") as rig:
        assert rig.opened.account_of("sip101").server == rig.server
        call: Call = rig.do(lambda: rig.office.call("101", "102"))
        await talks(rig, call)
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        assert rig.telephones is not None
        late = await rig.telephones.registered("sip101", PASSWORD)
        late.answers()
        await rig.until(lambda: "sip101" in rig.opened.registrations.real)
        again: Call = rig.do(lambda: rig.office.call("101", "102"))
        await talks(rig, again)
        assert len(late.calls) == 1
        await late.calls[0].hangup()
        await rig.until(lambda: again.is_over)
        await late.agent.unregister()
        desk = rig.office.directory.line("sip101")
        await rig.until(lambda: desk.device_state is DeviceState.UNAVAILABLE)
        absent: Call = rig.do(lambda: rig.office.call("101", "102"))
        assert absent.is_over
        assert rig.office.cdr(absent).cause is HangupCause.SUBSCRIBER_ABSENT


async def test_somebody_outside_calls_a_real_telephone_and_gives_up() -> None:
    impatient = PhonesEntry(default=TurnEntry(patience=1))
    async with rig_of("sip100", phones=impatient) as rig:
        rig.by_user["sip100"].answers_after = None
        own = rig.office.directory.internal("100")
        order = DetailedOrder(
            vendor="tests", kind=CallKind.INCOMING, first=ToExtension("101", rig.office.directory.internal("101")),
            src="101", dst="100", second_to=ToExtension("100", own),
        )  # fmt: skip
        handset = rig.opened.handset
        call = rig.do(lambda: handset.call_in(order, line=rig.office.directory.line("sip101")))
        await rig.until(lambda: rig.by_user["sip100"].calls)
        assert rig.office.directory.line("sip100").device_state is DeviceState.RINGING
        await rig.until(lambda: call.is_over)
        assert rig.office.cdr(call).disposition is Disposition.NO_ANSWER
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()


async def test_the_telephones_of_one_line_ring_together_and_one_is_picked_up() -> None:
    async with rig_of("sip100") as rig:
        noted: list[str] = []
        other = RefusingTelephone(
            "sip100", "486 Busy Here", after=60, rings=True, noted=lambda what, _: noted.append(what)
        )
        await other.register(rig.server, PASSWORD)
        await rig.until(lambda: len(rig.opened.registrations.registrar.contacts("sip100")) == 2)
        rig.by_user["sip100"].answers(0.3)
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await talks(rig, call)
        await rig.until(lambda: noted == ["rings", "over"])
        assert other.ringing == 0
        await rig.until(lambda: rig.opened.engine.exchange.agent.sessions == 1)
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()
        other.close()
        await other.gone()


@pytest.mark.parametrize(
    ("status", "cause", "disposition"),
    [
        ("486 Busy Here", 17, Disposition.BUSY),
        ("603 Decline", 21, Disposition.BUSY),
        ("404 Not Found", 1, Disposition.FAILED),
        ("480 Temporarily Unavailable", 19, Disposition.NO_ANSWER),
        ("503 Service Unavailable", 34, Disposition.FAILED),
    ],
)
async def test_what_a_telephone_says_when_it_refuses_stands_in_the_record(
    status: str, cause: int, disposition: Disposition
) -> None:
    async with rig_of() as rig:
        telephone = RefusingTelephone("sip100", status, after=0, rings=False, noted=lambda _what, _who: None)
        await telephone.register(rig.server, PASSWORD)
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.is_over)
        record = rig.office.cdr(call)
        assert (record.cause, record.disposition) == (cause, disposition)
        assert await rig.is_idle()
        telephone.close()
        await telephone.gone()


async def test_a_telephone_that_sends_its_callers_on_has_another_one_rung_and_the_call_says_so() -> None:
    async with rig_of("sip101") as rig:
        moved = RefusingTelephone("sip100", "302 Moved Temporarily", after=0, rings=False, noted=lambda _w, _n: None)
        moved.sends_on_to = "sip:101@example.com"
        await moved.register(rig.server, PASSWORD)
        call: Call = rig.do(lambda: rig.office.call("102", "100"))
        await talks(rig, call)
        assert [leg.number for leg in call.legs] == ["102", "100", "101"]
        (diverted,) = [event for event in rig.office.heard if isinstance(event, CallDiverted)]
        assert (diverted.line.user, diverted.to, diverted.why) == ("sip100", "101", "telephone")
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()
        moved.close()
        await moved.gone()


async def test_two_telephones_that_send_their_callers_to_each_other_end_the_call() -> None:
    async with rig_of() as rig:
        both = {}
        for user, to in (("sip100", "101"), ("sip101", "100")):
            one = both[user] = RefusingTelephone(user, "302 Moved", after=0, rings=False, noted=lambda _w, _n: None)
            one.sends_on_to = f"sip:{to}@example.com"
            await one.register(rig.server, PASSWORD)
        call: Call = rig.do(lambda: rig.office.call("102", "100"))
        await rig.until(lambda: call.is_over)
        assert rig.office.cdr(call).disposition is Disposition.FAILED
        assert 20 <= len(call.legs) <= 23
        assert await rig.is_idle()
        for one in both.values():
            one.close()
            await one.gone()


async def test_when_a_pbx_begins_anew_its_telephones_are_still_there() -> None:
    first = SipRig(office(), has_telephones=False)
    await first.start()
    await first.have_telephones(["sip100"])
    await first.until(lambda: "sip100" in first.opened.registrations.real)
    await first.session.close()
    second = SipRig(office(), has_telephones=False, port=first.entry.port)
    await second.start()
    telephone = first.by_user["sip100"]
    telephone.answers()
    assert second.opened.registrations.real == {"sip100"}
    call: Call = second.do(lambda: second.office.call("100", "101"))
    await second.until(lambda: bool(telephone.calls))
    second.do(lambda: second.office.pbx.calls.hang_up(call))
    await second.until(telephone.is_quiet)
    await first.close()
    await second.close()


async def test_a_hand_does_to_a_real_telephone_what_a_pbx_can_and_to_an_acted_one_everything() -> None:
    async with rig_of("sip100") as rig:
        hand, lines = rig.opened.handset, rig.office.directory.lines
        with pytest.raises(NothingToDo, match="sip100 is a telephone that has registered, and is in somebody's hand"):
            rig.do(lambda: hand.answer(lines["sip100"]))
        call: Call = rig.do(lambda: hand.dial(lines["sip100"], "101"))
        await talks(rig, call)
        rig.do(lambda: hand.hold(lines["sip101"]))
        assert lines["sip101"].device_state is DeviceState.ON_HOLD
        rig.do(lambda: hand.do_not_disturb(lines["sip100"], on=True))
        busy: Call = rig.do(lambda: rig.office.call("102", "100"))
        await rig.until(lambda: busy.is_over)
        assert rig.office.cdr(busy).disposition is Disposition.BUSY
        rig.do(lambda: hand.hang_up(lines["sip100"]))
        await rig.until(rig.is_quiet)
        await rig.elapse(SECOND // 5)
        assert await rig.is_idle()


async def test_without_a_port_for_sound_a_call_is_refused_and_nothing_is_left_of_it() -> None:
    async with rig_of("sip100", "sip101", rtp_ports=(40_010, 40_011)) as rig:
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.is_over)
        assert rig.office.cdr(call).cause is HangupCause.NORMAL_CIRCUIT_CONGESTION
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()


async def test_a_telephone_that_drops_off_rings_no_more() -> None:
    async with rig_of("sip100") as rig:
        telephone = rig.by_user["sip100"]
        telephone.answers_after = None
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: telephone.calls)
        await telephone.agent.unregister()
        await rig.until(lambda: call.is_over)
        assert rig.office.cdr(call).cause is HangupCause.SUBSCRIBER_ABSENT
        await rig.until(rig.is_quiet)
        assert await rig.is_idle()


async def test_nothing_of_a_call_that_is_over_waits_for_the_garbage_collector() -> None:
    async with rig_of("sip100") as rig:
        while gc.collect():  # what another test's events led to goes when they have gone
            pass
        gc.disable()
        try:
            for _ in range(3):
                call: Call = rig.do(lambda: rig.office.call("100", "101"))
                await talks(rig, call)
                rig.do(partial(rig.office.pbx.calls.hang_up, call))
                await rig.until(rig.is_quiet)
                assert await rig.is_idle()
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = {type(one) for one in gc.garbage if type(one).__module__.startswith("pbxsim.engines.sip")}
            assert left == set()
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.enable()


async def test_a_contact_at_which_nobody_is_is_forgotten_unless_somebody_registered_there_again() -> None:
    async with rig_of("sip100") as rig:
        registrar, agent = rig.opened.registrations.registrar, rig.opened.engine.exchange.agent
        desk = rig.office.directory.line("sip100")
        (before,) = registrar.contacts("sip100")
        session = agent.call(before, "sip100", number="", name="")
        await rig.by_user["sip100"].agent.register()
        await rig.until(lambda: registrar.contacts("sip100") != [before])
        hears = Telephones(rig.office.pbx, rig.opened.engine, registrar)
        is_there = []
        for contact in (before, *registrar.contacts("sip100")):
            session.contact = contact
            rig.do(partial(hears.unheard, session))
            is_there.append(desk.is_registered)
        assert is_there == [True, False]
        session.call(b"")
        session.hang_up(HangupCause.NORMAL_CLEARING)
