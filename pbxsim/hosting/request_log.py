"""The request journal of one PBX: what clients sent, what they got, what it started, what they probably meant.

Kept as it came and masked when it is read; nothing unmasked leaves this process. What goes into the deterministic
journal is masked by what is secret by then (noted_request.py), and has neither a client's port nor any wall time. Of
what is too long only the beginning is kept; then the reply is masked at once as well, while all secrets of the request
are known.
"""

from __future__ import annotations

from collections import deque
from copy import copy
from itertools import chain, islice
from typing import TYPE_CHECKING, Final
from zlib import crc32

import msgspec

from pbxsim.clock.instant import iso
from pbxsim.hosting.masking import LONGEST_BODY, Mask
from pbxsim.hosting.noted_request import take_down
from pbxsim.kit.request import Request
from pbxsim.sinks.capacity import REQUEST_BYTES, REQUEST_ENTRIES
from pbxsim.sinks.excerpt import LONGEST_SECRET, excerpt, excerpts, pairs_excerpt, text_size
from pbxsim.sinks.ring import entered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pbxsim.clock.instant import Instant
    from pbxsim.clock.scheduler import Scheduler
    from pbxsim.kit.reply import Reply
    from pbxsim.sinks.journal.journal import Journal

LONGEST_REPLY: Final = 16_384
LONGEST_TARGET: Final = 8_192
"""Characters of a path, and of a query: as many as the server takes of both."""
LONGEST_HEADERS: Final = 8_192
MOST_HEADERS: Final = 64
"""Characters and number of the headers that are kept, and of the values in them LONGEST_TEXT each."""
LONGEST_HINT: Final = 512
MOST_HINTS: Final = 20
_LONGEST_CODE: Final = 256

_SHORT: Final = min(LONGEST_HEADERS, LONGEST_TARGET, LONGEST_BODY, LONGEST_REPLY)

_RECORD: Final = 768  # bytes of a record without its texts and headers
_HEADER: Final = 192  # bytes of a header without its texts: its objects, and its place in a table


class RequestRecord(msgspec.Struct, eq=False, gc=False):
    """One request and its reply. `vendor` is empty if nobody owns the path.

    `status` is 0 where a fault keeps it from being answered. `injected` says which fault or forced reply it met with,
    empty: none.

    `request` is kept as far as it is not too long. `body_size` and `reply_size` are those of what was sent; `taken` how
    many bytes it takes here.
    """

    seq: int
    at: Instant
    vendor: str
    request: Request
    body_size: int
    status: int
    reply: bytes
    reply_size: int
    code: str
    call: int | None
    hints: tuple[str, ...]
    injected: str
    taken: int

    @property
    def is_cut(self) -> bool:
        """Tell whether not all of the request is kept."""
        return self.body_size != len(self.request.body) or _is_long(self.request)

    def cut(self, mask: Mask) -> None:
        """Keep no more than is kept of what is long, and count what is left."""
        request, is_long = self.request, _is_long(self.request)
        if is_long or self.reply_size > LONGEST_REPLY:
            self.reply = _first_of_reply(self.reply, request, mask)
        if is_long:
            self.request = _beginning(request, mask)
        self.taken = _size(self.request, self.reply) + text_size("".join(self.hints))


def _forgotten(record: RequestRecord) -> str:
    """Say of a body that is not kept how long it was."""
    is_kept = record.request.body or not record.body_size
    return "" if is_kept else f"({record.body_size} bytes, not kept)"


def _size(request: Request, reply: bytes) -> int:
    """Tell how many bytes a request and its reply take, whose texts are counted in one piece: that is the quickest."""
    headers = request.headers
    names = [*headers]
    told = "".join([request.path, request.query, *names, *names, *headers.values()])  # a name is in two spellings
    texts = len(told) if told.isascii() else 4 * len(told)
    return _RECORD + _HEADER * len(headers) + len(request.body) + len(reply) + texts


def _is_long(request: Request) -> bool:
    """Tell whether not all of a request is kept."""
    headers = request.headers
    return (
        len(request.body) > LONGEST_BODY
        or len(headers) > MOST_HEADERS
        or len(request.path) > LONGEST_TARGET
        or len(request.query) > LONGEST_TARGET
        or sum(map(len, chain(headers, headers.values()))) > LONGEST_HEADERS
    )


def _first_of_reply(body: bytes, request: Request, mask: Mask) -> bytes:
    """Give the beginning of a reply, masked before it is cut: half a secret could not be found afterwards."""
    text = body[: LONGEST_REPLY + LONGEST_SECRET].decode(errors="replace")
    return mask.reply(text, request).encode(errors="replace")[:LONGEST_REPLY]


def _beginning(request: Request, mask: Mask) -> Request:
    """Give what is kept of a long request. Of a long body that is nothing: half of it has no meaning."""
    return Request(
        excerpt(request.method, _LONGEST_CODE),
        excerpt(request.path, LONGEST_TARGET),
        excerpt(request.query, LONGEST_TARGET),
        headers=_first_headers(request.headers, mask),
        body=request.body if len(request.body) <= LONGEST_BODY else b"",
        remote=request.remote,
        fault=request.fault,
        limits=request.limits,
    )


def _first_headers(headers: Mapping[str, str], mask: Mask) -> dict[str, str]:
    """Give the first headers; before them, under the name by which it is looked for, that of the body's type."""
    others = ((name, value) for name, value in headers.items() if name.lower() != "content-type")
    media = headers.get("Content-Type")
    typed = others if media is None else chain((("Content-Type", media),), others)
    return pairs_excerpt(typed, LONGEST_HEADERS, MOST_HEADERS, mask.values.text)


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
    injected: str | None


