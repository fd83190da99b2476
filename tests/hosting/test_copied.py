"""A PBX that is copied whole, in the middle of everything: both go on, each by itself, and the same happens to both."""

from __future__ import annotations

import copy
from collections import deque
from typing import TYPE_CHECKING

import msgspec
import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import seconds
from pbxsim.config.load import built_in
from pbxsim.engines.engine import Engine
from pbxsim.hosting.snapshot.graph import has_fields
from pbxsim.kit.derived import Derived
from pbxsim.kit.request import Request
from pbxsim.native import attribute_names, is_bound

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.hosting.hosted_pbx import HostedPbx
    from pbxsim.pbx.pbx import Pbx

CLICK_TO_CALL = "username=voipsun&password=secretpwd&action=originate&srcExtenId=5&dstNum=990103020"


def _hosted(name: str, folder: Path, seed: int = 1) -> HostedPbx:
    return Installation(ServeSettings(pbxs=(name,), rate=0.0, seed=seed), folder).hosts.first()


def _advance(host: HostedPbx, span: float) -> None:
    clock = host.pbx.clock
    assert clock.run_until(clock.now + seconds(span))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("after", [0, 1, 7, 61, 400])
def test_a_busy_call_centre_and_its_copy_have_the_same_future_and_each_its_own(
    tmp_path: Path, seed: int, after: float
) -> None:
    host = _hosted("call-centre", tmp_path, seed)
    _advance(host, after)
    before = host.journal.jsonl()

    other = copy.deepcopy(host)
    _advance(other, 600)
    assert host.journal.jsonl() == before
    assert len(other.journal) > len(host.journal)

    _advance(host, 600)
    assert host.journal.jsonl() == other.journal.jsonl()
    assert host.pbx.cdrs is not other.pbx.cdrs


def test_a_call_in_progress_goes_on_in_the_copy_alone(tmp_path: Path) -> None:
    host = _hosted("documented", tmp_path)
    reply = host.answer("voipsun", Request("GET", "/api/api.php", CLICK_TO_CALL), ())
    assert reply.call is not None
    _advance(host, 5)

    other = copy.deepcopy(host)
    _advance(other, 60)
    assert reply.call in host.pbx.calls.live
    assert reply.call not in other.pbx.calls.live

    asked = Request("GET", "/api/api.php", CLICK_TO_CALL.replace("originate", "listcalls"))
    assert host.answer("voipsun", asked, ()).body != other.answer("voipsun", asked, ()).body


@pytest.mark.parametrize("name", built_in())
def test_every_listener_is_a_method_of_something_that_is_copied_too(name: str, tmp_path: Path) -> None:
    bus = _hosted(name, tmp_path).pbx.events
    copied = copy.deepcopy(bus)
    for kind in sorted(bus.wanted, key=lambda kind: kind.__name__):
        pairs = zip(bus.listeners(kind), copied.listeners(kind), strict=True)
        for listener, its_copy in pairs:
            assert is_bound(listener), listener
            assert is_bound(its_copy)
            assert its_copy.__self__ is not listener.__self__, listener


@pytest.mark.parametrize("name", built_in())
def test_whatever_keeps_a_method_keeps_that_of_its_own_pbx(name: str, tmp_path: Path) -> None:
    host = _hosted(name, tmp_path)
    _advance(host, 61)
    kept, copied = _whose_methods_are_kept(host.pbx), _whose_methods_are_kept(copy.deepcopy(host).pbx)
    assert len(kept) > 5
    assert {type(each) for each in copied} == {type(each) for each in kept}
    assert not {id(each) for each in kept} & {id(each) for each in copied}


def _whose_methods_are_kept(pbx: Pbx) -> list[object]:
    """Walk all that a PBX holds, its clock's timers too; whatever nothing changes is passed over."""
    found: list[object] = []
    seen: dict[int, object] = {}
    waiting: list[object] = [pbx]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | Derived | Engine):
            continue
        seen[id(thing)] = thing
        if is_bound(thing):
            found.append(thing.__self__)
            waiting.append(thing.__self__)
        elif isinstance(thing, dict):
            waiting += [*thing.keys(), *thing.values()]
        elif isinstance(thing, list | tuple | deque | set):
            waiting += [*thing]
        elif has_fields(type(thing)):
            waiting += [getattr(thing, each) for each in _attributes(thing) if hasattr(thing, each)]
    return found


def _attributes(thing: object) -> list[str]:
    fields = list(thing.__struct_fields__) if isinstance(thing, msgspec.Struct) else []
    return [*fields, *attribute_names(type(thing)), *getattr(thing, "__dict__", ())]
