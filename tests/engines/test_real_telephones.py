"""What people do with real telephones, at an Asterisk and at pbxsim itself: talk, hold, transfer, wait, listen in."""

from __future__ import annotations

import wave
from array import array
from contextlib import asynccontextmanager
from io import BytesIO
from math import cos, hypot, pi, sin
from typing import TYPE_CHECKING, Any, Final

import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallerId, CallKind, CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.extension import DeviceState
from pbxsim.pbx.routes import Context, Step
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.sinks.recordings.recorder import Recorder
from pbxsim.testing.office import Office, extension, line
from tests.pbx.call_centre import queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from pbxsim.pbx.call import Call
    from tests.engines.conftest import Makes
    from tests.engines.real_rig import RealRig

pytestmark = [pytest.mark.slow, pytest.mark.sip]

RATE: Final = 8_000
PACKET: Final = 160
WINDOW: Final = 800


@asynccontextmanager
async def office_of(make: Makes, *numbers: str, **more: Any) -> AsyncIterator[RealRig]:  # noqa: ANN401
    """Have an office of real telephones that answer at once."""
    people = [extension(number, line(f"sip{number}", line_id=int(number))) for number in numbers]
    rig = await make(Office(*people, **more))
    for telephone in rig.by_user.values():
        telephone.answers()
    try:
        yield rig
    finally:
        await rig.close()


async def talking(rig: RealRig, first: str, second: str, **wishes: Any) -> Call:  # noqa: ANN401
    """Have the PBX connect two, and wait until they talk."""
    call: Call = rig.do(lambda: rig.office.call(first, second, **wishes))
    await rig.until(lambda: call.state is CallState.TALKING)
    await rig.until(lambda: rig.by_user[f"sip{second}"].calls)
    for user in (f"sip{first}", f"sip{second}"):
        await rig.by_user[user].calls[0].wait_established()
    return call


