"""A PBX file as a whole: what it may say, section by section. What a section holds is in the module of its noun.

How telephones behave is in the sections of engines, which are no part of it until `with_sections` adds them. Not here:
reading it (load.py), what JSON Schema cannot express (semantics.py), making a PBX of it (build.py).
"""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import SECOND, Instant
from pbxsim.config.call_centre import AgentEntry, QueueEntry
from pbxsim.config.charging import AccountEntry, TariffEntry
from pbxsim.config.features import FeatureCodesEntry, ParkingEntry
from pbxsim.config.hours import HoursEntry
from pbxsim.config.injected_faults import FaultEntry
from pbxsim.config.mail import SmtpEntry
from pbxsim.config.mailboxes import MailboxEntry
from pbxsim.config.menus import MenuEntry
from pbxsim.config.numbering import ContextEntry, DialplanEntry, DidEntry
from pbxsim.config.records import CdrEntry
from pbxsim.config.ring_groups import GroupEntry
from pbxsim.config.subscribers import ExtensionEntry
from pbxsim.config.trunks import RouteEntry, TrunkEntry
from pbxsim.discovery import BrokenEngine
from pbxsim.engines.engine import Engine
from pbxsim.kit.limits import USUAL, RequestLimits
from pbxsim.kit.values import Count, Moment, Name, PbxName, instant
from pbxsim.pbx.cdr import RecordRules, RecordStyle
from pbxsim.pbx.pbx import LONGEST_TALK
from pbxsim.sinks.capacity import (
    DELIVERY_BYTES,
    JOURNAL_BYTES,
    JOURNAL_ENTRIES,
    RECORDING_BYTES,
    REQUEST_BYTES,
    REQUEST_ENTRIES,
)

_Bytes: TypeAlias = Annotated[int, Meta(ge=1_000_000, le=100_000_000_000)]
_Entries: TypeAlias = Annotated[int, Meta(ge=1, le=1_000_000_000)]


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What ends by itself, what is forgotten, and how much of a request is read."""

    talk: Annotated[
        int, Meta(ge=1, le=2_592_000, description="Seconds after which a call ends that nobody hangs up.")
    ] = LONGEST_TALK // SECOND
    recording: Annotated[
        int,
        Meta(ge=0, le=86_400, description="Seconds after which a recording is cut off; 0: no call is recorded."),
    ] = LONGEST_TALK // SECOND
    recent_calls: Annotated[Count, Meta(description="Ended calls that can still be looked at.")] = 10_000
    cdrs: Annotated[int, Meta(ge=1, description="Call records kept; the oldest go first.")] = 1_000_000
    journal_entries: Annotated[_Entries, Meta(description="Entries of the journal kept; the oldest go first.")] = (
        JOURNAL_ENTRIES
    )
    journal_bytes: Annotated[
        _Bytes, Meta(description="Bytes of memory for the journal; fewer entries are kept where they need more.")
    ] = JOURNAL_BYTES
    request_entries: Annotated[_Entries, Meta(description="Requests kept with their replies; the oldest go first.")] = (
        REQUEST_ENTRIES
    )
    request_bytes: Annotated[
        _Bytes, Meta(description="Bytes of memory for requests and replies; fewer are kept where they need more.")
    ] = REQUEST_BYTES
    delivery_bytes: Annotated[
        _Bytes,
        Meta(
            description="Bytes of memory for deliveries. What is done is forgotten first; what waits is left to the"
            " store, and where there is none, the oldest is dropped."
        ),
    ] = DELIVERY_BYTES
    recording_bytes: Annotated[
        _Bytes,
        Meta(description="Bytes of memory for recordings that wait to be written; where they need more, calls wait."),
    ] = RECORDING_BYTES
    request: RequestLimits = USUAL


class RecordsEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which records calls leave."""

    style: Annotated[
        Literal["asterisk", "call"],
        Meta(
            description="asterisk: a row for each telephone that was rung, as its CDR table has them; call: one a call."
        ),
    ] = "asterisk"
    unanswered: Annotated[
        bool, Meta(description="false: as cdr.conf by default, what was not answered and dialled nobody leaves no row.")
    ] = True
    after_dial: Annotated[bool, Meta(description="A row more for what the dialplan runs behind a Dial in vain.")] = (
        False
    )

    def rules(self) -> RecordRules:
        """Make the switch's own of it."""
        return RecordRules(style=RecordStyle(self.style), unanswered=self.unanswered, after_dial=self.after_dial)


class PbxFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PBX: who is connected, where numbers lead, how telephones behave, which vendors' interfaces it speaks."""

    name: Annotated[PbxName, Meta(description="Names the PBX to the control API.")]
    seed: Annotated[int, Meta(ge=0, le=2**63 - 1, description="Decides everything that is drawn by chance.")] = 1
    start_at: Annotated[
        Moment | None, Meta(description="Where its clock begins; absent: the present, or 2026-01-01 if paused.")
    ] = None
    time_zone: Annotated[
        Name | None,
        Meta(
            description="What its clocks show, an IANA name as Europe/Prague: opening hours, `calldate` in SQL, the"
            " queue log, and vendors that have no zone of their own. Absent: UTC, and each vendor's usual one."
        ),
    ] = None
    limits: Limits = Limits()
    tariffs: tuple[TariffEntry, ...] = ()
    accounts: tuple[AccountEntry, ...] = ()
    dialplans: Annotated[tuple[DialplanEntry, ...], Meta(description="Absent: one named `default`.")] = ()
    contexts: tuple[ContextEntry, ...] = ()
    extensions: tuple[ExtensionEntry, ...] = ()
    trunks: Annotated[
        tuple[TrunkEntry, ...] | None,
        Meta(description="Absent, and no routes either: a trunk `pstn` without limit that takes every number."),
    ] = None
    routes: Annotated[tuple[RouteEntry, ...] | None, Meta(description="Outbound routes; see `trunks`.")] = None
    dids: tuple[DidEntry, ...] = ()
    groups: tuple[GroupEntry, ...] = ()
    menus: tuple[MenuEntry, ...] = ()
    hours: tuple[HoursEntry, ...] = ()
    mailboxes: tuple[MailboxEntry, ...] = ()
    parking: tuple[ParkingEntry, ...] = ()
    features: Annotated[FeatureCodesEntry, Meta(description="What is dialled for features.")] = FeatureCodesEntry()
    agents: tuple[AgentEntry, ...] = ()
    queues: tuple[QueueEntry, ...] = ()
    cdr: Annotated[RecordsEntry, Meta(description="Which records calls leave.")] = RecordsEntry()
    cdrs: tuple[CdrEntry, ...] = ()
    faults: Annotated[
        tuple[FaultEntry, ...], Meta(description="What goes wrong on purpose, from the start and after each reset.")
    ] = ()
    smtp: Annotated[SmtpEntry | None, Meta(description="The mail server that takes its e-mails.")] = None
    vendors: Annotated[
        dict[str, Any], Meta(description="The vendors whose interfaces it speaks, by name, each with its own settings.")
    ] = {}

    @property
    def start(self) -> Instant | None:
        """Tell where the file wants its clock to begin, if it does."""
        return None if self.start_at is None else instant(self.start_at)


def with_sections(engines: Mapping[str, Engine], only: Collection[str] | None = None) -> type[PbxFile]:
    """Give the type of files that have the sections of these engines, too, as fields of these names: all, or `only`.

    Raises BrokenEngine for a section that every PBX file has, or whose default could be changed.
    """
    named = [(name, engine) for engine in engines.values() for name in engine.sections]
    sections = [(name, engine.sections[name]) for name, engine in named if only is None or name in only]
    for name, _ in named:
        if name in PbxFile.__struct_fields__:
            raise BrokenEngine(f"an engine's section cannot be called {name!r}: every PBX file has one of that name")
    try:
        made = msgspec.defstruct(
            PbxFile.__name__,
            [(name, section.form, section.default) for name, section in sections],
            bases=(PbxFile,),
            namespace={"__doc__": PbxFile.__doc__},
            module=__name__,
            frozen=True,
            kw_only=True,
            forbid_unknown_fields=True,
        )
    except TypeError as error:
        raise BrokenEngine(f"an engine's section is none: {error}") from error
    assert issubclass(made, PbxFile)
    return made


def settings_of(file: PbxFile, engine: Engine) -> dict[str, Any]:
    """Give the contents of an engine's sections in a file of `with_sections`, and of those that it borrows."""
    return {name: getattr(file, name) for name in (*engine.sections, *engine.borrows)}
