"""The report card: each trap, what came of it, and why; as text and as JSON."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

Verdict: TypeAlias = Literal["passed", "fell in", "not tried"]

_WIDTH: Final = 34


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one trap. `vendor` empty: any vendor's; `statement` is a number in the vendor's README."""

    vendor: str
    trap: str
    words: str
    statement: str
    verdict: Verdict
    why: str

    @property
    def name(self) -> str:
        """Name it, as `--only` takes it."""
        return f"{self.vendor}/{self.trap}" if self.vendor else self.trap


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """All of it: of which PBX, which vendors the integration spoke to, each mark, and how many there are of each."""

    pbx: str
    vendors: tuple[str, ...]
    marks: tuple[Mark, ...]
    passed: int
    fell_in: int
    not_tried: int

    @classmethod
    def of(cls, pbx: str, vendors: tuple[str, ...], marks: tuple[Mark, ...]) -> Card:
        """Count."""
        verdicts = [mark.verdict for mark in marks]
        passed, fell_in, not_tried = (verdicts.count(each) for each in ("passed", "fell in", "not tried"))
        return cls(pbx=pbx, vendors=vendors, marks=marks, passed=passed, fell_in=fell_in, not_tried=not_tried)

    def json(self) -> str:
        """Spell it as JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()

    def text(self) -> str:
        """Spell it for a person."""
        lines = [f"PBX {self.pbx}, spoken to as {', '.join(self.vendors)}"]
        for mark in self.marks:
            lines.append(f"{mark.verdict:9}  {mark.name:{_WIDTH}}  {mark.words}{_cited(mark)}")
            lines += [f"{'':9}  {'':{_WIDTH}}  {mark.why}"] if mark.why else []
        if any(mark.statement for mark in self.marks):
            lines.append(
                "S: what the vendor's manual says; R: how pbxsim reads it; README.md in pbxsim/vendors/NAME has all"
            )
        lines.append(f"{self.passed} passed, {self.fell_in} fell in, {self.not_tried} not tried")
        return "\n".join(lines)


def _cited(mark: Mark) -> str:
    return f" ({mark.statement})" if mark.statement else ""
