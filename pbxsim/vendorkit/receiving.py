"""What a vendor's settings may say of a server that is told of things: where it is, who asks, how long, how often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pbxsim.vendorkit.vendor import SettingsFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.pbx.notice import Retry

_LONGEST_TIMEOUT: Final = 300
_ENDLESS: Final = float("inf")


def is_web_address(text: str) -> bool:
    """Tell whether a server can be told there: an http(s) URL in visible ASCII, without user, password or fragment."""
    if not text.isascii() or not text.isprintable() or " " in text or "#" in text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc and port != 0


def credential_faults(username: str, password: str, path: str) -> Iterator[SettingsFault]:
    """Find what is wrong with `username` and `password` of HTTP Basic, which stand at `path`. No password is shown."""
    if ":" in username:  # RFC 7617, 2: the first colon ends the user name
        yield SettingsFault(f"{path}.username", username, "a name without ':'")
    if password and not username:
        yield SettingsFault(f"{path}.username", "", "a user name to the password")


def patience_faults(timeout: float, retry: Retry, path: str) -> Iterator[SettingsFault]:
    """Find what in `timeout` and `retry`, which stand at `path`, could never work."""
    if not 0 < timeout <= _LONGEST_TIMEOUT:
        yield SettingsFault(f"{path}.timeout", timeout, f"seconds, more than 0 and at most {_LONGEST_TIMEOUT}")
    if not 0 < retry.first < _ENDLESS:
        yield SettingsFault(f"{path}.retry.first", retry.first, "seconds, more than 0")
    if not 1 <= retry.factor < _ENDLESS:
        yield SettingsFault(f"{path}.retry.factor", retry.factor, "1 or more")
    if not retry.first <= retry.longest < _ENDLESS:
        yield SettingsFault(f"{path}.retry.longest", retry.longest, "seconds, not less than `first`")
    if not 0 <= retry.give_up < _ENDLESS:
        yield SettingsFault(f"{path}.retry.give_up", retry.give_up, "seconds, 0 for one try")
