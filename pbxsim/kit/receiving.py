"""What a vendor's settings may say of somebody who is told by HTTP: where, how long a try may take, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pbxsim.kit.addresses import KINDS, is_allowed_host
from pbxsim.kit.vendor import NOT_SHOWN, SettingsFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.notice import Retry

_LONGEST_TIMEOUT: Final = 300.0
_ENDLESS: Final = float("inf")


def is_url(text: str) -> bool:
    """Tell whether a request can be sent there: an http(s) URL of visible ASCII characters, without a fragment."""
    if not text.isascii() or not text.isprintable() or " " in text or "#" in text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0


def without_scheme(text: str) -> str:
    """Say, for a fault's end, that a URL has no scheme; empty where that is not what it lacks."""
    return ": `http://` is missing" if "://" not in text and is_url(f"http://{text}") else ""


def server_faults(url: str, path: str) -> Iterator[SettingsFault]:
    """Find that a URL's server is an address that is never connected to; the URL is not shown."""
    if is_url(url) and not is_allowed_host(urlsplit(url).hostname or ""):
        yield SettingsFault(path, NOT_SHOWN, f"a URL whose server is not {KINDS}")


def delivery_faults(timeout: float, retry: Retry, path: str) -> Iterator[SettingsFault]:
    """Find what in the settings `timeout` and `retry` could never work; `path` is where both stand."""
    if not 0 < timeout <= _LONGEST_TIMEOUT:
        yield SettingsFault(f"{path}.timeout", timeout, f"seconds, more than 0 and at most {_LONGEST_TIMEOUT:g}")
    if not 0 < retry.first < _ENDLESS:
        yield SettingsFault(f"{path}.retry.first", retry.first, "seconds, more than 0")
    if not 1 <= retry.factor < _ENDLESS:
        yield SettingsFault(f"{path}.retry.factor", retry.factor, "1 or more")
    if not retry.first <= retry.longest < _ENDLESS:
        yield SettingsFault(f"{path}.retry.longest", retry.longest, "seconds, not less than `first`")
    if not 0 <= retry.give_up < _ENDLESS:
        yield SettingsFault(f"{path}.retry.give_up", retry.give_up, "seconds, 0 for one try")
    if not 0 <= retry.give_way < _ENDLESS:
        yield SettingsFault(f"{path}.retry.give_way", retry.give_way, "seconds")