async def settled(rig: RealRig) -> None:
    """Let two talk until their telephones are at rest.

    100 ms after it is answered baresip asks anew, with the directions that it began with: a hold before is taken back.
    """
    await rig.elapse(SECOND // 2)


def power(sound: bytes, hertz: int) -> float:
    """Tell how loud a tone is in 16-bit sound, a tenth of a second at a time: between two of these it may stumble."""
    samples = array("h")
    samples.frombytes(sound[: len(sound) // 2 * 2])
    turns = [2 * pi * hertz * index / RATE for index in range(WINDOW)]
    loud = []
    for start in range(0, len(samples) - WINDOW + 1, WINDOW):
        window = samples[start : start + WINDOW]
        sines = sum(sample * sin(turn) for sample, turn in zip(window, turns, strict=True))
        cosines = sum(sample * cos(turn) for sample, turn in zip(window, turns, strict=True))
        loud.append(2 * hypot(sines, cosines) / WINDOW)
    return sum(loud) / max(1, len(loud))


def has_sound(rig: RealRig, user: str) -> bool:
    """Tell whether a telephone's call has its sound: the switch may count it as talking a little earlier."""
    from baresip.errors import AudioNotActive

    try:
        rig.by_user[user].calls[0].audio.info()
    except (IndexError, AudioNotActive):
        return False
    return True


async def heard(rig: RealRig, says: dict[str, int], hears: tuple[str, ...]) -> dict[str, bytes]:
    """Have telephones say tones for a second and a half; give what telephones heard at the end of it."""
    sound: dict[str, bytes] = dict.fromkeys(hears, b"")
    for user in {*says, *hears}:
        await rig.until(lambda user=user: has_sound(rig, user))  # type: ignore[misc]
    for packet in range(75):
        for user, hertz in says.items():
            start = packet * PACKET
            tone = [int(9_000 * sin(2 * pi * hertz * (start + index) / RATE)) for index in range(PACKET)]
            rig.by_user[user].calls[0].audio.write(array("h", tone).tobytes())
        await rig.elapse(SECOND // 50)
        for user in hears:
            sound[user] += rig.by_user[user].calls[0].audio.read(65_536)
    return {user: all_of_it[len(all_of_it) // 2 :] for user, all_of_it in sound.items()}


async def test_two_people_hear_each_other_and_see_who_calls(make: Makes) -> None:
    async with office_of(make, "100", "101") as rig:
        call = await talking(rig, "100", "101", second_shows=CallerId("299299299", "Jan Dvořák"))
        assert rig.by_user["sip101"].seen[0].partition("@")[0] == "sip:299299299"
        sound = await heard(rig, {"sip100": 440, "sip101": 880}, ("sip100", "sip101"))
        assert power(sound["sip100"], 880) > max(1_000, 4 * power(sound["sip100"], 440))
        assert power(sound["sip101"], 440) > max(1_000, 4 * power(sound["sip101"], 880))
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(rig.is_quiet)
        assert rig.complaints() == []


async def test_fifty_calls_one_after_the_other_all_connect_and_all_leave_their_record(
    make: Makes,
) -> None:
    async with office_of(make, "100", "101") as rig:
        for _ in range(50):
            call = await talking(rig, "100", "101")
            ends = rig.by_user["sip101"].calls[0]
            await ends.hangup()
            await rig.until(lambda call=call: call.is_over)  # type: ignore[misc]
            await rig.until(rig.is_quiet)
        records = rig.office.cdrs()
        assert [(str(record.disposition), int(record.cause)) for record in records] == [("ANSWERED", 16)] * 50
        assert await rig.is_idle()


async def test_hold_and_resume_are_seen(make: Makes) -> None:
    async with office_of(make, "100", "101") as rig:
        await talking(rig, "100", "101")
        await settled(rig)
        desk = rig.office.directory.line("sip101")
        await rig.by_user["sip101"].calls[0].hold()
        await rig.until(lambda: desk.device_state is DeviceState.ON_HOLD)
        while True:
            try:
                await rig.by_user["sip101"].calls[0].resume()
                break
            except baresip_error():  # the answer to its hold is on its way yet: it says so itself
                await rig.elapse(SECOND // 10)
        await rig.until(lambda: desk.device_state is not DeviceState.ON_HOLD)


async def test_a_telephone_hands_its_call_on_after_asking(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        call = await talking(rig, "100", "101")
        asks = rig.by_user["sip101"]
        first = asks.calls[0]
        await first.hold()
        consultation = await asks.dial("102")
        await consultation.wait_established()
        live = rig.office.pbx.calls.live
        await rig.until(lambda: len(live) == 2 and all(each.state is CallState.TALKING for each in live.values()))
        await first.attended_transfer(consultation)
        await rig.until(lambda: len(live) == 1)
        assert (call.first, call.second) != (None, None)
        assert [leg.peer for leg in (call.first, call.second) if leg is not None] == ["sip100", "sip102"]
        sound = await heard(rig, {"sip100": 440, "sip102": 880}, ("sip100", "sip102"))
        assert power(sound["sip100"], 880) > 1_000
        assert power(sound["sip102"], 440) > 1_000
        await rig.until(lambda: not asks.calls)
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(rig.is_quiet)


async def test_a_telephone_that_hands_its_call_on_to_nobody_is_refused_and_the_two_talk_on(
    make: Makes,
) -> None:
    async with office_of(make, "100", "101") as rig:
        call = await talking(rig, "100", "101")
        with pytest.raises(baresip_error(), match=r"404|transfer"):
            await rig.by_user["sip101"].calls[0].transfer(f"sip:77@{rig.server}")
        await rig.elapse(SECOND // 2)
        assert call.state is CallState.TALKING
        assert [leg.peer for leg in call.live_legs()] == ["sip100", "sip101"]
        sound = await heard(rig, {"sip101": 880}, ("sip100",))
        assert power(sound["sip100"], 880) > 1_000


def baresip_error() -> type[Exception]:
    """Give what a telephone raises."""
    from baresip.errors import BaresipError

    return BaresipError


async def test_somebody_listens_in_and_stops_with_whom_it_hears(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        call = await talking(rig, "100", "101")
        target = rig.office.directory.line("sip101")
        spy: Call = rig.do(lambda: rig.office.call("102", kind=CallKind.SPY, spied_line=target))
        await rig.until(lambda: spy.spied_on is not None and rig.by_user["sip102"].calls)
        sound = await heard(rig, {"sip100": 440, "sip101": 880}, ("sip102",))
        assert power(sound["sip102"], 440) > 500
        assert power(sound["sip102"], 880) > 500
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(lambda: spy.is_over)
        await rig.until(rig.is_quiet)


async def test_somebody_listens_to_a_telephone_at_rest_and_hears_the_call_that_it_makes(make: Makes) -> None:
    async with office_of(make, "100", "101", "102") as rig:
        target = rig.office.directory.line("sip100")
        spy: Call = rig.do(lambda: rig.office.call("102", kind=CallKind.SPY, spied_line=target))
        await rig.until(lambda: rig.by_user["sip102"].calls)
        await rig.by_user["sip102"].calls[0].wait_established()
        call = await talking(rig, "100", "101")
        sound = await heard(rig, {"sip100": 440, "sip101": 880}, ("sip102",))
        assert power(sound["sip102"], 440) > 500
        assert power(sound["sip102"], 880) > 500
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        await rig.until(lambda: spy.is_over)
        await rig.until(rig.is_quiet)


async def test_what_is_said_is_recorded_each_side_by_itself_as_long_as_the_record_says(
    make: Makes, tmp_path: Path
) -> None:
    records = extension("100", line("sip100"))
    records.records = True
    office = Office(records, extension("101", line("sip101", line_id=2)))
    recorder = Recorder(RecordingRoot(tmp_path))
    recorder.attach(office.pbx)
    rig = await make(office)
    try:
        for telephone in rig.by_user.values():
            telephone.answers()
        call = await talking(rig, "100", "101")
        await heard(rig, {"sip100": 440, "sip101": 880}, ())
        await rig.elapse(SECOND // 2)
        rig.do(lambda: office.pbx.calls.hang_up(call))
        await rig.until(rig.is_quiet)
        await recorder.written()
        cdr = office.cdr(call)
        with wave.open(BytesIO(recorder.read(cdr.recording_folder, cdr.recording_file))) as sound:
            assert (sound.getnchannels(), sound.getframerate()) == (2, RATE)
            assert sound.getnframes() == cdr.billsec * RATE > 0
            both = array("h", sound.readframes(sound.getnframes()))
        left, right = both[::2].tobytes(), both[1::2].tobytes()
        assert power(left, 440) > max(1_000, 4 * power(left, 880))
        assert power(right, 880) > max(1_000, 4 * power(right, 440))
    finally:
        await rig.close()
        recorder.close(finish=True)


async def test_a_telephone_that_dials_a_queue_waits_with_music_until_an_agent_is_there(
    make: Makes,
) -> None:
    sales = queue("anna")
    (member,) = sales.members
    contexts = [Context(name="main", dialplan="main", entries=(("700", Step(queue="sales")),))]
    async with office_of(make, "100", "101", contexts=contexts, queues=[sales], agents=[member.agent]) as rig:
        rig.do(lambda: rig.office.pbx.agents.log_in(member.agent, rig.office.directory.line("sip101")))
        await rig.unregister("sip101")
        caller = rig.by_user["sip100"]
        mine = await caller.dial("700")
        await mine.wait_established()
        (call,) = rig.office.pbx.calls.live.values()
        music = await heard(rig, {"sip100": 440}, ("sip100",))
        assert max(array("h", music["sip100"])) > 500, "nothing is heard while waiting"
        assert call.state is not CallState.TALKING
        await rig.register("sip101")
        await rig.until(lambda: call.state is CallState.TALKING, 10)
        sound = await heard(rig, {"sip101": 880}, ("sip100",))
        assert power(sound["sip100"], 880) > 1_000
        await mine.hangup()
        await rig.until(rig.is_quiet)


async def test_who_is_not_registered_is_not_there_and_who_registers_again_is(make: Makes) -> None:
    async with office_of(make, "100", "101") as rig:
        await rig.unregister("sip101")
        await rig.until(lambda: not rig.office.directory.line("sip101").is_registered)
        call: Call = rig.do(lambda: rig.office.call("100", "101"))
        await rig.until(lambda: call.is_over)
        assert rig.office.cdr(call).cause is HangupCause.SUBSCRIBER_ABSENT
        await rig.register("sip101")
        await rig.until(lambda: rig.office.directory.line("sip101").is_registered)
        await talking(rig, "100", "101")


async def test_a_number_that_is_not_there_is_refused_to_whoever_dials_it(make: Makes) -> None:
    async with office_of(make, "100", routes=[]) as rig:
        call = await rig.by_user["sip100"].dial("77")
        await rig.until(lambda: not rig.by_user["sip100"].calls)
        assert call.state.name == "CLOSED"
        (record,) = rig.office.cdrs()
        assert (record.dst, record.cause) == ("77", HangupCause.UNALLOCATED)


async def test_a_caller_who_gives_up_before_anybody_answers_is_gone_and_nobody_rings_on(
    make: Makes,
) -> None:
    async with office_of(make, "100", "101") as rig:
        rig.by_user["sip101"].answers_after = None
        call = await rig.by_user["sip100"].dial("101")
        await rig.until(lambda: rig.by_user["sip101"].calls)
        await call.hangup()
        await rig.until(rig.is_quiet)
        (record,) = rig.office.cdrs()
        assert (record.disposition, record.cause, record.billsec) == ("NO ANSWER", HangupCause.NORMAL_CLEARING, 0)
        assert await rig.is_idle()


async def test_whom_a_queue_that_answers_cannot_take_is_answered_before_it_is_hung_up(
    make: Makes,
) -> None:
    sales = queue("anna", join_empty=frozenset({"unavailable", "invalid"}))
    contexts = [Context(name="main", dialplan="main", entries=(("700", Step(queue="sales")),))]
    agents = [member.agent for member in sales.members]
    async with office_of(make, "100", contexts=contexts, queues=[sales], agents=agents) as rig:
        noticed: list[str] = []
        rig.by_user["sip100"].noted = lambda what, _: noticed.append(what)
        await rig.by_user["sip100"].dial("700")
        await rig.until(lambda: "over" in noticed)
        assert noticed == ["talks", "over"]
        assert await rig.is_idle()


async def test_who_puts_the_receiver_down_is_known_whichever_channel_goes_first(
    make: Makes,
) -> None:
    async with office_of(make, "100", "101") as rig:
        for turn in range(10):
            user = ("sip100", "sip101")[turn % 2]
            call = await talking(rig, "100", "101")
            await rig.by_user[user].calls[0].hangup()
            await rig.until(lambda call=call: call.is_over)  # type: ignore[misc]
            await rig.until(rig.is_quiet)
            assert call.ended_by is not None
            assert call.ended_by.peer == user
