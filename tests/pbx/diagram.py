"""Draws the switch's tables of states as Mermaid diagrams, and puts them between their marks in docs/calls.md.

`python -m tests.pbx.diagram --write` writes; a test sees that what is written is what the tables say.
"""

from __future__ import annotations

import re
import sys
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from pbxsim.pbx.call import CALL_TRANSITIONS
from pbxsim.pbx.channel import CHANNEL_TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE: Final = Path(__file__).parents[2] / "docs" / "calls.md"

_State = TypeVar("_State", bound=IntEnum)
_Event = TypeVar("_Event", bound=IntEnum)


def diagram(table: Mapping[tuple[_State, _Event], _State]) -> str:
    """Give the Mermaid state diagram of a table; events that lead the same way share an arrow."""
    arrows: dict[tuple[_State, _State], list[str]] = {}
    for (before, event), after in table.items():
        arrows.setdefault((before, after), []).append(_words(event))
    sources, targets = {before for before, _ in arrows}, {after for _, after in arrows}
    lines = [f"    [*] --> {state.name}" for state in sorted(sources - targets)]
    lines += [f"    {before.name} --> {after.name}: {', '.join(events)}" for (before, after), events in arrows.items()]
    lines += [f"    {state.name} --> [*]" for state in sorted(targets - sources)]
    return "\n".join(["stateDiagram-v2", *lines])


def _words(event: IntEnum) -> str:
    return event.name.lower().replace("_", " ")


DIAGRAMS: Final = {"call-states": diagram(CALL_TRANSITIONS), "channel-states": diagram(CHANNEL_TRANSITIONS)}


def block(text: str, name: str) -> str | None:
    """Give what stands between the marks of that name, None where there are no such marks."""
    found = re.search(rf"<!-- {name}:begin -->\n(.*?)<!-- {name}:end -->", text, re.DOTALL)
    return found.group(1) if found else None


def fenced(drawing: str) -> str:
    """Put a drawing into the fence by which Markdown knows it for Mermaid."""
    return f"```mermaid\n{drawing}\n```\n"


def with_diagrams(text: str) -> str:
    """Give the text with every marked block drawn anew."""
    for name, drawing in DIAGRAMS.items():
        found = block(text, name)
        if found is not None:
            text = text.replace(
                f"<!-- {name}:begin -->\n{found}<!-- {name}:end -->",
                f"<!-- {name}:begin -->\n{fenced(drawing)}<!-- {name}:end -->",
            )
    return text


if __name__ == "__main__":
    drawn = with_diagrams(PAGE.read_text(encoding="utf-8"))
    if "--write" in sys.argv:
        PAGE.write_text(drawn, encoding="utf-8")
    else:
        sys.stdout.write("\n\n".join(DIAGRAMS.values()) + "\n")
