"""What stands in SIP's header fields: URIs, addresses with a name and parameters, Via (RFC 3261, 19.1, 20.10, 20.42).

All of it is cut at separators that are not quoted, once from left to right. What is read is remembered for a while, and
given to several: nobody changes it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,253})|\[[0-9A-Fa-f:.]{2,45}\]")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_VIA: Final = re.compile(r"SIP ?/ ?2\.0 ?/ ?([A-Za-z0-9-]{1,16}) (.+)", re.IGNORECASE)
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_MARK: Final = re.compile(r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)|[<>,;]', re.DOTALL)  # quotes that nobody ends go to the end
_BLANKS: Final = re.compile(r"[ \t]+")
_HIGHEST_PORT: Final = 65_535
_REMEMBERED: Final = 128  # values that were read last: each of a message is asked for again and again


class Uri(msgspec.Struct, frozen=True, kw_only=True):
    """A `sip:`, `sips:` or `tel:` URI: `text` as it came, and its parts. `port` 0: none is named.

    `headers` is what stands behind `?`; of a `tel:` URI the number is the `user`.
    """

    text: str
    scheme: str
    user: str
    host: str
    port: int
    parameters: dict[str, str]
    headers: str


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """A URI with a display name and parameters, whose names are in lower case."""

    uri: Uri
    name: str
    parameters: dict[str, str]

    @property
    def tag(self) -> str:
        """Give the tag, by which a dialogue is known."""
        return self.parameters.get("tag", "")


class Via(msgspec.Struct, frozen=True, kw_only=True):
    """One Via: where an answer goes. `port` 0: none is named."""

    transport: str
    host: str
    port: int
    parameters: dict[str, str]

    @property
    def branch(self) -> str:
        """Give what names the transaction."""
        return self.parameters.get("branch", "")


def split(text: str, separator: str) -> list[str]:
    """Cut at a separator, but not within quotes or angle brackets; the parts without white space around them."""
    if '"' not in text and "<" not in text:  # most are plain, and Python's own split is ten times as fast
        return [part.strip() for part in text.split(separator)]
    return [part.strip() for part in _cut(text, separator)]


def _cut(text: str, separator: str) -> Iterator[str]:
    start, is_bracketed = 0, False
    for found in _MARK.finditer(text):
        sign = found[0]
        if sign in "<>":
            is_bracketed = sign == "<"
        elif sign == separator and not is_bracketed:
            yield text[start : found.start()]
            start = found.end()
    yield text[start:]


def unquoted(text: str) -> str:
    """Give what stands in quotes, if it does."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def quoted(text: str) -> str:
    """Put text in quotes, without what must not be there."""
    kept = "".join(sign for sign in text if sign.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parameters(parts: list[str]) -> dict[str, str]:
    """Read `name=value` parts; the first of a name counts, and one without a value has an empty one."""
    read: dict[str, str] = {}
    for part in parts:
        name, _, value = part.partition("=")
        if name.strip():
            read.setdefault(name.strip().lower(), unquoted(value))
    return read


def uri(text: str) -> Uri | None:
    """Read a URI; None for what is none of ours."""
    scheme, separator, rest = text.partition(":")
    scheme = scheme.lower()
    if not separator or scheme not in ("sip", "sips", "tel") or _BLANKS.search(text):
        return None
    rest, _, headers = rest.partition("?") if "@" not in rest else _headers_apart(rest)
    if scheme == "tel":
        number, *more = rest.split(";")
        return Uri(text=text, scheme=scheme, user=number, host="", port=0, parameters=parameters(more), headers="")
    before, at, after = rest.partition("@")
    user, place = (before.partition(":")[0], after) if at else ("", rest)
    place, *more = place.split(";")
    where = host_and_port(place)
    if where is None:
        return None
    return Uri(
        text=text,
        scheme=scheme,
        user=unquote(user),
        host=where[0],
        port=where[1],
        parameters=parameters(more),
        headers=headers,
    )


def _headers_apart(rest: str) -> tuple[str, str, str]:
    user, at, place = rest.partition("@")  # a user may have a question mark in it
    place, mark, headers = place.partition("?")
    return f"{user}{at}{place}", mark, headers


def host_and_port(text: str) -> tuple[str, int] | None:
    """Read `host` or `host:port`, of an IPv6 address without its brackets; None for what is neither."""
    text = text.strip()
    end = text.find("]") + 1 if text.startswith("[") else text.find(":") if ":" in text else len(text)
    host, rest = text[:end].strip(), text[end:].strip()
    if not _HOST.fullmatch(host):
        return None
    if not rest:
        return host.strip("[]").lower(), 0
    port = rest[1:].strip()
    if rest[0] != ":" or not _PORT.fullmatch(port) or not 0 < int(port) <= _HIGHEST_PORT:
        return None
    return host.strip("[]").lower(), int(port)


@lru_cache(_REMEMBERED)
def address(text: str) -> Address | None:
    """Read an address: `"name" <uri>;parameter`, or a URI alone, whose parameters are then the address's."""
    head, *more = split(text, ";")
    name, bracket, rest = _name_apart(head)
    found = uri(rest) if bracket else uri(head)
    if name.startswith('"') and not _QUOTED.fullmatch(name):
        return None
    return None if found is None else Address(uri=found, name=unquoted(name), parameters=parameters(more))


def _name_apart(head: str) -> tuple[str, bool, str]:
    if not head.endswith(">"):
        return "", False, head
    name, _, rest = head[:-1].rpartition("<")
    return name.strip(), True, rest


@lru_cache(_REMEMBERED)
def via(text: str) -> Via | None:
    """Read one Via; None for what is none."""
    head, *more = split(_BLANKS.sub(" ", text), ";")
    found = _VIA.fullmatch(head)
    where = host_and_port(found[2]) if found else None
    if found is None or where is None:
        return None
    return Via(transport=found[1].upper(), host=where[0], port=where[1], parameters=parameters(more))


def spelt_host(host: str) -> str:
    """Spell a host as a URI has it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host
