"""A request as a vendor sees it."""

from __future__ import annotations

import pytest

from pbxsim.kit.limits import USUAL, RequestLimits
from pbxsim.kit.request import Request

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_bare_request_has_nothing_but_method_and_path() -> None:
    request = Request("GET", "/api/api.php")
    assert (request.query, request.body, request.fault, dict(request.headers)) == ("", b"", "", {})
    assert request.params == {}


def test_the_form_goes_over_the_query_as_in_phps_request() -> None:
    request = Request("POST", "/", "a=query&b=query", headers=FORM, body=b"b=form&c=form")
    assert request.params == {"a": "query", "b": "form", "c": "form"}


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded; charset=UTF-8", "APPLICATION/X-WWW-FORM-URLENCODED"]
)
def test_a_form_is_one_with_a_charset_and_in_any_case(content_type: str) -> None:
    assert Request("POST", "/", headers={"Content-Type": content_type}, body=b"a=1").params == {"a": "1"}


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}])
def test_a_body_of_another_type_is_no_form(headers: dict[str, str]) -> None:
    assert Request("POST", "/", "a=1", headers=headers, body=b"a=2").params == {"a": "1"}


def test_parameters_are_read_once() -> None:
    request = Request("GET", "/", "a=1")
    assert request.params is request.params


def test_by_other_limits_parameters_are_read_again() -> None:
    request = Request("POST", "/", "a=1&b=2", headers=FORM, body=b"c=3&d=4")
    assert list(request.params) == ["a", "b", "c", "d"]
    request.limit(RequestLimits(parameters=1))
    assert list(request.params) == ["a", "c"]
    assert request.reading_hints == ("more than 1 parameters: those behind were not read",) * 2
    request.limit(USUAL)
    assert list(request.params) == ["a", "b", "c", "d"]


def test_a_name_that_comes_in_query_and_form_is_told_of() -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    request = Request("POST", "/", "a=1&b=2", headers=form, body=b"b=3&c=4")
    assert request.params == {"a": "1", "b": "3", "c": "4"}
    assert request.reading_hints == ("parameter 'b' came more than once, in query and form: its last value counts",)


def test_what_was_prepared_for_a_request_that_is_kept_is_let_go() -> None:
    request = Request("GET", "/")
    request.prepared = b"long"
    request.forget()
    assert request.prepared is None


def test_a_request_that_is_printed_shows_nothing_that_came_with_it() -> None:
    request = Request("POST", "/hook/t0ken", "pin=1234", headers={"Authorization": "Basic eA=="}, body=b"key=k3y")
    assert not [part for part in ("t0ken", "1234", "eA==", "k3y") if part in f"{request!r} {request}"]
