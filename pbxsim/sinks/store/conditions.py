"""Which records a query may mean, as SQL: the database leaves out what does not fit, memory looks at the rest again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, or_

from pbxsim.sinks.store import rows
from pbxsim.sinks.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import ColumnElement

    from pbxsim.pbx.cdr import CdrQuery

_MANY: Final = 500  # values that a statement compares with; of more all are given, and sorted out in memory

_EQUAL: Final[Mapping[str, str]] = {
    "src": "src",
    "dst": "dst",
    "custom1": "CustomCDR1",
    "vendor": "vendor",
    "call": "callno",
    "serial": "serial",
    "direction": "direction",
}
"""Fields of a query, and the columns that are to be the same. No MariaDB tells texts apart that end in blanks; that a
column is *not* something is therefore left to memory, for it would leave out too much."""


class Conditions:
    """What holds of every record that fits a query, in one kind of database.

    SQLite knows nothing of how often a value comes, and takes the table's key, or an index that leaves out nothing,
    where another would find the few that fit at once. There a column that is not to be sought by is in an expression.
    `leaves_many`: perhaps there is none that it should seek by, and it is worth a look how many fit.
    """

    def __init__(self, query: CdrQuery, dialect: str) -> None:
        self._query = query
        self._keeps_nul = dialect != "postgresql"
        self._is_blind = dialect == "sqlite"
        self._cdr = TABLES[rows.CDR].c
        is_sought = any(getattr(query, name) is not None for name in ("src", "dst", "custom1", "call", "serial"))
        self._is_sought = is_sought or query.src_among is not None or query.dst_among is not None
        spans = any(moment is not None for moment in (query.since, query.until, query.ended_since))
        self.leaves_many = self._is_blind and not self._is_sought and (spans or query.numbers is not None)

    def all(self) -> list[ColumnElement[bool]]:
        """Give them."""
        return [*self._equal(), *self._among(), *self._spans()]

    def within(self, pbx: str, above: int, below: int, *, by_key: bool = True) -> list[ColumnElement[bool]]:
        """Give what holds of a PBX's records between two ids; not `by_key`: SQLite is not to seek them by that."""
        cdr, is_hidden = self._cdr, self._is_blind and not by_key
        number = cdr.id + 0 if is_hidden else cdr.id
        return [(func.coalesce(cdr.pbx, "") if is_hidden else cdr.pbx) == pbx, number > above, number < below]

    def _spelt(self, text: str) -> str:
        return rows.mended(text, keeps_nul=self._keeps_nul)

    def _equal(self) -> Iterator[ColumnElement[bool]]:
        for field, column in _EQUAL.items():
            if (value := getattr(self._query, field)) is not None:
                yield self._cdr[column] == (self._spelt(str(value)) if isinstance(value, str) else value)
        if self._query.account is not None:
            is_hidden = self._is_blind and self._is_sought
            column_ = self._cdr.accountcode
            yield (func.coalesce(column_, "") if is_hidden else column_) == self._spelt(self._query.account)

    def _among(self) -> Iterator[ColumnElement[bool]]:
        cdr, query = self._cdr, self._query
        if query.dispositions is not None:
            yield cdr.disposition.in_(sorted(each.value for each in query.dispositions))
        if _is_few(query.src_among):
            yield cdr.src.in_(self._all_spelt(query.src_among))
        if _is_few(query.dst_among):
            yield cdr.dst.in_(self._all_spelt(query.dst_among))
        if _is_few(query.numbers):
            values = self._all_spelt(query.numbers)
            yield or_(cdr.src.in_(values), cdr.dst.in_(values))

    def _all_spelt(self, texts: frozenset[str] | None) -> list[str]:
        return sorted(map(self._spelt, texts or ()))

    def _spans(self) -> Iterator[ColumnElement[bool]]:
        cdr, query = self._cdr, self._query
        if query.since is not None:
            yield cdr.start_us >= query.since
        if query.until is not None:
            yield cdr.start_us <= query.until
        if query.ended_since is not None:
            yield cdr.end_us >= query.ended_since
        if query.has_recording is not None:
            yield cdr.recording_name != "" if query.has_recording else cdr.recording_name == ""


def _is_few(texts: frozenset[str] | None) -> bool:
    return texts is not None and len(texts) <= _MANY
