"""Signs of life within a session (RFC 4028): how often, by whom, and when it is taken for dead. Without I/O."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pbxsim.engines.sip.message import Request, Response

SHORTEST: Final = 90
"""Seconds between two signs of life at least (RFC 4028, 5)."""

_EXPIRES: Final = re.compile(r"([0-9]{1,9})\s*(;.*)?")
_REFRESHER: Final = re.compile(r";\s*refresher\s*=\s*(uac|uas)", re.IGNORECASE)
_LAST_MOMENT: Final = 32


class TooBrief(Exception):
    """The other side asks for signs of life more often than `shortest` seconds apart."""

    def __init__(self, shortest: int = SHORTEST) -> None:
        super().__init__(f"signs of life are {shortest} s apart at least")
        self.shortest = shortest


class SessionTimer:
    """What is agreed. `seconds` 0: nothing. `is_ours`: it is we who give the signs."""

    def __init__(self) -> None:
        self.seconds = 0
        self.is_ours = False
        self.refresh_at = 0.0
        self.ends_at = 0.0

    def asked(self, request: Request | Response) -> list[tuple[str, str]]:
        """Take what a request wants; give what its answer says. Raises TooBrief."""
        seconds, refresher = _read(request)
        if not seconds or "timer" not in request.listed("supported"):
            self.seconds = 0
            return []
        if is_too_brief(request):
            raise TooBrief
        self.seconds, self.is_ours = seconds, refresher == "uas"
        by = refresher or "uac"
        more = [("require", "timer")] if by == "uac" else []
        return [("session-expires", f"{seconds};refresher={by}"), *more]

    def objection(self, request: Request) -> tuple[int, str, tuple[str, str]] | None:
        """Take what a request wants; say how it is refused, None: it is not."""
        try:
            self.asked(request)
        except TooBrief as brief:
            return 422, "Session Interval Too Small", ("min-se", str(brief.shortest))
        return None

    def agreed(self, response: Request | Response) -> list[tuple[str, str]]:
        """Take what the answer to a request of ours says."""
        seconds, refresher = _read(response)
        self.seconds, self.is_ours = max(seconds, SHORTEST) if seconds else 0, refresher != "uas"
        return []

    def wished(self) -> list[tuple[str, str]]:
        """Give what a sign of life of ours says."""
        return [("session-expires", f"{self.seconds};refresher=uac"), ("min-se", str(SHORTEST))]

    def begin(self, now: float) -> None:
        """Count from now on."""
        self.refresh_at = now + self.seconds / 2 if self.seconds and self.is_ours else 0.0
        self.ends_at = (
            now + self.seconds - min(_LAST_MOMENT, self.seconds / 3) if self.seconds and not self.is_ours else 0.0
        )

    def is_to_refresh(self, now: float) -> bool:
        """Tell whether a sign is due: none has been given since it was set."""
        return bool(self.refresh_at) and self.refresh_at <= now

    def is_over(self, now: float) -> bool:
        """Tell whether none has come in time."""
        return bool(self.ends_at) and self.ends_at <= now


def is_too_brief(request: Request | Response) -> bool:
    """Tell whether a request wants signs of life more often than may be, and knows that it may be told so (422)."""
    seconds, _ = _read(request)
    return 0 < seconds < SHORTEST and "timer" in request.listed("supported")


def _read(message: Request | Response) -> tuple[int, str]:
    found = _EXPIRES.fullmatch(message.first("session-expires"))
    if found is None:
        return 0, ""
    refresher = _REFRESHER.search(found[2] or "")
    return int(found[1]), refresher[1].lower() if refresher else ""
