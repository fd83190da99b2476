"""`setting/ping/act`: is anybody there?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendors.simotel import wire
from pbxsim.vendors.simotel.body import unknown_hints

if TYPE_CHECKING:
    from pbxsim.vendorkit.reply import Reply
    from pbxsim.vendors.simotel.site import Site

_MESSAGE: Final = "If the 'Ping' event is enabled in the settings menu, you'll receive it when it's sent"


def ping(fields: dict[str, object], _site: Site) -> Reply:
    """Say yes."""
    return wire.done(None, _MESSAGE, unknown_hints(fields, ()))
