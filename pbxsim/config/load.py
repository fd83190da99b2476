"""Reading a PBX file: a good one in one pass; a bad one is refused whole (refusal.py tells why)."""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from copy import copy
from functools import cached_property
from pathlib import Path as FilePath
from typing import Final

import msgspec

from pbxsim.config.credentials import Credentials, credentials_of
from pbxsim.config.document import Document
from pbxsim.config.fault import Fault, PbxFileRefused, parsed
from pbxsim.config.file import PbxFile
from pbxsim.config.packages import Packages
from pbxsim.config.vendor_settings import FormRefused, decoded, settings_faults
from pbxsim.discovery import Engines, find_engines, find_vendors
from pbxsim.kit.finding import Path, did_you_mean, spelt
from pbxsim.kit.vendor import Vendor
from pbxsim.pbx.pbx import Pbx

LARGEST: Final = 8_000_000
"""Bytes that a PBX file may have."""

_BUILT_IN: Final = FilePath(__file__).parent.parent / "pbxes"


def built_in() -> tuple[str, ...]:
    """Name the PBX files that come with pbxsim."""
    return tuple(sorted(path.stem for path in _BUILT_IN.iterdir() if path.suffix == ".yaml"))


class PlacedCredential(msgspec.Struct, frozen=True):
    """A credential of a vendor's, and where in the file it stands; `parts` as in kit.vendor.Credential."""

    vendor: str
    path: str
    line: int
    parts: frozenset[tuple[str, ...]]


class LoadedFile:
    """A PBX file that is right but for what its vendors may say of their settings: that, `check` finds out.

    `source` is what faults call it by, `packages` are those that it was read with, and may be opened with.
    """

    def __init__(self, file: PbxFile, packages: Packages, document: Document) -> None:
        self.file = file
        self.packages = packages
        self.source = document.file
        self.name_line = document.line(("name",))
        self.credentials_placed = tuple(_placed(file, packages.vendors, document))
        self._unchecked: Document | None = document

    def __deepcopy__(self, memo: object) -> LoadedFile:
        """Give itself: nothing that is made of a file changes it, so a PBX and its copy may share it."""
        return self

    @cached_property
    def credentials(self) -> Credentials:
        """Every secret that stands in the file, and all that is public in it."""
        return credentials_of(self.file)

    def with_file(self, file: PbxFile) -> LoadedFile:
        """Give one of the same form with other texts in it: whoever made these must know that they are right."""
        made = copy(self)
        made.__dict__.pop("credentials", None)
        made.file = file
        lines = {placed.path: placed.line for placed in self.credentials_placed}
        found = _credentials(file, self.packages.vendors)
        made.credentials_placed = tuple(
            PlacedCredential(vendor, spelt(path), lines[spelt(path)], parts) for vendor, path, parts in found
        )
        return made

    def check(self, pbx: Pbx) -> None:
        """Have the vendors check their settings against the first PBX built of the file; every other is the same.

        Raises PbxFileRefused, with every fault of the file.
        """
        if self._unchecked is None:
            return
        if any(settings_faults(self.file, self.packages.vendors, pbx)):
            raise _refusal(self._unchecked, self.packages)
        self._unchecked = None


def load(source: str, vendors: Mapping[str, Vendor] | None = None, engines: Engines | None = None) -> LoadedFile:
    """Read a PBX file: the name of a built-in one, or a path. Each vendor's settings come decoded.

    `vendors` are those that the file may speak, `engines` those whose sections it may have, and the one that is to
    serve it; by default all that are found. Raises PbxFileRefused, and nothing else, for a file that cannot be read, is
    no PBX file, or contradicts itself.
    """
    text, file = text_of(source)
    return read(text, file, find_vendors() if vendors is None else vendors, engines)


def text_of(source: str) -> tuple[str, str]:
    """Give the text of a PBX file, the name of a built-in one or a path, and what faults call it by.

    Raises PbxFileRefused where it cannot be read.
    """
    path = path_of(source)
    file = path.name if path.parent == _BUILT_IN else source
    return _text(path, file), file


def path_of(source: str) -> FilePath:
    """Give the file that a name or a path stands for; a built-in name comes first."""
    return _BUILT_IN / f"{source}.yaml" if source in built_in() else FilePath(source)


def read(text: str, file: str, vendors: Mapping[str, Vendor], engines: Engines | None = None) -> LoadedFile:
    """Read the text of a PBX file; `file` is the name that faults call it by. Raises PbxFileRefused."""
    packages = Packages(vendors, find_engines() if engines is None else engines)
    document = Document(file, text)
    plain, findings = document.plain()
    try:
        found = decoded(plain, packages)
    except FormRefused:
        raise _refusal(document, packages) from None
    if findings or any(packages.contradictions(plain)):
        raise _refusal(document, packages)
    return LoadedFile(found, packages, document)


def _placed(file: PbxFile, vendors: Mapping[str, Vendor], document: Document) -> Iterator[PlacedCredential]:
    for vendor, path, parts in _credentials(file, vendors):
        yield PlacedCredential(vendor, spelt(path), document.line(path), parts)


def _credentials(
    file: PbxFile, vendors: Mapping[str, Vendor]
) -> Iterator[tuple[str, Path, frozenset[tuple[str, ...]]]]:
    for name, settings in file.vendors.items():
        for credential in vendors[name].credentials(settings):
            yield name, ("vendors", name, *parsed(credential.path)), credential.parts


def _refusal(document: Document, packages: Packages) -> PbxFileRefused:
    from pbxsim.config.refusal import refusal  # only for a bad file: enumerating its faults takes heavy libraries

    return refusal(document, packages)


def _content(path: FilePath) -> bytes:
    """Read a regular file, or the beginning of one that is too large. Raises OSError, ValueError for anything else.

    A pipe is opened without waiting for whoever writes into it, and is then refused with all else that has no end.
    """
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    with os.fdopen(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("it is no regular file")
        return opened.read(LARGEST + 1)


def _text(path: FilePath, file: str) -> str:
    try:
        content = _content(path)
    except FileNotFoundError:
        known = ", ".join(built_in())
        expected = f"a file, or a built-in PBX{did_you_mean(file, built_in())}: {known}"
        raise _unreadable(file, f"{expected}; no such file", 0) from None
    except (OSError, ValueError) as error:
        why = (isinstance(error, OSError) and error.strerror) or error
        raise _unreadable(file, f"a file that can be read: {why}") from None
    if len(content) > LARGEST:
        raise _unreadable(file, f"a file of at most {LARGEST} bytes")
    content = content.removeprefix(BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _unreadable(file, "text in UTF-8; this is another encoding, or no text", line) from None


def _unreadable(file: str, expected: str, line: int = 1) -> PbxFileRefused:
    return PbxFileRefused([Fault(file, line, "", msgspec.UNSET, expected)])
