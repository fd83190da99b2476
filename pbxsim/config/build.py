"""Making the switch of a PBX file: parsed once, built as often as somebody resets or copies it.

Not here: what one entry of the file becomes (the module of its noun), and what makes a PBX of it that can be called:
its engine and its vendors' interfaces (hosting/assemble.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from itertools import chain

from pbxsim.clock.instant import SECOND
from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.extensions import TakenOver, extensions, numbered
from pbxsim.config.features import lot_features
from pbxsim.config.file import PbxFile
from pbxsim.config.numbering import NO_PLAN
from pbxsim.config.records import Placement
from pbxsim.config.trunks import IMPLIED_ROUTE, IMPLIED_TRUNK
from pbxsim.kit.civil import zone
from pbxsim.pbx.agent import Agent
from pbxsim.pbx.directory import Directory
from pbxsim.pbx.events import CdrClosed
from pbxsim.pbx.feature import Feature
from pbxsim.pbx.pbx import NOTHING_SAVED, Pbx
from pbxsim.pbx.queue import Queue
from pbxsim.pbx.recording import RecordingFiles
from pbxsim.pbx.remembering import Remembering
from pbxsim.pbx.routes import NumberingPlan
from pbxsim.pbx.saved import Saved
from pbxsim.sinks.cdr_memory import CdrMemory


def build(
    file: PbxFile,
    *,
    clock: Scheduler,
    seed: int,
    files: RecordingFiles,
    saved: Saved = NOTHING_SAVED,
    taken: TakenOver | None = None,
) -> Pbx:
    """Build the PBX of a file that is right, at its very start; nothing is shared with another build.

    It has no engine yet, and speaks no vendor's interface. `saved` is what an earlier run left: its records, numbers
    and credits come before the file's. `taken` are extensions that need not be made.
    """
    directory = _directory(file, taken)
    agents = {entry.number: entry.agent(_plan_id(directory, entry.dialplan)) for entry in file.agents}
    tariffs = {entry.name: entry.tariff() for entry in file.tariffs}
    known = {entry.id: entry.cdr() for entry in file.cdrs} | {cdr.id: cdr for cdr in saved.cdrs}
    placed = [known[number] for number in sorted(known)]
    first = saved.cdrs[0].id if saved.stored else 0
    archive = CdrMemory(placed, file.limits.cdrs, history=saved.history, stored=saved.stored, first=first)
    pbx = Pbx(
        name=file.name,
        clock=clock,
        seed=seed,
        directory=directory,
        cdrs=archive,
        files=files,
        accounts=[entry.account(tariffs, clock.now) for entry in file.accounts],
        queues=_queues(file, agents, clock),
        groups=[entry.group(_first_dialplan(file)) for entry in file.groups],
        menus=[entry.menu(_first_dialplan(file)) for entry in file.menus],
        schedules=[entry.schedule() for entry in file.hours],
        mailboxes=[entry.mailbox() for entry in file.mailboxes],
        lots=[entry.lot() for entry in file.parking],
        pickup=file.features.pickup_codes(),
        zone=zone(file.time_zone) if file.time_zone else UTC,
        agents=agents.values(),
        longest_talk=file.limits.talk * SECOND,
        first_cdr=max(saved.last_cdr, placed[-1].id if placed else 0) + 1,
        recent_calls=file.limits.recent_calls,
        saved=saved,
        records=file.cdr.rules(),
        time_zone=file.time_zone or "",
    )
    pbx.events.subscribe(CdrClosed, archive.on_cdr)
    _start_work(file, pbx, agents)
    remembering = Remembering(pbx)
    remembering.take_up()
    remembering.listen()
    return pbx


def placements(file: PbxFile) -> tuple[Placement, ...]:
    """Give the recordings that a file puts in place."""
    placed = (entry.placement() for entry in file.cdrs)
    return tuple(placement for placement in placed if placement is not None)


def _start_work(file: PbxFile, pbx: Pbx, agents: Mapping[str, Agent]) -> None:
    for entry in file.agents:
        if entry.line is not None:
            pbx.agents.log_in(agents[entry.number], pbx.directory.line(entry.line))
        if entry.paused:
            pbx.agents.pause(agents[entry.number], entry.pause_reason)


def _queues(file: PbxFile, agents: Mapping[str, Agent], clock: Scheduler) -> list[Queue]:
    return [entry.queue(agents, clock.now) for entry in file.queues]


def _directory(file: PbxFile, taken: TakenOver | None) -> Directory:
    dialplans = [NumberingPlan(id=number, name=entry.name) for number, entry in numbered(file.dialplans)]
    dialplans = dialplans or [NumberingPlan(id=1, name=NO_PLAN)]
    is_silent = file.trunks is None and file.routes is None
    trunk_entries = (IMPLIED_TRUNK,) if is_silent else file.trunks or ()
    route_entries = (IMPLIED_ROUTE,) if is_silent else file.routes or ()
    trunks = {entry.name: entry.trunk(number) for number, entry in numbered(trunk_entries)}
    routes = {entry.name: entry.route(number, trunks) for number, entry in numbered(route_entries)}
    return Directory(
        extensions=extensions(file) if taken is None else taken.renewed,
        before=None if taken is None else taken.directory,
        trunks=tuple(trunks.values()),
        routes=tuple(routes.values()),
        dialplans=dialplans,
        contexts=[entry.context(routes) for entry in file.contexts],
        dids=[entry.did(dialplans[0].name) for entry in file.dids],
        features=_features(file),
    )


def _features(file: PbxFile) -> list[Feature]:
    lots = chain.from_iterable(lot_features(entry.lot()) for entry in file.parking)
    return [*file.features.features(has_mailboxes=bool(file.mailboxes)), *lots]


def _first_dialplan(file: PbxFile) -> str:
    return file.dialplans[0].name if file.dialplans else NO_PLAN


def _plan_id(directory: Directory, name: str | None) -> int:
    plans = directory.dialplans
    return plans[name].id if name is not None else next(iter(plans.values())).id
