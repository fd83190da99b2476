"""Every service that is answered here, by its path; the others that the vendor documents are 501 (services.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendors.simotel.originate import originate
from pbxsim.vendors.simotel.services import ORIGINATE, PING

if TYPE_CHECKING:
    from pbxsim.vendors.simotel.site import Service

SERVICES: Final[dict[str, Service]] = {
    ORIGINATE: originate,
}

_TAKES_PUT: Final = frozenset({ORIGINATE, PING})


def methods(service: str) -> tuple[str, ...]:
    """Give the HTTP methods by which a service may be asked (README, rulings R1 and R200)."""
    return ("PUT", "POST") if service in _TAKES_PUT else ("POST",)
