"""The paths of Duocom's programs: each brand of its platform has a directory of its own with the same ones (S16)."""

from __future__ import annotations

from typing import Final

CALLS: Final = "/cgi-bin/oficinaweb/oficinaweb_webcallservice"
WEB_CALLS: Final = (CALLS, "/cgi-bin/telefacil2/telefacil_webcallservice", "/webcallservice")
"""Where calls are placed."""

_BRANDS: Final = ("oficinaweb", "telefacil2")


def shared(name: str) -> tuple[str, ...]:
    """Give the paths of a program that has one name with both brands."""
    return tuple(f"/cgi-bin/{brand}/{name}" for brand in _BRANDS)


CONSUMPTION: Final = shared("api_consumos")
CALL_CONTROL: Final = shared("api_control_llamadas")
MASKS: Final = shared("apimascaras")
PATHS: Final = WEB_CALLS + CONSUMPTION + CALL_CONTROL + MASKS
