"""What a PBX file says of a line's telephone, where telephones are real."""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from pbxsim.kit.values import SipUser

Port: TypeAlias = Annotated[int, Meta(ge=1, le=65_535)]
Secret: TypeAlias = Annotated[str, Meta(pattern=r"^[!-:<-~]{8,80}$", title="8 to 80 visible ASCII characters but ;")]


class LineEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A line of the PBX, and how its telephone is there."""

    line: Annotated[SipUser, Meta(description="The SIP user of a line of this file.")]
    secret: Annotated[
        Secret | None, Meta(description="Its telephone's password; absent: `pbxsim phones` tells one.")
    ] = None
    simulated: Annotated[bool, Meta(description="No telephone registers: it is acted, as `phones` says.")] = False
    telephone: Annotated[
        Literal["pyvoip"] | None,
        Meta(description="pyvoip: one of pyVoIP's, which pbxsim starts, and which does as `phones` says."),
    ] = None
