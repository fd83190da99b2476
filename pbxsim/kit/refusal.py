"""What a vendor's handler raises to refuse a request: an error of the vendor's own table, and hints for the journal."""

from __future__ import annotations


class Refusal(Exception):
    """A request is refused. `error` is a key of the vendor's errors.py; `hints` go into the request log."""

    def __init__(self, error: object, *hints: str) -> None:
        super().__init__(error)
        self.error = error
        self.hints = hints
