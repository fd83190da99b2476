"""How log lines look: words for people, or one JSON object a line for machines. They go to stderr, not to stdout.

And that nobody waits for them: whoever starts a server may never read the pipe that its stderr is, and a full pipe
stops whoever writes to it.
"""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Full, Queue
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from pbxsim.hosting.secret_values import SecretValues


_MOST_WAITING: Final = 10_000  # lines: some megabytes
_TO_NOBODY: Final = ("socket.send() raised exception.", "SSL connection is closed")
_LONGEST_FLUSH: Final = 1.0  # seconds that the end of the process waits for whoever reads


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


class UnhinderedHandler(logging.Handler):
    """Writes to a stream from a thread of its own: whoever logs never waits for whoever reads.

    Of what nobody reads the first 10,000 lines are kept, and those behind are left out; `left_out` counts them.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self.left_out = 0
        self._stream = stream
        self._lines: Queue[str] = Queue(_MOST_WAITING)
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Put a record's line down to be written."""
        try:
            self._lines.put_nowait(self.format(record))
        except Full:
            self.left_out += 1
        except Exception:  # as every handler of the library's: a fault in a log line is no fault of the program
            self.handleError(record)
        if self._thread is None:  # not before: a process may fork between its set-up and its first line
            self._thread = threading.Thread(target=self._write, name="pbxsim-log", daemon=True)
            self._thread.start()

    def flush(self) -> None:
        """Return when all lines are written, or after a second in which nobody read them."""
        with self._lines.all_tasks_done:
            self._lines.all_tasks_done.wait_for(lambda: not self._lines.unfinished_tasks, _LONGEST_FLUSH)

    def _write(self) -> None:
        while True:
            line = self._lines.get()
            try:
                self._stream.write(line + "\n")
                self._stream.flush()
            except (OSError, ValueError):  # nobody can read any more
                self.left_out += 1
            finally:
                self._lines.task_done()


def _is_of_use(record: logging.LogRecord) -> bool:
    """Tell all else from asyncio's word for each write to whoever has gone: who asks much and goes fills no disk."""
    return record.name != "asyncio" or record.msg not in _TO_NOBODY


def set_up(style: str, stream: TextIO) -> None:
    """Have everything that is logged written to `stream` as `text` or `json`, but what is of no use to anybody."""
    handler = UnhinderedHandler(stream)
    handler.setFormatter(JsonLines() if style == "json" else logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_is_of_use)
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
