"""Numbers that leave for real: none unless it is allowed, whichever way it is dialled, and no more than the budget."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from pbxsim.engines.asterisk.asterisk_settings import ProviderEntry
from pbxsim.engines.asterisk.live import LiveCalls
from pbxsim.pbx import transfer
from pbxsim.pbx.call import CallState
from pbxsim.pbx.cause import HangupCause
from pbxsim.pbx.events import LegBarred
from pbxsim.pbx.extension import Diversion
from pbxsim.pbx.routes import Context, OutboundRoute, Step, Trunk
from pbxsim.testing.office import Office, extension, line
from tests.debian import NotInstalled
from tests.engines.asterisk.exchange import own_ports
from tests.engines.asterisk.rig import AsteriskRig
from tests.engines.asterisk.serving import served
from tests.engines.asterisk.test_acted import PATIENT
from tests.engines.asterisk.test_served import DOCUMENTED, VOIPSUN, passwords_of
from tests.engines.sipp import SippProvider, see_that_it_is_here
from tests.pbx.call_centre import NOBODY_LOGGED_IN, queue

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from pbxsim.engines.asterisk.installation import AsteriskInstallation
    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel

ALLOWED: Final = ("00420777000001", "00420777000002")
BARRED: Final = "00900123456"
PREFIXES: Final = ("00420777", "+44", "155")


# -- what is allowed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", ["00420777000001", "+442071838750", "155", "00420777"])
async def test_a_number_that_begins_as_allowed_may_leave(number: str) -> None:
    assert LiveCalls(PREFIXES, 1, 1).refusal(number) == ""


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (BARRED, "00900123456 is not among the numbers allowed, 00420777, +44, 155"),
        ("442071838750", "442071838750 is not among the numbers allowed, 00420777, +44, 155"),
        ("155999", "155999 and has less than 7 digits is not among the numbers allowed, 00420777, +44, 155"),
        ("+44112", "+44112 and has less than 7 digits is not among the numbers allowed, 00420777, +44, 155"),
        ("00420777#1", "'00420777#1' is no number that leaves: digits, a + before them or none"),
        ("00420777\r\nX", "'00420777\\r\\nX' is no number that leaves: digits, a + before them or none"),
        ("00420777000001@other", "'00420777000001@other' is no number that leaves: digits, a + before them or none"),
        ("", "'' is no number that leaves: digits, a + before them or none"),
    ],
)
async def test_any_other_may_not(number: str, why: str) -> None:
    assert LiveCalls(PREFIXES, 1, 1).refusal(number) == why


async def test_after_so_many_calls_none_may() -> None:
    live = LiveCalls(PREFIXES, 2, 1)
    for _ in range(2):
        assert live.refusal(ALLOWED[0]) == ""
        live.dialled()
    assert live.refusal(ALLOWED[0]) == "the budget of calls, 2, is spent"


def channels(count: int) -> list[Channel]:
    """Make legs out."""
    calls = [Office().call(number) for number in ALLOWED[:count]]
    return [call.legs[0] for call in calls]


async def test_when_the_minutes_are_over_those_who_talk_are_told_and_none_may_be_called() -> None:
    live = LiveCalls(PREFIXES, 9, 0.001)
    ended: list[str] = []
    over = asyncio.Event()
    first, second = channels(2)
    live.answered(first, lambda: ended.append("first"))
    live.answered(second, over.set)
    await asyncio.wait_for(over.wait(), 10)
    assert ended == ["first"]
    live.over(first)
    live.over(second)
    assert live.refusal(ALLOWED[0]) == "the budget of minutes, 0.001, is spent"


async def test_whoever_is_gone_takes_no_more_time() -> None:
    live = LiveCalls(PREFIXES, 9, 1)
    (leg,) = channels(1)
    live.answered(leg, lambda: None)
    live.over(leg)
    left = live.seconds_left()
    await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.01)
    assert live.seconds_left() == left
    live.over(leg)
    assert live.seconds_left() == left


# -- at a provider -----------------------------------------------------------------------------------------------------


def office() -> Office:
    """Make an office of three telephones, whose queues overflow to numbers outside."""
    people = [extension(number, line(f"sip{number}", line_id=int(number))) for number in ("100", "101", "102")]
    trunk = Trunk(id=1, name="upc")
    queues = [
        queue("anna", name=f"q{number}", join_empty=NOBODY_LOGGED_IN, overflow=number) for number in (*ALLOWED, BARRED)
    ]
    entries = tuple((f"7{place}", Step(queue=each.name)) for place, each in enumerate(queues))
    out = OutboundRoute(id=1, name="out", patterns=("_XXX.",), trunks=(trunk,))
    return Office(
        *people,
        trunks=[trunk],
        routes=[out],
        contexts=[Context(name="main", dialplan="main", entries=entries, routes=(out,))],
        queues=queues,
        agents=[queues[0].members[0].agent],
    )


@asynccontextmanager
async def provided(
    asterisk: AsteriskInstallation,
    folder: Path,
    live: LiveCalls | None,
    *,
    secret: str = "paid-for",
    has_telephones: bool = False,
) -> AsyncIterator[tuple[AsteriskRig, SippProvider]]:
    """Have that office, whose trunk leads to a provider."""
    try:
        see_that_it_is_here()
    except NotInstalled as error:
        pytest.skip(f"no sipp: {error}")
    provider = SippProvider(folder)
    entry = ProviderEntry(trunk="upc", host="127.0.0.1", port=provider.port, user="customer", secret=secret)
    acted = () if has_telephones else ("sip100", "sip101", "sip102")
    rig = AsteriskRig(asterisk, office(), acted, PATIENT, providers=(entry,), live=live)
    try:
        await rig.start()
        await provider.listens(rig.until)
        yield rig, provider
    finally:
        await rig.close()
        provider.close()


async def no_channel_is_left(rig: AsteriskRig) -> None:
    """See that Asterisk lets go of all."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + 10
    while left := await rig.channels():
        assert loop.time() < ends, left


