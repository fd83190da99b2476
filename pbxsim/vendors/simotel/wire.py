"""How Simotel spells its replies: one envelope, indented by four spaces, its keys in one order; and its call ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.clock.instant import SECOND, Instant
from pbxsim.kit.reply import Reply
from pbxsim.vendors.simotel.errors import FAILURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.refusal import Refusal
    from pbxsim.vendors.simotel.errors import Failure

_CONTENT_TYPE: Final = "application/json"


def originated(call_id: str, call: int, hints: tuple[str, ...]) -> Reply:
    """Say that the call was accepted, under which id."""
    return Reply(body=_ORIGINATED % call_id.encode(), content_type=_CONTENT_TYPE, call=call, hints=hints)


def done(data: object, said: str = "", hints: tuple[str, ...] = ()) -> Reply:
    """Say that a service did what it is for; `data` is anything that JSON has, its keys in the order of the reply."""
    return Reply(body=_envelope(1, said, data), content_type=_CONTENT_TYPE, hints=hints)


def without_rows(data: object, said: str = "") -> bytes:
    """Spell that reply without its rows: `data` ends with the empty list in which they belong."""
    return _envelope(1, said, data)


def spelt(body: bytes, hints: tuple[str, ...]) -> Reply:
    """Say the same by a body that is spelt already."""
    return Reply(body=body, content_type=_CONTENT_TYPE, hints=hints)


def refused(refusal: Refusal, texts: Mapping[Failure, str]) -> Reply:
    """Say why not."""
    text = message(refusal, texts)
    status, _ = FAILURES[refusal.error]
    return Reply(
        body=_envelope(0, text, None), content_type=_CONTENT_TYPE, status=status, code=text, hints=refusal.hints
    )


def message(refusal: Refusal, texts: Mapping[Failure, str]) -> str:
    """Put a refusal in the vendor's words or in those that the PBX file gives instead."""
    _, usual = FAILURES[refusal.error]
    return texts.get(refusal.error, usual).replace("{name}", refusal.filled.get("name", ""))


def _envelope(success: int, message: str | None, content: object) -> bytes:
    envelope = {"success": success, "message": message, "data": content}
    return msgspec.json.format(msgspec.json.encode(envelope), indent=4)


_ORIGINATED: Final = _envelope(1, None, {"originated_call_id": "%b"})  # an id has letters, digits and dots


class CallIds:
    """Makes `orig.call.<Unix time>.<six digits>`: the PBX's clock, or the next microsecond that no call has."""

    __slots__ = ("_last",)

    def __init__(self) -> None:
        self._last: Instant = 0

    def next(self, now: Instant) -> str:
        """Give an id that was not given before."""
        self._last = max(now, self._last + 1)
        return f"orig.call.{self._last // SECOND}.{self._last % SECOND:06d}"
