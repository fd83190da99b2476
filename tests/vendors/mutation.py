"""Requests made out of documented ones: a parameter renamed or its value exchanged, in the query or the JSON body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from multidict import CIMultiDict

from pbxsim.kit.request import Request

if TYPE_CHECKING:
    from pbxsim.kit.reply import Reply


def parameters(request: Request) -> dict[str, str]:
    """Give the parameters of a request: those of its JSON body, else those of its query or form."""
    if _is_json(request):
        return {name: str(value) for name, value in json.loads(request.body).items()}
    return dict(request.params)


def renamed(request: Request, old: str, new: str) -> Request:
    """Make the same request with one parameter under another name, in the same place."""
    return _with(request, [(new if name == old else name, value) for name, value in parameters(request).items()])


def valued(request: Request, name: str, value: str) -> Request:
    """Make the same request with one value exchanged; a lone surrogate travels as the bytes that it stands for."""
    return _with(request, list((parameters(request) | {name: value}).items()))


def with_headers(request: Request, headers: dict[str, str]) -> Request:
    """Make the same request with some headers exchanged."""
    kept = {name: value for name, value in request.headers.items() if name.lower() not in map(str.lower, headers)}
    return _rebuilt(request, request.query, request.body, kept | headers)


def told(reply: Reply) -> str:
    """Give all that a reply tells, to the client and to the journal."""
    headers = "".join(f"{name}: {value}\n" for name, value in reply.headers)
    return reply.body.decode(errors="replace") + headers + reply.code + "\n".join(reply.hints)


def _with(request: Request, pairs: list[tuple[str, str]]) -> Request:
    if _is_json(request):
        return _rebuilt(request, request.query, json.dumps(dict(pairs)).encode(), dict(request.headers))
    query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)
    return _rebuilt(request, query, b"", dict(request.headers))


def _rebuilt(request: Request, query: str, body: bytes, headers: dict[str, str]) -> Request:
    return Request(request.method, request.path, query, headers=CIMultiDict(headers), body=body, remote=request.remote)


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _is_json(request: Request) -> bool:
    return "json" in request.headers.get("Content-Type", "")
