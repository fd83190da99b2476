"""What a PBX file says of ring groups: rows of numbers that ring one row after the other."""

from typing import Annotated

import msgspec
from msgspec import Meta

from pbxsim.clock.instant import seconds
from pbxsim.kit.values import ExtensionName, Name, SomeSeconds
from pbxsim.pbx.ring_group import RingGroup, Row


class GroupRowEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers that ring together; the first to answer wins."""

    numbers: Annotated[tuple[ExtensionName, ...], Meta(min_length=1, description="Dialled in the group's context.")]
    ring: Annotated[SomeSeconds, Meta(description="How long they ring before the next row does.")] = 20

    def row(self) -> Row:
        """Make the switch's own of it."""
        return Row(self.numbers, seconds(self.ring))


class GroupEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ring group: its rows ring one after the other, until somebody answers."""

    name: Name
    rows: Annotated[tuple[GroupRowEntry, ...], Meta(min_length=1)]
    context: Annotated[Name | None, Meta(description="Context or dialplan; absent: the file's first dialplan.")] = None

    def group(self, first_dialplan: str) -> RingGroup:
        """Make the switch's own of it."""
        rows = tuple(entry.row() for entry in self.rows)
        return RingGroup(name=self.name, context=self.context or first_dialplan, rows=rows)
