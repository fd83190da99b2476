"""Which release of Asterisk pbxsim works with, and what one tells of its own."""

from __future__ import annotations

import re
from typing import Final

MAJOR: Final = 22
"""The release of Asterisk that the engine was made for, and measured with: the present one with long support."""

OR_IMAGE: Final = "--asterisk-image NAME takes that of a container image"
"""What is left to do where there is no Asterisk, and none can be fetched."""

_VERSION: Final = re.compile(r"Asterisk (\S+)")


def version_in(told: str) -> str:
    """Find the version in what an Asterisk tells of itself; empty where there is none."""
    match = _VERSION.search(told)
    return match[1] if match else ""


def is_fit(version: str) -> bool:
    """Tell whether pbxsim works with an Asterisk of that version, as `22.10.1`."""
    return version.partition(".")[0] == str(MAJOR)
