"""The rows of long lists are remembered, and never told as they were before something changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbxsim.clock.instant import SECOND
from pbxsim.hosting.snapshot.borders import is_outside
from pbxsim.pbx.call import CallState
from pbxsim.pbx.errors import NothingToDo
from pbxsim.testing.office import Office
from pbxsim.vendors.voipsun import rows, wire
from pbxsim.vendors.voipsun.rows import AccountRows, ChannelRows, channel_row
from tests.vendors.voipsun.client import Client, extension, telephone
from tests.vendors.voipsun.deeds import DEEDS, HANDED_ON, PHONES

if TYPE_CHECKING:
    from pbxsim.pbx.channel import Channel


ENDED = object()


def spelt(channel: Channel, now: int) -> dict[str, str]:
    """Tell of a channel as the manual does, and remember nothing."""
    call, order, line = channel.call, channel.call.order, channel.line
    is_reached = line is not None and call.state is not CallState.DIALING_FIRST and channel is not call.first
    owner = line.id if line is not None else channel.trunk.id if channel.trunk is not None else 0
    return {
        "channelName": channel.name,
        "context": order.context,
        "src": order.src,
        "dst": channel.number if is_reached else order.dst,
        "duration": str((now - channel.created_at) // SECOND),
        "status": channel.shown_state.label,
        "accountCode": f"SIP_{owner}" if line is not None else f"SIPTR_{owner}",
        "sourceType": "extension" if line is not None else "trunk",
        "idChannel": str(owner),
    }


@pytest.mark.slow
@example(HANDED_ON)
@given(st.lists(st.tuples(st.sampled_from(PHONES), st.sampled_from(sorted(DEEDS))), max_size=25))
@settings(max_examples=60, deadline=None)
def test_channels_are_listed_as_they_are_whatever_befell_them_since_they_were_listed(
    deeds: list[tuple[str, str]],
) -> None:
    client = Client()
    calls, clock = client.office.pbx.calls, client.office.pbx.clock
    listed, told_of = ChannelRows(), 0
    preparing = listed.prepare(calls.live)
    for user, deed in deeds:
        try:
            DEEDS[deed](client, client.line(user))
        except NothingToDo:
            continue
        channels = sorted(calls.channels(), key=lambda channel: channel.serial)
        rows = [spelt(channel, clock.now) for channel in channels]
        told = {"success": "true", "total": str(len(rows)), "results": rows}
        body = msgspec.json.encode(told)
        assert client.body("listcalls") == body
        if next(preparing, ENDED) is ENDED:
            preparing = listed.prepare(calls.live)
        elif told_of % 2:  # somebody else lists them, half prepared as they are
            assert wire.channels(*listed.spelt(calls.live, clock.now)).body == body
        told_of += 1
    assert wire.channels(*listed.spelt(calls.live, clock.now)).body == client.body("listcalls")


def test_accounts_are_listed_as_they_are_registered_and_spelt_anew_where_that_is_otherwise() -> None:
    client = Client()
    before = client.body("sipstatus")
    assert client.body("sipstatus") == before
    for change in ("unregister", "register"):
        getattr(client.office.handset, change)(client.line("sip102"))
        now = client.body("sipstatus")
        assert now != before
        assert now == Client(behind=client.office).body("sipstatus")
        before = now
    line = client.line("sip103b")
    line.registration = msgspec.structs.replace(line.registration, user_agent="Yealink/č 1")
    assert b'"useragent":"Yealink\\/\\u010d 1"' in client.body("sipstatus")


def test_rows_are_those_of_the_accounts_that_are_there_now() -> None:
    all_rows, others = AccountRows(), AccountRows(omitted=("sip100",))
    directory = Client().office.directory
    one, two, three = (directory.line(user) for user in PHONES)
    for accounts in ([one, two, three], [one, three], [], [three, one], [one], [one, two, three]):
        for told, listed in ((all_rows, accounts), (others, [each for each in accounts if each is not one])):
            spelt = [wire.account_rows([each], [each.registration]) for each in listed]
            assert told.told([*accounts]) == wire.accounts(len(listed), spelt)


def test_of_many_calls_few_rows_are_made_between_two_turns_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    office = Office(extension(5, "100", telephone("sip100", 5, "192.0.2.10", max_calls=2_000)), dialplans=("firma",))
    client = Client(behind=office)
    for _ in range(1_000):
        client.place(dstNum="100")
    made: list[str] = []

    def make(channel: Channel) -> str:
        made.append(channel_row(channel))
        return made[-1]

    monkeypatch.setattr(rows, "channel_row", make)
    channels = sorted(office.pbx.calls.channels(), key=lambda channel: channel.serial)
    prepared = ChannelRows()
    turns = []
    for _ in prepared.prepare(office.pbx.calls.live):
        turns.append(len(made))
        made.clear()
    assert sum(turns) == len(channels) >= 1_000
    assert max(turns) <= 256
    now = office.pbx.clock.now
    number, pieces = prepared.spelt(office.pbx.calls.live, now)
    assert made == [], "the list is made of what was prepared"
    assert wire.channels(number, pieces).body == msgspec.json.encode(
        {"success": "true", "total": str(number), "results": [spelt(channel, now) for channel in channels]}
    )


def test_of_many_accounts_few_rows_are_made_between_two_turns_of_others() -> None:
    lines = [telephone(f"sip{number}", number, "192.0.2.1") for number in range(1, 1_001)]
    prepared = AccountRows()
    assert len(list(prepared.prepare([*lines]))) == 5, "four pieces, and all of them put together"
    assert list(prepared.prepare([*lines])) == []
    lines[300].registration = msgspec.structs.replace(lines[300].registration, host="192.0.2.2")
    assert len(list(prepared.prepare([*lines]))) == 2
    assert prepared.told([*lines]) == AccountRows().told([*lines])


def test_accounts_that_are_others_while_their_list_is_prepared_are_told_of() -> None:
    lines = [telephone(f"sip{number}", number, "192.0.2.1") for number in range(1, 601)]
    prepared = AccountRows()
    preparing = prepared.prepare([*lines])
    next(preparing)
    assert prepared.told([*lines[:300]]) == AccountRows().told([*lines[:300]])
    assert list(preparing) == []
    assert prepared.told([*lines[:300]]) == AccountRows().told([*lines[:300]])


def test_an_account_that_registers_elsewhere_and_back_while_its_list_is_prepared_is_told_of_as_it_is() -> None:
    lines = [telephone(f"sip{number}", number, "192.0.2.1") for number in range(1, 601)]
    prepared, line = AccountRows(), lines[300]
    preparing, before = prepared.prepare([*lines]), line.registration
    next(preparing)
    line.registration = msgspec.structs.replace(before, host="192.0.2.2")
    next(preparing)
    line.registration = before
    assert prepared.told([*lines]) == AccountRows().told([*lines])


def test_what_is_remembered_of_a_list_is_in_no_snapshot() -> None:
    assert is_outside(ChannelRows())
    assert is_outside(AccountRows())
