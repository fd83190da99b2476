"""SIP messages: read from what came in, whatever it is, and written (RFC 3261, 7 and 25).

Reading never raises: what is no message at all is None, and a request that can be answered though something in it is
wrong carries a `fault`, for the 400. Nothing is searched for by an expression that can go back over what it has seen,
and sizes are bounded, so that no input costs more than its length. What has to be echoed (Via, From, To) is kept as it
came: a value that is read and spelt anew may not be the one that its sender looks for.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from pbxsim.engines.sip.address import Address, Via, address, split, via

LARGEST: Final = 65_535
"""Bytes of a message at most: what a datagram can hold."""

MOST_HEADERS: Final = 128
"""Header fields of a message at most."""

_LARGEST_HEAD: Final = 32_768
_LONGEST_VALUE: Final = 8_192
_HIGHEST_SEQUENCE: Final = 2**31 - 1  # RFC 3261, 8.1.1.5
_METHOD: Final = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}")
_NAME: Final = re.compile(r"[A-Za-z0-9.!%*_+`'~-]{1,64}")
_CODE: Final = re.compile(r"[1-6][0-9]{2}")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_VERSION: Final = "SIP/2.0"
_COMPACT: Final = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
}
_SPELLINGS: Final = {
    "call-id": "Call-ID",
    "cseq": "CSeq",
    "rack": "RAck",
    "rseq": "RSeq",
    "www-authenticate": "WWW-Authenticate",
}
_ONCE: Final = ("from", "to", "call-id", "cseq", "max-forwards", "content-length")


class _Message(msgspec.Struct, kw_only=True):
    """What requests and responses have in common. `headers` are fields by lower-case name, in their order."""

    headers: list[tuple[str, str]]
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Give the values of all fields of a name."""
        return [value for known, value in self.headers if known == name]

    def first(self, name: str) -> str:
        """Give the first one's value; empty where there is none."""
        return next((value for known, value in self.headers if known == name), "")

    def listed(self, name: str) -> list[str]:
        """Give the elements of a header whose fields are lists."""
        return [element for value in self.all(name) for element in split(value, ",") if element]

    def number(self, name: str) -> int | None:
        """Give the number that a field begins with; None where there is none."""
        found = re.match(r"[0-9]{1,10}(?![0-9])", self.first(name))
        return int(found[0]) if found else None

    @property
    def call_id(self) -> str:
        """Give what says to which dialogue it belongs."""
        return self.first("call-id")

    @property
    def sequence(self) -> int:
        """Give CSeq's number; -1 where it has none that may be."""
        number = self.number("cseq")
        return -1 if number is None or number > _HIGHEST_SEQUENCE else number

    @property
    def sequence_method(self) -> str:
        """Give CSeq's method."""
        return self.first("cseq").partition(" ")[2].strip()

    @property
    def via(self) -> Via | None:
        """Give the topmost Via."""
        listed = self.listed("via")
        return via(listed[0]) if listed else None

    @property
    def sender(self) -> Address | None:
        """Give From."""
        return address(self.first("from"))

    @property
    def receiver(self) -> Address | None:
        """Give To."""
        return address(self.first("to"))

    @property
    def contacts(self) -> list[Address]:
        """Give those of Contact that can be read."""
        return [found for found in map(address, self.listed("contact")) if found is not None]


class Request(_Message, kw_only=True):
    """A request. `target` is its Request-URI. `fault`: why it can only be refused, with `code`; empty: it is sound."""

    method: str
    target: str
    fault: str = ""
    code: int = 400

    def __bytes__(self) -> bytes:
        """Spell it."""
        return _spelt(f"{self.method} {self.target} {_VERSION}", self.headers, self.body)


class Response(_Message, kw_only=True):
    """A response."""

    code: int
    phrase: str

    def __bytes__(self) -> bytes:
        """Spell it."""
        return _spelt(f"{_VERSION} {self.code} {self.phrase}", self.headers, self.body)


