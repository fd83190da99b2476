"""PBXs as files describe them, with a vendor's interface open on each: where the documented examples are run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.load import load
from pbxsim.hosting.assemble import assemble
from pbxsim.sinks.recordings.files import RecordingRoot
from pbxsim.testing.office import START
from tests.vendors.documents import pbx_file

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.config.load import LoadedFile
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
    root = None if recordings is None else RecordingRoot(recordings)
    loaded = _file(source or pbx_file(vendor))
    made = assemble(loaded, clock=Scheduler(START), seed=1, files=root)
    if root is not None:
        for placement in made.placements:
            root.place(placement.folder, placement.file, placement.content)
    if vendor in made.interfaces:
        return Installed(made.pbx, made.interfaces[vendor])
    declared = loaded.packages.vendors[vendor]
    return Installed(made.pbx, declared.open(msgspec.convert({}, declared.settings), made.pbx))


@lru_cache
def _file(source: str) -> LoadedFile:
    return load(source)
