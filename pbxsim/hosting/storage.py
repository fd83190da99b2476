"""Where a server's records last: which store `--db` means, its opening, and what an earlier run left in it.

Not here: the store itself (sinks/store), what a PBX does with what was left (hosting/hosted_pbx.py).
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from pathlib import Path  # noqa: TC003 - msgspec reads the annotations of `Wanted`
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from pbxsim.hosting.saved import NOTHING_RESUMED, Resumed
from pbxsim.sinks.store.location import StorePlace, data_folder, default_place, scratch_place
from pbxsim.sinks.store.port import NullStore
from pbxsim.sinks.store.settings import StoreSettings
from pbxsim.sinks.store.store import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from pbxsim.sinks.store.port import RecordStore


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the command line says about the store.

    `place` is an address, a path or IN_MEMORY; None: a file in the platform's data folder. Which one depends on what
    the server is: one with a `port` of its own and a clock that runs (`lasts`) is an installation, which goes on where
    it stopped; any other is a run that begins where its PBX file says, and its file goes when it ends.
    `flush_ms` is how many milliseconds a record may wait for others, `keep_days` after how many days of the PBX's clock
    it is dropped, 0 for never. `spill` is the folder for what the store cannot write.
    """

    place: str | None = None
    port: int = 0
    lasts: bool = False
    synchronous: Literal["normal", "full", "off"] = "normal"
    flush_ms: int = 50
    keep_days: int = 0
    spill: Path | None = None


class Storage(Protocol):
    """Where the records of a server's PBXs last."""

    @property
    def recordings(self) -> Path | None:
        """The folder for recordings that are to last as long as the records; None where these do not."""
        ...

    @property
    def password(self) -> str:
        """The database's password; empty where there is none."""
        ...

    @property
    def store(self) -> Store | None:
        """The store, if there is one."""
        ...

    @property
    def words(self) -> str:
        """Say where records are, for a newcomer."""
        ...

    def record_store(self, pbx: str) -> RecordStore:
        """Give a PBX its record store."""
        ...

    def resumed(self, pbx: str) -> Resumed:
        """Tell what an earlier run of a PBX left."""
        ...


class InMemory:
    """Implements `Storage` where nothing outlives the process."""

    recordings: Path | None = None
    store: Store | None = None
    password = ""
    words = "memory, until it stops"

    def record_store(self, pbx: str) -> RecordStore:
        """Give one that keeps nothing."""
        return NullStore()

    def resumed(self, pbx: str) -> Resumed:
        """Tell that nothing was left."""
        return NOTHING_RESUMED


class Stored:
    """Implements `Storage` with a store."""

    def __init__(self, store: Store, recordings: Path | None, resumed: dict[str, Resumed]) -> None:
        self.store: Store | None = store
        self.password = store.place.password
        self.words = f"{store.place}, until it stops" if store.place.is_scratch else str(store.place)
        self.recordings = recordings
        self._store = store
        self._resumed = resumed

    def record_store(self, pbx: str) -> RecordStore:
        """Give a PBX its record store in the store."""
        return self._store.buffer(pbx)

    def resumed(self, pbx: str) -> Resumed:
        """Tell what the store held of a PBX when it was opened."""
        return self._resumed.get(pbx, NOTHING_RESUMED)


@asynccontextmanager
async def opened(
    wanted: Wanted, kept: Mapping[str, int], loaded: Callable[[], None] | None = None
) -> AsyncIterator[Storage]:
    """Open what `--db` means, read what was left of the PBXs in it, and close it at the end.

    `kept` tells how many records of which PBX are to be at hand; `loaded` is called once the database's library is
    there. Raises StoreUnreachable, StoreInUse, ValueError.
    """
    place = _place(wanted)
    if place is None:
        yield InMemory()
        return
    store = await Store.open(place, _settings(wanted, place), loaded)
    try:
        resumed = {pbx: Resumed(*await store.load(pbx, newest)) for pbx, newest in kept.items()}
        yield Stored(store, _recordings(place), resumed)
    finally:
        await store.close()


def _place(wanted: Wanted) -> StorePlace | None:
    if wanted.place is not None:
        return StorePlace.parse(wanted.place)
    return StorePlace.of_file(default_place(wanted.port)) if wanted.lasts else scratch_place()


def _settings(wanted: Wanted, place: StorePlace) -> StoreSettings:
    beside = place.file.parent if place.file is not None else data_folder()
    return StoreSettings(
        spill=wanted.spill or beside,
        synchronous=wanted.synchronous,
        flush_ms=wanted.flush_ms,
        keep_days=wanted.keep_days,
    )


def _recordings(place: StorePlace) -> Path | None:
    if place.is_scratch:
        return None
    if place.file is None:
        return data_folder() / f"recordings-{place.digest}"
    return place.file.with_name(f"{place.file.name}-recordings")
