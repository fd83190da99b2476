"""What a PBX file says, in its section `asterisk`, to a real Asterisk: where it listens, which telephones are real."""

from typing import Annotated

import msgspec
from msgspec import Meta

from pbxsim.engines.line_settings import LineEntry, Port


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
    lines: tuple[LineEntry, ...] = ()
