"""Whom a notice may go to: the server that its receiver's configured address names, and nobody else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pbxsim.pbx.notice import MAIL

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Notice, Receiver

_PORTS: Final = {"http": 80, "https": 443}
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+\Z")  # a blank or a line's end would be read as a request's next part
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")  # RFC 9110, 5.6.2
_NO_FIELD: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def fault(notice: Notice, receiver: Receiver | None) -> str:
    """Say why a notice can never be sent; an empty text where nothing speaks against it."""
    if receiver is None:
        return "no receiver of that name is configured"
    if notice.method == MAIL:
        return "" if receiver.address.startswith("smtp:") else "its receiver takes no e-mail"
    if not _VISIBLE.match(notice.url):
        return "its URL has characters that no URL has"
    if not _TOKEN.match(notice.method):
        return "its method is none of HTTP's"
    if _NO_FIELD.search(notice.content_type):
        return "its content type has characters that no header has"
    return _astray(notice.url, receiver.address)


def _astray(url: str, configured: str) -> str:
    to, allowed = _server(url), _server(configured)
    if allowed is None:
        return "its receiver's address is no http or https URL"
    if to is None:
        return "its URL is no http or https URL"
    if to != allowed:
        return f"it is for {_spelt(to)}, and its receiver is at {_spelt(allowed)} now"
    return ""


def _server(url: str) -> tuple[str, str, int] | None:
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    host = (parts.hostname or "").rstrip(".")
    return (parts.scheme, host, port) if host else None


def _spelt(server: tuple[str, str, int]) -> str:
    scheme, host, port = server
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"