def _spelt(start: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
    lines = [start]
    lines += [f"{_SPELLINGS.get(name) or name.title()}: {value}" for name, value in headers]
    lines.append(f"Content-Length: {len(body)}\r\n\r\n")
    return "\r\n".join(lines).encode() + body


def response(
    request: Request, code: int, phrase: str, *, tag: str = "", received: tuple[str, int] | None = None
) -> Response:
    """Begin a response to a request (RFC 3261, 8.2.6.2): what it must echo, with `tag` put to a To without one.

    `received` is where the request came from, told in its topmost Via (18.2.1; RFC 3581, 4).
    """
    echoed = [(name, value) for name, value in request.headers if name in ("via", "from", "to", "call-id", "cseq")]
    if received is not None:
        index = next(index for index, (name, value) in enumerate(echoed) if name == "via" and value.strip(", \t"))
        echoed[index] = ("via", _told(echoed[index][1], received))
    receiver = request.receiver
    if tag and receiver is not None and not receiver.tag:
        echoed = [(name, f"{value};tag={tag}" if name == "to" else value) for name, value in echoed]
    return Response(code=code, phrase=phrase, headers=echoed)


def _told(value: str, received: tuple[str, int]) -> str:
    top, *others = (element for element in split(value, ",") if element)
    read = via(top)
    assert read is not None  # else nobody answers
    host, port = received
    rest = [each for each in split(top, ";")[1:] if each.partition("=")[0].strip().lower() not in ("received", "rport")]
    told = [split(top, ";")[0], *rest, f"received={host}"]
    if "rport" in read.parameters:
        told.append(f"rport={port}")
    return ", ".join([";".join(told), *others])


def read(data: bytes) -> Request | Response | None:
    """Read a whole message; None for what is none, or cannot even be refused."""
    if len(data) > LARGEST:
        return None
    data = data.lstrip(b"\r\n")
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator or len(head) > _LARGEST_HEAD:
        return None
    start, *lines = _unfolded(head.decode("utf-8", "replace"))
    fields = [_field(line) for line in lines]
    headers = [field for field in fields if field is not None]
    fault = "" if len(headers) == len(fields) else "Malformed Header Field"
    if len(headers) > MOST_HEADERS:
        fault, headers = "Too Many Header Fields", headers[:MOST_HEADERS]
    message = _begun(start, headers)
    if message is None or message.via is None:
        return None
    fault = fault or _take_body(message, body) or _fault(message)
    if isinstance(message, Response):
        return None if fault else message
    message.fault = message.fault or fault
    return message


def _unfolded(head: str) -> list[str]:
    """Put lines that go on in the next one together (RFC 3261, 7.3.1)."""
    lines: list[str] = []
    for line in head.split("\r\n"):
        if line[:1] in (" ", "\t") and lines:
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line)
    return lines


def _field(line: str) -> tuple[str, str] | None:
    name, separator, value = line.partition(":")
    name, value = name.rstrip().lower(), value.strip()
    if not separator or not _NAME.fullmatch(name) or len(value) > _LONGEST_VALUE or _CONTROL.search(value):
        return None
    return _COMPACT.get(name, name), value


def _begun(start: str, headers: list[tuple[str, str]]) -> Request | Response | None:
    first, _, rest = start.partition(" ")
    if first == _VERSION:
        code, _, phrase = rest.partition(" ")
        return Response(code=int(code), phrase=phrase, headers=headers) if _CODE.fullmatch(code) else None
    target, _, version = rest.rstrip(" ").rpartition(" ")
    if not _METHOD.fullmatch(first) or not target or not version.upper().startswith("SIP/"):
        return None
    request = Request(method=first, target=target, headers=headers)
    if version != _VERSION:
        request.code, request.fault = 505, "Version Not Supported"
    elif " " in target or "<" in target or rest.endswith(" "):
        request.fault = "Malformed Request-URI"
    return request


def _take_body(message: Request | Response, body: bytes) -> str:
    """Cut the body to its length (RFC 3261, 18.3); tell what is wrong with that."""
    if not message.first("content-length"):
        message.body = body
        return ""
    length = message.number("content-length")
    if length is None or length > len(body) or not message.first("content-length").isdigit():
        return "Wrong Content-Length"
    message.body = body[:length]
    return ""


def _fault(message: Request | Response) -> str:
    """Say what is wrong with those fields without which nothing can be done (RFC 3261, 8.1.1)."""
    for name in _ONCE:
        if len(message.all(name)) > 1:
            return f"More Than One {_SPELLINGS.get(name) or name.title()}"
    if message.sender is None or message.receiver is None:
        return "Malformed From or To"
    if not message.call_id or message.sequence < 0:
        return "Malformed Call-ID or CSeq"
    if isinstance(message, Request) and message.sequence_method != message.method:
        return "CSeq of Another Method"
    return ""
