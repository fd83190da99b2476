"""Whether anybody is there for whom to wait: `joinempty` and `leavewhenempty` of queues.conf.

Source: Asterisk's apps/app_queue.c, parse_empty_options (what the words amount to) and get_member_status (who counts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from pbxsim.pbx.extension import DeviceState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.pbx.queue import Member, QueueRules

Condition: TypeAlias = Literal["paused", "penalty", "inuse", "ringing", "invalid", "unavailable", "unknown", "wrapup"]
Summary: TypeAlias = Literal["yes", "no", "strict", "loose"]

LOOSE: Final = frozenset({"penalty", "invalid"})
USUAL: Final = LOOSE | {"paused"}
"""What `joinempty = no` and `leavewhenempty = yes` amount to."""
STRICT: Final = USUAL | {"unavailable"}

_ALIKE: Final = {
    DeviceState.INVALID: "invalid",
    DeviceState.UNAVAILABLE: "unavailable",
    DeviceState.IN_USE: "inuse",
    DeviceState.RINGING: "ringing",
}
"""Device states that a condition names; BUSY, RINGINUSE and ONHOLD have none, and no telephone here is UNKNOWN."""


def conditions(words: Iterable[str], *, joining: bool) -> frozenset[str] | None:
    """Tell in which states members count as nobody there; None: nobody looks.

    A word that sums up replaces what stood before it, and conditions add to it: `strict,inuse`. For `leavewhenempty`,
    which is not `joining`, `yes` and `no` are the other way round.
    """
    never = "yes" if joining else "no"
    found: frozenset[str] = frozenset()
    for word in words:
        if word == never:
            found = frozenset()
        elif word in ("yes", "no"):
            found = USUAL
        else:
            found = {"strict": STRICT, "loose": LOOSE}.get(word) or found | {word}
    return found or None


def summed_up(found: frozenset[str] | None, *, joining: bool) -> str:
    """Spell conditions as queues.conf does: by one word where there is one, else one by one."""
    if found is None:
        return "yes" if joining else "no"
    known = {USUAL: "no" if joining else "yes", STRICT: "strict", LOOSE: "loose"}
    return known.get(found) or ",".join(sorted(found))


def is_there(member: Member, rules: QueueRules, absent: frozenset[str], *, rests: bool) -> bool:
    """Tell whether a member counts; `absent` are the conditions, `rests` says that the member wraps up."""
    if "penalty" in absent and not rules.asks(member.penalty):
        return False
    if _ALIKE.get(member.agent.device_state) in absent:
        return False
    return not ((member.is_paused and "paused" in absent) or (rests and "wrapup" in absent))
