"""What engines with real telephones share: which lines have one, and the passwords of them all."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import mappings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pbxsim.engines.line_settings import LineEntry

_KEY_BYTES: Final = 32
_SECRET_LETTERS: Final = 24


def simulated_lines(lines: Iterable[LineEntry]) -> frozenset[str]:
    """Give the SIP users of lines that no telephone registers for."""
    return frozenset(each.line for each in lines if each.simulated)


def line_faults(plain: object, section: str) -> Iterator[Finding]:
    """Find lines of an engine's section that are to have a telephone and none."""
    for path, entry in mappings(plain, f"{section}.lines.*"):
        if entry.get("simulated") is True and entry.get("telephone") is not None:
            yield Finding((*path, "telephone"), entry["telephone"], "no telephone where the line is simulated")


class TelephoneSecrets:
    """The passwords of one PBX's telephones: derived from a key of the user's, so that they stay the same.

    They are the same whatever engine a PBX is served with. The key is made at its first use, in a file that nobody else
    can read. Raises OSError where that is not possible.
    """

    def __init__(self, pbx: str, lines: Iterable[LineEntry], key_file: Path | None = None) -> None:
        self._pbx = pbx
        self._given = {each.line: each.secret for each in lines if each.secret is not None}
        self._file = _key_file() if key_file is None else key_file
        self._key = b""

    def line(self, user: str) -> str:
        """Give the password of a line's telephone."""
        return self._given.get(user) or self.derived(f"line/{user}")

    def derived(self, of: str) -> str:
        """Give the secret of something of this PBX."""
        self._key = self._key or _key_in(self._file)
        return hmac.new(self._key, f"{self._pbx}/{of}".encode(), "sha256").hexdigest()[:_SECRET_LETTERS]


def _key_file() -> Path:
    chosen = os.environ.get("XDG_DATA_HOME")
    return Path(chosen or Path.home() / ".local" / "share") / "pbxsim" / "asterisk.key"


def _key_in(file: Path) -> bytes:
    try:
        key = file.read_bytes()
    except FileNotFoundError:
        key = b""
    if len(key) == _KEY_BYTES:
        return key
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    key = secrets.token_bytes(_KEY_BYTES)
    part.touch(mode=0o600)
    part.write_bytes(key)
    part.replace(file)
    return key
