"""Which vendor owns a path, that no two own the same, and what somebody who asked for an unknown one probably meant."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from pbxsim.kit.near_miss import word_hint

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pbxsim.kit.vendor import Vendor

CONTROL_ROOT: Final = "/_pbxsim"
LIVEZ: Final = "/livez"
READYZ: Final = "/readyz"
HEALTH: Final = (LIVEZ, READYZ)
METRICS: Final = "/metrics"
SNAPSHOT: Final = CONTROL_ROOT + "/snapshot"
PAGE: Final = "/"
PAGE_PARTS: Final = "/page/"
PHONE: Final = "/phone"
RESERVED: Final = (*HEALTH, METRICS, CONTROL_ROOT, CONTROL_ROOT + "/*", PAGE, PAGE_PARTS + "*", PHONE)
_SLASHES: Final = re.compile(r"/{2,}")
_ALIKE: Final = 0.85
_MOST_GUESSES: Final = 3
_BASE_URL: Final = "does the client's base URL lack its trailing slash?"


class PathClaimedTwice(Exception):
    """Two vendors own one path, or a vendor owns one of pbxsim's own: no request there could be answered rightly."""

    def __init__(self, path: str, first: str, second: str) -> None:
        super().__init__(f"the path {path} is claimed by both {first} and {second}")
        self.path = path


class VendorPaths:
    """The paths of all vendors that are served; `others` are those that no PBX speaks. Raises PathClaimedTwice."""

    def __init__(self, vendors: Iterable[Vendor], others: Iterable[Vendor] = ()) -> None:
        self.vendors = tuple(vendors)
        self._others = tuple(others)
        self._exact: dict[str, Vendor] = {}
        self._below: dict[str, Vendor] = {}
        claims = [(path, "pbxsim itself") for path in RESERVED]
        for vendor in self.vendors:
            for path in vendor.paths:
                _refuse_overlap(path, vendor.name, claims)
                if path.endswith("/*"):
                    self._below[path[:-1]] = vendor
                else:
                    self._exact[path] = vendor
            claims += [(path, vendor.name) for path in vendor.paths]

    def owner(self, path: str) -> Vendor | None:
        """Find the vendor that owns a path, as it was sent."""
        exact = self._exact.get(path)
        if exact is not None:
            return exact
        for prefix, vendor in self._below.items():
            if path.startswith(prefix):
                return vendor
        return None

    def listed(self) -> list[tuple[str, str]]:
        """Give every path with its vendor's name."""
        return [(path, vendor.name) for vendor in self.vendors for path in vendor.paths]

    def hints(self, path: str) -> tuple[str, ...]:
        """Say what the client that asked for a path nobody owns probably meant."""
        foreign = [vendor.name for vendor in self._others if any(_fits(cleaned(path), own) for own in vendor.paths)]
        if foreign:
            return tuple(
                f"{path} belongs to {name}, which no PBX here speaks: add `vendors: {name}:`" for name in foreign
            )
        known = [path for path, _ in self.listed()]
        for look in _LOOKS:
            hints = [hint for candidate in known if (hint := look(path, candidate))]
            if hints:
                return (hints[0],)
        hints = [next(filter(None, (look(path, each) for look in _FAR_LOOKS)), "") for each in known]
        return tuple(filter(None, hints))[:_MOST_GUESSES] or word_hint(
            "path", path, [candidate.removesuffix("*") for candidate in known]
        )


def cleaned(path: str) -> str:
    """Read a path as web servers do before they look for a file: decode `%XX`, take repeated slashes for one."""
    return _SLASHES.sub("/", unquote(path, errors="replace"))


def _refuse_overlap(path: str, vendor: str, claims: list[tuple[str, str]]) -> None:
    for claimed, owner in claims:
        if _covers(claimed, path) or _covers(path, claimed):
            raise PathClaimedTwice(path, owner, vendor)


def _covers(one: str, other: str) -> bool:
    return one == other or (one.endswith("/*") and other.startswith(one[:-1]))


def _fits(path: str, known: str) -> bool:
    return path.startswith(known[:-1]) if known.endswith("/*") else path == known


def _turned_slashes(path: str, known: str) -> str:
    if "\\" in path and _fits(path.replace("\\", "/"), known):
        return f"path {path!r} is written with '/', not '\\'"
    return ""


def _wrong_case(path: str, known: str) -> str:
    stem = known.removesuffix("*")
    if _fits(path.lower(), known.lower()):
        return f"path {path!r} is written {stem + path[len(stem) :]!r}: case counts"
    return ""


def _misspelt(path: str, known: str) -> str:
    close = get_close_matches(path, [known], n=1, cutoff=_ALIKE)
    return f"path {path!r} is not documented: did you mean {known!r}?" if close else ""


def _other_segment(path: str, known: str) -> str:
    """Find `/api/v5/call` sent for `/api/v4/call`."""
    stem = known.removesuffix("*")
    given, wanted = path.split("/"), stem.split("/")[: None if stem == known else -1]
    odd = [(have, want) for have, want in zip(given, wanted, strict=False) if have != want]
    if len(given) < len(wanted) or len(odd) != 1 or not get_close_matches(odd[0][0], [odd[0][1]], cutoff=0.5):
        return ""
    return f"path {path!r} has {odd[0][0]!r} where {odd[0][1]!r} is documented"


def _missing_segment(path: str, known: str) -> str:
    """Find `/api/call` sent for `/api/v4/call`: what joining a relative path to a base without its last slash gives."""
    stem = known.removesuffix("*")
    segments = stem.split("/")
    if ".." in path.split("/"):
        return ""
    for index in range(1, len(segments) - 1):
        shorter = "/".join(segments[:index] + segments[index + 1 :])
        if path == shorter or (stem != known and shorter != "/" and path.startswith(shorter)):
            meant = stem + path[len(shorter) :]
            return f"path {path!r} lacks {segments[index]!r}: {meant} is documented; {_BASE_URL}"
    return ""


def _glued_segments(path: str, known: str) -> str:
    if known.endswith("/*"):
        return _glued_below(path, known[:-2])
    if path.replace("/", "") == known.replace("/", ""):
        return f"path {path!r} lacks a slash: {known} is documented; {_BASE_URL}"
    return ""


def _glued_below(path: str, known: str) -> str:
    rest = path.removeprefix(known)
    if rest and rest != path:
        return f"path {path!r} lacks a slash: {known}/{rest} is documented; {_BASE_URL}"
    return ""


def _surplus_slash(path: str, known: str) -> str:
    if path != "/" and path.rstrip("/") == known:
        return f"path {path!r} has a slash at its end: {known} is documented without"
    return ""


_LOOKS: Final = (
    _turned_slashes,
    _wrong_case,
    _surplus_slash,
    _misspelt,
    _glued_segments,
)
"""What a path may be, the likeliest first."""

_FAR_LOOKS: Final = (_other_segment, _missing_segment)
"""What else it may be: here each path that is documented may be the one that is meant."""
