"""A PBX for one scenario: made of a PBX file, its clock held, watched from its first moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from pbxsim.clock.instant import SECOND, parse_iso, seconds
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.call_centre import QueueEntry
from pbxsim.config.load import read
from pbxsim.discovery import find_engines
from pbxsim.hosting.assemble import PAUSED_START, assemble
from pbxsim.pbx.bus import Stage as Hearing
from pbxsim.pbx.cdr import CdrQuery
from pbxsim.pbx.events import LegDialed
from pbxsim.pbx.extension import DeviceState
from pbxsim.sinks.cdr_export import shown
from pbxsim.sinks.queue_log import QueueLog
from tests.parity.facts import Figures, Leg, Logged, Look, Played, Row, neutral, party

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.agent import Agent
    from pbxsim.pbx.cdr import Cdr
    from pbxsim.pbx.channel import Channel
    from pbxsim.pbx.dialplan import Destination
    from pbxsim.pbx.extension import Line
    from pbxsim.pbx.queue import Queue
    from tests.parity.scenario import Scenario

_DEVICES = {
    DeviceState.NOT_IN_USE: "NOT_INUSE",
    DeviceState.IN_USE: "INUSE",
    DeviceState.BUSY: "BUSY",
    DeviceState.INVALID: "INVALID",
    DeviceState.UNAVAILABLE: "UNAVAILABLE",
    DeviceState.RINGING: "RINGING",
    DeviceState.RING_IN_USE: "RINGINUSE",
    DeviceState.ON_HOLD: "ONHOLD",
}
_IDS = {"CONNECT": 1}  # the place of a channel's id in the data of an event, which two runs cannot share


class Stage:
    """A scenario's PBX. Telephones, agents and members are asked for by their letters."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.number_of = scenario.number
        loaded = read(json.dumps(pbx_file(scenario)), "parity.yaml", {}, find_engines())
        self._clock = Scheduler(PAUSED_START)
        assembled = assemble(loaded, clock=self._clock)
        self.pbx = assembled.pbx
        assert self.pbx.handset is not None
        self.handset = self.pbx.handset
        self._log = QueueLog(self.pbx)
        self._started = len(self._log.rows)
        self._legs: list[Channel] = []
        self._looks: list[Look] = []
        self.pbx.events.subscribe(LegDialed, self._on_dialed, Hearing.RECORDS)

    def _on_dialed(self, event: LegDialed) -> None:
        self._legs.append(event.channel)

    # -- who is who ---------------------------------------------------------------------------------------------------

    def number(self, who: str) -> str:
        """Give a telephone's number; what is a number already stays it."""
        return number(self.scenario, who)

    def line(self, who: str) -> Line:
        """Find a telephone."""
        return self.pbx.directory.line(self.number(who))

    def agent(self, who: str) -> Agent:
        """Find the agent at a telephone."""
        found = self.pbx.agents.numbered(self.number(who))
        assert found is not None
        return found

    @property
    def queue(self) -> Queue:
        """Find the scenario's queue."""
        (found,) = self.pbx.queues
        return found

    def destination(self, who: str) -> Destination:
        """Find what a number means in the telephones' context."""
        return self.pbx.dialplan.resolve(self.number(who), "plan")

    # -- playing ------------------------------------------------------------------------------------------------------

    def play(self) -> Played:
        """Let it all happen, then tell what came of it."""
        for second, step in self.scenario.steps:
            self._until(second)
            step(self)
        self._until(self.scenario.lasts)
        for call in list(self.pbx.calls.live.values()):
            self.pbx.calls.hang_up(call)
        return self._told()

    def _until(self, second: float) -> None:
        self._clock.run_until(PAUSED_START + seconds(second))

    @property
    def _now(self) -> float:
        return (self._clock.now - PAUSED_START) / SECOND

    def look(self) -> None:
        """Look at channels and telephones now."""
        channels = sorted((self._party(leg.name), leg.shown_state.label) for leg in self.pbx.calls.channels())
        lines = sorted(self.pbx.directory.lines.values(), key=lambda line: line.user)
        devices = {neutral(self.number_of, line.user): _DEVICES[line.device_state] for line in lines}
        self._looks.append(Look(at=self._now, channels=tuple(channels), devices=devices))

    # -- telling ------------------------------------------------------------------------------------------------------

    def _told(self) -> Played:
        queues = list(self.pbx.queues)
        return Played(
            legs=tuple(self._leg(leg) for leg in self._legs),
            rows=rows(self.pbx.cdrs.find(CdrQuery()), self.number_of),
            looks=tuple(self._looks),
            shown=self._displays(),
            log=tuple(self._logged(row) for row in self._log.rows[self._started :] if not row[4].endswith("ALL")),
            figures=_figures(queues[0]) if queues else None,
            members={one.agent.name: (one.calls_taken, one.is_paused) for queue in queues for one in queue.members},
        )

    def _party(self, channel: str | None) -> str:
        return party(self.number_of, channel)

    def _leg(self, leg: Channel) -> Leg:
        moments = ((4, leg.is_calling), (5, leg.ringing_at), (6, leg.answered_at))
        states = tuple(state for state, happened in moments if happened)
        cause = leg.wire_cause
        assert cause is not None
        began, ended = ((moment - PAUSED_START) / SECOND for moment in (leg.created_at, leg.ended_at))
        return Leg(self._party(leg.name), states, began, ended, int(cause))

    def _displays(self) -> dict[str, tuple[str, ...]]:
        shows: dict[str, tuple[str, ...]] = {}
        for leg in self._legs:
            if leg.shown_number and leg.line is not None and not leg.is_calling:
                name = f'"{leg.shown_name}" ' if leg.shown_name else ""
                text = neutral(self.number_of, f"{name}<sip:{leg.shown_number}>")
                shows[self._party(leg.name)] = (*shows.get(self._party(leg.name), ()), text)
        return shows

    def _logged(self, row: tuple[str, ...]) -> Logged:
        time, call, _, agent, event, *data = row
        spelt = [neutral(self.number_of, item) for item in data]
        while spelt and not spelt[-1]:
            spelt.pop()
        if event in _IDS:
            spelt[_IDS[event]] = "-"
        second = (parse_iso(f"{time.replace(' ', 'T')}Z") - PAUSED_START) // SECOND
        return Logged(second, call if call.isupper() else "", agent, event, tuple(spelt))


