"""What a scenario came to, in the same words for a real Asterisk and for ours.

Telephones are A to F, T is whoever is behind the trunk. In texts the numbers of a scenario are replaced by these
letters, callers from outside by `caller1`, `caller2`, public numbers by `did1`, its queue by `queue`.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

_NO_TIME: Final = 0.1  # seconds; on a real switch what takes no time takes some hundredths


class Leg(msgspec.Struct, frozen=True, array_like=True):
    """A channel: its states after Down, in order, by Asterisk's numbers; from when to when it was there; its cause."""

    party: str
    states: tuple[int, ...]
    began: float
    ended: float
    cause: int

    @property
    def is_momentary(self) -> bool:
        """Tell whether it was over as soon as it was there."""
        return self.ended - self.began < _NO_TIME


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A call record. `channel` and `dstchannel` are parties, L a Local channel; empty where there is none."""

    disposition: str
    duration: int
    billsec: int
    channel: str
    dstchannel: str
    src: str
    dst: str
    clid: str = ""
    dcontext: str = ""
    lastapp: str = ""
    lastdata: str = ""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A look at the switch: who has a channel in which state, and the state of each telephone."""

    at: float
    channels: tuple[tuple[str, str], ...]
    devices: dict[str, str]


class Logged(msgspec.Struct, frozen=True, array_like=True):
    """A line of the queue log; `call` is empty where it is a call's id, NONE or MANAGER otherwise."""

    second: int
    call: str
    agent: str
    event: str
    data: tuple[str, ...]


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a queue has counted, as QueueStatus tells it."""

    calls: int
    completed: int
    abandoned: int
    hold_time: int
    talk_time: int
    service_level: float


class Played(msgspec.Struct, frozen=True, kw_only=True):
    """All that is compared. `members` are calls taken and whether the member pauses; `shown` what displays showed."""

    legs: tuple[Leg, ...]
    rows: tuple[Row, ...]
    looks: tuple[Look, ...] = ()
    shown: dict[str, tuple[str, ...]] = {}
    log: tuple[Logged, ...] = ()
    figures: Figures | None = None
    members: dict[str, tuple[int, bool]] = {}


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What one real Asterisk made of the scenarios, by number."""

    asterisk: str
    driver: str
    how: str
    scenarios: dict[str, Played]


def neutral(number: int, text: str) -> str:
    """Put the words that both runs share for what only this scenario has."""
    text = re.sub(rf"\b4{number:02d}([1-6])\b", lambda found: "ABCDEF"[int(found[1]) - 1], text)
    text = re.sub(rf"\b602{number:02d}(\d)\b", r"caller\1", text)
    text = re.sub(rf"\b8{number:02d}(\d)\b", r"did\1", text)
    return re.sub(rf"\bq{number:02d}\b", "queue", text)


def party(number: int, channel: str | None) -> str:
    """Name whoever a channel belongs to by the channel's name."""
    if not channel:
        return ""
    if channel.startswith("Local/"):
        return "L"
    peer = re.sub(r"-[0-9a-f]{8}\Z", "", channel).partition("/")[2]
    return "T" if peer == "carrier" else neutral(number, peer)
