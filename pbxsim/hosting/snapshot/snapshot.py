"""Takes a snapshot of a PBX that lives, and has a PBX go back to one: all of it, or nothing."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from pbxsim import __version__
from pbxsim.clock.instant import SECOND, iso, parse_iso
from pbxsim.hosting.request_log import RequestRecord
from pbxsim.hosting.snapshot.allowed import Allowed
from pbxsim.hosting.snapshot.graph import Numbered, Paired, texts_of
from pbxsim.hosting.snapshot.reading import Reader, Unfit
from pbxsim.hosting.snapshot.secret_marks import SecretMarks, in_order
from pbxsim.hosting.snapshot.writing import NotKept, Writer, as_begun
from pbxsim.pbx.cdr import CdrQuery

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx

_AHEAD: Final = 60 * SECOND  # of which a rehearsal is played, and so many timers of it at most
_MOST_AHEAD: Final = 2_000

FORMAT: Final = 4
"""The form of the documents that are written and read."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PBX at an instant. `pbxsim` and `format` say what wrote it; `pbx`, `seed` and `now` (ISO 8601) which, and when.

    `begun` is a digest of the PBX as it begins, without its credentials: it is the same for PBXs of one file.
    `receivers` are those of webhooks for whom something came, in this order. `classes` has the fields of those of which
    there are `objects`; `changes` is what is otherwise in the parts of the PBX. `check` is a digest of all of it.
    """

    pbxsim: str
    format: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    pbx: str
    seed: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    now: str
    begun: str
    receivers: list[str]
    classes: dict[str, list[str]]
    objects: list[list[Any]]
    changes: list[list[Any]]
    check: str


class SnapshotRefused(Exception):
    """A PBX cannot go back to what a document says; says why. It goes on as it was."""


class NoSnapshot(Exception):
    """Of a PBX no snapshot can be taken at present; says why."""


def taken(host: HostedPbx) -> Snapshot:
    """Take a snapshot of a PBX as it is. Raises NoSnapshot, and NotStored: its store does not give all its records."""
    _must_be_ours(host, NoSnapshot)
    if host.outbox.has_more_stored:
        raise NoSnapshot("more webhooks wait than are in memory: the rest of them is in the store alone")
    host.pbx.cdrs.gather()
    host.journal.settle()
    twin = _Twin(host)
    try:
        return _checked(twin.written(host))
    except NotKept as error:
        raise NoSnapshot(str(error)) from None


def restore(host: HostedPbx, snapshot: Snapshot) -> None:
    """Have a PBX go back to what it was. Raises SnapshotRefused: then it goes on as it was.

    It is tried first on a PBX of the same file that nobody sees.
    """
    _must_be_ours(host, SnapshotRefused)
    now = _readable(snapshot)
    try:
        rehearsed = host.twin(now, snapshot.seed)
        _put(snapshot, rehearsed, is_rehearsal=True)
        host.go_back(now, snapshot.seed, lambda: _put(snapshot, host, is_rehearsal=False))
    except Unfit as error:
        raise SnapshotRefused(str(error)) from None


def _must_be_ours(host: HostedPbx, refusal: type[Exception]) -> None:
    engine, _ = host.kept_by
    if not engine.can_hold_clock or engine.start is not None:
        raise refusal(f"the telephones of the engine {engine.name} live outside: what they do is in no document")


def _readable(snapshot: Snapshot) -> int:
    if snapshot.format != FORMAT or snapshot.pbxsim != __version__:
        raise SnapshotRefused(
            f"it was taken by pbxsim {snapshot.pbxsim} in format {snapshot.format}; this is pbxsim {__version__}, which"
            f" reads its own, in format {FORMAT}"
        )
    if _checked(snapshot).check != snapshot.check:
        raise SnapshotRefused("it is damaged, or was changed: its check does not fit")
    try:
        return parse_iso(snapshot.now)
    except (ValueError, OverflowError):
        raise SnapshotRefused("now is no moment in ISO 8601") from None


def _checked(snapshot: Snapshot) -> Snapshot:
    bare = msgspec.structs.replace(snapshot, check="")
    return msgspec.structs.replace(snapshot, check=sha256(msgspec.json.encode(bare)).hexdigest())


class _Twin:
    """A PBX that has just begun, numbered, and what is known of its file."""

    def __init__(self, host: HostedPbx) -> None:
        pbx = host.pbx
        self.receivers = list(host.outbox.met)
        twin = host.twin(pbx.clock.now, pbx.seed)
        twin.outbox.meet(self.receivers)
        self.twin = twin
        self.numbered = Numbered(twin)
        self.marks = _marks(twin, self.numbered)

    def written(self, host: HostedPbx) -> Snapshot:
        """Write a PBX that lives, as what is otherwise in it."""
        paired = Paired(host, self.twin, self.numbered)

        def hidden(text: str) -> str:
            return host.secrets.text(self.marks.hidden(text))

        def instead(thing: object) -> object:
            return host.requests.discreet(thing) if isinstance(thing, RequestRecord) else thing

        writer = Writer(paired, self.numbered, hidden, Allowed(*host.kept_by), instead)
        changes = writer.changes()
        return Snapshot(
            pbxsim=__version__,
            format=FORMAT,
            pbx=host.name,
            seed=host.pbx.seed,
            now=iso(host.pbx.clock.now),
            begun=_digest(self.numbered, self.marks),
            receivers=self.receivers,
            classes=writer.classes,
            objects=writer.objects,
            changes=changes,
            check="",
        )


def _put(snapshot: Snapshot, host: HostedPbx, *, is_rehearsal: bool) -> None:
    """Put what a document says into a PBX that has just begun. Raises Unfit."""
    host.outbox.meet(snapshot.receivers)
    numbered = Numbered(host)
    marks = _marks(host, numbered)
    if is_rehearsal and _digest(numbered, marks) != snapshot.begun:
        raise Unfit("it is of a PBX with another file, or was taken by another build of pbxsim")
    reader = Reader(numbered, marks.shown, Allowed(*host.kept_by))
    reader.make(snapshot.classes, snapshot.objects)
    reader.change(snapshot.changes)
    if is_rehearsal:
        _see_that_it_came_out(snapshot, host)


def _see_that_it_came_out(snapshot: Snapshot, host: HostedPbx) -> None:
    """See that a PBX is what the document says, that what it shows of itself can be shown, and that it can go on."""
    try:
        again = _Twin(host).written(host)
        host.journal.jsonl()
        for record in host.requests.records():
            host.requests.shown(record)
        tuple(host.pbx.cdrs.find(CdrQuery()))
        clock = host.pbx.clock
        clock.run_until(clock.now + _AHEAD, _MOST_AHEAD)
    except Exception as error:
        raise Unfit(f"it holds what no PBX can be: {type(error).__name__}: {error}") from error
    if (again.objects, again.changes) != (snapshot.objects, snapshot.changes):
        raise Unfit("it holds what no PBX can be")
    if host.pbx.events.failures:
        raise Unfit(f"it holds what no PBX can be: {host.pbx.events.failures[0][1]}")


def file_of(host: HostedPbx) -> tuple[SecretMarks, str]:
    """Give the marks of the credentials in a PBX's file, and the digest of the PBX as that has it begin."""
    numbered = Numbered(host.twin(host.commands.began, host.pbx.seed))
    marks = _marks(host, numbered)
    return marks, _digest(numbered, marks)


def _marks(host: HostedPbx, numbered: Numbered) -> SecretMarks:
    known = host.credentials
    return SecretMarks(in_order(known.secret - known.public, texts_of(numbered)))


def _digest(numbered: Numbered, marks: SecretMarks) -> str:
    return sha256(msgspec.json.encode(as_begun(numbered, marks))).hexdigest()
