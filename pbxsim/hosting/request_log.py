"""The request journal of one PBX: what clients sent, what they got, what it started, what they probably meant.

Kept as it came and masked when it is read; nothing unmasked leaves this process. What goes into the deterministic
journal is masked at once, and has neither a client's port nor any wall time.
"""

from __future__ import annotations

from collections import deque
from itertools import dropwhile
from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.masking import LONGEST_BODY, Mask
from pbxsim.kit.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.kit.reply import Reply
    from pbxsim.sinks.journal.journal import Journal

LONGEST_REPLY: Final = 16_384


class RequestRecord:
    """One request and its reply. `status` is 0 while it is being answered; `vendor` empty if nobody owns the path."""

    __slots__ = (
        "at",
        "body_size",
        "call",
        "code",
        "hints",
        "reply",
        "reply_size",
        "request",
        "seq",
        "status",
        "vendor",
    )

    def __init__(self, seq: int, at: Instant, vendor: str, request: Request) -> None:
        self.seq = seq
        self.at = at
        self.vendor = vendor
        self.request = request
        self.body_size = len(request.body)
        self.status = 0
        self.reply = b""
        self.reply_size = 0
        self.code = ""
        self.call: int | None = None
        self.hints: tuple[str, ...] = ()


class RequestShown(msgspec.Struct, frozen=True, kw_only=True):
    """A request as the control API shows it, secrets hidden."""

    seq: int
    at: str
    vendor: str | None
    method: str
    path: str
    params: dict[str, str]
    body: object
    headers: dict[str, str]
    remote: str
    fault: str | None
    status: int
    reply: str
    reply_size: int
    code: str | None
    call: int | None
    hints: tuple[str, ...]


class RequestLog:
    """The newest `limit` requests. `masks` are by vendor's name; "" is for paths that nobody owns."""

    def __init__(self, journal: Journal, clock: Scheduler, masks: Mapping[str, Mask], limit: int = 10_000) -> None:
        self._journal = journal
        self._clock = clock
        self._masks = masks
        self._records: deque[RequestRecord] = deque(maxlen=limit)
        self._seq = 0

    @property
    def counted(self) -> int:
        """How many requests there were since the PBX began."""
        return self._seq

    def begin(self, vendor: str, request: Request) -> RequestRecord:
        """Note a request that a vendor is about to answer: it stands in the journal before all that it causes."""
        record = self._keep(vendor, request)
        mask = self._masks[vendor]
        entry: dict[str, object] = {
            "vendor": vendor,
            "method": mask.values.value(request.method),
            "path": mask.path(request.path),
            "params": mask.params(request.params),
            "remote": request.remote,
        }
        if request.body:
            entry["body"] = mask.body(request)
        if request.fault:
            entry["fault"] = request.fault
        self._journal.append("request", data=entry)
        return record

    def end(self, record: RequestRecord, reply: Reply, hints: tuple[str, ...] = ()) -> None:
        """Note the reply to it; in the journal a checksum stands for its bytes."""
        _fill(record, reply, hints)
        entry: dict[str, object] = {
            "request": record.seq,
            "status": reply.status,
            "code": reply.code,
            "size": len(reply.body),
            "crc32": f"{crc32(reply.body):08x}",
        }
        self._journal.append("reply", call=reply.call, data=entry)

    def missed(self, request: Request, reply: Reply) -> None:
        """Note a request that reached no vendor. It touched no PBX, so the deterministic journal has no word of it."""
        _fill(self._keep("", request), reply, ())

    def shown(self, record: RequestRecord) -> RequestShown:
        """Give a record with its secrets hidden."""
        request, mask = record.request, self._masks[record.vendor]
        return RequestShown(
            seq=record.seq,
            at=iso(record.at),
            vendor=record.vendor or None,
            method=mask.values.value(request.method),
            path=mask.path(request.path),
            params=mask.params(request.params),
            body=mask.body(request) or (f"({record.body_size} bytes, not kept)" if record.body_size else None),
            headers=mask.headers(request.headers),
            remote=request.remote,
            fault=request.fault or None,
            status=record.status,
            reply=mask.reply(record.reply.decode(errors="replace"), request),
            reply_size=record.reply_size,
            code=record.code or None,
            call=record.call,
            hints=tuple(mask.values.text(hint).encode(errors="replace").decode() for hint in record.hints),
        )

    def records(self, *, after: int = 0, vendor: str | None = None) -> Iterator[RequestRecord]:
        """Give the requests behind number `after`, oldest first; of one vendor only, "" for those that reached none."""
        behind = dropwhile(lambda record: record.seq <= after, self._records)
        return (record for record in behind if vendor is None or record.vendor == vendor)

    def _keep(self, vendor: str, request: Request) -> RequestRecord:
        self._seq += 1
        record = RequestRecord(self._seq, self._clock.now, vendor, request)
        self._records.append(record)
        return record


def _fill(record: RequestRecord, reply: Reply, hints: tuple[str, ...]) -> None:
    record.status = reply.status
    record.reply = reply.body[:LONGEST_REPLY]
    record.reply_size = len(reply.body)
    record.code = reply.code
    record.call = reply.call
    record.hints = hints + reply.hints
    if record.body_size > LONGEST_BODY:
        record.request = _without_body(record.request)


def _without_body(request: Request) -> Request:
    """Let go of a long body, which would fill the memory ten thousand times over."""
    return Request(
        request.method,
        request.path,
        request.query,
        headers=request.headers,
        remote=request.remote,
        fault=request.fault,
        limits=request.limits,
    )
