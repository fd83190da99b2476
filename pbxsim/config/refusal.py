"""Everything that is wrong with a PBX file, told at once: the slow way through a file that the quick one refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING

from pbxsim.config.document import Document
from pbxsim.config.fault import MOST_FAULTS, Fault, Finding, Path, PbxFileRefused
from pbxsim.config.paths import value_at
from pbxsim.config.pruning import Mending
from pbxsim.config.references import reference_faults
from pbxsim.config.schema import schema
from pbxsim.config.semantics import semantic_faults
from pbxsim.config.vendor_settings import FormRefused, decoded, settings_faults
from pbxsim.kit.vendor import Vendor

if TYPE_CHECKING:
    from pbxsim.config.type_faults import TypeFaults


def refusal(document: Document, vendors: Mapping[str, Vendor]) -> PbxFileRefused:
    """Name every fault of a file that is no PBX file, in the order of its lines. Misspelt keys are taken as meant."""
    _, keys = document.plain()
    faults, bad = _form_faults(document, vendors)
    plain, _ = document.plain()
    others = list(islice(chain(semantic_faults(plain), reference_faults(plain)), MOST_FAULTS))
    if len(faults) + len(others) < MOST_FAULTS:
        others += _vendors_findings(plain, vendors, bad)
    faults += [document.fault(finding) for finding in chain(keys, others)]
    return PbxFileRefused(_in_order(faults)[:MOST_FAULTS])


def _form_faults(document: Document, vendors: Mapping[str, Vendor]) -> tuple[list[Fault], list[Path]]:
    """Find what has the wrong form, then what shows of it only once a misspelt key counts as what was meant.

    Beside the faults come the places that are wrong even then.
    """
    faults: list[Fault] = []
    while True:
        plain, _ = document.plain()
        refused = _refused(plain, vendors)
        if refused is None:
            return faults, []
        found = _type_faults(document, plain, refused, vendors)
        faults += [fault for fault in map(document.fault, found.findings) if fault not in faults]
        if not found.renames:
            return faults, [finding.path for finding in found.findings]
        for path, key in found.renames:
            document.rename(path, key)


def _refused(plain: dict[str, object], vendors: Mapping[str, Vendor]) -> FormRefused | None:
    try:
        decoded(plain, vendors)
    except FormRefused as refused:
        return refused
    return None


def _type_faults(
    document: Document, plain: dict[str, object], refused: FormRefused, vendors: Mapping[str, Vendor]
) -> TypeFaults:
    from pbxsim.config.type_faults import type_faults  # takes longer to load than all else here

    found = type_faults(plain, schema(vendors), document.source)
    place = refused.path
    if not any(finding.path[: len(place)] == place for finding in found.findings):
        found.findings.append(Finding(place, value_at(plain, place), refused.reason))  # finer than a schema can say
    return found


def _vendors_findings(
    plain: dict[str, object], vendors: Mapping[str, Vendor], bad: Iterable[Path]
) -> Iterator[Finding]:
    """Have the vendors check what is left without the faults; names that went with those are not missed."""
    mending = Mending(plain, vendors)
    file = mending.mended(bad)
    if file is not None:
        for finding in settings_faults(file, vendors):
            if not (isinstance(finding.value, str) and finding.value in mending.lost):
                yield finding


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    kept: list[Fault] = []
    for fault in faults:
        if fault not in kept:
            kept.append(fault)
    return sorted(kept, key=lambda fault: fault.line)
