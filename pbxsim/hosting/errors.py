"""What keeps a PBX from beginning."""

from __future__ import annotations


class CannotBegin(Exception):
    """A PBX cannot begin (anew) because something around it is not as it must be; says what. It goes on as it was."""
