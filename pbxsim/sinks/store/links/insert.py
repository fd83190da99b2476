"""An INSERT of many rows by one statement.

The interpreter's lock changes hands at each statement: with a row for each, requests and rows would take turns at it,
which costs as much as the rows themselves. And a value that is bound costs more than one that is only copied: of a
record's columns most say the same in a whole batch (the PBX, the vendor, whatever is empty), and are bound once for it.
"""

from __future__ import annotations

import re
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from pbxsim.sinks.store.rows import Row

_AT_ONCE: Final = (64, 16, 4)
"""How many rows one statement takes: 64 of our widest table are 2,368 values at most, and SQLite takes 32,766."""

_FORM: Final = re.compile(r"(INSERT INTO \w+) \(([^)]+)\) VALUES \([?, ]+\)(.*)", re.DOTALL)


class Insert:
    """Puts rows by a statement of the form `INSERT INTO table (columns) VALUES (?, …) …`, of two columns or more."""

    def __init__(self, statement: str) -> None:
        self._statement = statement
        found = _FORM.fullmatch(statement)
        assert found is not None, statement
        self._into, columns, self._behind = found.groups()
        self._columns = columns.split(", ")
        self._set_varying([1])

    @staticmethod
    def has_form(statement: str) -> bool:
        """Tell whether a statement is of that form."""
        return _FORM.fullmatch(statement) is not None

    def put(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        """Write rows, in order. Raises what the connection raises."""
        done = 0
        for size in _AT_ONCE:
            while len(rows) - done >= size:
                self._put_many(connection, rows[done : done + size])
                done += size
        if done < len(rows):
            connection.executemany(self._statement, rows[done:])

    def _put_many(self, connection: sqlite3.Connection, rows: Sequence[Row]) -> None:
        same = self._same(rows[0])
        if list(map(self._same, rows)).count(same) < len(rows):
            self._see_what_varies(rows)
            same = self._same(rows[0])
        connection.execute(self._of_many(len(rows)), (*same, *chain.from_iterable(map(self._varying, rows))))

    def _see_what_varies(self, rows: Sequence[Row]) -> None:
        """Have the columns in which these rows differ bound for each row from now on: no statement is made often."""
        first = rows[0]
        differs = [any(row[place] != first[place] for row in rows) for place in range(len(first))]
        self._set_varying([place for place, is_so in enumerate(differs) if is_so or place in self._places])

    def _set_varying(self, places: list[int]) -> None:
        """Bind these columns for each row, and the others once for many rows."""
        self._places = places
        others = [place for place in range(len(self._columns)) if place not in places]
        self._same, self._varying = _values(others), _values(places)
        self._names = ", ".join(self._columns[place] for place in (*others, *places))
        self._selected = ", ".join(["?"] * len(others) + [f"column{number + 1}" for number in range(len(places))])
        self._made: dict[int, str] = {}

    def _of_many(self, size: int) -> str:
        """Give the statement that inserts so many rows."""
        if size not in self._made:
            of_one = f"({', '.join('?' * len(self._places))})"
            values = f"VALUES {', '.join([of_one] * size)}"
            self._made[size] = (
                f"{self._into} ({self._names}) SELECT {self._selected} FROM ({values}) WHERE true{self._behind}"
            )
        return self._made[size]


def _values(places: list[int]) -> Callable[[Row], Row]:
    """Give what takes the values at those places from a row."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda row: tuple(row[place] for place in places)
