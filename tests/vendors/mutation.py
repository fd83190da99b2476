"""Requests made out of documented ones: a parameter renamed or its value exchanged, in the query or the JSON body."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from multidict import CIMultiDict

from pbxsim.vendorkit.exchange import Exchange

if TYPE_CHECKING:
    from pbxsim.vendorkit.reply import Reply


def parameters(exchange: Exchange) -> dict[str, str]:
    """Give the parameters of a request: those of its JSON body, else those of its query or form."""
    if _is_json(exchange):
        return {name: str(value) for name, value in json.loads(exchange.body).items()}
    return dict(exchange.params)


def renamed(exchange: Exchange, old: str, new: str) -> Exchange:
    """Make the same request with one parameter under another name, in the same place."""
    return _with(exchange, [(new if name == old else name, value) for name, value in parameters(exchange).items()])


def valued(exchange: Exchange, name: str, value: str) -> Exchange:
    """Make the same request with one value exchanged; a lone surrogate travels as the bytes that it stands for."""
    return _with(exchange, list((parameters(exchange) | {name: value}).items()))


def with_headers(exchange: Exchange, headers: dict[str, str]) -> Exchange:
    """Make the same request with some headers exchanged."""
    kept = {name: value for name, value in exchange.headers.items() if name.lower() not in map(str.lower, headers)}
    return _rebuilt(exchange, exchange.query, exchange.body, kept | headers)


def told(reply: Reply) -> str:
    """Give all that a reply tells, to the client and to the journal."""
    headers = "".join(f"{name}: {value}\n" for name, value in reply.headers)
    return reply.body.decode(errors="replace") + headers + reply.code + "\n".join(reply.hints)


def _with(exchange: Exchange, pairs: list[tuple[str, str]]) -> Exchange:
    if _is_json(exchange):
        return _rebuilt(exchange, exchange.query, json.dumps(dict(pairs)).encode(), dict(exchange.headers))
    query = "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in pairs)
    return _rebuilt(exchange, query, b"", dict(exchange.headers))


def _rebuilt(exchange: Exchange, query: str, body: bytes, headers: dict[str, str]) -> Exchange:
    return Exchange(
        exchange.method, exchange.path, query, headers=CIMultiDict(headers), body=body, remote=exchange.remote
    )


def _encoded(text: str) -> str:
    return quote(text, safe="", errors="surrogatepass")


def _is_json(exchange: Exchange) -> bool:
    return "json" in exchange.headers.get("Content-Type", "")
