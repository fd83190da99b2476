"""Who does the days of a sweep: processes of this machine, or a Dask cluster. Each gives them in their order."""

from __future__ import annotations

import signal
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING

from pbxsim import __version__
from pbxsim.simulate.sweep import SweepRefused, done, here

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pbxsim.simulate.sweep import Day, Outcome, Runner

_CONNECT_SECONDS = 10


class ClusterUnreachable(Exception):
    """Nobody answers there as a Dask scheduler does."""


def processes(number: int) -> Runner:
    """Give what does days in so many processes; one: in this."""
    return here if number == 1 else partial(_in_processes, number)


def _in_processes(number: int, days: list[Day], queue: str) -> Iterator[Outcome]:
    pool = ProcessPoolExecutor(min(number, len(days)), get_context("spawn"), _leave_interrupts)
    try:
        yield from pool.map(partial(done, queue=queue), days)
    finally:
        pool.shutdown(cancel_futures=True)  # what is not begun when somebody interrupts never is


def _leave_interrupts() -> None:
    """Leave Ctrl-C, which every process of a terminal hears, to the one that asked for the days."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def cluster(address: str) -> Runner:
    """Give what does days on the Dask cluster whose scheduler is there. Raises SweepRefused without the package."""
    try:
        import distributed
    except ImportError:
        raise SweepRefused("--on: a cluster needs the package distributed: pip install 'pbxsim[dask]'") from None
    del distributed
    return partial(_on_cluster, address)


def _on_cluster(address: str, days: list[Day], queue: str) -> Iterator[Outcome]:
    from distributed import Client

    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterUnreachable(f"--on {address}: no Dask scheduler answers: {error}") from error
    with client:
        _check_versions(client.run(version))
        futures = client.map(partial(done, queue=queue), days, pure=False, key="pbxsim-day")
        for future in futures:
            yield future.result()


def version() -> str:
    """Give the version of pbxsim where this is called."""
    return __version__


def _check_versions(found: dict[str, str]) -> None:
    if not found:
        raise SweepRefused("--on: the cluster has no worker")
    other = {worker: there for worker, there in found.items() if there != __version__}
    if other:
        worker, there = min(other.items())
        raise SweepRefused(f"--on: {worker} has pbxsim {there}, this is {__version__}: days could come out otherwise")
