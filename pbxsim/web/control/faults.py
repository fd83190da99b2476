"""Injected faults: which are set, how often each has struck; others instead of them, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import msgspec

from pbxsim.config.injected_faults import FaultEntry, wrong_fields
from pbxsim.hosting.fault_injection import SetFault
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.web.control.paging import discreet
from pbxsim.web.control.response import Problem, Response, document
from pbxsim.web.control.route import Command


class FaultsGiven(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What is to go wrong from now on; nothing else does."""

    faults: Annotated[list[FaultEntry], msgspec.Meta(max_length=1_000)]


class FaultShown(msgspec.Struct, frozen=True, kw_only=True):
    """A fault as it was given. `met` counts what fitted it, `struck` what it befell."""

    id: int
    fault: str
    vendor: str | None
    method: str | None
    path: str | None
    action: str | None
    number: str | None
    receiver: str | None
    event: str | None
    probability: float
    count: int | None
    nth: int | None
    seconds: float | None
    status: int | None
    requests: int | None
    webhooks: int | None
    handled: bool | None
    met: int
    struck: int


def listed(host: HostedPbx) -> Response:
    """List those that are set, in the order in which they are looked at."""
    return discreet(
        document([] if host.injection is None else [_shown(fault) for fault in host.injection.faults]), host
    )


def put(host: HostedPbx, body: FaultsGiven) -> Command:
    """Set these and no others, whatever the PBX file says; give them."""
    for place, entry in enumerate(body.faults):
        for name, expected in _wrong(entry, host):
            raise Problem(422, f"body: faults[{place}].{name}: expected {expected}")
    return Command("set faults", {"faults": _builtin(body.faults)}, lambda: _set(host, body.faults))


def clear(host: HostedPbx) -> Command:
    """Have nothing go wrong on purpose, until the next reset; give the empty list."""
    return Command("set faults", {"faults": []}, lambda: _set(host, []))


def remove(host: HostedPbx, fault: int) -> Command:
    """Take one of them away; give those that are left, which go on as they were."""
    if host.injection is None or fault not in {each.id for each in host.injection.faults}:
        raise Problem(404, f"no fault {fault} is set")
    return Command("remove fault", {"fault": fault}, lambda: _removed(host, fault))


def _removed(host: HostedPbx, fault: int) -> Response:
    host.injecting().faults.remove(fault)
    host.injected()
    return listed(host)


def _set(host: HostedPbx, entries: list[FaultEntry]) -> Response:
    injection = host.injecting()
    injection.faults.set(entries)
    injection.release()
    host.injected()
    return listed(host)


def _wrong(entry: FaultEntry, host: HostedPbx) -> Iterator[tuple[str, str]]:
    for name, _, expected in wrong_fields(_builtin(entry)):
        yield name, expected
    if entry.vendor is not None and entry.vendor not in host.interfaces:
        yield "vendor", f"one that it speaks: {', '.join(host.interfaces)}"


def _builtin(given: object) -> Any:  # noqa: ANN401 - JSON
    return msgspec.to_builtins(given)


def _shown(fault: SetFault) -> FaultShown:
    given = {name: getattr(fault.entry, name) for name in FaultEntry.__struct_fields__}
    return FaultShown(id=fault.id, **given, met=fault.met, struck=fault.struck)
