"""The vendors' actions by the control API: forms with an example that works, and no credential anywhere."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec
import pytest

from pbxsim.testing import PbxServer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.web.town import Town

SECRETS = (
    "secretpwd",
    "VUMGIVEN0001",
    "VUMINFO00001",
    "Aa123456",
    "vZKtIKWsld0egNl",
    "MiClaveSecreta",
    "ClaveVoip",
)


def fetch(
    server: PbxServer, method: str, target: str, headers: Mapping[str, str] | None = None, body: str | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """Send a request as it stands, and give status, headers and body of the reply."""
    connection = HTTPConnection(urlsplit(server.url).netloc)
    connection.request(method, target, body, dict(headers or {}))
    reply = connection.getresponse()
    try:
        return reply.status, dict(reply.getheaders()), reply.read()
    finally:
        connection.close()


@pytest.fixture(scope="module")
def server() -> Iterator[PbxServer]:
    """Serve the PBX of the vendors' examples."""
    with PbxServer() as server:
        yield server


@pytest.fixture
def actions(server: PbxServer) -> dict[str, dict[str, Any]]:
    """Ask for all actions, at a PBX that has just begun."""
    server.reset()
    return {action["name"]: action for action in listed(server, "/_pbxsim/actions")}


def listed(server: PbxServer, path: str) -> list[dict[str, Any]]:
    """Give a list of the control API's."""
    found: list[dict[str, Any]] = msgspec.json.decode(fetch(server, "GET", path)[2])
    return found


async def test_a_vendor_without_forms_has_none(town: Town) -> None:
    assert (await town.get("/_pbxsim/actions")).json == []


def test_every_vendors_actions_are_told_in_the_order_of_the_manuals(actions: dict[str, dict[str, Any]]) -> None:
    assert [name for name in actions if name.startswith("voipsun/")][:3] == [
        "voipsun/originate",
        "voipsun/dial",
        "voipsun/hangupcall",
    ]
    assert {action["vendor"] for action in actions.values()} == {"duocom", "simotel", "voipsun", "vum"}
    assert {"vum/callback", "simotel/call/originate/act", "duocom/api_consumos"} <= set(actions)


def test_a_field_says_where_it_stands_whether_it_must_and_what_would_do(actions: dict[str, dict[str, Any]]) -> None:
    fields = {field["name"]: field for field in actions["voipsun/dial"]["fields"]}
    assert fields["context"] == {
        "name": "context",
        "place": "query",
        "value": "pospojeni",
        "required": True,
        "group": None,
        "choices": fields["context"]["choices"],
    }
    assert "pospojeni" in fields["context"]["choices"]
    assert (fields["outrouteName"]["group"], fields["outrouteId"]["group"]) == ("outrouteName/outrouteId",) * 2
    assert "value" not in fields["macro"]


def test_no_credential_is_shown(server: PbxServer) -> None:
    shown = fetch(server, "GET", "/_pbxsim/actions")[2].decode()
    for secret in SECRETS:
        assert secret not in shown
    assert '"name":"agentPin","place":"query","value":"***"' in shown


def test_a_page_of_the_list_goes_on_behind_a_name(server: PbxServer) -> None:
    status, headers, body = fetch(server, "GET", "/_pbxsim/actions?limit=1")
    (first,) = msgspec.json.decode(body)
    assert status == 200
    assert f"after={quote(first['name'], safe='')}" in headers["Link"]


NOTHING_THERE_YET = {
    "voipsun/hangupcall",
    "duocom/api_control_llamadas",
    "simotel/pbx/queues/removeagent",
    "simotel/pbx/queues/pauseagent",
    "simotel/pbx/queues/resumeagent",
}
"""What a PBX that has just begun refuses in the vendor's words: nobody is in a queue, no call is up."""


@pytest.mark.slow
def test_each_example_works_as_it_stands_when_who_asks_is_named(
    server: PbxServer, actions: dict[str, dict[str, Any]]
) -> None:
    for name, action in actions.items():
        server.reset()
        example, (who, *_) = action["example"], action["identities"]
        headers = example["headers"] | {"X-Pbxsim-As": f"documented/{quote(who['as'])}"}
        status, _, _ = fetch(server, example["method"], example["target"], headers, example["body"])
        (noted,) = listed(server, "/_pbxsim/requests")
        assert status == noted["status"], name
        assert bool(noted["code"]) == (name in NOTHING_THERE_YET), (name, noted)
        assert "X-Pbxsim-As" not in noted["headers"]