async def clicked(rig: AsteriskRig, number: str) -> Call:
    """Have a vendor's client connect a telephone with it."""
    call: Call = rig.do(lambda: rig.office.call("100", number))
    return call


async def rung_first(rig: AsteriskRig, number: str) -> Call:
    """Have a vendor's client ring it first."""
    call: Call = rig.do(lambda: rig.office.call(number, "100"))
    return call


async def diverted(rig: AsteriskRig, number: str) -> Call:
    """Call a telephone that diverts to it."""
    desk = rig.office.directory.line("sip101")
    rig.do(lambda: rig.office.directory.divert(desk, Diversion(always=number)))
    return await clicked(rig, "101")


async def handed_on(rig: AsteriskRig, number: str) -> Call:
    """Have a telephone hand its call on to it."""
    call = await clicked(rig, "102")
    await rig.until(lambda: call.state is CallState.TALKING)
    assert call.second is not None
    leg = call.second
    assert rig.do(lambda: transfer.blind(rig.office.pbx.calls, leg, number))
    return call


async def overflown(rig: AsteriskRig, number: str) -> Call:
    """Call a queue that leads on to it."""
    return await clicked(rig, f"7{(*ALLOWED, BARRED).index(number)}")


async def by_hand(rig: AsteriskRig, number: str) -> Call:
    """Have the control API's hand dial it."""
    desk = rig.office.directory.line("sip100")
    call: Call = rig.do(lambda: rig.opened.handset.dial(desk, number))
    return call


WAYS: Final = (clicked, rung_first, diverted, handed_on, overflown, by_hand)


@pytest.mark.slow
@pytest.mark.asterisk
@pytest.mark.parametrize("way", WAYS, ids=[way.__name__ for way in WAYS])
async def test_an_allowed_number_reaches_the_provider_and_a_barred_one_or_one_too_many_does_not(
    asterisk: AsteriskInstallation, tmp_path: Path, way: Callable[[AsteriskRig, str], Awaitable[Call]]
) -> None:
    async with provided(asterisk, tmp_path, LiveCalls(PREFIXES, 1, 1)) as (rig, provider):
        call = await way(rig, BARRED)
        await rig.until(lambda: call.is_over)
        call = await way(rig, ALLOWED[0])
        await rig.until(lambda: provider.answered() == [ALLOWED[0]])
        await rig.until(lambda: call.state is CallState.TALKING)
        rig.do(lambda: rig.office.pbx.calls.hang_up(call))
        call = await way(rig, ALLOWED[1])
        await rig.until(lambda: call.is_over)
        barred = [(event.channel.number, event.why) for event in rig.office.heard if isinstance(event, LegBarred)]
        assert barred == [
            (BARRED, f"it is not dialled: {BARRED} is not among the numbers allowed, 00420777, +44, 155"),
            (ALLOWED[1], "it is not dialled: the budget of calls, 1, is spent"),
        ]
        assert HangupCause.OUTGOING_CALL_BARRED in [leg.cause for leg in call.legs]
        assert provider.heard() == [ALLOWED[0]]
        await no_channel_is_left(rig)


@pytest.mark.slow
@pytest.mark.asterisk
async def test_without_the_option_every_number_is_acted_and_the_journal_is_told(
    asterisk: AsteriskInstallation, tmp_path: Path
) -> None:
    async with provided(asterisk, tmp_path, None) as (rig, provider):
        for way in WAYS:
            call = await way(rig, ALLOWED[0])
            await rig.until(lambda call=call: call.state is CallState.TALKING)  # type: ignore[misc]
            rig.do(lambda call=call: rig.office.pbx.calls.hang_up(call))  # type: ignore[misc]
        told = [event.why for event in rig.office.heard if isinstance(event, LegBarred)]
        assert told == ["it is acted: the server was started without --allow-live-calls"] * len(WAYS)
        assert provider.heard() == []


