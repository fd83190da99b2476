"""The pytest plugin, in runs of its own: a new user's suite every way it can be run, and what reports say."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent, indent

import pytest

from pbxsim.testing import PbxServer
from tests.testing.users_files import CASES, SUITE, WAYS, lay_out, plugin

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow  # each is a pytest run of its own, most with a server

ROOT = Path(__file__).parents[2]
MOST_LINES = 14

CRM = """
from urllib.parse import urlencode
from urllib.request import urlopen


def call(pbx, **more):
    user = pbx.vendors["voipsun"]["users"][0]
    query = {**user, "action": "originate", "srcExtenInternalNum": "100", "dstNum": "800123456", **more}
    return urlopen(f"{pbx.url}/api/api.php?{urlencode(query)}").read()

"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Runner:
    """Give a pytest that has the plugin, in a folder of its own."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return Runner(pytester)


class Runner:
    """Runs pytest as a user would."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester

    def __call__(self, *arguments: str, code: str = "") -> pytest.RunResult:
        """Run, a file with this code too."""
        if code:
            self.pytester.makepyfile(test_it=CRM + dedent(code))
        return self.pytester.runpytest_subprocess(*plugin(), *arguments)


def test_the_users_conftest_is_short() -> None:
    lines = SUITE.joinpath("users_conftest.py").read_text("utf-8").splitlines()
    assert len([line for line in lines if line.strip()]) <= MOST_LINES


@pytest.mark.parametrize(
    "arguments",
    [
        *WAYS,
        ("-n", "0", "-o", "pbxsim_in_process=true", "-o", "pbxsim_strict=true"),
    ],
    ids=" ".join,
)
def test_a_new_users_suite_passes(run: Runner, arguments: tuple[str, ...]) -> None:
    lay_out(run.pytester.path)
    run(*arguments).assert_outcomes(passed=CASES)


def test_a_suite_leaves_nothing_behind_in_a_server_that_it_was_given(run: Runner) -> None:
    with PbxServer(process=True) as server:
        lay_out(run.pytester.path)
        run("--pbxsim-url", server.url).assert_outcomes(passed=CASES)
        assert [pbx["name"] for pbx in server.listed("/pbxs", "name")] == ["documented"]
        assert server.calls == []


def test_a_failing_test_tells_what_was_sent_what_calls_did_and_webhooks(run: Runner) -> None:
    lay_out(run.pytester.path)
    result = run(
        "test_it.py",
        code="""
        import pytest

        @pytest.mark.pbx(file="shop.yaml")
        def test_it(pbx, pbx_receiver):
            pbx_receiver.fail_next()
            call(pbx, CustomCDR1="order-1")
            pbx.advance(40)
            pbx.cdr(custom1="order-1")
        """,
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*AssertionError: 0 records with custom1='order-1'; there are:*",
            "*- pbxsim: what the client sent -*",
            "GET /api/api.php?username=crm&password=*&action=originate&*CustomCDR1=order-1",
            "  hint: parameter 'CustomCDR1' is written 'customCDR1': case counts",
            "*- pbxsim: what its calls did -*",
            "call 1 by voipsun, 100 -> 800123456, ended: ANSWERED, cause 16 (Normal Clearing)",
            "  00:00:03.000  leg-answered  SIP/sip100-*",
            "*- pbxsim: webhooks -*",
            "NewState to simotel*: delivered",
            "  00:00:00.000  500 as the test wants",
        ]
    )
    assert "change-me" not in result.stdout.str()


def test_a_hint_fails_a_test_where_hints_are_taken_strictly(run: Runner) -> None:
    code = """
    def test_it(pbx):
        call(pbx, CustomCDR1="order-1")

    def test_that(pbx):
        call(pbx, customCDR1="order-1")
    """
    run(code=code).assert_outcomes(passed=2)
    result = run("-o", "pbxsim_strict=true")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["pbxsim_strict: the client left a hint"])


def test_each_test_has_a_fresh_pbx_with_a_held_clock_and_the_seed_it_wants(run: Runner) -> None:
    run(
        code="""
        import pytest

        @pytest.mark.parametrize("turn", range(3))
        def test_it(pbx, pbx_receiver, turn):
            assert pbx.calls == [] and pbx_receiver.received == []
            assert pbx.now == "2026-01-01T00:00:00.000000Z"
            pbx.phones["sip100"].busy()
            pbx.incoming("777123456", "299299000")
            pbx.set_rate(50)

        @pytest.mark.pbx(seed=7)
        def test_seed(pbx):
            assert next(pbx.listed("/pbxs", "name"))["seed"] == 7
        """
    ).assert_outcomes(passed=4)


def test_a_factory_gives_further_pbxs_and_the_server_of_the_run_keeps_its_state(run: Runner) -> None:
    run(
        code="""
        def test_it(pbx, pbx_factory, pbx_server):
            other, third = pbx_factory(), pbx_factory("documented", seed=3)
            call(other)
            assert len(other.calls) == 1
            assert pbx.calls == third.calls == []
            pbx_server.incoming("777123456", "299299000")

        def test_that(pbx_server, pbx):
            assert len(pbx_server.calls) == 1
            assert pbx.calls == []
        """
    ).assert_outcomes(passed=2)


def test_coroutines_and_aiohttp_work_with_it(run: Runner) -> None:
    run(
        "-o",
        "asyncio_mode=auto",
        code="""
        import aiohttp
        from pbxsim.testing import AsyncPbx, PbxServer

        async def place(url):
            query = dict(username="voipsun", password="secretpwd", action="originate", srcExtenId="5", dstNum="800")
            async with aiohttp.ClientSession() as session, session.get(url + "/api/api.php", params=query) as reply:
                assert await reply.json(content_type=None) == {"success": "true"}

        async def test_it(pbx):
            await place(pbx.url)
            await AsyncPbx(pbx).advance(60)
            assert (await AsyncPbx(pbx).cdr(dst="800")).billsec == 33

        async def test_that():
            async with PbxServer() as pbx:
                await place(pbx.url)
                assert await pbx.run_until_idle()
        """,
    ).assert_outcomes(passed=2)


def test_a_pbx_file_that_is_not_right_is_told_in_its_own_words(run: Runner) -> None:
    run.pytester.path.joinpath("bad.yaml").write_text("name: bad\nextension: []\n", "utf-8")
    result = run(
        code="""
        import pytest

        @pytest.mark.pbx(file="bad.yaml")
        def test_it(pbx):
            pass
        """
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*bad.yaml:2: extension*"])


def test_a_run_without_pbxs_imports_nothing_of_it(run: Runner) -> None:
    run(
        code="""
        import sys

        def test_it():
            assert "pbxsim.testing.server" not in sys.modules
            assert "pbxsim.app" not in sys.modules
        """
    ).assert_outcomes(passed=1)


def test_what_the_documentation_shows_works(run: Runner) -> None:
    lay_out(run.pytester.path)
    blocks = re.findall(
        r"^```python\n(.*?)^```$", ROOT.joinpath("docs", "testing.md").read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    tests = [block for block in blocks if "def test_" in block]
    (script,) = [block for block in blocks if "with Receiver()" in block]
    scripted = "def test_script():\n" + indent(script, "    ") + "        assert receiver.received\n"
    run.pytester.path.joinpath("test_docs.py").write_text("\n\n".join([*tests, scripted]), "utf-8")
    run("-o", "pbxsim_file=shop.yaml", "test_docs.py").assert_outcomes(passed=4)
