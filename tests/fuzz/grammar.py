"""Hypothesis' grammar of a request to a vendor: a service, its parameters, who asks, how it is written; mostly right.

What is wrong is wrong in a place or two, so that it comes past the checks in front of that place.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_from_bytes

from hypothesis import strategies as st

from tests.fuzz.sent import Sent
from tests.fuzz.values import HEADERS, HOSTILE, METHODS, TYPES
from tests.fuzz.vendors import Service, Vendor, right_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fuzz.sent import Header

Fields = list[tuple[str, bytes]]

_FORM: Final = b"application/x-www-form-urlencoded"
_BOUNDARY: Final = b"b"
_SELDOM: Final = st.integers(0, 9).map(lambda drawn: drawn == 0)
_HOSTILE: Final = st.sampled_from(HOSTILE) | st.binary(max_size=12) | st.text(max_size=8).map(
    lambda text: text.encode(errors="surrogatepass")
)  # fmt: skip
_JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


def _seldom(draw: st.DrawFn) -> bool:
    return draw(_SELDOM)


@st.composite
def requests(draw: st.DrawFn, vendor: Vendor) -> Sent:
    """Draw a request to this vendor."""
    service = draw(st.sampled_from(vendor.services))
    who, headers = draw(st.sampled_from(vendor.credentials))
    fields = [*service.fixed, *who, *draw(_fields(vendor, service))]
    method = draw(st.sampled_from(METHODS)) if _seldom(draw) else draw(st.sampled_from(service.methods))
    extra = tuple(draw(st.lists(st.sampled_from(HEADERS), max_size=3))) if _seldom(draw) else ()
    path = draw(_path(service))
    if service.is_json:
        return _with_body(
            draw, method, path, b"", headers + extra, draw(_json_body(vendor, fields)), b"application/json"
        )
    if method not in (b"POST", b"PUT"):
        return Sent(method=method, path=path, query=draw(_encoded(fields)), headers=headers + extra)
    return _posted(draw, method, path, fields, headers + extra)


def _posted(draw: st.DrawFn, method: bytes, path: bytes, fields: Fields, headers: tuple[Header, ...]) -> Sent:
    """Write some of the fields into the query, the others into a form."""
    split = draw(st.integers(0, len(fields)))
    query = draw(_encoded(fields[:split]))
    if _seldom(draw):
        return _with_body(
            draw, method, path, query, headers, _multipart(fields[split:]), b"multipart/form-data; boundary=b"
        )
    return _with_body(draw, method, path, query, headers, draw(_encoded(fields[split:])), _FORM)


def _with_body(
    draw: st.DrawFn, method: bytes, path: bytes, query: bytes, headers: tuple[Header, ...], body: bytes, kind: bytes
) -> Sent:
    written = draw(st.sampled_from(TYPES)) if _seldom(draw) else kind
    typed = (*headers, (b"Content-Type", written))
    return Sent(method=method, path=path, query=query, headers=typed, body=body, chunked=_seldom(draw))


@st.composite
def _fields(draw: st.DrawFn, vendor: Vendor, service: Service) -> Fields:
    others = draw(st.lists(st.sampled_from(service.parameters), max_size=4)) if draw(st.booleans()) else []
    names = others if _seldom(draw) else [*service.needed, *(name for name in others if name not in service.needed)]
    fields = [(name, draw(st.sampled_from(right_values(vendor, name)))) for name in names]
    if fields and _seldom(draw):
        at = draw(st.integers(0, len(fields) - 1))
        fields[at] = (fields[at][0], draw(_HOSTILE))
    if _seldom(draw):
        fields.append((draw(st.text(max_size=6)), draw(_HOSTILE)))
    if fields and _seldom(draw):
        name, value = draw(st.sampled_from(fields))
        fields.append(
            (draw(st.sampled_from((name, name.lower(), name + "[]", name + "[a][b]", name[:-1], name.upper()))), value)
        )
    return fields


def _path(service: Service) -> st.SearchStrategy[bytes]:
    right = st.sampled_from(service.paths)
    return right | right | right | st.builds(_bent, right, st.sampled_from(_BENDS))


_BENDS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda path: path + b"/",
    lambda path: b"/" + path,
    lambda path: path.replace(b"/", b"//"),
    lambda path: path.replace(b"/", b"%2F"),
    lambda path: path.upper(),
    lambda path: path + b"/../x",
    lambda path: path[:-1],
    lambda path: path + b"%00",
    lambda path: path + b"\xff",
    lambda path: path + b";jsessionid=1",
    lambda path: path.rpartition(b"/")[0] + b"/./" + path.rpartition(b"/")[2],
    lambda path: path + b"a" * 5_000,
)


def _bent(path: bytes, bend: Callable[[bytes], bytes]) -> bytes:
    return bend(path)


def _encoded(fields: Fields) -> st.SearchStrategy[bytes]:
    """Write fields as a query or form, percent-encoded in one of the ways that clients have, or not at all."""
    return st.sampled_from(_ENCODINGS).map(
        lambda encode: b"&".join(_name(n) + b"=" + encode(value) for n, value in fields)
    )


def _name(name: str) -> bytes:
    return quote_from_bytes(name.encode(errors="surrogatepass"), safe="[]").encode()


_ENCODINGS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    lambda value: quote_from_bytes(value).encode(),
    lambda value: quote_from_bytes(value, safe="").encode(),
    lambda value: quote_from_bytes(value, safe=" ").replace(" ", "+").encode(),
    lambda value: b"".join(b"%%%02x" % byte for byte in value[:2_000]),
    lambda value: bytes(byte for byte in value if byte > 0x20 and byte not in b"#&\x7f"),
)


def _multipart(fields: Fields) -> bytes:
    parts = (
        b'--b\r\nContent-Disposition: form-data; name="'
        + name.encode(errors="replace")
        + b'"\r\n\r\n'
        + value
        + b"\r\n"
        for name, value in fields
    )
    return b"".join(parts) + b"--" + _BOUNDARY + b"--\r\n"


@st.composite
def _json_body(draw: st.DrawFn, vendor: Vendor, fields: Fields) -> bytes:
    if _seldom(draw):
        return draw(_HOSTILE)
    document: dict[str, Any] = {name: _typed(value) for name, value in fields}
    for name in sorted(_NESTED & document.keys()):
        document[name] = draw(_nested(vendor, name))
    if document and _seldom(draw):
        document[draw(st.sampled_from(sorted(document)))] = draw(_JSON)
    return json.dumps(document, ensure_ascii=draw(st.booleans())).encode(errors="surrogatepass")


_NESTED: Final = frozenset({"conditions", "date_range", "pagination", "agents"})


@st.composite
def _nested(draw: st.DrawFn, vendor: Vendor, name: str) -> Any:  # noqa: ANN401 - JSON
    inner = {
        "conditions": ("from", "to", "cuid", "name", "number", "mapped"),
        "date_range": ("from", "to"),
        "pagination": ("start", "count", "sorting"),
        "agents": ("queue", "agent", "source", "penalty"),
    }[name]
    one = {key: _typed(draw(st.sampled_from(right_values(vendor, key)))) for key in inner}
    if _seldom(draw):
        one[draw(st.sampled_from(inner))] = draw(_JSON)
    return [one] * draw(st.integers(0, 3)) if name == "agents" else one


def _typed(value: bytes) -> Any:  # noqa: ANN401 - JSON
    text = value.decode(errors="replace")
    return {"true": True, "false": False, "null": None, "[]": [], "{}": {}}.get(text, text)
