"""The schema: brought up to date from any version with what is in it, and refused where a newer release wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, inspect

from pbxsim.clock.instant import parse_iso
from pbxsim.sinks.store import rows, schema
from pbxsim.sinks.store.engine import make_engine, migrate
from pbxsim.sinks.store.errors import StoreUnreachable
from pbxsim.sinks.store.versions import v1_tables
from pbxsim.testing.office import START, Office, extension
from tests.sinks.store.desk import Desk, cdr, delivery, entry

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.mark.slow
async def test_an_old_database_is_brought_up_to_date_with_what_is_in_it(desk: Desk) -> None:
    engine = make_engine(desk.place)
    assert await migrate(engine, up_to=1)
    async with engine.begin() as connection:
        said = dict(zip(rows.COLUMNS[rows.CDR], rows.of_cdrs("office", [cdr(1)])[0], strict=True))
        old = v1_tables.metadata(engine.dialect.name).tables["cdr"]
        known = {name: said[name] for name in said if name in old.c and name not in ("lastapp", "lastdata")}
        await connection.execute(insert(old).values(known))
    await engine.dispose()
    assert await desk.rows("SELECT version FROM schema_version ORDER BY version") == [(1,)]
    saved, _ = await desk.load()
    (found,) = saved.cdrs
    kept = ("id", "call", "src", "dst", "start", "answer", "end", "disposition", "custom", "channel")
    assert [getattr(found, name) for name in kept] == [getattr(cdr(1), name) for name in kept]
    assert (found.last_app, found.last_data) == ("Dial", "SIP/upc/602123456")
    assert (found.caller, found.called, found.talk) == (found.src, found.dst, found.answer)
    await desk.close()
    assert await desk.rows("SELECT version FROM schema_version ORDER BY version") == [(step,) for step in range(1, 8)]


async def test_who_reads_a_file_of_version_6_with_plain_sql_reads_the_same_after_it(sqlite_desk: Desk) -> None:
    """SQLite's generated columns have become a view's."""
    engine, desk = make_engine(sqlite_desk.place), sqlite_desk
    cdrs = [cdr(1), cdr(2, answer=0, second_serial=0, made=START, linked_at=START - 1_000_000)]
    told = list(rows.of_cdrs("office", cdrs))
    columns = rows.COLUMNS[rows.CDR]
    insert_ = f"INSERT INTO cdr ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    await migrate(engine, up_to=6)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(insert_, told)
    names = [name for _, name, *_ in await desk.rows("SELECT * FROM pragma_table_xinfo('cdr')")]
    kinds = f"SELECT {', '.join(f'typeof({name})' for name in names)} FROM cdr ORDER BY id"
    found = "SELECT id FROM cdr WHERE billsec = '6' AND uniqueid = 1700000000.2 AND sequence = '1'"
    asked = ("SELECT * FROM cdr ORDER BY id", kinds, found)
    before = [await desk.rows(question) for question in asked]
    await migrate(engine)
    await engine.dispose()
    assert [name for _, name, *_ in await desk.rows("SELECT * FROM pragma_table_xinfo('cdr')")] == names
    assert [await desk.rows(question) for question in asked] == before
    assert (len(before[0]), before[2]) == (2, [(1,)])


async def test_views_that_somebody_made_of_a_file_of_version_6_read_on_and_indexes_of_what_follows_go(
    sqlite_desk: Desk,
) -> None:
    engine = make_engine(sqlite_desk.place)
    await migrate(engine, up_to=6)
    async with engine.begin() as connection:
        for made in (
            """CREATE VIEW "the ""calls" AS SELECT calldate, billsec FROM cdr WHERE dst <> 'a:b%'""",
            """CREATE VIEW long AS SELECT * FROM "the ""calls" WHERE billsec > 5""",
            """CREATE INDEX "by ""date" ON cdr (src, calldate)""",
            "CREATE INDEX by_trunk ON cdr (trunk)",
        ):
            await connection.exec_driver_sql(made)
    await migrate(engine)
    await engine.dispose()
    buffer = await sqlite_desk.open()
    sqlite_desk.tell(cdr(1), cdr(2, answer=0))
    await buffer.settled()
    assert await sqlite_desk.rows("SELECT * FROM long") == [("2023-11-14 22:13:20", 6)]
    indexes = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index' AND name LIKE 'by%'"
    assert await sqlite_desk.rows(indexes) == [("by_trunk", "cdr_written")]


async def test_a_database_that_is_up_to_date_is_left_as_it_is(desk: Desk) -> None:
    engine = make_engine(desk.place)
    assert await migrate(engine)
    assert not await migrate(engine)
    await engine.dispose()


async def test_steps_are_numbered_from_one_without_a_gap() -> None:
    assert [step.number for step in schema.VERSIONS] == list(range(1, schema.NEWEST + 1))


async def test_an_sqlite_that_is_too_old_is_refused_in_so_many_words(
    sqlite_desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr("sqlite3.sqlite_version", "3.34.1")
    with pytest.raises(StoreUnreachable, match=r"SQLite 3\.35 or newer is needed, and Python has 3\.34\.1 here"):
        make_engine(sqlite_desk.place)


@pytest.mark.slow
async def test_a_database_of_a_newer_release_is_refused_and_left_alone(desk: Desk) -> None:
    await desk.prepare()
    await desk.do("INSERT INTO schema_version (version) VALUES (99)")
    with pytest.raises(StoreUnreachable, match="newer release") as refused:
        await desk.load()
    assert desk.place.password == "" or desk.place.password not in str(refused.value)


@pytest.mark.slow
@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
async def test_a_step_that_fails_leaves_nothing_behind(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """MariaDB commits at each CREATE, so there it would."""

    def fail(connection: Connection) -> None:
        v1_tables.apply(connection)
        raise OSError("the power is cut")

    monkeypatch.setattr(schema, "VERSIONS", (schema.Version(1, fail),))
    engine = make_engine(desk.place)
    with pytest.raises(Exception, match="the power is cut"):
        await migrate(engine)
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    await engine.dispose()


@pytest.mark.slow
async def test_the_tables_in_the_database_are_those_that_are_described(desk: Desk) -> None:
    await desk.prepare()
    engine = make_engine(desk.place)
    async with engine.connect() as connection:
        for name, table in schema.TABLES.items():
            columns = await connection.run_sync(lambda sync, name=name: inspect(sync).get_columns(name))  # type: ignore[misc]
            found = [str(column["name"]).lower() for column in columns]
            assert found == [column.name.lower() for column in table.columns]
    await engine.dispose()


@pytest.mark.slow
async def test_what_a_customer_looks_up_with_plain_sql(desk: Desk) -> None:
    """VoIPSUN's manual names tables `extensions` and `outroute`, their ids, and CustomCDR1 to 4."""
    buffer = await desk.open()
    desk.tell(
        cdr(
            1,
            custom=("order 7", "", "", "x"),
            clid_name="Bob",
            clid_number="601",
            recording_file="a.wav",
            last_app="Dial",
            last_data="SIP/upc/602123456",
        ),
        cdr(2, answer=0, second_serial=0, clid_number="601", serial=0xABCDEF012, first_serial=0xABCDEF012),
    )
    desk.tell(entry(1, balance=41_000_000))
    buffer.post(delivery(1))
    await buffer.settled()
    assert await desk.rows("SELECT id FROM extensions WHERE internal = '101'") == [(101,)]
    assert await desk.rows("SELECT id FROM extensions WHERE public_number = '222333444'") == [(101,)]
    assert await desk.rows("SELECT id FROM extensions WHERE sip_username = 'sip102' AND dialplan = 'main'") == [(102,)]
    assert await desk.rows("SELECT id, trunks FROM outroute WHERE name = 'out'") == [(1, "upc")]
    found = await desk.rows(
        "SELECT id, clid, src, dst, channel, dstchannel, lastapp, lastdata, duration, billsec, disposition, amaflags,"
        " uniqueid, recording_name, CustomCDR4 FROM cdr WHERE CustomCDR1 = 'order 7'"
    )
    parties = ("101", "602123456", "SIP/sip101-00000002", "SIP/upc-00000003", "Dial", "SIP/upc/602123456")
    assert found == [(1, '"Bob" <601>', *parties, 9, 6, "ANSWERED", 3, "1700000000.2", "a.wav", "x")]
    (other,) = await desk.rows(
        "SELECT clid, channel, dstchannel, lastapp, lastdata, billsec, uniqueid FROM cdr WHERE id = 2"
    )
    assert other == ('"" <601>', "SIP/sip101-abcdef012", "", "", "", 0, f"1700000000.{0xABCDEF012}")
    ((civil,),) = await desk.rows("SELECT calldate FROM cdr WHERE id = 1")
    assert str(civil) == "2023-11-14 22:13:20"
    assert await desk.rows("SELECT sum(amount) FROM ledger WHERE account = 'duocom'") == [(-1_000_000,)]


