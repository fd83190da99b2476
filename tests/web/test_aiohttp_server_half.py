"""aiohttp without its client: until somebody wants it."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow  # nearly every one starts processes

LEAN = "import sys; from pbxsim.web.aiohttp_server_half import import_server; assert import_server()\n"


def run(program: str) -> str:
    """Run a program in a process of its own, for imports cannot be undone; give what it prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_server_comes_without_the_client() -> None:
    run(LEAN + "from aiohttp import web; web.Response; assert 'aiohttp.client' not in sys.modules")


@pytest.mark.parametrize(
    "use",
    [
        "import aiohttp; aiohttp.ClientSession",
        "from aiohttp import ClientTimeout, web; ClientTimeout(1)",
        "from aiohttp.client import ClientSession",
        "import aiohttp.web; assert aiohttp.ClientSession is aiohttp.client.ClientSession; assert aiohttp.web.Response",
        "from aiohttp import hdrs, multipart",
        "from aiohttp import *; ClientSession",
        "import aiohttp; assert 'ClientSession' in aiohttp.__all__",
    ],
)
def test_who_wants_more_of_aiohttp_gets_it(use: str) -> None:
    run(f"{LEAN}{use}; import aiohttp; assert aiohttp.__version__")


def test_what_aiohttp_has_not_it_still_has_not() -> None:
    run(LEAN + "import aiohttp; assert not hasattr(aiohttp, 'Telephone'); assert aiohttp.ClientSession")


def test_aiohttp_that_is_there_already_stays_as_it_is() -> None:
    use = "from pbxsim.web.aiohttp_server_half import import_server; assert not import_server()"
    run(f"import aiohttp; {use}; aiohttp.ClientSession")


def test_an_aiohttp_that_is_made_otherwise_is_imported_as_ever() -> None:
    program = (
        "import sys; from pbxsim.web import aiohttp_server_half as half; real = half._VERSION\n"
        "half._VERSION = half.re.compile('no such line'); assert not half.import_server()\n"
        "half._VERSION = real; sys.modules['aiohttp.web_server'] = None; assert not half.import_server()\n"
        "import aiohttp.web; aiohttp.ClientSession"
    )
    run(program)


def test_serving_is_lean() -> None:
    run(
        "import os, signal, sys; from pbxsim import cli\n"
        "cli._say = lambda banner: os.kill(os.getpid(), signal.SIGTERM)\n"
        "assert cli.main(['serve', '--port', '0']) == 0\n"
        "assert {'aiohttp.client', 'aiohttp.web'}.isdisjoint(sys.modules) and 'aiohttp.web_server' in sys.modules"
    )
