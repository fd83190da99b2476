"""With what the server speaks TLS: SIP does so, too, where it has a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ssl import SSLContext


class Security:
    """`context` None: there is no TLS."""

    def __init__(self) -> None:
        self.context: SSLContext | None = None

    def take(self, context: SSLContext | None) -> None:
        """Know it, before any telephone is listened for."""
        self.context = context
