"""A PBX that is copied whole, in the middle of everything: both go on, each by itself, and the same happens to both."""

from __future__ import annotations

import copy
import inspect
from typing import TYPE_CHECKING

import pytest

from pbxsim.app import Installation, ServeSettings
from pbxsim.clock.instant import seconds
from pbxsim.config.load import built_in
from pbxsim.kit.request import Request

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.hosting.hosted_pbx import HostedPbx

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
            assert inspect.ismethod(listener), listener
            assert inspect.ismethod(its_copy)
            assert its_copy.__self__ is not listener.__self__, listener
