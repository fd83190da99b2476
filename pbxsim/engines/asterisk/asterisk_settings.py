"""What a PBX file says, in its section `asterisk`, to a real Asterisk: where it listens, which telephones are real."""

from typing import Annotated

import msgspec
from msgspec import Meta

from pbxsim.engines.engine import Section
from pbxsim.engines.line_settings import LineEntry, Port
from pbxsim.kit.values import Name


class AsteriskLineEntry(LineEntry, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the PBX, and how its telephones are there."""

    max_contacts: Annotated[
        int, Meta(ge=1, le=10, description="Telephones that may be registered at once, and ring together.")
    ] = 1


class ProviderEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a trunk of the PBX leads to for real, if the server is started with `--allow-live-calls`."""

    trunk: Annotated[Name, Meta(description="The name of a trunk of this file.")]
    host: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$",
            title="a host's name, or IPv4 address",
            description="The SIP provider's server, reached over UDP.",
        ),
    ]
    port: Annotated[Port, Meta(description="Its port.")] = 5060
    user: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z0-9+][A-Za-z0-9._+-]{0,79}$", title="a user of a SIP provider, as text without blanks"),
    ]
    secret: Annotated[
        str,
        Meta(
            pattern=r"^[!-:<-~]{1,128}$",
            title="1 to 128 visible ASCII characters but ;",
            description="That user's password there.",
        ),
    ]


class AsteriskEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The Asterisk that is started for this PBX; of one that runs elsewhere, what `pbxsim asterisk-conf` writes."""

    address: Annotated[
        str,
        Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$", description="Where it listens for telephones (IPv4)."),
    ] = "127.0.0.1"
    sip_port: Annotated[Port, Meta(description="For SIP over UDP.")] = 5060
    ws_port: Annotated[Port, Meta(description="For telephones in browsers: SIP over a WebSocket, at /ws.")] = 8088
    ami_port: Annotated[Port, Meta(description="For AMI, on the loopback; `make asterisk-up` and your own.")] = 5038
    rtp_ports: Annotated[tuple[Port, Port], Meta(description="The first and last port for sound.")] = (10_000, 13_499)
    lines: tuple[AsteriskLineEntry, ...] = ()
    providers: Annotated[
        tuple[ProviderEntry, ...], Meta(description="Trunks by which numbers may leave for real; all others are acted.")
    ] = ()


def section() -> Section:
    """Give the engine's section of a PBX file."""
    return Section(AsteriskEntry, AsteriskEntry(), after="queues")
