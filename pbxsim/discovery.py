"""Finding vendors and engines: ours are packages under pbxsim/vendors and pbxsim/engines, anybody's are entry points.

Nothing lists them by name, so that one more is one more package and no edit anywhere.
"""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from importlib import import_module
from importlib.machinery import PathFinder
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from pbxsim import engines, vendors
from pbxsim.engines import DEFAULT_ENGINE
from pbxsim.engines.engine import Engine
from pbxsim.kit.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.metadata import EntryPoint
    from types import ModuleType

GROUP: Final = "pbxsim.vendors"
"""The entry-point group in which an outside package announces its `vendor` object."""

ENGINE_GROUP: Final = "pbxsim.engines"
"""The entry-point group in which an outside package announces its engine's `declaration`."""

_D = TypeVar("_D", Vendor, Engine)


class BrokenPackage(Exception):
    """A package does not keep the contract; the text says which one and how."""


class BrokenVendor(BrokenPackage):
    """A vendor package does not."""


class BrokenEngine(BrokenPackage):
    """An engine package does not."""


class UnknownEngine(ValueError):
    """No engine of that name is installed; says which are."""


class Engines(msgspec.Struct, frozen=True):
    """The engines that are found, by name, and the one of them that is to decide."""

    found: Mapping[str, Engine]
    chosen: Engine


def find_vendors() -> dict[str, Vendor]:
    """Find every vendor, by name, in alphabetical order.

    Raises BrokenVendor for a package without a `vendor`, and for two vendors of one name.
    """
    return _found(_candidates(vendors, GROUP, "vendor", BrokenVendor), Vendor, "vendor", BrokenVendor)


def find_engines(chosen: str = DEFAULT_ENGINE) -> Engines:
    """Find every engine, by name, in alphabetical order, and choose one.

    Raises UnknownEngine; BrokenEngine for a package without a `declaration`, for two engines of one name, and for two
    that own one section of a PBX file.
    """
    candidates = _candidates(engines, ENGINE_GROUP, "declaration", BrokenEngine)
    found = _found(candidates, Engine, "declaration", BrokenEngine)
    owners: dict[str, str] = {}
    for engine in found.values():
        for section in engine.sections:
            if owners.setdefault(section, engine.name) != engine.name:
                raise BrokenEngine(f"the engines {owners[section]} and {engine.name} both own the section {section!r}")
    if chosen not in found:
        raise UnknownEngine(f"expected {' or '.join(found)}, not {chosen!r}")
    return Engines(found, found[chosen])


def _found(
    candidates: Iterator[tuple[str, object]], kind: type[_D], called: str, broken: type[BrokenPackage]
) -> dict[str, _D]:
    found: dict[str, _D] = {}
    for origin, candidate in candidates:
        if not isinstance(candidate, kind):
            raise broken(f"{origin} offers no object `{called}` of type {kind.__module__}.{kind.__name__}")
        if candidate.name in found and found[candidate.name] is not candidate:
            what = "a vendor" if called == "vendor" else "an engine"
            raise broken(f"{origin} offers {what} {candidate.name!r}, and there is one of that name already")
        found[candidate.name] = candidate
    return dict(sorted(found.items()))


def _candidates(ours: ModuleType, group: str, called: str, broken: type[BrokenPackage]) -> Iterator[tuple[str, object]]:
    for package in _packages(ours):
        yield package, getattr(import_module(package), called, None)
    for point in sorted(_points(group), key=lambda point: (point.name, point.value)):
        yield f"entry point {point.name} = {point.value}", _loaded(point, broken)


def _packages(ours: ModuleType) -> list[str]:
    """Name the packages in a package: pkgutil, which does more, takes a start longer to import than this to do."""
    found = sorted(entry.name for path in ours.__path__ for entry in os.scandir(path) if _is_package(entry))
    return [f"{ours.__name__}.{name}" for name in found]


def _is_package(entry: os.DirEntry[str]) -> bool:
    if "." in entry.name or entry.name == "__pycache__" or not entry.is_dir():
        return False
    return any(name.startswith("__init__.") for name in os.listdir(entry))  # noqa: PTH208 - as below


def _points(group: str) -> Iterator[EntryPoint]:
    """Give the entry points of a group. Reading all that there are takes a start longer than all four vendors do."""
    if _may_have_points(group):
        from importlib.metadata import entry_points

        yield from entry_points(group=group)


def _may_have_points(group: str) -> bool:
    """Tell whether an installed package names the group, or where they stand cannot be seen from here."""
    others = (finder for finder in sys.meta_path if finder is not PathFinder)
    if any(hasattr(finder, "find_distributions") for finder in others):
        return True
    return any(_names(folder or ".", f"[{group}]".encode()) for folder in sys.path)


def _names(folder: str, section: bytes) -> bool:
    try:
        return section in _announced(folder, os.stat(folder).st_mtime_ns)  # noqa: PTH116 - a Path costs more
    except NotADirectoryError:
        return True  # an archive with packages
    except OSError:
        return False


@lru_cache(maxsize=64)
def _announced(folder: str, _changed: int) -> bytes:
    """Give all that the packages of a folder announce, as it was changed last. Raises OSError."""
    names = os.listdir(folder)  # noqa: PTH208 - a Path for each of its files costs more than all the rest
    of_packages = (name for name in names if name.endswith((".dist-info", ".egg-info")))
    return b"\n".join(_text(f"{folder}/{name}/entry_points.txt") for name in of_packages)


def _text(file: str) -> bytes:
    try:
        descriptor = os.open(file, os.O_RDONLY)  # most packages have no such file: not to find it is to be cheap
        with os.fdopen(descriptor, "rb") as opened:
            return opened.read()
    except OSError:
        return b""


def _loaded(point: EntryPoint, broken: type[BrokenPackage]) -> object:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise broken(f"entry point {point.name} = {point.value} cannot be loaded: {error}") from error
