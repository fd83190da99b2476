"""How the journal spells spans, causes and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pbxsim.clock.instant import SECOND

if TYPE_CHECKING:
    from pbxsim.clock.instant import Duration
    from pbxsim.pbx.cause import HangupCause

Data: TypeAlias = dict[str, object]
Spelt: TypeAlias = tuple[int | None, str, Data]
"""An entry's call number, channel name and data."""


def in_seconds(span: Duration) -> int | float:
    """Spell a span in seconds, whole where it is whole."""
    return span / SECOND if span % SECOND else span // SECOND


def cause_words(cause: HangupCause | None) -> Data:
    """Spell a hangup cause as its Q.850 number and by name; both null where there is none."""
    return {"cause": None, "cause_name": None} if cause is None else {"cause": int(cause), "cause_name": cause.name}


def channel_name(peer: str, serial: int) -> str:
    """Spell a channel as `Channel.name` does; serial 0 stands for none."""
    return f"SIP/{peer}-{serial:08x}" if serial else ""
