"""The mail server that takes a PBX's e-mails (recordings, so far)."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pbxsim.sinks.outbox.smtp import SmtpServer


class SmtpEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mail server; without one nothing is mailed."""

    host: Annotated[str, Meta(min_length=1, description="Its name or address.")]
    port: Annotated[int, Meta(ge=1, le=65_535, description="25, 465 with tls, 587 with starttls as a rule.")] = 25
    security: Annotated[
        Literal["none", "starttls", "tls"], Meta(description="tls: from the first byte; starttls: never without.")
    ] = "none"
    username: Annotated[str, Meta(description="Empty: nobody logs in.")] = ""
    password: str = ""
    timeout: Annotated[float, Meta(gt=0, le=600, description="Seconds that a try may take.")] = 30

    def server(self) -> SmtpServer:
        """Give it as the outbox takes it."""
        return SmtpServer(
            host=self.host,
            port=self.port,
            security=self.security,
            username=self.username,
            password=self.password,
            timeout=self.timeout,
        )