@pytest.mark.parametrize(
    ("zone", "begun", "shown"),
    [
        ("", "2026-07-01T06:00:00Z", "2026-07-01 06:00:00"),
        ("Europe/Prague", "2026-07-01T06:00:00Z", "2026-07-01 08:00:00"),
        ("Europe/Prague", "2026-01-01T06:00:00Z", "2026-01-01 07:00:00"),
        ("Europe/Prague", "2026-03-29T00:59:59Z", "2026-03-29 01:59:59"),
        ("Europe/Prague", "2026-03-29T01:00:00Z", "2026-03-29 03:00:00"),
        ("Europe/Prague", "2026-10-25T00:30:00Z", "2026-10-25 02:30:00"),
        ("Europe/Prague", "2026-10-25T01:30:00Z", "2026-10-25 02:30:00"),
        ("Asia/Tehran", "2026-12-31T20:30:00Z", "2027-01-01 00:00:00"),
        ("America/New_York", "2026-01-01T02:00:00Z", "2025-12-31 21:00:00"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_calldate_is_local_time_in_the_pbxs_zone(desk: Desk, zone: str, begun: str, shown: str) -> None:
    buffer = await desk.open(Office(extension("101"), time_zone=zone))
    desk.tell(cdr(1, start=parse_iso(begun), answer=0, end=parse_iso(begun)))
    await buffer.settled()
    ((civil,),) = await desk.rows("SELECT calldate FROM cdr")
    assert str(civil)[:19] == shown


@pytest.mark.slow
async def test_what_is_remembered_is_found_by_the_next_run_and_forgotten_by_a_reset(desk: Desk) -> None:
    buffer = await desk.open()
    assert desk.office is not None
    for value in (1, {"ž": [None, "x'"]}):
        desk.office.pbx.database.put("family", "key", value)
    desk.office.pbx.database.put("family", "other", True)
    await buffer.settled()
    saved, _ = await desk.load()
    assert saved.database["family", "key"] == '{"ž":[null,"x\'"]}'
    assert saved.database["family", "other"] == "true"
    assert saved.now == START + 1_000_000, "where it stopped, a second on"
    desk.begin_anew()
    saved, _ = await desk.load()
    assert ("family", "key") not in saved.database


async def test_the_generated_columns_say_what_the_record_says(desk: Desk) -> None:
    buffer = await desk.open()
    told = [
        cdr(1),
        cdr(2, answer=0, second_serial=0),
        cdr(3, first_serial=0),
        cdr(4, serial=2**33, first_serial=2**33 + 1),
    ]
    desk.tell(*told)
    await buffer.settled()
    found = await desk.rows("SELECT duration, billsec, channel, dstchannel, uniqueid FROM cdr ORDER BY id")
    assert found == [(one.duration, one.billsec, one.channel, one.dst_channel, one.unique_id) for one in told]


@pytest.mark.slow
async def test_the_directory_is_as_the_last_start_found_it(desk: Desk) -> None:
    await desk.prepare()
    await desk.do("INSERT INTO extensions SELECT pbx, 999, 'gone', '', '', '', '', '', '', '' FROM outroute")
    await desk.open()
    await desk.close()
    assert await desk.rows("SELECT id FROM extensions ORDER BY id") == [(101,), (102,)]
