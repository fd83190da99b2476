"""Credentials of servers that pbxsim asks or tells: in a header, never in a URL that leaves."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, unquote, urlsplit

if TYPE_CHECKING:
    from pbxsim.pbx.notice import Receiver


def basic(username: str, password: str) -> str:
    """Spell credentials for the header Authorization (RFC 7617)."""
    return "Basic " + b64encode(f"{username}:{password}".encode()).decode()


def without_credentials(url: str) -> str:
    """Give a URL without a user name and password in it, and every other byte as it was."""
    parts = _split(url)
    told, found, _ = parts.netloc.rpartition("@") if parts is not None else ("", "", "")
    return url.replace(f"{told}@", "", 1) if found else url


def authorization(receiver: Receiver) -> str:
    """Spell the receiver's credentials for HTTP Basic (RFC 7617), those in its address included; empty without any."""
    username, password = receiver.username, receiver.password
    if not username:
        parts = _split(receiver.address)
        if parts is None or parts.username is None:
            return ""
        username, password = unquote(parts.username), unquote(parts.password or "")
    return basic(username, password)


def _split(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:
        return None
