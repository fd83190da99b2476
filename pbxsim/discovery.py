"""Finding vendors: ours are packages under pbxsim/vendors, anybody's are announced as entry points `pbxsim.vendors`.

Nothing lists them by name, so that one more is one more package and no edit anywhere.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

from pbxsim import vendors
from pbxsim.kit.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUP: Final = "pbxsim.vendors"
"""The entry-point group in which an outside package announces its `vendor` object."""


class BrokenVendor(Exception):
    """A vendor package does not keep the contract; the text says which one and how."""


def find_vendors() -> dict[str, Vendor]:
    """Find every vendor, by name, in alphabetical order.

    Raises BrokenVendor for a package without a `vendor`, and for two vendors of one name.
    """
    found: dict[str, Vendor] = {}
    for origin, candidate in _candidates():
        if not isinstance(candidate, Vendor):
            raise BrokenVendor(f"{origin} offers no object `vendor` of type pbxsim.kit.vendor.Vendor")
        if candidate.name in found and found[candidate.name] is not candidate:
            raise BrokenVendor(f"{origin} offers a vendor {candidate.name!r}, and there is one of that name already")
        found[candidate.name] = candidate
    return dict(sorted(found.items()))


def _candidates() -> Iterator[tuple[str, object]]:
    for module in iter_modules(vendors.__path__, f"{vendors.__name__}."):
        if module.ispkg:
            yield module.name, getattr(import_module(module.name), "vendor", None)
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        yield f"entry point {point.name} = {point.value}", _loaded(point)


def _loaded(point: EntryPoint) -> object:
    try:
        return point.load()
    except (ImportError, AttributeError) as error:
        raise BrokenVendor(f"entry point {point.name} = {point.value} cannot be loaded: {error}") from error
