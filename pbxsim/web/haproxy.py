"""An HAProxy before several servers, each with a PBX of its own: its configuration, and whose each credential is.

The proxy reads of a request what the vendors say their credentials stand in (`Vendor.places`), and looks up which PBX
has them by a digest: so no secret is in what is written here, and none has to be quoted for it. It only decides who is
asked, and the PBX that is asked still compares. Only the vendors' paths are passed on: to a server on the loopback the
proxy is a neighbour, whom the control API would trust.

Source: HAProxy 2.6, Configuration Manual, 7.3.6 (req.fhdr, url_param, req.body_param), 7.3.1 (concat, sha2, hex,
map_str).
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.web.paths import LIVEZ

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pbxsim.kit.vendor import Place, Vendor

_FORM: Final = "application/x-www-form-urlencoded"
_PATH: Final = "path,url_dec,regsub(/+,/,g)"  # as web/paths.py cleans one; none of the control API's becomes a vendor's
_HEADERS: Final = (
    "Access-Control-Allow-Headers",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Origin",
    "Access-Control-Max-Age",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Method",
    "Allow",
    "Authorization",
    "Cache-Control",
    "Connection",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "Date",
    "Host",
    "Origin",
    "Retry-After",
    "Server",
    "Transfer-Encoding",
    "User-Agent",
    "Vary",
    "WWW-Authenticate",
    "X-APIKEY",
    "X-Content-Type-Options",
    "X-Pbxsim-Hint",
)
"""HAProxy writes names of headers in small letters; these it is to write as they came, for a reply keeps its bytes."""

_ABOUT: Final = """\
# An HAProxy before servers of pbxsim, each with a PBX of its own, written by `pbxsim haproxy-conf`.
# Whose each credential is stands in {map}, by digests. Nothing is logged: queries have credentials in them.
"""

_GLOBAL: Final = """
global
    default-path config
{adjusted}

defaults
    mode http
    timeout connect 5s
    timeout http-request 40s
    timeout http-keep-alive 75s
    timeout client 75s
    timeout server 75s
    retries 0
"""

_FRONTEND: Final = """
frontend vendors
    bind {listen}
    option accept-invalid-http-request
    option h1-case-adjust-bogus-client
    option http-buffer-request
    acl is_form req.hdr(content-type) -m beg -i {form}
{rules}
"""

_BACKEND: Final = """
backend pbx-{name}
    option accept-invalid-http-response
    option h1-case-adjust-bogus-server
    option httpchk
    http-check send meth GET uri {livez} ver HTTP/1.1 hdr Host localhost
    server {name} {address} check inter 500ms fall 1 rise 1
"""

MAP: Final = "credentials.map"
"""The name of the file with `credentials_map`, beside the configuration."""


class CannotChoose(ValueError):
    """A proxy could not tell these PBXs' requests apart; says why."""


class Behind(msgspec.Struct, frozen=True):
    """A server behind the proxy: the name of its PBX, `address` as `HOST:PORT`, its credentials' parts by vendor.

    A vendor whose interface the PBX speaks is there even if nobody has a credential.
    """

    name: str
    address: str
    parts: Mapping[str, frozenset[tuple[str, ...]]]


def configuration(behind: Sequence[Behind], vendors: Mapping[str, Vendor], listen: str) -> str:
    """Write the configuration; `listen` is where clients come to, as `HOST:PORT`. Raises CannotChoose.

    A request without a credential that is known here goes to the first PBX that speaks the vendor's interface, as with
    one server for all, and is refused there in the vendor's words.
    """
    spoken = [vendor for name, vendor in vendors.items() if any(name in each.parts for each in behind)]
    _refuse_unclear(spoken, behind)
    rules = chain(
        chain.from_iterable(map(_path_rules, spoken)),
        (f"    http-request deny deny_status 404 unless {' or '.join(map(_at, spoken))}",),
        chain.from_iterable(map(_choosing, spoken)),
        ("    use_backend %[var(txn.pbx)] if { var(txn.pbx) -m found }",),
        (f"    use_backend pbx-{_first(vendor, behind).name} if {_at(vendor)}" for vendor in spoken),
    )
    return "".join(
        (
            _ABOUT.format(map=MAP),
            _GLOBAL.format(adjusted="\n".join(f"    h1-case-adjust {name.lower()} {name}" for name in _HEADERS)),
            _FRONTEND.format(listen=listen, form=_FORM, rules="\n".join(rules)),
            *(_BACKEND.format(name=each.name, address=each.address, livez=LIVEZ) for each in behind),
        )
    )


