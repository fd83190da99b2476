"""Every documented example of every discovered vendor, and requests that are nearly one of them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

import pytest

from pbxsim.discovery import find_vendors
from tests.vendors.documents import Example, examples, manual_urls, requests_without_row
from tests.vendors.installed import open_interface
from tests.vendors.mutation import parameters, renamed, told, valued, with_headers

if TYPE_CHECKING:
    from pathlib import Path

    from pbxsim.kit.reply import Reply
    from pbxsim.kit.request import Request
    from pbxsim.kit.vendor import Vendor

VENDORS: Final = find_vendors()
EXAMPLES: Final = [example for name in VENDORS for example in examples(name)]
ACCEPTED: Final = [example for example in EXAMPLES if example.is_accepted]

every_documented_vendor = pytest.mark.parametrize("name", [name for name in VENDORS if examples(name)])
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=Example.label)
every_accepted_example = pytest.mark.parametrize("example", ACCEPTED, ids=Example.label)


def answer(example: Example, request: Request, recordings: Path | None = None) -> Reply:
    """Send a request that was made out of an example to the example's PBX, as its file describes it."""
    return open_interface(example.vendor, example.pbx, recordings).interface.answer(request)


def secrets(vendor: Vendor, request: Request) -> list[str]:
    """Give the secrets that a request carries, if long enough to be told from anything else."""
    values = [value for name, value in parameters(request).items() if name in vendor.secret_params]
    values += [value for name, value in request.headers.items() if name.lower() in vendor.secret_headers]
    return [value for value in values if len(value) >= 6]


@every_documented_vendor
def test_every_request_has_its_row_in_the_table_of_examples(name: str) -> None:
    assert requests_without_row(name) == set()


@every_documented_vendor
def test_every_url_of_the_manual_is_an_example(name: str) -> None:
    found = manual_urls(name)
    assert found
    for line, path in found:
        filled = re.compile(re.sub(r"\\\{\\\{.*?\\\}\\\}", "[^/]*", re.escape(path)))
        sent = [example.request().path for example in examples(name) if line in example.lines]
        assert any(filled.fullmatch(candidate) for candidate in sent), f"line {line} of the manual is in no example"


@every_example
def test_a_documented_example_is_answered_as_documented(example: Example, tmp_path: Path) -> None:
    reply = answer(example, example.request(), tmp_path)
    if example.is_accepted:
        assert (reply.code, reply.status // 100) == ("", 2), reply
    else:
        assert reply.code, reply
        assert reply.call is None
    ANSWERS.get(example.binding, _accepted)(example, reply)


def _exact(example: Example, reply: Reply) -> None:
    assert reply.body == example.document("reply")


def _values(example: Example, reply: Reply) -> None:
    assert _pairs(reply.body) == _pairs(example.document("reply"))


def _sample(example: Example, reply: Reply) -> None:
    theirs = example.document("reply")
    try:
        ours, shown = _pairs(reply.body), _pairs(theirs)
    except ValueError:  # no JSON: everything but the digits binds
        assert re.sub(rb"\d+", b"0", reply.body) == re.sub(rb"\d+", b"0", theirs)
    else:
        assert _is_like(ours, shown), reply.body


def _shape(example: Example, reply: Reply) -> None:
    if reply.body:  # else there is nothing yet to tell of; what comes then is the vendor's own tests' matter
        assert reply.body.count(b";") == example.document("shape").count(b";")


def _accepted(example: Example, reply: Reply) -> None:
    """Ask no more than that it was accepted or refused, as the case may be."""


ANSWERS: Final = {"exact": _exact, "values": _values, "sample": _sample, "shape": _shape}


def _pairs(body: bytes) -> object:
    """Read JSON with the order of keys: objects as lists of pairs."""
    return json.loads(body, object_pairs_hook=list)


def _is_like(ours: object, shown: object) -> bool:
    """Tell whether keys, their order and types are the sample's; a list may be empty: on this PBX nothing goes on."""
    if isinstance(ours, list) and isinstance(shown, list):
        if _are_pairs(shown):
            return len(ours) == len(shown) and all(map(_is_like_pair, ours, shown))
        return all(_is_like(entry, shown[0]) for entry in ours)
    return type(ours) is type(shown)


def _are_pairs(shown: list[object]) -> bool:
    return bool(shown) and all(isinstance(entry, tuple) for entry in shown)


def _is_like_pair(ours: tuple[str, object], shown: tuple[str, object]) -> bool:
    return ours[0] == shown[0] and _is_like(ours[1], shown[1])


@every_accepted_example
def test_a_parameter_in_the_wrong_case_is_told_to_the_journal_and_never_taken_for_the_right_one(
    example: Example,
) -> None:
    for name in parameters(example.request()):
        wrong = name[0].swapcase() + name[1:]
        reply = answer(example, renamed(example.request(), name, wrong))
        assert any(repr(wrong) in hint and repr(name) in hint for hint in reply.hints), (name, reply)


@every_accepted_example
def test_an_unknown_parameter_is_told_to_the_journal(example: Example) -> None:
    reply = answer(example, valued(example.request(), "qqqq", "1"))
    assert any("'qqqq'" in hint for hint in reply.hints), reply


@pytest.mark.parametrize(
    "example", [example for example in ACCEPTED if "action" in parameters(example.request())], ids=Example.label
)
def test_a_misspelt_action_is_told_to_the_journal(example: Example) -> None:
    action = parameters(example.request())["action"]
    wrong = action[:-1]
    reply = answer(example, valued(example.request(), "action", wrong))
    assert reply.code
    assert any(repr(wrong) in hint and repr(action) in hint for hint in reply.hints), reply


@every_example
def test_neither_a_reply_nor_a_hint_tells_a_secret(example: Example) -> None:
    vendor, request = VENDORS[example.vendor], example.request()
    carried = secrets(vendor, request)
    sent = [request]
    for name in parameters(request):
        sent.append(renamed(request, name, name.swapcase()))
        if name in vendor.secret_params:
            sent.append(valued(request, name, "wr0ng-s3cret"))
    headers = [name for name in request.headers if name.lower() in vendor.secret_headers]
    sent += [with_headers(request, {name: "wr0ng-s3cret"}) for name in headers]
    for request in sent:
        reply = answer(example, request)
        assert [secret for secret in [*carried, "wr0ng-s3cret"] if secret in told(reply)] == []


@every_accepted_example
def test_the_credential_of_an_example_selects_its_pbx_and_a_wrong_one_does_not(example: Example) -> None:
    interface, request = open_interface(example.vendor, example.pbx).interface, example.request()
    vendor = VENDORS[example.vendor]
    assert interface.claims(request)
    wrong = request
    for name in parameters(request):
        wrong = valued(wrong, name, "wr0ng-s3cret") if name in vendor.secret_params else wrong
    wrong = with_headers(wrong, {name: "wr0ng" for name in request.headers if name.lower() in vendor.secret_headers})
    assert not interface.claims(wrong)
    assert interface.answer(wrong).code
