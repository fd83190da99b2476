"""Days on a Dask cluster: a real one of this machine, with workers that are processes."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from pbxsim import __version__
from pbxsim.simulate import runners
from pbxsim.simulate.runners import ClusterUnreachable, cluster
from pbxsim.simulate.sweep import SweepRefused, Wish, here, sweep
from pbxsim.simulate.variation import Vary
from tests.simulate.shop import SHOP

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def nothing(_: float) -> None:
    """Show nothing."""


@pytest.fixture
def asked(tmp_path: Path) -> Wish:
    """Ask for eight days of the shop."""
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return Wish(file=str(path), varied=(Vary.read("queues.sales.members=1..4"),), days=2, calls=30)


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Run a cluster of two workers, and give its address."""
    distributed = pytest.importorskip("distributed", reason="no Dask here: pip install 'pbxsim[dask]'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    ) as running:
        yield running.scheduler_address


@pytest.mark.slow
def test_a_cluster_gives_the_same_as_this_process(asked: Wish, scheduler: str) -> None:
    assert sweep(asked, cluster(scheduler), nothing) == sweep(asked, here, nothing)


@pytest.mark.slow
def test_a_cluster_of_another_version_is_refused(asked: Wish, scheduler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runners, "__version__", "0.0.1")
    with pytest.raises(SweepRefused, match=rf"has pbxsim {__version__}, this is 0\.0\.1"):
        sweep(asked, cluster(scheduler), nothing)


@pytest.mark.slow
def test_a_cluster_that_is_not_there_is_named(asked: Wish, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="no Dask here: pip install 'pbxsim[dask]'")
    monkeypatch.setattr(runners, "_CONNECT_SECONDS", 0.2)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ClusterUnreachable, match=f"--on {address}: no Dask scheduler answers"):
            sweep(asked, cluster(address), nothing)


def test_without_the_package_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(SweepRefused, match=r"pip install 'pbxsim\[dask\]'"):
        cluster("tcp://127.0.0.1:8786")
