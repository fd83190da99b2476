"""Where an Asterisk is spoken to by AMI, and as whom."""

from __future__ import annotations

import msgspec


class AmiLogin(msgspec.Struct, frozen=True, kw_only=True):
    """An address of AMI, a user there, and its secret."""

    host: str
    port: int
    user: str
    secret: str

    def __repr__(self) -> str:
        """Give it without the secret: it may come into a log."""
        return f"{self.user}@{self.host}:{self.port}"
