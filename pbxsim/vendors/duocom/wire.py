"""How Duocom answers: `1` and a reference, or `0`, a break for the eye and an error; each line with a newline."""

from __future__ import annotations


def accepted(reference: str) -> str:
    """Spell S9: the call was taken, and this is its reference."""
    return f"1\n{reference}\n"


def refused(error: str) -> str:
    """Spell S10: the `<br>` stands on a line of its own in the vendor's sample."""
    return f"0\n<br>\n{error}\n"
