"""What a vendor's handler raises to refuse a request: an error of the vendor's own table, and hints for the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Refusal(Exception):
    """A request is refused. `error` is a key of the vendor's errors.py; `hints` go into the request log.

    `filled` maps the placeholders of the error's text to what stands for them in this reply.
    """

    def __init__(
        self,
        error: Any,  # noqa: ANN401 - each vendor's own kind of key
        *hints: str,
        filled: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.hints = hints
        self.filled: Mapping[str, str] = filled or {}
