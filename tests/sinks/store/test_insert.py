"""Many rows by one statement: what a batch says in all of its rows is bound once, and the rows are the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pbxsim.sinks.store.columns import Columns
from pbxsim.sinks.store.links.insert import Insert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.sinks.store.columns import Row

_NOTHING = "INSERT INTO some (pbx, id, word, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
_NEWEST = (
    "INSERT INTO some (pbx, id, word, body) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (pbx, id) DO UPDATE SET word = excluded.word"
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE some (pbx TEXT NOT NULL, id BIGINT NOT NULL, word TEXT NOT NULL, body BLOB NOT NULL,"
            " kind INTEGER DEFAULT 3 NOT NULL, PRIMARY KEY (pbx, id)) WITHOUT ROWID"
        )
        yield connection


def _rows(connection: sqlite3.Connection) -> list[Row]:
    return connection.execute("SELECT pbx, id, word, body FROM some ORDER BY pbx, id").fetchall()


def _alike(first: int, count: int) -> list[Row]:
    return [("office", number, "ž", b"\0") for number in range(first, first + count)]


@pytest.mark.parametrize("count", [1, 3, 4, 5, 16, 63, 64, 84, 151])
def test_so_many_rows_that_differ_in_their_numbers_only_are_all_there(
    connection: sqlite3.Connection, count: int
) -> None:
    told = _alike(1, count)
    Insert(_NOTHING).put(connection, told)
    assert _rows(connection) == told


def test_a_column_in_which_rows_of_a_later_batch_differ_has_each_rows_own_value(connection: sqlite3.Connection) -> None:
    insert = Insert(_NOTHING)
    later: list[Row] = [*_alike(5, 3), ("office", 8, "other", b"")]
    mixed: list[Row] = [("home", number, f"word {number}", b"x" * number) for number in range(20)]
    for told in (_alike(1, 4), later, mixed, _alike(9, 4)):
        insert.put(connection, told)
    assert _rows(connection) == [*mixed, *_alike(1, 4), *later, *_alike(9, 4)]


def test_what_all_rows_of_a_batch_say_is_that_batchs_own(connection: sqlite3.Connection) -> None:
    insert = Insert(_NOTHING)
    for word, first in (("one", 1), ("two", 65)):
        insert.put(connection, [("office", number, word, b"") for number in range(first, first + 64)])
    assert connection.execute("SELECT word, count(*) FROM some GROUP BY word ORDER BY word").fetchall() == [
        ("one", 64),
        ("two", 64),
    ]


def test_rows_are_written_in_order_whatever_becomes_of_a_key_that_is_there(connection: sqlite3.Connection) -> None:
    twice: list[Row] = [("office", 1, "first", b"1"), ("office", 1, "second", b"2")] * 2
    Insert(_NOTHING).put(connection, twice)
    assert _rows(connection) == [("office", 1, "first", b"1")]
    Insert(_NEWEST).put(connection, twice)
    assert _rows(connection) == [("office", 1, "second", b"1")]


def test_only_an_insert_of_values_has_the_form(connection: sqlite3.Connection) -> None:
    others = ("DELETE FROM some WHERE pbx = ?", "UPDATE some SET word = ? WHERE id = ?")
    assert [Insert.has_form(one) for one in (_NOTHING, _NEWEST, *others)] == [True, True, False, False]


def test_a_statement_is_made_anew_only_where_a_column_varies_for_the_first_time(
    connection: sqlite3.Connection,
) -> None:
    insert, statements = Insert(_NOTHING), list[str]()
    connection.set_trace_callback(lambda text: statements.append(text.partition(" FROM ")[0]))
    for first in (1, 5):
        insert.put(connection, _alike(first, 4))
    for first in (9, 13):
        insert.put(connection, [("office", number, str(number), b"") for number in range(first, first + 4)])
    insert.put(connection, _alike(17, 4))
    assert [text.count("column") for text in statements] == [1, 1, 2, 2, 2]


@pytest.mark.parametrize("count", [3, 5, 256, 257])
def test_rows_are_the_same_in_a_table_whose_columns_come_in_another_order_and_to_which_others_were_added(
    connection: sqlite3.Connection, count: int
) -> None:
    connection.execute("DROP TABLE some")
    connection.execute(
        "CREATE TABLE some (body BLOB NOT NULL, kind INTEGER DEFAULT 3 NOT NULL, id BIGINT NOT NULL,"
        ' word TEXT NOT NULL, "a note" TEXT DEFAULT (\'-\'), pbx TEXT NOT NULL, "order" TEXT, PRIMARY KEY (pbx, id))'
    )
    insert, told = Insert(_NOTHING), [*_alike(1, count), ("office", count + 1, "other", b"")]
    insert.look(connection)
    insert.put(connection, told)
    assert _rows(connection) == told
    assert connection.execute('SELECT DISTINCT kind, "a note", "order" FROM some').fetchall() == [(3, "-", None)]


def test_a_table_that_lacks_a_column_of_the_rows_takes_none(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE some DROP COLUMN word")
    insert = Insert(_NOTHING)
    insert.look(connection)
    with pytest.raises(sqlite3.OperationalError, match="has no column named word"):
        insert.put(connection, _alike(1, 4))
    assert connection.execute("SELECT count(*) FROM some").fetchall() == [(0,)]


def test_rows_that_are_kept_as_columns_are_written_as_others_are(connection: sqlite3.Connection) -> None:
    told = [*_alike(1, 21), ("office", 22, "other", b"")]
    Insert(_NOTHING).put(connection, Columns(tuple(zip(*told, strict=True))))
    assert _rows(connection) == told
