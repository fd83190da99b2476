"""What vendors' tests share: those that place calls run on both engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.vendors.at_asterisk import AtAsterisk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.engines.asterisk.exchange import Exchange

_engine = pytest.StashKey[AtAsterisk]()
_BOTH = ("simulated", pytest.param("asterisk", marks=[pytest.mark.slow, pytest.mark.asterisk]))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Have a test that is marked `engines` run on each."""
    if metafunc.definition.get_closest_marker("engines") is not None:
        metafunc.parametrize("engine", _BOTH, indirect=True)


@pytest.fixture(scope="session")
def exchange() -> Iterator[Exchange]:
    """Give an Asterisk that acts whatever telephones a test has."""
    from pbxsim.testing.office import Office
    from tests.engines.asterisk.exchange import Exchange, asterisk_here

    exchange = Exchange(asterisk_here(), Office().directory, "office")
    exchange.process.start()
    yield exchange
    exchange.close()


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Name the engine behind the offices that the test makes, and have it there."""
    name: str = getattr(request, "param", "simulated")
    if name == "simulated":
        yield name
        return
    excepted = request.node.get_closest_marker("not_at_asterisk")
    if excepted is not None:
        pytest.skip(excepted.args[0])
    exchange: Exchange = request.getfixturevalue("exchange")
    with pytest.MonkeyPatch.context() as patch:
        request.node.stash[_engine] = AtAsterisk(exchange.login, patch)
        yield name


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test at Asterisk where time can go by."""
    at_asterisk = pyfuncitem.stash.get(_engine, None)
    if at_asterisk is None:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}  # noqa: SLF001 - as pytest
    at_asterisk.run(lambda: pyfuncitem.obj(**arguments))
    return True
