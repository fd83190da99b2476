"""What engines with real telephones share: which lines have one, the passwords of them all, and how that is told."""

from __future__ import annotations

import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.engine import EngineUnreachable
from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import mappings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pbxsim.engines.engine import SipAccount
    from pbxsim.engines.line_settings import LineEntry
    from pbxsim.pbx.directory import Directory

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


class Registering(msgspec.Struct, frozen=True, kw_only=True):
    """What a telephone must be told to register as a line; None where no telephone can: the line is simulated."""

    pbx: str
    line: str
    number: str
    server: str | None = None
    user: str | None = None
    secret: str | None = None
    uri: str | None = None
    ws: str | None = None


def registering(
    pbx: str, directory: Directory, account_of: Callable[[str], SipAccount | None] | None
) -> list[Registering]:
    """Give it for all lines of a PBX, in its file's order. Raises EngineUnreachable."""
    try:
        return [
            _registering(pbx, user, line.extension.internal, None if account_of is None else account_of(user))
            for user, line in directory.lines.items()
        ]
    except OSError as error:
        raise EngineUnreachable(f"the telephones' secrets cannot be had: {error}") from error


def _registering(pbx: str, line: str, number: str, account: SipAccount | None) -> Registering:
    if account is None:
        return Registering(pbx=pbx, line=line, number=number)
    return Registering(
        pbx=pbx,
        line=line,
        number=number,
        server=account.server,
        user=account.user,
        secret=account.secret,
        uri=account.uri,
        ws=account.ws or None,
    )


def listed(told: list[Registering], *, as_json: bool = False) -> str:
    """Write it, as a table or as JSON."""
    if as_json:
        return msgspec.json.format(msgspec.json.encode(told), indent=2).decode()
    rows = [("number", "server", "user", "password")]
    rows += [(one.number, one.server or "-", one.user or "-", one.secret or "(simulated)") for one in told]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


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
