"""What a scenario came to on one engine, read from outside, in words that all engines share.

Telephones are their letters; ids, times of day and what belongs to another scenario are left out; moments are seconds
since the scenario began, and spans in texts stand in `~…~`, so that a second more or less is told from a difference.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tests.parity.engines.scenario import outside, public, queue_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.parity.engines.scenario import Scenario


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to somebody, or to the call as a whole (`who` is empty)."""

    at: float
    what: str
    who: str = ""


class LegTold(msgspec.Struct, frozen=True, kw_only=True):
    """A leg: whose it is, what its display shows, why it ended."""

    who: str
    party: str
    shows: str
    cause: int | None


class CallTold(msgspec.Struct, frozen=True, kw_only=True):
    """A call, as the control API shows it."""

    what: str  # who asked for it, of which kind, from whom to whom
    outcome: str  # disposition and cause
    legs: tuple[LegTold, ...]
    timeline: tuple[Moment, ...]


class RecordTold(msgspec.Struct, frozen=True, kw_only=True):
    """A call record; `recording` is how many seconds of sound its recording has, None without one."""

    text: str
    duration: int
    billsec: int
    recording: float | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a vendor's interface answered."""

    request: str
    text: str


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook, and whom it is about: of what is told in one moment, only the order of each one's own counts."""

    at: float
    text: str
    about: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """All that is compared. `seen` is what telephones themselves noticed."""

    calls: tuple[CallTold, ...]
    records: tuple[RecordTold, ...]
    replies: tuple[Reply, ...]
    notices: tuple[Notice, ...]
    seen: tuple[Moment, ...]


