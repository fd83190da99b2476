"""What `--db` takes, what it refuses in which words, and that no password is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from pbxsim.sinks.store import location as places
from pbxsim.sinks.store.location import StorePlace
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store


@pytest.mark.parametrize("text", [":memory:", "sqlite://", "sqlite:///:memory:"])
def test_memory_is_no_store(text: str) -> None:
    assert StorePlace.parse(text) is None


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("calls.db", Path.cwd() / "calls.db"),
        ("/var/lib/calls.db", Path("/var/lib/calls.db")),
        ("sqlite:///calls.db", Path.cwd() / "calls.db"),
        ("sqlite:////var/lib/a%20b.db", Path("/var/lib/a b.db")),
        ("sqlite+aiosqlite:////x.db", Path("/x.db")),
    ],
)
def test_a_file_is_named_by_path_or_url(text: str, file: Path) -> None:
    place = StorePlace.parse(text)
    assert place is not None
    assert (place.kind, place.file) == (places.SQLITE, file)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("postgresql://u:p%40ss@db.example:5433/calls?ssl=require", "postgresql"),
        ("postgres://u:p%40ss@db.example:5433/calls?ssl=require", "postgresql"),
        ("mysql://u:p%40ss@db.example:5433/calls?ssl=require", "mysql"),
        ("mariadb://u:p%40ss@db.example:5433/calls?ssl=require", "mariadb"),
    ],
)
def test_a_server_is_named_by_url(text: str, kind: str) -> None:
    place = StorePlace.parse(text)
    assert place is not None
    assert (place.kind, place.host, place.port, place.database) == (kind, "db.example", 5433, "calls")
    assert (place.username, place.password, place.query) == ("u", "p@ss", (("ssl", "require"),))
    assert str(place) == f"{kind}://u:***@db.example:5433/calls"
    assert "p@ss" not in repr(place)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("oracle://host/db", "no database is known by oracle://"),
        ("postgresql+psycopg://host/db", "no database is known by postgresql+psycopg://"),
        ("postgresql://host", "needs the name of one database"),
        ("postgresql://host/", "needs the name of one database"),
        ("mysql://host/a/b", "needs the name of one database"),
        ("postgresql://host:x/db", "the port is no number"),
        ("sqlite://calls.db", "sqlite:///relative/file or sqlite:////absolute/file"),
    ],
)
def test_what_names_no_database_is_refused_in_words(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said.replace("+", r"\+")):
        StorePlace.parse(text)


@pytest.mark.parametrize(("scheme", "extra"), [("postgresql", "postgresql"), ("mysql", "mysql"), ("mariadb", "mysql")])
def test_a_driver_that_is_not_installed_is_named_with_what_installs_it(
    scheme: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=rf"pip install 'pbxsim\[{extra}\]'"):
        StorePlace.parse(f"{scheme}://u:p@h/d")


def test_no_refusal_repeats_a_password() -> None:
    with pytest.raises(ValueError, match="--db") as refused:
        StorePlace.parse("postgresql://u:s3cret@host/")
    assert "s3cret" not in str(refused.value)


async def test_health_shows_no_password(tmp_path: Path) -> None:
    place = StorePlace.parse("postgresql://u:s3cret@127.0.0.1:1/d")
    assert place is not None
    store = Store(place, StoreSettings(spill=tmp_path))
    assert "s3cret" not in repr(store.health)
    await store.close()
