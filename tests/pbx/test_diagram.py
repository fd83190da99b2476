"""The diagrams in docs/calls.md are what the tables say."""

from __future__ import annotations

import pytest

from pbxsim.pbx.call import CALL_TRANSITIONS
from tests.pbx.diagram import DIAGRAMS, PAGE, block, diagram, fenced, with_diagrams


def test_a_diagram_has_an_arrow_for_every_pair_of_states() -> None:
    assert diagram(CALL_TRANSITIONS).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> DIALING_FIRST",
        "    DIALING_FIRST --> DIALING_SECOND: first answered",
        "    DIALING_FIRST --> TALKING: listening",
        "    DIALING_FIRST --> ENDED: over",
        "    DIALING_SECOND --> TALKING: second answered",
        "    DIALING_SECOND --> ENDED: over",
        "    TALKING --> TRANSFERRING: transferred",
        "    TALKING --> TALKING: joined",
        "    TALKING --> ENDED: over",
        "    TRANSFERRING --> TALKING: second answered",
        "    TRANSFERRING --> ENDED: over",
        "    ENDED --> [*]",
    ]


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_on_the_page_is_drawn_from_its_table(name: str) -> None:
    written = block(PAGE.read_text(encoding="utf-8"), name)
    assert written in (None, fenced(DIAGRAMS[name])), "run: python -m tests.pbx.diagram --write"


def test_a_block_is_written_between_its_marks_and_nowhere_else() -> None:
    before = "a\n<!-- call-states:begin -->\nold\n<!-- call-states:end -->\nb\n"
    after = with_diagrams(before)
    assert block(after, "call-states") == fenced(DIAGRAMS["call-states"])
    assert after.startswith("a\n<!-- call-states:begin -->\n```mermaid\n")
    assert after.endswith("```\n<!-- call-states:end -->\nb\n")
    assert with_diagrams(after) == after
    assert with_diagrams("no marks") == "no marks"
