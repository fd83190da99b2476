"""A test that runs in several orders, in pytest runs of its own: what is told of it, and what stays meanwhile."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.testing.users_files import plugin

pytest_plugins = ["pytester"]
pytestmark = pytest.mark.slow  # each is a pytest run of its own, with a server

CALL = """
import pytest
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

PLACED = []


def call(pbx):
    user = pbx.vendors["voipsun"]["users"][0]
    query = {**user, "action": "originate", "srcExtenInternalNum": "100", "dstNum": "990103020"}
    try:
        urlopen(f"{pbx.url}/api/api.php?{urlencode(query)}").close()
    except (URLError, OSError):
        pass
    pbx.advance(60)

"""


@pytest.fixture
def run(pytester: pytest.Pytester) -> Runner:
    """Give a pytest in a folder of its own."""
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    return Runner(pytester)


class Runner:
    """Runs pytest with one file."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester

    def __call__(self, code: str, *arguments: str) -> pytest.RunResult:
        """Run."""
        self._pytester.makepyfile(test_it=CALL + dedent(code))
        return self._pytester.runpytest_subprocess(*plugin(), "-p", "no:cacheprovider", *arguments)


def test_it_runs_once_in_each_order_and_is_one_test_of_the_report(run: Runner) -> None:
    result = run(
        """
        @pytest.fixture(scope="module")
        def once():
            yield PLACED.append("begun")
            print("ends after", PLACED)

        @pytest.fixture
        def each(once):
            PLACED.append("in")
            yield
            PLACED.append("out")

        @pytest.mark.pbx_orders
        def test_it(pbx, each):
            call(pbx)
            PLACED.append(len(pbx.calls))

        def test_that(once):
            assert PLACED == ["begun", *["in", 1, "out"] * (1 + 5 + 9)]
        """,
        "-s",
    )
    # Lost or an error, midnight, a record unseen, a recording unreadable: five, and all twos of them but the first two.
    result.assert_outcomes(passed=2)


def test_one_that_fails_in_the_plain_order_is_tried_in_no_other(run: Runner) -> None:
    result = run(
        """
        @pytest.mark.pbx_orders
        def test_it(pbx):
            call(pbx)
            print("ran")
            assert not pbx.calls
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*- pbxsim: the order -*", "the plain order; no other was tried"])
    result.stdout.fnmatch_lines(["*- pbxsim: what its calls did -*", "call 1 by voipsun*"])


def test_one_that_passes_when_it_is_run_in_that_order_once_more_is_told_to_be_unsteady(run: Runner) -> None:
    result = run(
        """
        @pytest.mark.pbx_orders
        def test_it(pbx):
            call(pbx)
            PLACED.append(1)
            assert len(PLACED) != 3
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["run in this order once more it passed: it is unsteady"])


def test_one_order_alone_is_run_in_a_server_that_is_shared_and_in_a_coroutine(run: Runner) -> None:
    result = run(
        """
        import asyncio
        @pytest.mark.asyncio
        @pytest.mark.pbx_orders(without="midnight")
        async def test_it(pbx):
            await asyncio.to_thread(call, pbx)
            assert [each.injected for each in pbx.requests] in ([None], ["fault 1: reset"])

        @pytest.mark.pbx_orders
        @pytest.mark.skip
        def test_skipped(pbx):
            pass
        """,
        *("-n", "2", "--pbxsim-shared"),
    )
    result.assert_outcomes(failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        ["*request 1 (GET /api/api.php originate) is done, and a 504 comes instead of its reply"]
    )


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        ("without='lte'", "pbx_orders: without='lte' is no kind of difference*"),
        ("without=None", "pbx_orders: without=None: kinds of differences, as without=('midnight', 'late')"),
        ("often=3", "pbx_orders: it takes sample=, seed=, without=, and not often"),
        ("50", "pbx_orders: it takes sample=, seed=, without=, and not 50"),
        ("sample=0", "pbx_orders: sample=0: how many orders, 1 or more"),
        ("sample='x'", "pbx_orders: sample='x': how many orders, 1 or more"),
        ("seed=1.5", "pbx_orders: seed=1.5: a whole number"),
        ("sample=9", "pbx_orders: nothing happened in it that could come otherwise, but for what without= leaves out"),
        ("seed=1", "pbx_orders: it has no PBX of the fixtures pbx or pbx_factory, so there is nothing in any order"),
    ],
)
def test_a_test_that_asks_for_what_there_is_not_fails(run: Runner, marker: str, told: str) -> None:
    fixture = "" if marker == "seed=1" else "pbx"
    result = run(f"@pytest.mark.pbx_orders({marker})\ndef test_it({fixture}):\n    pass\n")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([told])


def test_a_token_that_is_none_is_a_wrong_usage(run: Runner) -> None:
    result = run("def test_it(pbx):\n    pass\n", "--pbxsim-order", "request1.los")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--pbxsim-order: 'request1.los' is no difference*"])


def test_what_earlier_runs_printed_is_not_in_the_report(run: Runner) -> None:
    result = run(
        """
        @pytest.mark.pbx_orders
        def test_it(pbx):
            call(pbx)
            print("printed once")
            assert not any(each.injected for each in pbx.requests)

        @pytest.mark.pbx_orders
        def test_plain(pbx):
            assert pbx.calls
        """
    )
    result.assert_outcomes(failed=2)
    told = result.stdout.str()
    assert told.count("\nprinted once\n") == 1
    assert told.count("- pbxsim: the order -") == 2


def test_a_token_of_which_something_does_not_happen_warns(run: Runner) -> None:
    code = """
        @pytest.mark.pbx_orders
        def test_it(pbx):
            call(pbx)
        """
    result = run(code, "--pbxsim-order", "request1.lost+request9.lost+pbx2:record1.unseen")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*--pbxsim-order: pbx2:record1.unseen, request9.lost did not happen: *"])
    run(code, "--pbxsim-order", "request1.lost").assert_outcomes(passed=1, warnings=0)
