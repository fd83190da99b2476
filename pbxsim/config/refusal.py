"""Everything that is wrong with a PBX file, told at once: the slow way through a file that the quick one refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING

from pbxsim.clock.scheduler import Scheduler
from pbxsim.config.build import build
from pbxsim.config.document import Document
from pbxsim.config.fault import MOST_FAULTS, Fault, PbxFileRefused
from pbxsim.config.packages import Packages
from pbxsim.config.pruning import Mending
from pbxsim.config.schema import schema
from pbxsim.config.vendor_settings import FormRefused, decoded, settings_faults
from pbxsim.kit.finding import Finding, Path
from pbxsim.kit.paths import value_at
from pbxsim.sinks.recordings.files import NoRecordings

if TYPE_CHECKING:
    from pbxsim.config.type_faults import TypeFaults


def refusal(document: Document, packages: Packages) -> PbxFileRefused:
    """Name every fault of a file that is no PBX file, in the order of its lines. Misspelt keys are taken as meant."""
    _, keys = document.plain()
    faults, bad = _form_faults(document, packages)
    plain, _ = document.plain()
    others = list(islice(packages.contradictions(plain), MOST_FAULTS))
    if len(faults) + len(others) < MOST_FAULTS:
        others += _vendors_findings(plain, packages, bad)
    faults += [document.fault(finding) for finding in chain(keys, others)]
    return PbxFileRefused(_in_order(faults)[:MOST_FAULTS])


def _form_faults(document: Document, packages: Packages) -> tuple[list[Fault], list[Path]]:
    """Find what has the wrong form, then what shows of it only once a misspelt key counts as what was meant.

    Beside the faults come the places that are wrong even then.
    """
    faults: list[Fault] = []
    while True:
        plain, _ = document.plain()
        refused = _refused(plain, packages)
        if refused is None:
            return faults, []
        found = _type_faults(document, plain, refused, packages)
        faults += [fault for fault in map(document.fault, found.findings) if fault not in faults]
        if not found.renames:
            return faults, [finding.path for finding in found.findings]
        for path, key in found.renames:
            document.rename(path, key)


def _refused(plain: dict[str, object], packages: Packages) -> FormRefused | None:
    try:
        decoded(plain, packages)
    except FormRefused as refused:
        return refused
    return None


def _type_faults(document: Document, plain: dict[str, object], refused: FormRefused, packages: Packages) -> TypeFaults:
    from pbxsim.config.type_faults import type_faults  # takes longer to load than all else here

    found = type_faults(plain, schema(packages), document.source)
    place = refused.path
    if not any(finding.path[: len(place)] == place for finding in found.findings):
        found.findings.append(Finding(place, value_at(plain, place), refused.reason))  # finer than a schema can say
    return found


def _vendors_findings(plain: dict[str, object], packages: Packages, bad: Iterable[Path]) -> Iterator[Finding]:
    """Have the vendors check what is left without the faults; names that went with those are not missed."""
    mending = Mending(plain, packages)
    file = mending.mended(bad)
    if file is not None and file.vendors:
        pbx = build(file, clock=Scheduler(file.start or 0), seed=file.seed, files=NoRecordings())
        for finding in settings_faults(file, packages.vendors, pbx):
            if not (isinstance(finding.value, str) and finding.value in mending.lost):
                yield finding


def _in_order(faults: Iterable[Fault]) -> list[Fault]:
    kept: list[Fault] = []
    for fault in faults:
        if fault not in kept:
            kept.append(fault)
    return sorted(kept, key=lambda fault: fault.line)
