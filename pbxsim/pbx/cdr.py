"""Call detail records, closed when a call ends; only where its recording lies may change after."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import msgspec

from pbxsim.clock.instant import SECOND, Instant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from pbxsim.pbx.cause import Disposition, HangupCause

NO_CUSTOM: Final = ("", "", "", "")


class Direction(StrEnum):
    """Which way a call went, seen from the PBX."""

    INCOMING = "incoming"
    OUTGOING = "outgoing"
    LOCAL = "local"


class RecordStyle(StrEnum):
    """Which records a call leaves."""

    ASTERISK = "asterisk"  # those of main/cdr.c: a row for each telephone that was rung, and each pass of a queue
    CALL = "call"  # one, of its parties as they were first connected


class RecordRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down of calls.

    In style ASTERISK, without `unanswered`, what was neither answered nor dialled out leaves nothing (cdr.conf's
    `unanswered = no`); with `after_dial` there is a row more where the dialplan goes on behind a Dial in vain.
    """

    style: RecordStyle = RecordStyle.ASTERISK
    unanswered: bool = True
    after_dial: bool = False


class Cdr(msgspec.Struct, frozen=True, gc=False):
    """A record of a call, or of a part of it. Instants are microseconds, 0 for what did not happen.

    `answer` is since when the first channel was up, in style CALL since when both parties were connected; that is
    `talk` in either. `src` and `dst` are the caller id and the number dialled, `caller` and `called` the parties that
    were asked for. `custom` are CustomCDR1 to 4. `serial` is the number in the call's unique id, which joins its
    records, and `linked_at` when it began. `first_*` and `second_*` name the channels; the first was `made` then, 0
    where it is the call's own first one. `recording` is folder and
    file name, both empty without a recording. `reference` is the vendor's own name for the call; `account` who paid.
    """

    id: int
    call: int
    vendor: str
    start: Instant
    answer: Instant
    end: Instant
    src: str
    dst: str
    disposition: Disposition
    cause: HangupCause
    direction: Direction
    custom: tuple[str, str, str, str] = NO_CUSTOM
    clid_number: str = ""
    clid_name: str = ""
    context: str = ""
    serial: int = 0
    first_peer: str = ""
    first_serial: int = 0
    second_peer: str = ""
    second_serial: int = 0
    trunk: str = ""
    account: str = ""
    reference: str = ""
    recording_folder: str = ""
    recording_file: str = ""
    caller: str = ""
    called: str = ""
    made: Instant = 0
    linked_at: Instant = 0
    last_app: str = ""
    last_data: str = ""
    talk: Instant = 0

    @property
    def duration(self) -> int:
        """Full seconds from the request to the end (main/cdr.c: ast_tvdiff of end and start)."""
        return (self.end - self.start) // SECOND

    @property
    def billsec(self) -> int:
        """Full seconds from `answer` to the end."""
        return (self.end - self.answer) // SECOND if self.answer else 0

    @property
    def talked(self) -> int:
        """Full seconds in which both parties were connected."""
        return (self.end - self.talk) // SECOND if self.talk else 0

    @property
    def channel(self) -> str:
        """Name of the first party's channel."""
        return f"SIP/{self.first_peer}-{self.first_serial:08x}" if self.first_serial else ""

    @property
    def dst_channel(self) -> str:
        """Name of the second party's channel."""
        return f"SIP/{self.second_peer}-{self.second_serial:08x}" if self.second_serial else ""

    @property
    def unique_id(self) -> str:
        """Asterisk's Uniqueid of the row's channel; that of the call's first one is the call's `unique_id`."""
        return f"{self.made // SECOND}.{self.first_serial}" if self.made else self.linked_id

    @property
    def linked_id(self) -> str:
        """Asterisk's Linkedid, the call's `unique_id`: the Uniqueid of the channel that was made first."""
        return f"{self.began // SECOND}.{self.serial}"

    @property
    def began(self) -> Instant:
        """When the call began, of which this may be a later part."""
        return self.linked_at or self.start

    @property
    def clid(self) -> str:
        """The caller id as Asterisk writes it (main/callerid.c, ast_callerid_merge): `"name" <number>`."""
        return f'"{self.clid_name}" <{self.clid_number}>'


class CdrQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which records: every field that is not None must fit. Newest first where `newest_first`, else in order of id.

    `since` and `until` bound the start, both inclusive; `ended_since` is the earliest end. `serial` is a call's own.
    `after` is the id that the answer begins behind.
    """

    src: str | None = None
    dst: str | None = None
    dispositions: frozenset[Disposition] | None = None
    direction: Direction | None = None
    account: str | None = None
    not_account: str | None = None
    numbers: frozenset[str] | None = None  # src or dst is among them
    src_among: frozenset[str] | None = None
    dst_among: frozenset[str] | None = None
    custom1: str | None = None
    vendor: str | None = None
    call: int | None = None
    since: Instant | None = None
    until: Instant | None = None
    ended_since: Instant | None = None
    serial: int | None = None
    has_recording: bool | None = None
    after: int | None = None
    limit: int | None = None
    newest_first: bool = False

    def fitting(self, cdrs: Iterable[Cdr]) -> Iterator[Cdr]:
        """Give those that are asked for, lazily and in their order; paging apart.

        Only what is asked is looked at: thousands of records are passed for one that fits.
        """
        for name, check in _CHECKS.items():
            if (wanted := getattr(self, name)) is not None:
                cdrs = check(cdrs, wanted)
        return iter(cdrs)


# A generator looks at a record in two thirds of the time that `filter` takes to call a function.
_Check: TypeAlias = "Callable[[Iterable[Cdr], Any], Iterator[Cdr]]"  # type: ignore[explicit-any]  # what the field holds

_CHECKS: Final[Mapping[str, _Check]] = {
    "src": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.src == wanted),
    "dst": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.dst == wanted),
    "call": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.call == wanted),
    "serial": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.serial == wanted),
    "custom1": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.custom[0] == wanted),
    "src_among": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.src in wanted),
    "dst_among": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.dst in wanted),
    "numbers": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.src in wanted or cdr.dst in wanted),
    "account": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.account == wanted),
    "not_account": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.account != wanted),
    "vendor": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.vendor == wanted),
    "dispositions": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.disposition in wanted),
    "direction": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.direction == wanted),
    "until": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.start <= wanted),
    "since": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.start >= wanted),
    "ended_since": lambda cdrs, wanted: (cdr for cdr in cdrs if cdr.end >= wanted),
    "has_recording": lambda cdrs, wanted: (cdr for cdr in cdrs if (cdr.recording_file != "") is wanted),
}
"""How each field of a query is looked at; those that leave most out come first: in memory most is too late."""


class CdrHistory(Protocol):
    """Where records last that an archive need not keep in memory. It is asked in a thread: whoever asks may wait.

    What it cannot tell at present its futures say by the exception NotStored (sinks/store/port.py).
    """

    def record(self, cdr_id: int) -> Future[Cdr | None]:
        """Find one record."""
        ...

    def page(self, query: CdrQuery, *, above: int, below: int, most: int) -> Future[list[Cdr]]:
        """Give the first `most` records between two ids, in the query's order, that may fit: all that do are there."""
        ...

    def nth(self, number: int, *, above: int, below: int, newest_first: bool) -> Future[int]:
        """Give the id of the record of that number, from 1, of those between two ids; 0: there are not so many."""
        ...


class CdrArchive(Protocol):
    """Where records are kept and found again. It hears of new ones by CdrClosed.

    What it asks its history for is waited for: NotStored (sinks/store/port.py) may be raised. `unsure` are records of
    a PBX file that are older than what is in memory: only the history tells what became of them. `altered` counts how
    often records were replaced or are no longer to be found: until then there only come more.
    """

    altered: int
    history: CdrHistory | None
    unsure: Sequence[Cdr]

    def __len__(self) -> int:
        """Count the records that are to be found."""
        ...

    @property
    def stored(self) -> int:
        """Count what the history has that is not in memory."""
        ...

    def get(self, cdr_id: int) -> Cdr:
        """Give one record. Raises CdrNotFound."""
        ...

    def find(self, query: CdrQuery) -> Iterable[Cdr]:
        """Give the records that fit, in the query's order; whatever has been closed by now is among them."""
        ...

    def seek(self, query: CdrQuery) -> AsyncIterator[Cdr]:
        """Give the same, and keep nobody waiting meanwhile but who asks."""
        ...

    def gather(self) -> None:
        """Have in memory all that is to be had, until the history has more of it (`lasting`)."""
        ...

    def remembered(self) -> Iterable[Cdr]:
        """Give those that are in memory, in order of id."""
        ...

    def replace(self, cdr: Cdr) -> None:
        """Put a record in the place of the one with its id, because its recording has moved. Raises CdrNotFound."""
        ...

    def rest_on(self, history: CdrHistory) -> None:
        """Keep only the newest in memory from now on, as soon as the others are known to last (`lasting`)."""
        ...

    def lasting(self, last: int, moved: Iterable[Cdr] = ()) -> None:
        """Hear that the history has all records up to that id, and knows where the recordings of these were moved."""
        ...

    def lose_history(self) -> None:
        """Hear that the history has lost what it had."""
        ...
