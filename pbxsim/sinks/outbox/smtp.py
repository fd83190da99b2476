"""Which mail server e-mails are handed to, and where the recordings that go with them come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

if TYPE_CHECKING:
    from typing import BinaryIO


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """A mail server. `security`: no encryption, STARTTLS (never without), or TLS from the first byte.

    With a `username` pbxsim logs in. `timeout` is how many seconds of the world's time one e-mail may take.
    """

    host: str
    port: int = 25
    username: str = ""
    password: str = ""
    security: Literal["none", "starttls", "tls"] = "none"
    timeout: float = 30.0


class RecordingSource(Protocol):
    """Where recordings are read: see `Recorder.open`."""

    async def open(self, folder: str, file: str) -> BinaryIO:
        """Open a recording, as soon as it is written. Raises RecordingUnreadable."""
        ...
