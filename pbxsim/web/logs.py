"""How log lines look: words for people, or one JSON object a line for machines. They go to stderr, not to stdout."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from pbxsim.hosting.secret_values import SecretValues


class JsonLines(logging.Formatter):
    """One object for each record: time, level, logger, message, and the traceback where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Write the object."""
        line: dict[str, str] = {
            "time": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode({name: _sound(text) for name, text in line.items()}).decode()


def set_up(style: str, stream: TextIO) -> None:
    """Have everything that is logged written to `stream` as `text` or `json`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if style == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)


class Discreet(logging.Formatter):
    """Has another formatter write a record, and strikes out every secret that the server knows."""

    def __init__(self, inner: logging.Formatter, secrets: SecretValues) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """Write the record."""
        return self._secrets.text(self._inner.format(record))


@contextmanager
def without(secrets: SecretValues) -> Iterator[None]:
    """Have nothing logged with one of these in it, until the block ends."""
    before = [(handler, handler.formatter or logging.Formatter()) for handler in logging.getLogger().handlers]
    for handler, formatter in before:
        handler.setFormatter(Discreet(formatter, secrets))
    try:
        yield
    finally:
        for handler, formatter in before:
            handler.setFormatter(formatter)


def _sound(text: str) -> str:
    return text.encode(errors="replace").decode()