@pytest.mark.slow
@pytest.mark.asterisk
async def test_a_call_is_hung_up_when_the_minutes_are_over_and_a_reset_gives_none_back(
    asterisk: AsteriskInstallation, tmp_path: Path
) -> None:
    live = LiveCalls(PREFIXES, 9, 0.02)
    async with provided(asterisk, tmp_path, live) as (rig, provider):
        call = await clicked(rig, ALLOWED[0])
        await rig.until(lambda: call.is_over)
        assert call.connected_at
        rig.opened.engine.abandon()
        assert live.refusal(ALLOWED[1]) == "the budget of minutes, 0.02, is spent"
        assert provider.answered() == [ALLOWED[0]]


@pytest.mark.slow
@pytest.mark.asterisk
async def test_a_call_that_nobody_ends_any_more_is_ended_by_asterisk(
    asterisk: AsteriskInstallation, tmp_path: Path
) -> None:
    async with provided(asterisk, tmp_path, LiveCalls(PREFIXES, 1, 0.02)) as (rig, provider):
        call = await clicked(rig, ALLOWED[0])
        await rig.until(lambda: call.state is CallState.TALKING)
        await rig.until(lambda: provider.answered() == [ALLOWED[0]])
        await rig.opened.link.close()  # as if pbxsim were gone
        await rig.until(provider.hung_up, 40)


@pytest.mark.slow
@pytest.mark.asterisk
async def test_a_provider_that_does_not_know_us_is_a_call_that_fails(
    asterisk: AsteriskInstallation, tmp_path: Path
) -> None:
    async with provided(asterisk, tmp_path, LiveCalls(PREFIXES, 1, 1), secret="a-wrong-one") as (rig, provider):
        call = await clicked(rig, ALLOWED[0])
        await rig.until(lambda: call.is_over)
        assert not call.connected_at
        assert provider.heard() == [ALLOWED[0]]
        assert "a-wrong-one" not in rig.exchange.process.log.read_text(errors="replace")
        await no_channel_is_left(rig)


@pytest.mark.slow
@pytest.mark.asterisk
@pytest.mark.sip
async def test_a_telephone_that_dials_by_itself_gets_no_further_than_anybody(
    asterisk: AsteriskInstallation, tmp_path: Path
) -> None:
    live = LiveCalls(PREFIXES, 1, 1)
    async with provided(asterisk, tmp_path, live, has_telephones=True) as (rig, provider):
        telephone = rig.by_user["sip100"]
        await telephone.dial(BARRED)
        await rig.until(rig.is_quiet)
        mine = await telephone.dial(ALLOWED[0])
        await mine.wait_established()
        await rig.until(lambda: provider.answered() == [ALLOWED[0]])
        await mine.hangup()
        await rig.until(rig.is_quiet)
        await telephone.dial(ALLOWED[1])
        await rig.until(rig.is_quiet)
        assert [str(cdr.disposition) for cdr in rig.office.cdrs()] == ["FAILED", "ANSWERED", "FAILED"]
        assert provider.heard() == [ALLOWED[0]]


def live_file(folder: Path, port: int, sip: dict[str, Any]) -> Path:
    """Write the PBX `documented`, all of whose telephones are acted, and whose first trunk leads to a provider."""
    lines = [{"line": user, "simulated": True} for user in passwords_of(DOCUMENTED)]
    upc = {"trunk": "upc", "host": "127.0.0.1", "port": port, "user": "customer", "secret": "paid-for"}
    section = json.dumps({**sip, "lines": lines, "providers": [upc]})
    file = folder / "documented.yaml"
    file.write_text(f"{DOCUMENTED.read_text('utf-8')}\nasterisk: {section}\n", "utf-8")
    return file


@pytest.mark.slow
@pytest.mark.asterisk
@pytest.mark.usefixtures("asterisk")
@pytest.mark.parametrize("is_allowed", [True, False])
async def test_a_vendors_request_leaves_by_the_option_alone_and_no_secret_is_said(
    tmp_path: Path, *, is_allowed: bool
) -> None:
    provider = SippProvider(tmp_path)
    try:
        file = live_file(tmp_path, provider.port, own_ports())
        options = ("--allow-live-calls", "800123,420", "--live-calls", "3") if is_allowed else ()
        async with served(file, *options) as (client, server):
            await client.ask(f"{VOIPSUN}&action=originate&srcExtenInternalNum=100&dstNum=800123456")
            await client.until("/_pbxsim/calls", lambda calls: [call["state"] for call in calls] == ["up"])
            journal = await client.ask("/_pbxsim/journal?kind=leg-barred")
            told = journal + await client.ask("/_pbxsim/pbx") + await client.ask("/_pbxsim/calls/1")
            server.terminate()
            said = client.said + server.communicate(timeout=10)[0]
        assert provider.heard() == (["800123456"] if is_allowed else [])
        assert ("the server was started without --allow-live-calls" in journal) is not is_allowed
        assert ("live calls: numbers with 800123, 420 leave by upc" in said) is is_allowed
        assert "paid-for" not in told + said
    finally:
        provider.close()
