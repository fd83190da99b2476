"""The pytest plugin: fixtures `pbx`, `pbx_server`, `pbx_receiver`, `pbx_factory`, the markers `pbx` and `pbx_orders`.

It adds to a failed test's report what its client sent, and what its calls did.

Registered by entry point, so every pytest run of an environment imports this file: nothing else of pbxsim is imported
until a test asks for a fixture. What a run keeps (its servers, its receiver) is in session.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from pbxsim.testing.client import Pbx
    from pbxsim.testing.order_runs import OrderRun
    from pbxsim.testing.receiver import Receiver
    from pbxsim.testing.session import Session

_SESSION: pytest.StashKey[Session] = pytest.StashKey()
_USED: pytest.StashKey[list[Pbx]] = pytest.StashKey()
_RUN: pytest.StashKey[OrderRun] = pytest.StashKey()
_SHARED: pytest.StashKey[Any] = pytest.StashKey()


class PbxFactory(Protocol):
    """Gives further PBXs for one test, each fresh and apart from all others."""

    def __call__(self, file: str | None = None, *, seed: int | None = None) -> Pbx:
        """Serve a built-in PBX or a PBX file; None: the one that `pbx` serves unless a marker says otherwise."""
        ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell pytest of options and settings."""
    group = parser.getgroup("pbxsim", "PBXs to test against")
    group.addoption("--pbxsim-url", metavar="URL", help="host the PBXs in the pbxsim server there")
    group.addoption("--pbxsim-shared", action="store_true", help="one server for all workers of pytest-xdist")
    group.addoption("--pbxsim-order", metavar="TOKEN", help="run tests with the marker pbx_orders in this order alone")
    parser.addini("pbxsim_file", "the PBX file of the fixture pbx: a built-in name, or a path from pytest's root")
    parser.addini("pbxsim_strict", "fail a test whose client left a hint", type="bool", default=False)
    parser.addini("pbxsim_in_process", "serve in pytest's own process, not in a child", type="bool", default=False)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of the markers."""
    config.addinivalue_line("markers", "pbx(file=None, seed=None): the PBX file and the seed of the fixture pbx")
    config.addinivalue_line(
        "markers",
        "pbx_orders(sample=100, seed=0, without=()): run the test in the plain order, and in others in which webhooks,"
        " replies, records and recordings may come",
    )
    token = config.getoption("--pbxsim-order")
    if token is not None:
        from pbxsim.testing.orders import BadOrder, Order

        try:
            Order.read(token)
        except BadOrder as bad:
            raise pytest.UsageError(f"--pbxsim-order: {bad}") from None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> object:
    """Run a test that is marked so in several orders, and report it as one."""
    marker = item.get_closest_marker("pbx_orders")
    if marker is None:
        return None
    from pbxsim.testing.order_runs import OrderRun

    item.stash[_RUN] = OrderRun(item, nextitem, marker, item.config.getoption("--pbxsim-order"))
    item.stash[_RUN].report()
    return True


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - a class of pytest-xdist, which may not be there
    """Tell a worker where the shared server is; the first has it started."""
    config: pytest.Config = node.config
    url = config.getoption("--pbxsim-url")
    if url is None and config.getoption("--pbxsim-shared"):
        if _SHARED not in config.stash:
            from pbxsim.testing.server import PbxServer

            config.stash[_SHARED] = PbxServer(process=True)
            config.stash[_SHARED].start()
        url = config.stash[_SHARED].url
    node.workerinput["pbxsim_url"] = url


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    session, shared = config.stash.get(_SESSION, None), config.stash.get(_SHARED, None)
    if session is not None:
        session.close()
    if shared is not None:
        shared.stop()


def _session(config: pytest.Config) -> Session:
    if _SESSION not in config.stash:
        from pbxsim.testing.session import Session

        url = getattr(config, "workerinput", {}).get("pbxsim_url") or config.getoption("--pbxsim-url")
        file = config.getini("pbxsim_file")
        at_root = config.rootpath / file if file else None
        default = str(at_root) if at_root is not None and at_root.is_file() else file or "documented"
        config.stash[_SESSION] = Session(default, url=url, in_process=config.getini("pbxsim_in_process"))
    return config.stash[_SESSION]


@pytest.fixture(scope="session")
def pbx_server(pytestconfig: pytest.Config) -> Pbx:
    """Give the run's server with its first PBX, whose state stays from test to test; started once."""
    return _session(pytestconfig).server()


@pytest.fixture
def pbx_receiver(pytestconfig: pytest.Config) -> Receiver:
    """Give a real HTTP receiver: `${RECEIVER}` in a PBX file is its address. It has received nothing yet."""
    return _session(pytestconfig).fresh_receiver()


@pytest.fixture
def pbx_factory(request: pytest.FixtureRequest) -> Iterator[PbxFactory]:
    """Give a function that serves further PBXs for this test."""
    session = _session(request.config)
    made: list[Pbx] = []

    def serve(file: str | None = None, *, seed: int | None = None) -> Pbx:
        pbx = session.take(_found(request, file), seed, lambda: request.getfixturevalue("pbx_receiver").url)
        made.append(pbx)
        request.node.stash.setdefault(_USED, []).append(pbx)
        if _RUN in request.node.stash:
            request.node.stash[_RUN].begin(pbx, lambda vendor: session.day_zone(pbx, vendor))
        return pbx

    yield serve
    for pbx in made:
        session.give_back(pbx)


@pytest.fixture
def pbx(request: pytest.FixtureRequest, pbx_factory: PbxFactory) -> Pbx:
    """Give a PBX as its file says, with a held clock, apart from all other tests.

    `@pytest.mark.pbx(file="shop.yaml", seed=7)` says which, beside the test's file or in pytest's root.
    """
    marker = request.node.get_closest_marker("pbx")
    given = {} if marker is None else marker.kwargs
    return pbx_factory(given.get("file"), seed=given.get("seed"))


def _found(request: pytest.FixtureRequest, file: str | None) -> str | None:
    """Find a file beside the test, or in the root; else it is a built-in name, or a path as it stands."""
    for folder in () if file is None else (request.path.parent, request.config.rootpath):
        if (folder / str(file)).is_file():
            return str(folder / str(file))
    return file


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to a failed test's report what its client sent, and what its calls did; fail one that left a hint."""
    report = yield
    used = item.stash.get(_USED, [])
    if call.when == "teardown":
        item.stash[_USED] = []  # it may run again, in another order
    if used and call.when == "call":
        if _RUN in item.stash:
            item.stash[_RUN].ended()
        from pbxsim.testing.report import left_hints, sections

        if report.passed and item.config.getini("pbxsim_strict"):
            hints = left_hints(used)
            if hints:
                report.outcome = "failed"
                report.longrepr = f"pbxsim_strict: the client left a hint\n{hints}"
        if report.failed:
            report.sections.extend(sections(used))
    return report
