"""Finding vendors and engines: ours are packages under pbxsim/vendors and pbxsim/engines, anybody's are entry points.

Nothing lists them by name, so that one more is one more package and no edit anywhere.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from pbxsim import engines, vendors
from pbxsim.engines import DEFAULT_ENGINE
from pbxsim.engines.engine import Engine
from pbxsim.kit.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
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
    for module in iter_modules(ours.__path__, f"{ours.__name__}."):
        if module.ispkg:
            yield module.name, getattr(import_module(module.name), called, None)
    for point in sorted(entry_points(group=group), key=lambda point: (point.name, point.value)):
        yield f"entry point {point.name} = {point.value}", _loaded(point, broken)


def _loaded(point: EntryPoint, broken: type[BrokenPackage]) -> object:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise broken(f"entry point {point.name} = {point.value} cannot be loaded: {error}") from error
