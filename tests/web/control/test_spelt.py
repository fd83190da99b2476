"""What a long list was spelt like is remembered, and never told when something is otherwise."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pbxsim.hosting.snapshot.borders import is_outside
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.errors import NothingToDo
from pbxsim.pbx.extension import Diversion
from pbxsim.sinks.cdr_export import shown as cdr_shown
from pbxsim.web.control import call_document, cdrs, phones
from pbxsim.web.control.paging import PIECE
from pbxsim.web.control.spelt import LONGEST, HangsOn, Spelt
from tests.vendors.voipsun import deeds
from tests.vendors.voipsun.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.pbx.extension import Line
    from tests.web.town import Town

T = TypeVar("T")


def _noted(client: Client, _: Line) -> None:
    """Have things befall the newest call that leave no other trace in it."""
    for call in [*client.office.pbx.calls.live.values()][-1:]:
        history = call.noted()
        history.note(client.office.pbx.clock.now, "voicemail-entered", "100")
        history.pressed(client.office.pbx.clock.now, call.legs[0], "1")
        history.heard(client.office.pbx.clock.now, call.legs[0], ("queue-thereare",))


DEEDS: Final[dict[str, Callable[[Client, Line], object]]] = {
    **deeds.DEEDS,
    "is not disturbed": lambda client, line: client.office.handset.do_not_disturb(line, on=not line.do_not_disturb),
    "diverts": lambda client, line: client.office.handset.divert(line, Diversion(busy="103")),
    "registers": lambda client, line: client.office.handset.register(line),
    "unregisters": lambda client, line: client.office.handset.unregister(line),
    "has things noted": _noted,
}


@pytest.mark.slow
@example(deeds.HANDED_ON)
@example([*deeds.HANDED_ON[:5], ("sip100", "holds")])  # of which nothing else in a call tells
@example([("sip100", deed) for deed in ("calls out", "waits", "waits", "has things noted", "hangs up", "waits")])
@given(st.lists(st.tuples(st.sampled_from(deeds.PHONES), st.sampled_from(sorted(DEEDS))), max_size=25))
@settings(max_examples=60, deadline=None)
def test_calls_telephones_and_records_are_told_as_they_are_whatever_befell_them_since(
    done: list[tuple[str, str]],
) -> None:
    client = Client()
    pbx = client.office.pbx
    calls = Spelt(call_document.show, call_document.HANGS_ON)
    lines = Spelt(phones.shown, phones.HANGS_ON)
    records = Spelt(cdr_shown, cdrs.HANGS_ON, "id")
    for user, deed in done:
        try:
            DEEDS[deed](client, client.line(user))
        except NothingToDo:
            continue
        for cdr in [*pbx.cdrs.find(CdrQuery(newest_first=True, limit=1))]:
            pbx.cdrs.replace(msgspec.structs.replace(cdr, recording_file=f"{deed}.wav"))
        _compare(calls, call_document.show, [*pbx.calls.ended.values(), *pbx.calls.live.values()])
        _compare(lines, phones.shown, [*pbx.directory.lines.values()])
        _compare(records, cdr_shown, [*pbx.cdrs.find(CdrQuery())])


def _compare(spelt: Spelt[T], shown: Callable[[T], object], things: list[T]) -> None:
    if things:
        assert b"[%b]" % spelt.piece(things)[0] == msgspec.json.encode([shown(thing) for thing in things])


class Lamp:
    """Something that is shown, and how often it was."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.colour = "red"
        self.was_shown = 0


def _shown(lamp: Lamp) -> str:
    lamp.was_shown += 1
    return f"{lamp.number} is {lamp.colour}"


def _lamps(key: str = "") -> Spelt[Lamp]:
    return Spelt(_shown, HangsOn[Lamp]("number", "colour"), key)


def test_only_what_is_otherwise_is_shown_anew() -> None:
    lamps, spelt = [Lamp(1), Lamp(2), Lamp(3)], _lamps()
    assert spelt.piece(lamps) == (b'"1 is red","2 is red","3 is red"', False)
    assert spelt.piece(lamps) == (b'"1 is red","2 is red","3 is red"', True)
    lamps[1].colour = "green"
    assert spelt.piece(lamps) == (b'"1 is red","2 is green","3 is red"', False)
    assert spelt.piece(lamps[1:]) == (b'"2 is green","3 is red"', False)
    assert [lamp.was_shown for lamp in lamps] == [1, 2, 1]


def test_what_has_a_key_is_known_by_it_though_it_is_read_anew() -> None:
    spelt = _lamps("number")
    spelt.piece([Lamp(1)])
    again = Lamp(1)
    assert spelt.piece([again]) == (b'"1 is red"', True)
    assert again.was_shown == 0


@pytest.mark.slow
async def test_no_more_is_remembered_than_a_longest_page_and_what_was_spelt_first_is_forgotten() -> None:
    lamps, spelt = [Lamp(number) for number in range(LONGEST + 2)], _lamps()
    for lamp in lamps:
        spelt.piece([lamp])
    spelt.complete()
    assert len(spelt) == LONGEST
    spelt.piece(lamps[:3])
    assert [lamp.was_shown for lamp in lamps[:4]] == [2, 2, 1, 1]


async def test_what_a_list_has_no_more_is_not_kept_for_whoever_asks_again_and_again() -> None:
    spelt, lamps = _lamps(), [Lamp(number) for number in range(LONGEST)]
    gone = weakref.ref(lamps[0])
    for number in range(3):
        for start in range(0, LONGEST, PIECE):
            spelt.piece(lamps[start : start + PIECE])
        spelt.complete()
        lamps = [*lamps[1:], Lamp(LONGEST + number)]  # no piece begins as one did before
    assert gone() is None


async def test_what_was_spelt_is_in_no_snapshot_and_gone_when_a_pbx_begins_anew(town: Town) -> None:
    host: HostedPbx = town.host
    spelt = Spelt.of(host, "lamps", _shown, HangsOn[Lamp]("number", "colour"))
    assert Spelt.of(host, "lamps", _shown, HangsOn[Lamp]("number", "colour")) is spelt
    assert is_outside(spelt)
    host.reset()
    assert not host.derived


@pytest.mark.parametrize("kind", ["calls", "phones", "cdrs"])
async def test_a_short_list_is_not_remembered(town: Town, kind: str) -> None:
    await town.get(f"/_pbxsim/{kind}")
    assert len(town.host.derived[kind]) == 0  # type: ignore[arg-type]
