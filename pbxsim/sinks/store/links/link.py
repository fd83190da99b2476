"""The one connection on which a store writes, whatever the database.

Rows go to the driver itself, past SQLAlchemy's execution, which would cost more than the database does (0.28 of plain
executemany by Core, 0.71 by driver SQL through it); the statements are SQLAlchemy's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from pbxsim.sinks.store.columns import Row
    from pbxsim.sinks.store.rows import Work


class Refusal(NamedTuple):
    """A row that the database will never take."""

    statement: str
    row: Row
    why: str


class Link(Protocol):
    """A connection that writes. After DatabaseFailed it is of no more use than to be closed."""

    keeps_nul: bool
    """Whether a text may hold NUL there."""

    async def write(self, work: Work) -> None:
        """Do all of it in one transaction, or nothing. Raises DatabaseFailed, RowsRefused."""
        ...

    async def write_each(self, work: Work) -> list[Refusal]:
        """Do all but the rows that are refused, in one transaction; give those. Raises DatabaseFailed."""
        ...

    async def lock(self, pbx: str) -> bool:
        """Take a PBX for this process alone, for as long as the link lives; False: another process has it."""
        ...

    async def close(self) -> None:
        """Let go of the connection, whatever its state."""
        ...
