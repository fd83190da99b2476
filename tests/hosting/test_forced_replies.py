"""Forced replies: in the order in which they were set, counted, in the vendor's own bytes, and nothing else happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pbxsim.config.load import load
from pbxsim.discovery import find_vendors
from pbxsim.hosting.assemble import FileAssembly
from pbxsim.hosting.forced_replies import ForcedReplies
from pbxsim.hosting.hosted_pbx import HostedPbx
from pbxsim.hosting.request_match import RequestMatch
from pbxsim.kit.request import Request
from pbxsim.vendors.simotel.errors import FAILURES, Failure
from tests.hosting.test_dialling_hints import VENDORS, asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pbxsim.kit.reply import Reply

EVERY_ERROR = [(name, error) for name in VENDORS for error in find_vendors()[name].errors]
NUMBER = "800123456"
NOTHING_FILLED: dict[str, str] = {}


@pytest.fixture
def host() -> HostedPbx:
    return HostedPbx(FileAssembly(load("documented")), find_vendors(), rate=0)


def forced(host: HostedPbx, vendor: str, error: str, filled: Mapping[str, str] = NOTHING_FILLED) -> Reply:
    """Ask for a call, and have the request get that error."""
    request = asked(vendor, NUMBER)
    host.injecting().replies.add(error, RequestMatch(vendor=vendor), filled, left=1)
    return host.answer(vendor, request, (), host.meet(vendor, request))


def test_a_request_gets_the_first_that_matches_until_that_is_used_up() -> None:
    replies = ForcedReplies()
    dial = RequestMatch(vendor="acme", action="dial")
    replies.add("first", dial, {}, left=2)
    replies.add("second", RequestMatch(vendor="acme"), {}, left=None)
    got = [replies.take("acme", Request("GET", "/", f"action={action}")) for action in ("hang", "dial", "dial", "dial")]
    assert [each and each.error for each in got] == ["second", "first", "first", "second"]
    assert [(each.id, each.given, each.left) for each in replies] == [(2, 2, None)]
    assert replies.take("vum", Request("GET", "/")) is None
    replies.clear()
    assert replies.take("acme", Request("GET", "/")) is None


@pytest.mark.parametrize(("vendor", "error"), EVERY_ERROR)
def test_every_documented_error_can_be_had_and_nothing_is_done(host: HostedPbx, vendor: str, error: str) -> None:
    filled = {"name": "caller"} if vendor == "simotel" else {}
    reply = forced(host, vendor, error, filled)
    text = find_vendors()[vendor].errors[error].replace("{name}", "caller")
    assert text.replace('"', '\\"' if vendor == "simotel" else '"').encode() in reply.body
    assert reply.status == (FAILURES[Failure(error)][0] if vendor == "simotel" else 200)
    assert reply.code
    assert host.pbx.calls.live == {}
    (record,) = host.requests.records()
    assert host.requests.shown(record).injected == f"forced reply 1: {error}"


WRONG = {
    "voipsun": ("100", asked("voipsun", NUMBER).query.replace("secretpwd", "wrong")),
    "vum": ("number", asked("vum", NUMBER).query.replace(NUMBER, "12x")),
    "duocom": ("account", asked("duocom", NUMBER).query.replace("MiClaveSecreta", "wrong")),
}


@pytest.mark.parametrize("vendor", WRONG)
def test_a_forced_reply_is_the_refusal_of_a_real_mistake_to_the_byte(host: HostedPbx, vendor: str) -> None:
    error, query = WRONG[vendor]
    right = asked(vendor, NUMBER)
    real = host.answer(vendor, Request("GET", right.path, query), ())
    reply = forced(host, vendor, error)
    assert (reply.body, reply.status, reply.headers, reply.content_type, reply.code) == (
        real.body,
        real.status,
        real.headers,
        real.content_type,
        real.code,
    )


def test_simotels_forced_reply_is_that_of_a_wrong_password_to_the_byte(host: HostedPbx) -> None:
    right = asked("simotel", NUMBER)
    wrong = Request("PUT", right.path, headers={**right.headers, "X-APIKEY": "wrong"}, body=right.body)
    real = host.answer("simotel", wrong, ())
    reply = forced(host, "simotel", "credentials-invalid")
    assert (reply.body, reply.status, reply.headers) == (real.body, real.status, real.headers)


def test_the_journal_tells_of_it_and_of_nothing_where_none_is_set(host: HostedPbx) -> None:
    forced(host, "vum", "credit")
    request = asked("vum", NUMBER)
    assert host.meet("vum", request) is None
    host.answer("vum", request, ())
    told = [entry.data.get("injected") for entry in host.journal.entries(0, 100) if entry.kind == "reply"]
    assert told == ["forced reply 1: credit", None]


def test_a_reset_takes_them_away(host: HostedPbx) -> None:
    host.injecting().replies.add("credit", RequestMatch(vendor="vum"), {}, left=None)
    host.reset()
    assert host.injection is None
    assert host.meet("vum", asked("vum", NUMBER)) is None