def credentials_map(behind: Sequence[Behind], vendors: Mapping[str, Vendor]) -> str:
    """Write whose each credential is: a digest and a backend in each line, in the order of the digests.

    What two PBXs have in common, as a key with which each wants another password, is nobody's: the other part tells.
    """
    holders: dict[str, set[str]] = {}
    for each in behind:
        for name, parts in each.parts.items():
            for text in _all_looked_up(vendors[name], parts):
                holders.setdefault(_digest(text), set()).add(each.name)
    return "".join(f"{digest} pbx-{' '.join(names)}\n" for digest, names in sorted(holders.items()) if len(names) == 1)


def _refuse_unclear(spoken: Sequence[Vendor], behind: Sequence[Behind]) -> None:
    if not spoken:
        raise CannotChoose("none of these PBXs speaks a vendor's interface: there is nothing to pass on")
    for vendor in spoken:
        kinds = {kind for each in behind for kind, *_ in each.parts.get(vendor.name, ())}
        if kinds - vendor.places.keys() and sum(vendor.name in each.parts for each in behind) > 1:
            raise CannotChoose(
                f"the vendor {vendor.name} does not say where in a request its credentials stand:"
                " only one of these PBXs may speak its interface"
            )


def _at(vendor: Vendor) -> str:
    return f"at_{vendor.name}"


def _path_rules(vendor: Vendor) -> Iterator[str]:
    for path in vendor.paths:
        matched = f"-m beg {path[:-1]}" if path.endswith("/*") else f"-m str {path}"
        yield f"    acl {_at(vendor)} {_PATH} {matched}"


def _first(vendor: Vendor, behind: Sequence[Behind]) -> Behind:
    return next(each for each in behind if vendor.name in each.parts)


def _choosing(vendor: Vendor) -> Iterator[str]:
    """Give the rules that find which PBX has the credential of a request to a vendor: the first known counts."""
    at = _at(vendor)
    for kind, place in enumerate(vendor.places.values()):
        yield from (f"    http-request {rule}" for rule in _reading(place, kind, at))
        values = "".join(f",concat(/,{_variable(kind, number)})" for number in range(max(1, len(place.params))))
        found = f"str({_begin(vendor, place)}){values},sha2(256),hex,map_str({MAP})"
        yield f"    http-request set-var(txn.pbx) {found} if {at} !{{ var(txn.pbx) -m found }}"


def _reading(place: Place, kind: int, at: str) -> Iterator[str]:
    """Give the rules that read the values of a kind of credential: a form's rather than a query's, the first header."""
    if place.basic:
        yield f"set-var({_variable(kind, 0)}) req.fhdr({place.basic},1),word(2,' ') if {at}"
    elif place.header:
        yield f"set-var({_variable(kind, 0)}) req.fhdr({place.header},1) if {at}"
    for number, name in enumerate(place.params):
        read = f"set-var({_variable(kind, number)})"
        yield f"{read} url_param({name}),url_dec(1) if {at}"
        yield f"{read} req.body_param({name}),url_dec(1) if {at} is_form {{ req.body_param({name}) -m found }}"


def _variable(kind: int, number: int) -> str:
    return f"txn.kind{kind}_{number}"


def _begin(vendor: Vendor, place: Place) -> str:
    return f"{vendor.name}/{'+'.join(place.params) or place.header or place.basic}"


def _all_looked_up(vendor: Vendor, parts: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for kind, *values in parts:
        if kind in vendor.places:
            yield from _looked_up(vendor, vendor.places[kind], values)


def _looked_up(vendor: Vendor, place: Place, values: Sequence[str]) -> Iterator[str]:
    """Give the texts of which the proxy looks up the digest, for one credential.

    Two credentials may have one text, as `a/b` with `c` and `a` with `b/c`: then neither is found by it.
    """
    if not place.basic:
        yield "/".join((_begin(vendor, place), *values))
        return
    coded = b64encode(":".join(values).encode()).decode()
    yield from (f"{_begin(vendor, place)}/{each}" for each in dict.fromkeys((coded, coded.rstrip("="))))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest().upper()
