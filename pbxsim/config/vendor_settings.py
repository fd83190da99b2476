"""The vendors' part of a PBX file: each section is decoded by the vendor's own type and checked by its own check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NoReturn, TypeVar

import msgspec

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.build import build_pbx
from pbxsim.config.fault import Finding, Path, parsed
from pbxsim.config.file import PbxFile
from pbxsim.kit.vendor import Vendor
from pbxsim.pbx.errors import RecordingMoveRefused

_S = TypeVar("_S", bound=msgspec.Struct)


class FormRefused(Exception):
    """A file has not the form of a PBX file: msgspec's first reason, and where."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


class _NoFiles:
    """Implements `RecordingFiles` for a PBX that only a check looks at."""

    def move(self, *, from_folder: str, from_file: str, to_folder: str, to_file: str) -> NoReturn:
        raise RecordingMoveRefused(f"{from_folder}/{from_file} to {to_folder}/{to_file}: nothing lies here")


def decoded(plain: dict[str, object], vendors: Mapping[str, Vendor]) -> PbxFile:
    """Decode a file, and each vendor's settings by the vendor's type. Raises FormRefused."""
    file = _converted(plain, PbxFile, ())
    settings: dict[str, object] = {}
    for name, content in file.vendors.items():
        if name not in vendors:
            raise FormRefused(("vendors", name), "the name of a vendor that is known here")
        settings[name] = _converted(content, vendors[name].settings, ("vendors", name))
    return msgspec.structs.replace(file, vendors=settings)


def settings_faults(file: PbxFile, vendors: Mapping[str, Vendor]) -> Iterator[Finding]:
    """Have each vendor check its settings against the PBX, which must be one that can be built."""
    if not file.vendors:
        return
    pbx = build_pbx(file, clock=Scheduler(file.start or 0), seed=file.seed, files=_NoFiles())
    for name, settings in file.vendors.items():
        for fault in vendors[name].check(settings, pbx):
            yield Finding(("vendors", name, *parsed(fault.path)), fault.value, fault.expected)


def _converted(content: object, form: type[_S], prefix: Path) -> _S:
    try:
        return msgspec.convert(content, form)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise FormRefused((*prefix, *parsed(place.partition("$")[2].strip("`"))), reason) from None
