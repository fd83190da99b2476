"""Every service that is answered here, by its path; the others that the vendor documents are 501 (services.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pbxsim.vendors.simotel.originate import originate
from pbxsim.vendors.simotel.services import ORIGINATE

if TYPE_CHECKING:
    from pbxsim.vendors.simotel.site import Service

SERVICES: Final[dict[str, Service]] = {
    ORIGINATE: originate,
}
