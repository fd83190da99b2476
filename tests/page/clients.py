"""Clients of the tests' PBX, as its vendors' customers write them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from pbxsim.testing import Pbx

PASSWORD = "change-me"
"""Of VoIPSUN's user `crm`."""


def originate(pbx: Pbx, number: str = "777123456", **more: str) -> str:
    """Have VoIPSUN's extension 100 call a number."""
    asked = {
        "username": "crm",
        "password": PASSWORD,
        "action": "originate",
        "srcExtenInternalNum": "100",
        "dstNum": number,
    }
    return get(pbx, "/api/api.php", {**asked, **more})


def charged_call(pbx: Pbx, number: str = "777123456") -> str:
    """Have VUM connect a number with telephone 100, for money."""
    return get(pbx, "/ustredna/webapi.php", {"klic": "VUMSHOP00001", "cislo": number})


def get(pbx: Pbx, path: str, query: dict[str, str]) -> str:
    """Send a GET with a query."""
    return sent(Request(f"{pbx.url}{path}?{urlencode(query)}"))


def sent(request: Request) -> str:
    """Send a request, and give the reply's text, a refusal's too."""
    try:
        with urlopen(request) as reply:
            body: bytes = reply.read()
    except HTTPError as refusal:
        body = refusal.read()
    return body.decode()
