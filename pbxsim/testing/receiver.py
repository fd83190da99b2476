"""A real HTTP server for webhooks: takes whatever comes, keeps it, and answers as the test wants."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came. Header names are as they were sent; `header` does not mind their case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def header(self, name: str) -> str | None:
        """Give a header, however its name is written."""
        return next((value for known, value in self.headers.items() if known.lower() == name.lower()), None)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """The body as JSON."""
        return msgspec.json.decode(self.body)

    @property
    def form(self) -> dict[str, str]:
        """The body as a form's fields."""
        return dict(parse_qsl(self.text, keep_blank_values=True))

    @property
    def delivery(self) -> int | None:
        """The number by which a repeat is known; None for what did not come from pbxsim."""
        number = self.header("X-Pbxsim-Delivery")
        return None if number is None else int(number)


Answer: TypeAlias = "int | str | bytes | dict[str, Any] | list[Any] | tuple[int, str | bytes] | None"
"""A status, or the body of a 200 (a dict or list is sent as JSON), or both; None is an empty 200."""


class Receiver:
    """Listens on a free port of the loopback, from its making until `close`; also as a context manager.

    `received` holds what came, in order, failed tries too. `delay`: so many real seconds before each answer. `handler`:
    gives the answer to a request; it is called in the server's thread.
    """

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.delay = 0.0
        self.handler: Callable[[Received], Answer] | None = None
        self._failing: list[int] = []
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def fail_next(self, times: int = 1, status: int = 500) -> None:
        """Answer the next requests with that status, whatever `handler` says."""
        self._failing = [status] * times

    def reset(self) -> None:
        """Forget what came, and answer 200 at once again."""
        self.received = []
        self.delay = 0.0
        self.handler = None
        self._failing = []

    def close(self) -> None:
        """Listen no more; whoever is still waiting for an answer gets it now."""
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: Received) -> tuple[int, bytes, str]:
        """Take a request down, and give its answer: status, body, type."""
        self.received.append(request)
        if self.delay:
            self._released.wait(self.delay)
        if self._failing:
            return self._failing.pop(), b"as the test wants", "text/plain"
        return _spelt(None if self.handler is None else self.handler(request))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # closing waits for answers that are being given
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], receiver: Receiver) -> None:
        super().__init__(address, _Handler)
        self.receiver = receiver

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that gave up waiting is no fault."""


class _Handler(BaseHTTPRequestHandler):
    def __getattr__(self, name: str) -> Callable[[], None]:
        """Answer every method alike."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class calls it
        """Write no log."""

    def _answer(self) -> None:
        path, _, query = self.path.partition("?")
        assert isinstance(self.server, _Server)
        status, body, kind = self.server.receiver.answer(
            Received(
                method=self.command,
                path=path,
                query=dict(parse_qsl(query, keep_blank_values=True)),
                headers=dict(self.headers.items()),
                body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            )
        )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _spelt(answer: Answer) -> tuple[int, bytes, str]:
    if isinstance(answer, tuple):
        return answer[0], _bytes(answer[1]), "text/plain; charset=utf-8"
    if isinstance(answer, int):
        return answer, b"", "text/plain"
    if isinstance(answer, dict | list):
        return 200, msgspec.json.encode(answer), "application/json"
    return 200, _bytes(answer or b""), "text/plain; charset=utf-8"


def _bytes(text: str | bytes) -> bytes:
    return text.encode() if isinstance(text, str) else text