def rows(cdrs: Iterable[Cdr], number_of: int) -> tuple[Row, ...]:
    """Read call records as `/_pbxsim/cdrs` shows them, one a call or several; what a style does not say is empty."""
    documents = [msgspec.to_builtins(shown(cdr)) for cdr in cdrs]

    def text(document: dict[str, Any], field: str) -> str:
        return neutral(number_of, document.get(field) or "")

    return tuple(
        Row(
            disposition=document["disposition"],
            duration=document["duration"],
            billsec=document["billsec"],
            channel=party(number_of, document["channel"]),
            dstchannel=party(number_of, document["dstchannel"]),
            **{field: text(document, field) for field in ("src", "dst", "clid", "dcontext", "lastapp", "lastdata")},
        )
        for document in documents
    )


def _figures(queue: Queue) -> Figures:
    figures = queue.figures
    return Figures(
        calls=len(queue.waiters),
        completed=figures.completed,
        abandoned=figures.abandoned,
        hold_time=figures.hold_time,
        talk_time=figures.talk_time,
        service_level=round(figures.service_level_percent(), 1),
    )


# -- the PBX file ------------------------------------------------------------------------------------------------------


def number(scenario: Scenario, who: str) -> str:
    """Give a telephone's number; what is a number already stays it."""
    return f"4{scenario.number:02d}{'ABCDEF'.index(who) + 1}" if who in scenario.phones else who


def pbx_file(scenario: Scenario) -> dict[str, Any]:
    """Tell a scenario's PBX in the words of a PBX file."""
    told = scenario.queue
    dids = {"queue": {"queue": f"q{scenario.number:02d}"}, "": None}
    leads = dids.get(scenario.did, {"extension": number(scenario, scenario.did)})
    return {
        "name": "parity",
        "cdr": {"after_dial": True},  # the recorded dialplan hangs up behind Dial
        "dialplans": [{"name": "plan"}],
        "contexts": [
            {"name": "plan", "dialplan": "plan", "routes": ["out"]},
            {"name": "from-trunk", "dialplan": "plan", "routes": []},
        ],
        "trunks": [{"name": "carrier"}],
        "routes": [{"name": "out", "trunks": ["carrier"], "patterns": ["_990XXXXXX"]}],
        "extensions": [_extension(scenario, letter) for letter in scenario.phones],
        "phones": {"rules": [*_telephones(scenario), *_callers(scenario)]},
        "dids": [{"number": f"8{scenario.number:02d}1", "context": "from-trunk", **leads}] if leads else [],
        "groups": [
            {
                "name": name,
                "context": "plan",
                "rows": [{"numbers": [number(scenario, one) for one in who], "ring": rings}],
            }
            for name, (who, rings) in scenario.groups.items()
        ],
        "agents": [_agent(scenario, letter) for letter in told.members] if told else [],
        "queues": [_queue(scenario)] if told else [],
    }


def _extension(scenario: Scenario, letter: str) -> dict[str, Any]:
    phone, own = scenario.phones[letter], number(scenario, letter)
    line: dict[str, Any] = {"user": own, "calls": phone.calls}
    if not phone.is_registered:
        line["registration"] = {}
    return {"internal": own, "owner": f"Phone {letter}", "lines": [line]}


def _telephones(scenario: Scenario) -> list[dict[str, Any]]:
    return [
        {"number": number(scenario, letter), "does": list(phone.turns)}
        for letter, phone in scenario.phones.items()
        if phone.turns
    ]


def _callers(scenario: Scenario) -> list[dict[str, Any]]:
    names = [*scenario.callers, *(one for one in "1234" if one not in scenario.callers)]
    does = {"outcome": "answer", "talk": "never"}
    return [
        {"number": f"602{scenario.number:02d}{name}", "does": {**does, **scenario.callers.get(name, {})}}
        for name in names
    ]


def _agent(scenario: Scenario, letter: str) -> dict[str, Any]:
    own = number(scenario, letter)
    return {"number": own, "name": letter, "line": own}


def _queue(scenario: Scenario) -> dict[str, Any]:
    told = scenario.queue
    assert told is not None
    membership = "dynamic" if told.is_dynamic else "static"
    entry: dict[str, Any] = {
        "name": f"q{scenario.number:02d}",
        "members": [
            {"agent": number(scenario, one), "penalty": told.penalties.get(one, 0), "membership": membership}
            for one in told.members
        ],
        **told.rules,
    }
    if "answers" in QueueEntry.__struct_fields__:  # where a PBX file can say whether the dialplan answers first
        entry["answers"] = told.answers
    return entry
