"""What stands in headers of HTTP, as settings have it."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # RFC 9110, 5.6.2
_QUOTED: Final = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'  # RFC 9110, 5.6.4, in ASCII
_MEDIA_TYPE: Final = rf"{_TOKEN}/{_TOKEN}(?: *; *{_TOKEN}=(?:{_TOKEN}|{_QUOTED}))*"  # RFC 9110, 8.3.1
_ORIGIN: Final = r"https?://[!\"$-.0-9:;<=>@-~]+"  # RFC 6454, 6.2: scheme, host, port; nothing behind it


def is_media_type(text: str) -> bool:
    """Tell whether text is what Content-Type takes: `text/html`, `application/json; charset=utf-8`."""
    return re.fullmatch(_MEDIA_TYPE, text) is not None


def is_origin(text: str) -> bool:
    """Tell whether text is a page's origin as a browser spells it: `https://www.example.com`, `http://localhost:3000`."""
    return re.fullmatch(_ORIGIN, text) is not None
