"""What a PBX file must not say of simulated telephones and callers though its form is right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from pbxsim.engines.simulated.phones_settings import TAKES_CAUSE
from pbxsim.kit.file_checks import bad_causes, bad_patterns, dangling, twins
from pbxsim.kit.finding import Finding
from pbxsim.kit.paths import mappings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from pbxsim.kit.finding import Path

_ROUNDING: Final = 1e-9  # three times a third is not more than 1
_SHAPES: Final = ("uniform", "exponential", "normal")
_TURNS: Final = ("phones.default", "phones.rules.*.does", "phones.rules.*.does.*")
_SPANS: Final = (
    *(f"{turn}.{span}" for turn in _TURNS for span in ("dialing", "ring", "talk", "patience")),
    "traffic.*.talk",
    "traffic.*.patience",
    "traffic.*.presses.*.after",
)


def faults(plain: object, names: Mapping[str, Collection[str]]) -> Iterator[Finding]:
    """Find what the sections `phones` and `traffic` say that cannot be."""
    yield from bad_patterns(plain, "phones.rules.*.number")
    yield from bad_causes(plain, *(f"{turn}.cause" for turn in _TURNS))
    yield from _useless_causes(plain)
    yield from _spans(plain)
    yield from dangling(plain, "traffic.*.to", "a public number", names["a public number"])
    yield from dangling(plain, "traffic.*.trunk", "a trunk", names["a trunk"])
    yield from _chances(plain)
    yield from _callers(plain, has_trunk=bool(names["a trunk"]))


def _useless_causes(plain: object) -> Iterator[Finding]:
    for turn in _TURNS:
        for path, content in mappings(plain, turn):
            if content.get("cause") is not None and content.get("outcome", "answer") not in TAKES_CAUSE:
                yield Finding((*path, "cause"), content["cause"], "no cause: only `fail` and `drop` take one")


def _spans(plain: object) -> Iterator[Finding]:
    for place in _SPANS:
        for path, span in mappings(plain, place):
            if sum(span.get(shape) is not None for shape in _SHAPES) != 1:
                yield Finding(path, msgspec.UNSET, f"exactly one of {', '.join(_SHAPES)}")
            yield from _descending(path, span.get("uniform"))


def _descending(path: Path, bounds: object) -> Iterator[Finding]:
    match bounds:
        case [int() | float() as low, int() | float() as high] if low > high:
            yield Finding((*path, "uniform"), bounds, "the shorter time first")


def _chances(plain: object) -> Iterator[Finding]:
    for path, entry in mappings(plain, "traffic.*"):
        given = [one.get("chance", 1) for _, one in mappings(entry, "presses.*")]
        total = sum(chance for chance in given if isinstance(chance, int | float))
        if total > 1 + _ROUNDING:
            yield Finding((*path, "presses"), msgspec.UNSET, f"chances that add up to 1 at most, not to {total:g}")


def _callers(plain: object, *, has_trunk: bool) -> Iterator[Finding]:
    entries = list(mappings(plain, "traffic.*"))
    yield from twins(_known_as(path, entry) for path, entry in entries)
    if not has_trunk:
        for path, _ in entries:
            yield Finding(path, msgspec.UNSET, "a trunk in this file, by which these callers come in")


def _known_as(path: Path, entry: dict[str, object]) -> tuple[Path, object]:
    key = "to" if entry.get("name") is None else "name"
    return (*path, key), entry.get(key)
