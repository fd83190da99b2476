"""What the terminal says of requests, and the header in which a reply has its hints, for whoever asks for either."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request

Log: TypeAlias = Literal["requests", "hints", "none"]

HEADER: Final = "X-Pbxsim-Hint"
_LONGEST: Final = 1_000  # characters of the header
_log: Final = logging.getLogger("pbxsim.requests")


class HintLines:
    """Tells of requests that were answered: of all, of those that left a hint, or of none (`log`).

    `tells_all`: of those without a hint, too. `has_header`: replies have their hints, too, which no real PBX's have.
    """

    def __init__(self, log: Log = "none", *, has_header: bool = False) -> None:
        self.tells_all = log == "requests"
        self._log = log
        self._has_header = has_header

    def tell(self, host: HostedPbx, request: Request, reply: Reply) -> tuple[tuple[str, str], ...]:
        """Write the line, and give the headers that the reply has more; secrets are struck out of both."""
        if not (reply.hints or self.tells_all):
            return ()
        secrets = host.secrets
        hints = [_on_one_line(secrets.text(hint)) for hint in reply.hints]
        if self._log != "none":
            path = _on_one_line(secrets.path(request.path[:200]))
            told = f": {'; '.join(hints)}" if hints else ""
            _log.info("%s: %s %s %d%s", host.name, _on_one_line(request.method[:16]), path, reply.status, told)
        shown = "; ".join(hints).encode("ascii", "backslashreplace").decode()[:_LONGEST]
        return ((HEADER, shown),) if shown and self._has_header else ()


def _on_one_line(text: str) -> str:
    return text if text.isprintable() else "".join(each if each.isprintable() else "?" for each in text)