_SPANS: Final = "duration|billsec|wait|agent_wait|ringtime|holdTime|talkTime"
_SPAN: Final = re.compile(rf'("(?:{_SPANS})": ?"?)(\d+)')
_MASKS: Final = (
    (re.compile(r"orig\.call\.[0-9.]+"), "<id>"),
    (re.compile(r"\b(?:\d{8}_)?\d{10}\.\d+\b"), "<id>"),
    (re.compile(r'("lastCall": ")[1-9]\d+'), r"\1<time>"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?Z?"), "<time>"),
    (re.compile(r"-[0-9a-f]{8}\b"), ""),
    (re.compile(r'("(?:idChannel|event_id|id)": ?"?)\d+'), r"\1<id>"),
)

_VENDORS: Final = ("voipsun", "vum", "simotel", "duocom")


class Words:
    """Puts the words that all engines share for what only one scenario has."""

    def __init__(self, scenario: Scenario) -> None:
        self._users = {scenario.user(who): who for who in scenario.phones}
        own = (
            *self._users,
            *map(public, self._users),
            outside(scenario.number),
            f"q{scenario.number:02d}",
            queue_number(scenario.number),
        )
        self._own = re.compile(rf"(?<![0-9A-Za-z])({'|'.join(own)})(?![0-9A-Za-z])")
        names = {public(user): f"public {who}" for user, who in self._users.items()} | self._users
        names[outside(scenario.number)] = "somebody outside"
        if scenario.queue is not None:
            names |= {f"q{scenario.number:02d}": "queue", queue_number(scenario.number): "to queue"}
        self._names = names
        self._name = re.compile(rf"\b(?:SIP_)?({'|'.join(sorted(map(re.escape, names), key=len, reverse=True))})\b")

    def concerns(self, text: str) -> bool:
        """Tell whether something is about this scenario."""
        return self._own.search(text) is not None

    def neutral(self, text: str) -> str:
        """Put them."""
        for mask, word in _MASKS:
            text = mask.sub(word, text)
        text = self._name.sub(lambda found: self._names[found[1]], text)
        return _SPAN.sub(r"\1~\2~", text)

    def who(self, user: str | None) -> str:
        """Name whoever has a number or a SIP user."""
        return self._names.get(user or "", user or "")

    def channel(self, name: str | None) -> str:
        """Name whoever a channel belongs to."""
        found = re.fullmatch(r"[A-Z]+/(.+)-[0-9a-f]{8}", name or "")
        return self.who(found[1]) if found else name or ""


def reply(words: Words, request: str, status: int, body: str) -> Reply:
    """Tell a reply: of lists of calls only what is this scenario's."""
    return Reply(request=request, text=f"{status} {words.neutral(_own_rows(words, body))}")


def _own_rows(words: Words, body: str) -> str:
    try:
        told = json.loads(body)
    except ValueError:
        return body
    rows = told.get("results") if isinstance(told, dict) else None
    if isinstance(rows, list):
        told["results"] = [row for row in rows if words.concerns(json.dumps(row))]
        told["total"] = str(len(told["results"]))
    return json.dumps(told, ensure_ascii=False)


# -- what the control API tells ----------------------------------------------------------------------------------------


def calls(words: Words, documents: Iterable[Mapping[str, Any]], began: str) -> tuple[CallTold, ...]:
    """Read the scenario's calls."""
    start = moment(began)
    return tuple(_call(words, one, start) for one in documents if _is_own(words, one))


def _is_own(words: Words, call: Mapping[str, Any]) -> bool:
    parties = [call["src"], call["dst"], *(leg["line"] or "" for leg in call["legs"])]
    return any(words.concerns(party or "") for party in parties)


def _call(words: Words, call: Mapping[str, Any], start: float) -> CallTold:
    placed_by = call["vendor"] if call["vendor"] in _VENDORS else "by hand"
    order = f"{call['kind']} {words.who(call['src'])} > {words.who(call['dst'])}, hears {words.channel(call['hears'])}"
    return CallTold(
        what=f"{placed_by} {order}",
        outcome=f"{call['disposition']} {call['cause']}",
        legs=tuple(_leg(words, leg) for leg in call["legs"]),
        timeline=tuple(_timeline(words, call, start)),
    )


def _leg(words: Words, leg: Mapping[str, Any]) -> LegTold:
    shown = leg["caller_id"]
    shows = f'"{shown["name"]}" <{words.who(shown["number"])}>'
    return LegTold(who=_whose(words, leg), party=leg["party"], shows=shows, cause=leg["cause"])


def _whose(words: Words, leg: Mapping[str, Any]) -> str:
    return words.who(leg["line"]) if leg["line"] else f"outside {leg['number']}"


def _timeline(words: Words, call: Mapping[str, Any], start: float) -> Iterator[Moment]:
    owners = {leg["channel"]: _whose(words, leg) for leg in call["legs"]}
    for one in call["timeline"]:
        yield Moment(at=moment(one["at"]) - start, what=one["event"], who=owners.get(one["channel"], ""))


def seen_by_legs(words: Words, documents: Iterable[Mapping[str, Any]], began: str) -> tuple[Moment, ...]:
    """Tell what telephones noticed that are no real ones: what their legs say."""
    start = moment(began)
    noticed = (one for call in documents if _is_own(words, call) for one in _noticed(words, call, start))
    return tuple(sorted(noticed, key=lambda one: one.at))


def _noticed(words: Words, call: Mapping[str, Any], start: float) -> Iterator[Moment]:
    placed_by = call["legs"][0]["channel"] if call["kind"] == "incoming" and call["legs"] else ""
    for leg in call["legs"]:
        if leg["line"] is None:
            continue
        who = words.who(leg["line"])
        is_calling = leg["channel"] == placed_by
        if leg["ringing"] and not is_calling:
            yield Moment(
                at=moment(leg["ringing"]) - start, what=f"rings {words.who(leg['caller_id']['number'])}", who=who
            )
        if leg["answered"]:
            yield Moment(at=moment(leg["answered"]) - start, what="talks", who=who)
        if leg["ended"] and (leg["ringing"] or is_calling):
            yield Moment(at=moment(leg["ended"]) - start, what="over", who=who)


def records(
    words: Words, documents: Iterable[Mapping[str, Any]], lengths: Mapping[int, float]
) -> tuple[RecordTold, ...]:
    """Read the scenario's call records; `lengths` are those of recordings, by record."""
    return tuple(_record(words, one, lengths.get(one["id"])) for one in documents if words.concerns(_parties(one)))


def _parties(record: Mapping[str, Any]) -> str:
    return " ".join(str(record[field]) for field in ("src", "dst", "channel", "dstchannel"))


def _record(words: Words, record: Mapping[str, Any], length: float | None) -> RecordTold:
    channels = f"{words.channel(record['channel'])} > {words.channel(record['dstchannel']) or 'nobody'}"
    named = {name: words.neutral(str(record[name])) for name in ("src", "dst", "clid", "lastapp", "direction")}
    spelt = ", ".join(f"{name} {value}" for name, value in named.items())
    text = f"{channels}: {record['disposition']} {record['cause']}, {spelt}"
    return RecordTold(text=text, duration=record["duration"], billsec=record["billsec"], recording=length)


def notices(words: Words, documents: Iterable[Mapping[str, Any]], began: str) -> tuple[Notice, ...]:
    """Read the webhooks that told of the scenario since it began."""
    ours = (one for one in documents if one["posted_at"] >= began and words.concerns(one["body"] or ""))
    return tuple(_notice(words, one, moment(began)) for one in ours)


def _notice(words: Words, webhook: Mapping[str, Any], start: float) -> Notice:
    about = json.loads(webhook["body"]).get("exten", "the call")
    text = words.neutral(f"{webhook['event']} {webhook['body']}")
    return Notice(at=moment(webhook["posted_at"]) - start, text=text, about=words.who(about))


def moment(text: str) -> float:
    """Read a moment of the control API's as seconds."""
    return datetime.fromisoformat(text).timestamp()
