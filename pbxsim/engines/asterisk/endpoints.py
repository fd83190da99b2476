"""Which endpoints of Asterisk a line of the PBX is: one for a telephone that comes over UDP, one for a browser.

Both have one user, password and place of contact (conf/pjsip.conf): who is registered there by either is rung.
"""

from __future__ import annotations

import re
from typing import Final

OVER_UDP: Final = "@udp"
"""What stands behind a line's user in the name of its endpoint for telephones that are no browsers."""

OF_TRUNK: Final = "trunk-"
"""What stands before the name of a trunk in that of its endpoint."""

_OF_BROWSER: Final = re.compile(r";transport=wss?(?:[;>]|$)", re.IGNORECASE)  # RFC 7118, 5.2.1


def endpoint_at(user: str, contact: str) -> str:
    """Name the endpoint by which a telephone of a line is rung that is registered from there."""
    return user if _OF_BROWSER.search(contact) else f"{user}{OVER_UDP}"


def user_of(endpoint: str) -> str:
    """Give the SIP user of the line that an endpoint belongs to."""
    return endpoint.removesuffix(OVER_UDP)
