"""PBXs as files describe them, with a vendor's interface open on each: where the documented examples are run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.build import build
from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.pbx.errors import RecordingUnreadable
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.testing.office import START
from tests.vendors.documents import pbx_file

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.config.file import PbxFile
    from pbxsim.kit.vendor import Interface
    from pbxsim.pbx.pbx import Pbx


class Installed(msgspec.Struct, frozen=True, eq=False):
    """A PBX with one vendor's interface on it."""

    pbx: Pbx
    interface: Interface


def open_interface(vendor: str, source: str = "", recordings: Path | None = None) -> Installed:
    """Build a PBX from a file, by default that of the vendor's examples, and open the vendor's interface on it.

    Its recordings are put below `recordings`; without, none can be read. A vendor of which the file says nothing (one
    that is installed here, but not ours) has the settings that it takes for granted.
    """
    root = NoRecordings() if recordings is None else RecordingRoot(recordings)
    vendors = find_vendors()
    built = build(_file(source or pbx_file(vendor)), vendors=vendors, clock=Scheduler(START), seed=1, files=root)
    if isinstance(root, RecordingRoot):
        for placement in built.place:
            root.place(placement.folder, placement.file, placement.content)
    if vendor in built.interfaces:
        return Installed(built.pbx, built.interfaces[vendor])
    declared = vendors[vendor]
    return Installed(built.pbx, declared.open(msgspec.convert({}, declared.settings), built.pbx))


class NoRecordings:
    """A port without files behind it, for the many requests that ask for none."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> None:
        """Find nothing there."""
        raise RecordingUnreadable(f"{from_folder}/{from_file}")


@lru_cache
def _file(source: str) -> PbxFile:
    return load(source)