class RequestLog:
    """The newest `limit` requests, fewer where they would take more than `most_bytes`.

    `masks` are by vendor's name; "" is for paths that nobody owns. `kept_bytes` is what they take, counted from the
    lengths of texts, not too low.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Scheduler,
        masks: Mapping[str, Mask],
        limit: int = REQUEST_ENTRIES,
        most_bytes: int = REQUEST_BYTES,
    ) -> None:
        self.kept_bytes = 0
        self.changed: dict[int, None] | None = None  # the numbers of those that came or changed, while somebody looks
        self.starters: dict[int, RequestRecord] = {}  # what started the calls that are in progress, by their numbers
        self._journal = journal
        self._clock = clock
        self._masks = masks
        self._limit = limit
        self._most_bytes = most_bytes
        self._records: deque[RequestRecord] = deque()
        self._seq = 0

    def __len__(self) -> int:
        """Count the requests that are still kept."""
        return len(self._records)

    @property
    def counted(self) -> int:
        """How many requests there were since the PBX began."""
        return self._seq

    def begin(self, vendor: str, request: Request) -> None:
        """Have the journal say that a vendor is about to answer a request, before all that it causes."""
        take_down(self._journal, self._masks[vendor], vendor, request)

    def end(
        self, vendor: str, request: Request, reply: Reply, hints: tuple[str, ...] = (), injected: str = ""
    ) -> RequestRecord:
        """Keep it with the reply to it; in the journal a checksum stands for its bytes."""
        record = self._keep(vendor, request, reply, hints, injected)
        body = reply.body
        told = (record.seq, record.status, record.code, len(body), crc32(body), injected)
        self._journal.append_reply(record.call, told)
        return record

    def missed(self, request: Request, reply: Reply) -> None:
        """Note a request that reached no vendor. It touched no PBX, so the deterministic journal has no word of it."""
        self._keep("", request, reply)

    def hint(self, record: RequestRecord, hints: tuple[str, ...]) -> None:
        """Add to a request what is known only now; hints that it has already are not repeated."""
        more = tuple(hint for hint in hints if hint not in record.hints)
        if not more:
            return
        if self.changed is not None:
            self.changed[record.seq] = None
        before = sum(map(text_size, record.hints))
        record.hints = excerpts(record.hints + more, LONGEST_HINT, MOST_HINTS)
        grown = sum(map(text_size, record.hints)) - before
        record.taken += grown
        if self._records and record.seq >= self._records[0].seq:  # it is still kept
            self.kept_bytes += grown

    def found(self, seq: int) -> RequestRecord | None:
        """Find a request that is still kept, by its number."""
        record = next(entered(self._records, self._index(seq)), None)
        return record if record is not None and record.seq == seq else None

    def of_call(self, call: int) -> RequestRecord | None:
        """Find the request that started a call, if it is still kept."""
        return next((record for record in reversed(self._records) if record.call == call), None)

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
            body=_forgotten(record) or mask.body(request),
            headers=mask.headers(request.headers),
            remote=request.remote,
            fault=request.fault or None,
            status=record.status,
            reply=mask.reply(record.reply.decode(errors="replace"), request),
            reply_size=record.reply_size,
            code=record.code or None,
            call=record.call,
            hints=tuple(mask.values.text(hint).encode(errors="replace").decode() for hint in record.hints),
            injected=record.injected or None,
        )

    def discreet(self, record: RequestRecord) -> RequestRecord:
        """Give a record as it may leave this process, shown alike: what is secret in it is hidden for good."""
        made, request, mask = copy(record), record.request, self._masks[record.vendor]
        made.request = mask.request(request)
        made.reply = mask.reply(record.reply.decode("latin-1"), request).encode("latin-1", "replace")
        return made

    def secrets(self, record: RequestRecord) -> list[str]:
        """Give what a client sent as a secret, known or not, in each spelling, the longest first."""
        return self._masks[record.vendor].secrets(record.request)

    def records(self, *, after: int = 0, vendor: str | None = None) -> Iterator[RequestRecord]:
        """Give the requests behind number `after`, oldest first; of one vendor only, "" for those that reached none."""
        behind = entered(self._records, self._index(after + 1))
        return (record for record in behind if vendor is None or record.vendor == vendor)

    def newest(self, *, before: int = 0, vendor: str | None = None) -> Iterator[RequestRecord]:
        """Give the requests before number `before` (0: all), newest first; of one vendor only, as `records` does."""
        passed = len(self._records) - self._index(before) if before else 0
        older = islice(reversed(self._records), max(0, passed), None)
        return (record for record in older if vendor is None or record.vendor == vendor)

    def _index(self, seq: int) -> int:
        """Tell where a number stands: they are all there, from the oldest that is kept to the newest."""
        return max(0, seq - self._records[0].seq) if self._records else 0

    def _keep(
        self, vendor: str, request: Request, reply: Reply, hints: tuple[str, ...] = (), injected: str = ""
    ) -> RequestRecord:
        self._seq = seq = self._seq + 1
        body, code, told = reply.body, reply.code, hints + reply.hints
        record = RequestRecord(
            seq,
            self._clock.now,
            vendor,
            request,
            len(request.body),
            reply.status,
            body,
            len(body),
            code if len(code) <= _LONGEST_CODE else excerpt(code, _LONGEST_CODE),
            reply.call,
            excerpts(told, LONGEST_HINT, MOST_HINTS) if told else (),
            injected,
            _size(request, body),
        )
        if record.taken > _SHORT or told or len(request.headers) > MOST_HEADERS:  # nearly none
            record.cut(self._masks[vendor])
        request.forget()
        if self.changed is not None:
            self.changed[seq] = None
        records = self._records
        records.append(record)
        self.kept_bytes += record.taken
        while self.kept_bytes > self._most_bytes or len(records) > self._limit:
            self.kept_bytes -= records.popleft().taken
        return record
