"""The journal: the ordered, append-only record of what was asked of a PBX and what came of it.

It has no wall time and no object's identity in it: same seed, same PBX file, same commands at the same instants give
the same bytes, in any process. That is how determinism is measured.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final, Protocol

import msgspec

from pbxsim.clock.instant import Instant, iso
from pbxsim.pbx.bus import Stage
from pbxsim.sinks.capacity import JOURNAL_BYTES, JOURNAL_ENTRIES
from pbxsim.sinks.excerpt import LONGEST_TEXT, document_excerpt, excerpt
from pbxsim.sinks.journal.course import MOST_FRESH, Course, Kept
from pbxsim.sinks.journal.kinds import KINDS
from pbxsim.sinks.journal.sizes import ENTRY, SHORT, size_of_given
from pbxsim.sinks.journal.spelling import Data, Spelt
from pbxsim.sinks.ring import entered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pbxsim.pbx.events import Event
    from pbxsim.pbx.pbx import Pbx
    from pbxsim.sinks.journal.kinds import Kind

LONGEST_GIVEN: Final = 16_384
"""Bytes of JSON: of what others put into the journal and is longer, only the beginning of each value is kept."""


class Entry(msgspec.Struct, frozen=True):
    """One entry: `seq` counts from 1, `at` is an instant, `channel` is empty and `call` None where there is none.

    `kind` is an event's name (`leg-ringing`), or what a command was called; `data` is plain: JSON can hold it.
    """

    seq: int
    at: Instant
    kind: str
    call: int | None
    channel: str
    data: Data


class Later(Protocol):
    """What somebody else puts into the journal and is spelt when somebody reads it, each time by the same bytes."""

    def spelt(self) -> bytes:
        """Give the data as `spelt_given` does."""
        ...


class _Line(msgspec.Struct, frozen=True):
    """An entry as a line of JSON: its fields are the keys, in this order."""

    seq: int
    at: str
    kind: str
    call: int | None
    channel: str
    data: Data


_NAMED: Final = {kind.event: (kind, kind.name) for kind in KINDS}  # spelt once, not at each reset


class Journal:
    """The newest `limit` entries of a PBX, in the order in which things happened. Hears of every event by itself.

    Where they would take more than `most_bytes`, the oldest are forgotten. What they take is counted from lengths
    alone, the same in every run (sizes.py): a flat sum for each entry, and more for those that have more. The newest
    few are `fresh`, and not `kept` before there are many, or somebody asks.
    """

    def __init__(self, pbx: Pbx, limit: int = JOURNAL_ENTRIES, most_bytes: int = JOURNAL_BYTES) -> None:
        self.clock = pbx.clock
        self.fresh: list[Kept] = []
        most = min(limit, most_bytes // ENTRY)
        self.kept: deque[Kept] = deque(maxlen=most)
        self._last = 0  # the number of the newest that is kept
        self._spare = (
            most_bytes - most * ENTRY
        )  # what all may take beyond the flat sum while there are as many as may be
        self._beyond_flat = 0
        self._most_bytes = most_bytes
        # Those with more than the flat sum: number, and how much more. Forgotten ones go when what is fresh is settled.
        self._larger: deque[tuple[int, int]] = deque()
        self._course = Course(self, self.clock)
        pbx.events.subscribe_to(_NAMED, self._listener_of, Stage.JOURNAL)

    def __len__(self) -> int:
        """Count the entries that are still kept."""
        self.settle()
        return len(self.kept)

    def _listener_of(self, event: type[Event]) -> Callable[[Event], None]:
        kind, name = _NAMED[event]
        return self._course.listener_of(event) or _Listener(self, kind, name).hear

    @property
    def last(self) -> int:
        """Give the number of the newest entry, 0 before the first."""
        return self._last + len(self.fresh)

    @property
    def kept_bytes(self) -> int:
        """Count what the entries take."""
        return ENTRY * len(self) + self._beyond_flat

    @property
    def dropped(self) -> int:
        """Count the entries that have been forgotten."""
        return self.last - len(self)

    def append(self, kind: str, *, call: int | None = None, channel: str = "", data: Data) -> None:
        """Take down something that is no event of the switch: a request, a command.

        `data` is copied at once, and cut where it is longer than LONGEST_GIVEN. Raises TypeError where JSON could not
        hold it. It must have no sets: their order is not the same in every process.
        """
        spelt = spelt_given(data)
        self.fresh.append((self.clock.now, kind, _spell_given, call, channel, spelt))
        if len(spelt) + len(channel) > SHORT:
            self.grow(size_of_given(channel, spelt))
        elif len(self.fresh) > MOST_FRESH:
            self.settle()

    def append_later(self, kind: str, data: Later, size: int) -> None:
        """Take down the same, of which nothing changes; it takes so many bytes, texts and objects."""
        fresh = self.fresh
        fresh.append((self.clock.now, kind, _spell_given, None, "", data))
        if size > SHORT:  # as nearly all are; what follows is `grow`, without the call
            self._larger.append((self._last + len(fresh), size))
            self._beyond_flat += size
        if self._beyond_flat > self._spare or len(fresh) > MOST_FRESH:
            self.settle()

    def append_reply(self, call: int | None, reply: tuple[int, int, str, int, int, str]) -> None:
        """Take down a reply to a request: the request's number, status, code, size, CRC-32, what was injected.

        Each request has one, so it is not spelt before somebody reads it. Of a long text only the beginning is kept.
        """
        code, injected = reply[2], reply[5]
        texts = len(code) + len(injected) if code or injected else 0
        if texts > LONGEST_GIVEN:
            code, injected = excerpt(code, LONGEST_TEXT), excerpt(injected, LONGEST_TEXT)
            reply = (*reply[:2], code, *reply[3:5], injected)
        fresh = self.fresh
        fresh.append((self.clock.now, "reply", _spell_reply, call, reply))
        if texts > SHORT:
            self.grow(size_of_given(code, injected.encode(errors="replace")))
        elif len(fresh) > MOST_FRESH:
            self.settle()

    def grow(self, size: int) -> None:
        """Hear that the newest entry takes so many bytes more than the flat sum."""
        fresh = len(self.fresh)
        self._larger.append((self._last + fresh, size))
        self._beyond_flat += size
        if self._beyond_flat > self._spare or fresh > MOST_FRESH:
            self.settle()

    def settle(self) -> None:
        """Put what is fresh among what is kept, and forget the oldest where there is no room for all."""
        self._last += len(self.fresh)
        self.kept.extend(self.fresh)
        self.fresh.clear()
        if self._larger:
            self._make_room()

    def _make_room(self) -> None:
        """Forget the oldest entries until there is room for the others.

        That there are no more than `limit` the deque sees to.
        """
        kept, larger = self.kept, self._larger
        while True:
            first = self._last - len(kept)
            while larger and larger[0][0] <= first:
                self._beyond_flat -= larger.popleft()[1]
            if not kept or ENTRY * len(kept) + self._beyond_flat <= self._most_bytes:
                break
            kept.popleft()

    def entries(self, after: int = 0, limit: int | None = None) -> list[Entry]:
        """Give the entries behind number `after`, oldest first, at most `limit`."""
        dropped = self.dropped
        first = max(0, after - dropped)
        most = None if limit is None else max(0, limit)
        return [_entry(*each) for each in enumerate(entered(self.kept, first, most), dropped + first + 1)]

    def of_call(self, call: int, after: int = 0, since: Instant = 0) -> Iterator[Entry]:
        """Give a call's entries behind number `after`, oldest first. None is from before `since`: its start, if known.

        To know whose an entry of the switch is it must be spelt, and that costs microseconds each.
        """
        dropped = self.dropped
        first = max(0, after - dropped)
        for seq, kept in enumerate(entered(self.kept, first), dropped + first + 1):
            if kept[0] >= since and _call_of(kept) == call:
                yield _entry(seq, kept)

    def of_kinds(self, kinds: frozenset[str] | None, after: int = 0, since: Instant = 0) -> Iterator[Entry]:
        """Give the entries of these kinds (None: of all) behind number `after` and not before `since`, oldest first."""
        dropped = self.dropped
        first = max(0, after - dropped)
        for seq, kept in enumerate(entered(self.kept, first), dropped + first + 1):
            if kept[0] >= since and (kinds is None or kept[1] in kinds):
                yield _entry(seq, kept)

    def jsonl(self) -> bytes:
        """Give all entries as compact JSON, one object a line: seq, at (ISO 8601), kind, call, channel, data."""
        first = self.dropped + 1
        return b"".join(_line(_entry(*each)) for each in enumerate(self.kept, first))


class _Listener:
    """Takes down the events of one kind."""

    __slots__ = ("_journal", "_name", "_size", "_spell", "_take")

    def __init__(self, journal: Journal, kind: Kind[Any, Any], name: str) -> None:
        assert kind.take is not None  # `Course` takes down the others
        self._journal = journal
        self._name, self._take, self._spell = name, kind.take, kind.spell
        self._size = kind.size

    def hear(self, event: Event) -> None:
        journal, facts = self._journal, self._take(event)
        journal.fresh.append((journal.clock.now, self._name, self._spell, facts))
        size = 0 if self._size is None else self._size(facts)
        if size:
            journal.grow(size)
        elif len(journal.fresh) > MOST_FRESH:
            journal.settle()


_ENCODE: Final = msgspec.json.Encoder().encode


def spelt_given(data: Data) -> bytes:
    """Spell what somebody else puts into the journal, cut where it is longer than LONGEST_GIVEN. Raises TypeError."""
    spelt = _json(data)
    return spelt if len(spelt) <= LONGEST_GIVEN else _json(document_excerpt(data))


def _call_of(kept: Kept) -> int | None:
    _, _, spell, *facts = kept
    call: int | None = facts[0] if spell is _spell_given else spell(*facts)[0]
    return call


def _entry(seq: int, kept: Kept) -> Entry:
    at, kind, spell, *facts = kept
    call, channel, data = spell(*facts)
    return Entry(seq, at, kind, call, _whole(channel), _whole_data(data))


def _line(entry: Entry) -> bytes:
    line = _Line(entry.seq, iso(entry.at), entry.kind, entry.call, entry.channel, entry.data)
    return _ENCODE(line) + b"\n"


def _spell_given(call: int | None, channel: str, data: bytes | Later) -> Spelt:
    return call, channel, msgspec.json.decode(data if isinstance(data, bytes) else data.spelt(), type=Data)


def _spell_reply(call: int | None, reply: tuple[int, int, str, int, int, str]) -> Spelt:
    request, status, code, size, crc32, injected = reply
    data: Data = {"request": request, "status": status, "code": code, "size": size, "crc32": f"{crc32:08x}"}
    return call, "", {**data, "injected": injected} if injected else data


SPELLED_BY: Final[tuple[Callable[..., Spelt], ...]] = (
    _spell_given,
    _spell_reply,
    *dict.fromkeys(kind.spell for kind in KINDS),
)
"""All that entries are spelt by. What was taken down for one is facts, of which it makes an entry at any time later."""


def _json(data: Data) -> bytes:
    try:
        return _ENCODE(data)
    except UnicodeEncodeError:
        return _ENCODE(_mended(data))


def _whole_data(data: Data) -> Data:
    """Give data that can be encoded: a client may send half of a UTF-16 pair, and that must not spoil the journal."""
    try:
        _ENCODE(data)
    except UnicodeEncodeError:
        return {_whole(key): _mended(value) for key, value in data.items()}
    return data


def _mended(value: object) -> object:
    if isinstance(value, str):
        return _whole(value)
    if isinstance(value, dict):
        return {_mended(key): _mended(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(one) for one in value]
    return value


def _whole(text: str) -> str:
    """Spell halves of UTF-16 pairs out, as `\\udc80`; all other text stays as it is."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
