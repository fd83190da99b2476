"""Where Asterisks of ours live, and leave what they record: below one folder that is this user's alone."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Final

from pbxsim.engines.engine import EngineUnreachable

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]")
_LONGEST_NAME: Final = 20


def run_folder(pbx: str, sip_port: int) -> Path:
    """Give the folder in which an Asterisk of ours lives: the same for a PBX whenever it is started.

    Raises EngineUnreachable where it belongs to somebody else.
    """
    return _root() / f"{_UNFIT.sub('-', pbx)[:_LONGEST_NAME]}-{sip_port}"


def said_folder() -> Path:
    """Give the folder for what is said, below which each server has its own. Raises EngineUnreachable as above."""
    folder = _root() / "said"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _root() -> Path:
    root = Path(tempfile.gettempdir()) / f"pbxsim-asterisk-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    if root.stat().st_uid != os.getuid() or root.is_symlink():
        raise EngineUnreachable(f"{root} belongs to somebody else: Asterisk cannot live there; set TMPDIR")
    return root
