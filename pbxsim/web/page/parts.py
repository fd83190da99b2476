"""What the pages at `/` and `/phone` are made of: HTML, modules, styles, languages, as in `static/`.

The HTML names none of the modules, but one script that is made of all of them. None of it is secret, so no token is
asked for; what the page shows it asks the control API for, with the token.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim import __version__
from pbxsim.web.control.response import Problem, Response
from pbxsim.web.page import telephone
from pbxsim.web.page.bundle import Bundle, bundle
from pbxsim.web.page.words import asked_for, texts, words
from pbxsim.web.paths import PAGE, PAGE_PARTS, PHONE

if TYPE_CHECKING:
    from pbxsim.hosting.hosts import Hosts
    from pbxsim.kit.request import Request

_FOLDER: Final = Path(__file__).with_name("static")
_FIRST: Final = "app.js"
_BUNDLE: Final = "bundle.js"
_BUNDLE_MAP: Final = "bundle.js.map"
_PART: Final = re.compile(
    r"[a-z0-9_-]+(?:/[a-z0-9_-]+)*\.(css|js|json|svg)"
)  # one dot: nothing leads out of the folder
_NAMES: Final = {PAGE: "index.html", PHONE: "phone.html"}
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "map": "application/json",
    "svg": "image/svg+xml",
}

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",  # a ladder that is saved; a QR code
        "media-src 'self' blob:",  # a recording that was read with the token
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No inline script, no inline style, nothing of another origin, in no frame."""

_VARY: Final = ("Accept-Encoding", "Accept-Encoding, Accept-Language")
_HEADERS: Final = (
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
)


def part(request: Request, hosts: Hosts, reach: str) -> Response:
    """Give a part of the page, or 304 where the browser has it. Raises Problem 404, OSError."""
    path, known = request.path, request.headers.get("If-None-Match", "")
    name = _NAMES.get(path) or path.removeprefix(PAGE_PARTS)
    body, policy = _content(request, name, hosts, reach)
    packs = _takes_gzip(request.headers.get("Accept-Encoding", ""))
    tag = f'"{sha256(body).hexdigest()[:24]}{"-gzip" if packs else ""}"'
    # No-cache: it is asked for again each time, so that a newer pbxsim is never shown by an older page.
    asked_again = (("ETag", tag), ("Cache-Control", "no-cache"), ("Vary", _VARY[path in _NAMES]))
    headers = (("Content-Security-Policy", policy), *_HEADERS, *asked_again)
    kind = _TYPES[name.rpartition(".")[2]]
    if tag in known:
        return Response(body=b"", status=304, content_type=kind, headers=headers)
    if not packs:
        return Response(body=body, content_type=kind, headers=headers)
    return Response(body=_packed(body), content_type=kind, headers=(*headers, ("Content-Encoding", "gzip")))


def _content(request: Request, name: str, hosts: Hosts, reach: str) -> tuple[bytes, str]:
    """Give a part's bytes, and the policy for it. Raises Problem 404."""
    if request.path == PAGE:
        return _filled(request, name, reach), POLICY
    if request.path == PHONE:
        policy = f"{POLICY}; {telephone.connections(hosts)}"
        return _filled(request, name, reach, needs=telephone.needs(hosts, request)), policy
    return _read(name), POLICY


def _filled(request: Request, name: str, reach: str, *, needs: str = "") -> bytes:
    """Give a page's HTML in the language that its browser asks for; `needs` is what it cannot do without."""
    language = asked_for(request.headers.get("Accept-Language", ""))
    sentence = texts(language)[f"phone.needs.{needs}"] if needs else ""
    told = {"version": __version__, "open": reach, "language": language, "needs": needs, "sentence": sentence}
    body = (_FOLDER / name).read_text("utf-8")
    for mark, text in told.items():
        body = body.replace(f"{{{mark}}}", escape(text))
    return body.encode().replace(b"{words}", words(language))


def _takes_gzip(accepted: str) -> bool:
    """Tell whether a browser takes what is packed; one that says `gzip;q=0` does not."""
    return any(coding.replace(" ", "") in ("gzip", "gzip;q=1") for coding in accepted.lower().split(","))


@lru_cache(maxsize=128)
def _packed(body: bytes) -> bytes:
    """Pack a part, once for all who look: it is the same bytes each time, without the time of day."""
    return gzip.compress(body, mtime=0)


def _read(name: str) -> bytes:
    """Read a part. Raises Problem 404."""
    if name in (_BUNDLE, _BUNDLE_MAP):
        made = _bundle(tuple((path, path.stat().st_mtime_ns) for path in sorted(_FOLDER.rglob("*.js"))))
        return made.script if name == _BUNDLE else made.map
    if name == telephone.LIBRARY and (library := telephone.library()) is not None:
        return library
    if _PART.fullmatch(name):
        part = _FOLDER.joinpath(*name.split("/"))
        if part.is_file():
            return part.read_bytes()
    raise Problem(404, f"the page has no part {name!r}")


@lru_cache(maxsize=1)
def _bundle(modules: tuple[tuple[Path, int], ...]) -> Bundle:
    """Make one script of the modules as they are by now: whoever changes one reloads the page."""
    texts = {path.relative_to(_FOLDER).as_posix(): path.read_text(encoding="utf-8") for path, _ in modules}
    return bundle(texts, _FIRST, _BUNDLE_MAP)
