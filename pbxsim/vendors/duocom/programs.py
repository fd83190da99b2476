"""Which program of Duocom's is at which path: each brand of its platform has a directory of its own with the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.vendors.duocom import consumption, control, masks, webcall

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.vendors.duocom.site import Site


class Program(msgspec.Struct, frozen=True):
    """One of the vendor's CGI programs: what it does, and which parameters it knows."""

    answer: Callable[[Request, Site], Reply]
    parameters: tuple[str, ...]


WEB_CALL: Final = Program(webcall.answer, webcall.PARAMETERS)
SHARED: Final = {
    "api_consumos": Program(consumption.answer, consumption.PARAMETERS),
    "api_control_llamadas": Program(control.answer, control.PARAMETERS),
    "apimascaras": Program(masks.answer, masks.PARAMETERS),
}
"""Programs of one name with both brands (S16)."""

CALLS: Final = "/cgi-bin/oficinaweb/oficinaweb_webcallservice"

PROGRAMS: Final[dict[str, Program]] = {
    CALLS: WEB_CALL,
    "/cgi-bin/telefacil2/telefacil_webcallservice": WEB_CALL,
    "/webcallservice": WEB_CALL,
    **{
        f"/cgi-bin/{brand}/{name}": program
        for name, program in SHARED.items()
        for brand in ("oficinaweb", "telefacil2")
    },
}
"""Every program by its path."""
