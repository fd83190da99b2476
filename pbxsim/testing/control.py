"""Asks a server's control API, as JSON over HTTP: what everything else here is built on."""

from __future__ import annotations

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAGE: Final = 1_000
ROOT: Final = "/_pbxsim"


class ControlRefused(Exception):
    """The control API would not do it: `status` as in HTTP, `detail` in words, `problem` the whole document."""

    def __init__(self, asked: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.detail = str(problem.get("detail", ""))
        self.problem = problem
        super().__init__(f"{asked}: {status} {self.detail}")


class ServerGone(ConnectionError):
    """Nobody answered where the server was."""


class Control:
    """The control API at a URL. `timeout` is how many seconds an answer may take; `token` the server's control token.

    Every request has a connection of its own, so threads may share one.
    """

    def __init__(self, url: str, *, token: str = "", timeout: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._parts = urlsplit(self.url)
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(self, method: str, path: str, body: object = None, **query: object) -> Any:  # noqa: ANN401 - any JSON
        """Ask below `/_pbxsim`, and give the answer's JSON. Raises ControlRefused, ServerGone."""
        return msgspec.json.decode(self.raw(method, path, body, **query))

    def raw(self, method: str, path: str, body: object = None, **query: object) -> bytes:
        """Ask, and give the answer as it came. Raises ControlRefused, ServerGone."""
        given = {name.rstrip("_"): value for name, value in query.items() if value is not None}
        target = f"{ROOT}{quote(path)}" + (f"?{urlencode(given)}" if given else "")
        status, content = self._send(method, target, body)
        if status >= 400:
            raise ControlRefused(f"{method} {target}", status, _problem(content))
        return content

    def pages(self, path: str, key: str, **query: object) -> Iterator[Any]:
        """Give the entries of a list, page by page; `key` is the field by which the next page is found."""
        after: object = None
        while True:
            page = self.ask("GET", path, limit=_PAGE, after=after, **query)
            yield from page
            if len(page) < _PAGE:
                return
            after = page[-1][key]

    def _send(self, method: str, target: str, body: object) -> tuple[int, bytes]:
        headers = dict(self._headers)
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        connection = self._connection()
        try:
            connection.request(method, self._parts.path + target, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except TimeoutError as error:
            raise TimeoutError(f"{method} {target}: no answer in {self.timeout:g} s") from error
        except (OSError, HTTPException) as error:
            raise ServerGone(f"{method} {self.url}{target}: {error}") from error
        finally:
            connection.close()

    def _connection(self) -> HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        if self._parts.scheme == "https":
            return HTTPSConnection(host, port, timeout=self.timeout)
        return HTTPConnection(host, port, timeout=self.timeout)


def _problem(content: bytes) -> Mapping[str, Any]:
    try:
        found = msgspec.json.decode(content)
    except msgspec.DecodeError:
        found = None
    return found if isinstance(found, dict) else {"detail": content.decode(errors="replace")}
