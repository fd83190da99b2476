"""An INSERT of many rows by one statement.

The interpreter's lock changes hands at each statement: with a row for each, requests and rows would take turns at it,
which costs as much as the rows themselves. And a value that is bound costs more than one that is only copied: of a
record's columns most say the same in a whole batch (the PBX, the vendor, whatever is empty), and are bound once for it.
SQLite copies every value once less where the columns come in the order of the table's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pbxsim.sinks.store.columns import columns_of, interleaved

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from pbxsim.sinks.store.columns import Row, Value

_AT_ONCE: Final = (256, 64, 16, 4)
"""How many rows one statement takes: 256 of our widest table are 9,472 values at most, and SQLite takes 32,766."""

_FORM: Final = re.compile(r"INSERT INTO (\w+) \(([^)]+)\) VALUES \([?, ]+\)(.*)", re.DOTALL)


class Insert:
    """Puts rows by a statement of the form `INSERT INTO table (columns) VALUES (?, …) …`, of two columns or more."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        found = _FORM.fullmatch(statement)
        assert found is not None, statement
        self._table, columns, self._behind = found.groups()
        self._columns = columns.split(", ")
        self._order = self._columns
        self._unsaid: dict[str, str] = {}
        self._set_varying([1])

    @staticmethod
    def has_form(statement: str) -> bool:
        """Tell whether a statement is of that form."""
        return _FORM.fullmatch(statement) is not None

    def look(self, connection: sqlite3.Connection) -> None:
        """Learn in which order the table has its columns, and what those are that no row says."""
        described = connection.execute(f"PRAGMA table_info({self._table})").fetchall()
        defaults = {name: usual or "NULL" for _, name, _, _, usual, _ in described}
        if defaults.keys() >= set(self._columns):  # else SQLite refuses the rows, and says which column it lacks
            self._order = list(defaults)
            self._unsaid = {name: usual for name, usual in defaults.items() if name not in self._columns}
            self._set_varying(self._varying)

    def put(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Write rows, in order. Raises what the connection raises."""
        done = 0
        if len(rows) >= _AT_ONCE[-1]:
            columns = columns_of(rows)
            self._see_what_varies(columns, len(rows))
            same = [columns[place][0] for place in self._same]
            varying = [columns[place] for place in self._varying]
            for size in _AT_ONCE:
                while len(rows) - done >= size:
                    some = interleaved([column[done : done + size] for column in varying])
                    connection.execute(self._of_many(size), (*same, *some))
                    done += size
        if done < len(rows):
            connection.executemany(self._statement, rows[done:])

    def _see_what_varies(self, columns: Sequence[tuple[Value, ...]], count: int) -> None:
        """Have the columns in which rows differ bound for each row from now on: no statement is made often.

        What is equal is the same to SQLite: no column has 1 and 1.0, for no value is a fraction.
        """
        differing = [place for place in self._same if columns[place].count(columns[place][0]) < count]
        if differing:
            self._set_varying([*self._varying, *differing])

    def _set_varying(self, places: Sequence[int]) -> None:
        """Bind these columns for each row, and the others once for many rows."""
        by_order = [self._columns.index(name) for name in self._order if name in self._columns]
        self._varying = [place for place in by_order if place in places]
        self._same = [place for place in by_order if place not in places]
        taken = {self._columns[place]: f"column{number}" for number, place in enumerate(self._varying, 1)}
        self._names = ", ".join(f'"{name}"' for name in self._order)
        self._selected = ", ".join(taken.get(name) or self._unsaid.get(name, "?") for name in self._order)
        self._made: dict[int, str] = {}

    def _of_many(self, size: int) -> str:
        """Give the statement that inserts so many rows."""
        if size not in self._made:
            of_one = f"({', '.join('?' * len(self._varying))})"
            self._made[size] = (
                f"INSERT INTO {self._table} ({self._names}) SELECT {self._selected}"
                f" FROM (VALUES {', '.join([of_one] * size)}) WHERE true{self._behind}"
            )
        return self._made[size]
