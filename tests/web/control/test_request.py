"""What is read of a request: numbers, moments, query and body; and the PBX that it means."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest

from pbxsim.clock.instant import SECOND
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.hosts import Hosts
from pbxsim.web.control.request import Nothing, body_of, moment, number_of, pbx_meant, query_of, refuse_repetitions
from pbxsim.web.control.response import Problem
from tests.web.town import ACME, START, plan


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.0", "x", "١", "9" * 19])
def test_what_is_no_number_is_not_found(text: str) -> None:
    with pytest.raises(Problem) as refused:
        number_of("call", text)
    assert (refused.value.status, refused.value.detail) == (404, f"call {text!r} is no number")


def test_a_number_is_decimal() -> None:
    assert (number_of("call", "007"), number_of("call", "9" * 18)) == (7, 10**18 - 1)


@pytest.mark.parametrize("text", ["2026-01-01T00:00:02Z", "2026-01-01T01:00:02+01:00", "2026-01-01T01:00:02 01:00"])
def test_a_moment_may_have_lost_the_plus_of_its_zone(text: str) -> None:
    assert moment("since", text) == START + 2 * SECOND


def test_what_is_no_moment_is_refused_and_none_is_none() -> None:
    assert moment("since", None) is None
    with pytest.raises(Problem, match="since is a moment in ISO 8601"):
        moment("since", "yesterday")


def test_the_name_of_the_pbx_is_no_filter() -> None:
    assert query_of({"pbx": "x"}, Nothing) == Nothing()
    with pytest.raises(Problem, match="query: Object contains unknown field `x`"):
        query_of({"x": "1"}, Nothing)


@pytest.mark.parametrize("body", [b"[", b"[]", b"null", b'{"a":1}', b"\xff", b"[" * 100_000])
def test_a_body_that_does_not_fit_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as refused:
        body_of(body, Nothing)
    assert refused.value.status == 400


@pytest.mark.parametrize("body", [b"", b"{}", b" { } "])
def test_no_body_is_an_empty_one(body: bytes) -> None:
    assert body_of(body, Nothing) == Nothing()


class Some(msgspec.Struct, forbid_unknown_fields=True):
    """Something to read."""

    seed: int | None = None
    seconds: float = 0
    src: str | None = None
    state: Literal["up", "ended"] | None = None


@pytest.mark.parametrize("body", [b'{"seed": 1}', b'{"seed": 1.0}', b'{"seed": 1e0}'])
def test_a_number_without_a_fraction_is_whole_however_it_is_spelt(body: bytes) -> None:
    assert body_of(body, Some) == Some(seed=1)


@pytest.mark.parametrize("body", [b'{"seed": 1.5}', b'{"seed": 1e300}', b'{"seed": "1"}', b'{"seed": true}'])
def test_any_other_number_is_not(body: bytes) -> None:
    with pytest.raises(Problem, match=r"body: Expected `int"):
        body_of(body, Some)


def test_null_is_text_in_a_query_and_no_way_to_leave_a_filter_out() -> None:
    assert query_of({"src": "null"}, Some) == Some(src="null")
    for name in ("seed", "state"):
        with pytest.raises(Problem, match=rf"query: .* - at `\$\.{name}`"):
            query_of({name: "null"}, Some)


@pytest.mark.parametrize("query", ["a=1&a=1", "a=1&b=2&%61=3", "pbx=x&pbx=y", "a&a="])
def test_nothing_is_given_twice(query: str) -> None:
    with pytest.raises(Problem, match=r"query: `(a|pbx)` is given 2 times"):
        refuse_repetitions(query)


def test_what_is_given_once_is_not_refused() -> None:
    refuse_repetitions("a=1&&b=a=1&A=")
    refuse_repetitions("")


def test_a_pbx_is_meant_by_name_or_it_is_the_first() -> None:
    hosts = Hosts(HostedPbx(plan(name), {"acme": ACME}, rate=0) for name in ("north", "south"))
    assert pbx_meant(hosts, {}).name == "north"
    assert pbx_meant(hosts, {"pbx": "south"}).name == "south"
    with pytest.raises(Problem, match="no PBX is named 'east'; there are: north, south"):
        pbx_meant(hosts, {"pbx": "east"})
