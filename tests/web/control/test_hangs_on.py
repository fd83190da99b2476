"""Each attribute that long lists compare is needed: where it alone is otherwise, the document is told anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.pbx.call import CallState
from pbxsim.pbx.call_history import CallHistory
from pbxsim.pbx.cause import Disposition, HangupCause
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.channel import ChannelState
from pbxsim.pbx.extension import Diversion, Registration
from pbxsim.pbx.menu_visit import MenuVisit
from pbxsim.sinks.cdr_export import shown as cdr_shown
from pbxsim.testing.office import Office, extension
from pbxsim.web.control import call_document, cdrs, phones
from pbxsim.web.control.spelt import HangsOn, Spelt

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.pbx.call import Call
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.extension import Line

T = TypeVar("T")


def talking() -> tuple[Office, Call]:
    """Have two talk."""
    office = Office(extension("100"), extension("101"), extension("102"))
    call = office.call("100", "101")
    office.advance(7)
    assert call.state is CallState.TALKING
    return office, call


def compared(hangs_on: HangsOn[Any]) -> dict[str, tuple[str, ...]]:
    """Give what is compared: of the thing itself, its legs, and its own."""
    looks = (("", "_names"), ("leg ", "_of_leg"), ("own ", "_of_own"))
    names = {kind: getattr(hangs_on, look).__reduce__()[1] for kind, look in looks}
    return {kind: of for kind, of in names.items() if not kind or of != names[""]}


def told_anew(spelt: Spelt[T], show: Callable[[T], object], thing: T, change: Callable[[], object]) -> None:
    """See that a change shows in the document, and in what is told the second time."""
    first = spelt.piece([thing])[0]
    assert spelt.piece([thing]) == (first, True)
    change()
    document = msgspec.json.encode(show(thing))
    assert document != first, "it shows nowhere: it need not be compared"
    assert spelt.piece([thing])[0] == document


def _ended(call: Call) -> None:
    call.state, call.ended_at = CallState.ENDED, call.started_at + 60 * SECOND


def _given_up(call: Call) -> None:
    """Have a caller give up who was never connected, but for whom it was."""
    call.bridged_at = 0
    call.legs[0].rings_for, call.legs[0].cause = -1, HangupCause.NORMAL_CLEARING


def _listed(call: Call) -> None:
    """Have its legs be what they are whoever is its first party."""
    call.legs = call.legs


def _taking(call: Call) -> None:
    call.state = CallState.DIALING_SECOND


def _noted(call: Call) -> None:
    call.history = CallHistory()


def _nothing(_: Call) -> None:
    """Leave a call as it is."""


CALLS: Final[dict[str, tuple[Callable[[Call], None], Callable[[Call], Any]]]] = {
    "state": (_nothing, lambda _: CallState.ENDED),
    "bridged_at": (_nothing, lambda call: call.bridged_at + 1),
    "ended_at": (_nothing, lambda call: call.started_at + SECOND),
    "cause": (_ended, lambda _: HangupCause.USER_BUSY),
    "disposition": (_nothing, lambda _: Disposition.BUSY),
    "ended_by": (_given_up, lambda call: call.legs[0]),
    "first": (_listed, lambda call: call.legs[1]),
    "legs": (_nothing, lambda call: call.legs[:1]),
    "history": (_nothing, lambda _: _history(menus=(MenuVisit("main", 1),))),
}
"""What is done to a call before, and what its attribute then is."""

HISTORIES: Final[dict[str, Callable[[Call], object]]] = {
    "menus": lambda _: (MenuVisit("main", 1),),
    "digits": lambda call: ((1, call.legs[0], "5"),),
    "told": lambda call: ((1, call.legs[0], ("queue-thereare",)),),
    "notes": lambda _: _history_note(),
    "before_transfer": lambda call: call.legs[::-1],
    "spied_on": lambda call: call.legs[0],
}

LEGS: Final[dict[str, tuple[Callable[[Call], None], object]]] = {
    "state": (_nothing, ChannelState.DOWN),
    "ringing_at": (_nothing, 1),
    "answered_at": (_nothing, 1),
    "ended_at": (_nothing, 1),
    "cause": (_nothing, HangupCause.USER_BUSY),
    "is_held": (_nothing, True),
    "digit_taker": (_taking, object()),
}


def _history(**fields: Any) -> CallHistory:  # noqa: ANN401 - whatever it has
    made = CallHistory()
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _history_note() -> object:
    made = CallHistory()
    made.note(1, "voicemail-entered", "100")
    return made.notes


@pytest.mark.parametrize("name", CALLS)
def test_a_call_is_told_anew_where_one_attribute_alone_is_otherwise(name: str) -> None:
    _, call = talking()
    before, value = CALLS[name]
    before(call)
    spelt = Spelt(call_document.show, call_document.HANGS_ON)
    told_anew(spelt, call_document.show, call, lambda: setattr(call, name, value(call)))


@pytest.mark.parametrize("name", HISTORIES)
def test_a_call_is_told_anew_where_one_thing_alone_befell_it(name: str) -> None:
    _, call = talking()
    _noted(call)
    spelt = Spelt(call_document.show, call_document.HANGS_ON)
    told_anew(spelt, call_document.show, call, lambda: setattr(call.history, name, HISTORIES[name](call)))


@pytest.mark.parametrize("name", LEGS)
def test_a_call_is_told_anew_where_one_attribute_alone_of_a_leg_is_otherwise(name: str) -> None:
    _, call = talking()
    before, value = LEGS[name]
    before(call)
    spelt = Spelt(call_document.show, call_document.HANGS_ON)
    told_anew(spelt, call_document.show, call, lambda: setattr(call.legs[0], name, value))


def test_of_a_call_nothing_else_is_compared() -> None:
    assert compared(call_document.HANGS_ON) == {
        "": tuple(name for name in CALLS if name not in ("legs", "history")),
        "leg ": tuple(LEGS),
        "own ": tuple(HISTORIES),
    }


LINES: Final[dict[str, Callable[[Line], object]]] = {
    "registration": lambda _: Registration(host="192.0.2.7"),
    "do_not_disturb": lambda line: not line.do_not_disturb,
    "diversion": lambda _: Diversion(busy="102"),
    "channels": lambda _: [],
}

LINES_LEGS: Final[dict[str, Callable[[Office, Channel], object]]] = {
    "call": lambda office, _: office.call("102", "102"),
    "state": lambda _, __: ChannelState.RINGING,
    "is_held": lambda _, leg: not leg.is_held,
}


@pytest.mark.parametrize("name", LINES)
def test_a_telephone_is_told_anew_where_one_attribute_alone_is_otherwise(name: str) -> None:
    office, _ = talking()
    line, spelt = office.directory.line("sip100"), Spelt(phones.shown, phones.HANGS_ON)
    told_anew(spelt, phones.shown, line, lambda: setattr(line, name, LINES[name](line)))


@pytest.mark.parametrize("name", LINES_LEGS)
def test_a_telephone_is_told_anew_where_one_attribute_alone_of_its_leg_is_otherwise(name: str) -> None:
    office, _ = talking()
    line, spelt = office.directory.line("sip100"), Spelt(phones.shown, phones.HANGS_ON)
    (leg,) = line.channels
    value = LINES_LEGS[name](office, leg)
    told_anew(spelt, phones.shown, line, lambda: setattr(leg, name, value))


def test_of_a_telephone_nothing_else_is_compared() -> None:
    lines = tuple(name for name in LINES if name != "channels")
    assert compared(phones.HANGS_ON) == {"": lines, "leg ": tuple(LINES_LEGS)}


RECORDS: Final = ("recording_folder", "recording_file")


@pytest.mark.parametrize("name", RECORDS)
def test_a_record_is_told_anew_where_its_recording_is_elsewhere(name: str) -> None:
    office, call = talking()
    office.pbx.calls.hang_up(call)
    cdr = next(iter(office.pbx.cdrs.find(CdrQuery(limit=1))))
    spelt = Spelt(cdr_shown, cdrs.HANGS_ON, "id")
    first = spelt.piece([cdr])[0]
    moved = msgspec.structs.replace(cdr, recording_folder="f", recording_file="f.wav")
    both = spelt.piece([moved])[0]
    assert both == msgspec.json.encode(cdr_shown(moved)) != first
    alone = msgspec.structs.replace(moved, **{name: "elsewhere"})
    assert spelt.piece([alone])[0] == msgspec.json.encode(cdr_shown(alone)) != both


def test_of_a_record_nothing_else_is_compared() -> None:
    assert compared(cdrs.HANGS_ON) == {"": RECORDS}
