"""What a PBX file says, in its section `sip`, of real telephones that register at pbxsim itself."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from pbxsim.engines.engine import Section
from pbxsim.engines.line_settings import LineEntry, Port

_HIGHEST_PORT = 65_535


class SipEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where telephones register, and which lines have none."""

    address: Annotated[
        str,
        Meta(
            pattern=r"^[0-9A-Za-z:.*-]{1,253}$",
            description="Where it listens for telephones: an address, a host's name, or * for all that there are.",
        ),
    ] = "127.0.0.1"
    port: Annotated[Port, Meta(description="For SIP over UDP and TCP.")] = 5060
    tls_port: Annotated[
        Port | None,
        Meta(description="For SIP over TLS, where the server has --tls; unless it is said, the one after port."),
    ] = None
    rtp_ports: Annotated[tuple[Port, Port], Meta(description="The first and last port for sound.")] = (40_000, 49_999)
    digests: Annotated[
        tuple[Literal["MD5", "SHA-256"], ...],
        Meta(min_length=1, description="The algorithms of passwords' digests, the one that is preferred first."),
    ] = ("MD5",)
    expires: Annotated[int, Meta(ge=30, le=3_600, description="Seconds of a registration at most.")] = 300
    lines: tuple[LineEntry, ...] = ()

    @property
    def port_of_tls(self) -> int:
        """Tell where SIP over TLS is."""
        return self.tls_port or (self.port + 1 if self.port < _HIGHEST_PORT else self.port - 1)


def section() -> Section:
    """Give the engine's section of a PBX file."""
    return Section(SipEntry, SipEntry(), after="asterisk")
