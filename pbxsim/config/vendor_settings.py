"""The vendors' part of a PBX file: each section is decoded by the vendor's own type and checked by its own check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

import msgspec

from pbxsim.config.fault import parsed
from pbxsim.config.file import PbxFile
from pbxsim.config.packages import Packages
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.vendor import Vendor
from pbxsim.pbx.pbx import Pbx

_S = TypeVar("_S", bound=msgspec.Struct)


class FormRefused(Exception):
    """A file has not the form of a PBX file: msgspec's first reason, and where."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def decoded(plain: dict[str, object], packages: Packages) -> PbxFile:
    """Decode a file, and each vendor's settings by the vendor's type. Raises FormRefused."""
    file, vendors = _converted(plain, packages.form_of(plain), ()), packages.vendors
    settings: dict[str, object] = {}
    for name, content in file.vendors.items():
        if name not in vendors:
            raise FormRefused(("vendors", name), "the name of a vendor that is known here")
        settings[name] = _converted(content, vendors[name].settings, ("vendors", name))
    return msgspec.structs.replace(file, vendors=settings)


def settings_faults(file: PbxFile, vendors: Mapping[str, Vendor], pbx: Pbx) -> Iterator[Finding]:
    """Have each vendor check its settings against the PBX that was built of the file."""
    for name, settings in file.vendors.items():
        for fault in vendors[name].check(settings, pbx):
            yield Finding(("vendors", name, *parsed(fault.path)), fault.value, fault.expected)


def _converted(content: object, form: type[_S], prefix: Path) -> _S:
    try:
        return msgspec.convert(content, form)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise FormRefused((*prefix, *parsed(place.partition("$")[2].strip("`"))), reason) from None
