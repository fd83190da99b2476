"""What all companion services have in common: methods, permissions, addresses, and that nothing breaks them."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pbxsim.vendors.simotel.actions import ACTIONS
from pbxsim.vendors.simotel.services import DOCUMENTED
from pbxsim.vendors.simotel.settings import Account, LenientField, Settings
from tests.vendors.simotel.client import ACCOUNT, HEADERS, KEY, failure
from tests.vendors.simotel.companion import Companion

PING: Final = "setting/ping/act"
SEARCHES: Final = tuple(f"pbx/{things}/search" for things in ("users", "trunks", "queues"))
OF_ONE: Final = tuple(f"pbx/queues/{verb}agent" for verb in ("add", "remove", "pause", "resume"))
OF_MANY: Final = tuple(f"pbx/queues/batch{verb}agent" for verb in ("add", "remove", "pause", "resume"))
COMPANIONS: Final = (PING, *SEARCHES, *OF_ONE, *OF_MANY)

every_service = pytest.mark.parametrize("service", COMPANIONS)


def test_every_service_that_is_answered_is_one_that_the_vendor_documents() -> None:
    assert set(COMPANIONS) < set(ACTIONS) <= set(DOCUMENTED)


@pytest.mark.cites("R200")
@every_service
def test_it_is_asked_by_post_and_only_ping_by_put_too(service: str) -> None:
    client = Companion()
    for method in ("POST", "PUT", "GET", "DELETE", "PATCH"):
        reply = client.send(b"{}", path=f"/api/v4/{service}", method=method)
        if method in ACTIONS[service].methods:
            assert reply.status == 200
        else:
            assert (reply.status, reply.body) == (405, failure("Method not allowed"))
            assert reply.headers == (("Allow", ", ".join(ACTIONS[service].methods)),)
    assert ACTIONS[service].methods == (("PUT", "POST") if service == PING else ("POST",))


@pytest.mark.cites("R200")
@every_service
def test_with_lenient_methods_it_is_asked_by_put_too(service: str) -> None:
    client = Companion(Settings(accounts=(ACCOUNT,), lenient_methods=True))
    seen = {
        method: client.send(b"{}", path=f"/api/v4/{service}", method=method)
        for method in ("POST", "PUT", "GET", "HEAD", "OPTIONS", "DELETE", "PATCH")
    }
    assert [method for method, reply in seen.items() if reply.status == 200] == ["POST", "PUT"]
    assert {reply.headers for reply in seen.values() if reply.status == 405} == {(("Allow", "PUT, POST"),)}


@pytest.mark.cites("S13", "R6")
@every_service
def test_an_account_needs_the_permission_of_the_very_service(service: str) -> None:
    others = tuple(other for other in DOCUMENTED if other != service)
    allowed = Account(username="test", password="Aa123456", api_key=KEY, permissions=(service,))
    denied = Account(username="test", password="Aa123456", api_key=KEY, permissions=others)
    assert Companion(Settings(accounts=(allowed,))).post(service).status == 200
    reply = Companion(Settings(accounts=(denied,))).post(service)
    assert (reply.status, reply.body) == (403, failure(rf"\"{service}\";Access denied"))


@pytest.mark.cites("R2")
@every_service
def test_the_hosted_alias_and_doubled_slashes_lead_to_the_same_service(service: str) -> None:
    plain, hosted, doubled = (
        Companion().send(b'{"alike":true}', path=path, method="POST")
        for path in (f"/api/v4/{service}", f"/api/v4.1/{service}", f"//api/v4//{service.replace('/', '//')}")
    )
    assert plain.body == hosted.body == doubled.body
    assert plain.status == 200


@every_service
def test_without_credentials_nobody_is_served(service: str) -> None:
    reply = Companion().send(b"{}", path=f"/api/v4/{service}", method="POST", headers={})
    assert (reply.status, reply.body) == (401, failure("BasicAuth or ApiKey is missing"))


@pytest.mark.parametrize("service", ["pbx/users/add", "pbx/queues/remove", "pbx/blacklists/search"])
def test_what_pbxsim_has_not_is_still_no_service(service: str) -> None:
    reply = Companion().post(service)
    assert (reply.status, reply.body) == (501, failure("Requested service dose not exist"))
    assert reply.hints == (f"the vendor has '{service}', pbxsim has not",)


NAMES: Final = ("queue", "agent", "source", "penalty", "agents", "alike", "status", "conditions", "name", "number")
WORDS: Final = st.sampled_from(["", "557", "999", "10000", "2001", "all", "true", "1", "-1", "\0", "\ud800", "٣"])
ANYTHING: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=6),
    max_leaves=20,
)


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(service=st.sampled_from(COMPANIONS), body=ANYTHING, lenient=st.sampled_from(((), tuple(LenientField))))
def test_any_json_is_answered_with_an_envelope(service: str, body: Any, lenient: tuple[LenientField, ...]) -> None:  # noqa: ANN401 - any JSON
    client = Companion(Settings(accounts=(ACCOUNT,), dialplan="simotel", lenient_fields=lenient))
    _see_an_envelope(client, service, json.dumps(body).encode())
    client.calls_in("999")
    client.office.advance(5)
    assert client.office.pbx.events.failures == []


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(service=st.sampled_from(COMPANIONS), body=st.binary())
def test_any_bytes_are_answered_with_an_envelope(service: str, body: bytes) -> None:
    _see_an_envelope(Companion(), service, body)


WISHES: Final = st.fixed_dictionaries(
    {
        "queue": st.sampled_from(("999", "10000", "sales", "0219000", "1")),
        "agent": st.sampled_from(("557", "570", "2001", "552", "3001", "1")),
        "source": st.sampled_from(("557", "570", "552", "571", "1")),
        "penalty": st.sampled_from(("", "1", 2)),
    }
)


@pytest.mark.slow
@settings(deadline=None, max_examples=100)
@given(steps=st.lists(st.tuples(st.sampled_from(OF_ONE), WISHES), max_size=12))
def test_whatever_is_asked_in_a_row_each_operator_is_once_in_a_queue_and_nobody_who_pauses_rings(
    steps: list[tuple[str, dict[str, object]]],
) -> None:
    client = Companion()
    for service, fields in steps:
        client.post(service, **fields)
    for queue in client.office.pbx.queues:
        agents = [member.agent for member in queue.members]
        assert len(agents) == len(set(agents))
        assert all(agent.is_logged_in for agent in agents)
    client.calls_in("999")
    members = client.office.pbx.queues.named("999").members
    free = {member.agent.line.user for member in members if member.agent.line and not member.is_paused}
    lowest = min((member.penalty for member in members if not member.is_paused), default=0)
    first = {one.agent.line.user for one in members if one.agent.line and one.penalty == lowest and not one.is_paused}
    assert set(client.ringing()) == first <= free


def _see_an_envelope(client: Companion, service: str, body: bytes) -> None:
    reply = client.send(body, path=f"/api/v4/{service}", method="POST", headers=HEADERS)
    told = json.loads(reply.body)
    assert list(told) == ["success", "message", "data"]
    assert told["success"] in (0, 1)
    assert reply.status in (200, 400)
    assert reply.call is None
    assert (told["success"] == 1) == (reply.code == "")
