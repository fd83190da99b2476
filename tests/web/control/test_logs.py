"""The request log and the journal by the control API: what clients sent, with no secret in it, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest

if TYPE_CHECKING:
    from tests.web.town import Town


CALL = "/acme/api?secret=s3cret!&from=100&to=102"


async def only(town: Town, query: str = "") -> dict[str, Any]:
    """Give the one request that there is."""
    (request,) = (await town.get(f"/_pbxsim/requests{query}")).json
    return dict(request)


async def test_a_request_with_its_reply_and_its_call(town: Town) -> None:
    await town.advance(5)
    await town.ask("GET", CALL, User_Agent="crm/1", Accept="*/*", Accept_Encoding="identity")
    request = await only(town)
    assert {name: value for name, value in request["headers"].items() if name != "Host"} == {
        "User-Agent": "crm/1",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
    }
    del request["headers"]
    assert request == {
        "seq": 1,
        "at": "2026-01-01T00:00:05.000000Z",
        "vendor": "acme",
        "method": "GET",
        "path": "/acme/api",
        "params": {"secret": "***", "from": "100", "to": "102"},
        "body": None,
        "remote": "127.0.0.1",
        "fault": None,
        "status": 200,
        "reply": "CALL 1",
        "reply_size": 6,
        "code": None,
        "call": 1,
        "hints": [],
        "injected": None,
    }


async def test_an_error_and_what_was_probably_meant(town: Town) -> None:
    await town.get("/acme/api?Secret=s3cret!&form=100&to=102")
    request = await only(town)
    assert (request["status"], request["code"], request["call"]) == (401, "401", None)
    assert request["params"] == {"Secret": "***", "form": "100", "to": "102"}
    assert request["hints"] == [
        "parameter 'Secret' is written 'secret': case counts",
        "parameter 'form' is not documented: did you mean 'from'?",
    ]


@pytest.mark.parametrize(
    "name", ["secret", "SECRET", "secrt", "secret%20", "ssecret", "password", "apikey", "pin", "x-token"]
)
async def test_a_secret_is_hidden_however_its_name_is_spelt(town: Town, name: str) -> None:
    await town.get(f"/acme/api?{name}=hush-hush")
    assert b"hush" not in (await town.get("/_pbxsim/requests")).body
    assert b"hush" not in (await town.get("/_pbxsim/journal?format=jsonl")).body


async def test_secrets_in_headers_are_hidden(town: Town) -> None:
    await town.ask(
        "GET",
        "/acme/api?do=echo",
        Authorization="Basic aHVzaA==",
        X_Acme_Key="hush",
        Cookie="a=hush",
        X_Api_Key="hush",
        Referer="http://crm.example/?secret=hush&page=2",
    )
    headers = (await only(town))["headers"]
    assert {headers[name] for name in ("Authorization", "X-Acme-Key", "Cookie", "X-Api-Key")} == {"***"}
    assert headers["Referer"] == "http://crm.example/?secret=***&page=2"


async def test_secrets_in_a_json_body_are_hidden(town: Town) -> None:
    body = {"from": "100", "Secret": "hush", "more": [{"pin": 1234, "to": 7}], "n": 12345678901234567890123}
    await town.ask("PUT", "/acme/v4/call?do=echo", body)
    shown = {"from": "100", "Secret": "***", "more": [{"pin": "***", "to": 7}], "n": 12345678901234567890123}
    assert (await only(town))["body"] == shown
    entries = (await town.get("/_pbxsim/journal")).json
    assert entries[0]["data"]["body"] == shown


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("application/x-www-form-urlencoded", "secret=hush&from=1", {"secret": "***", "from": "1"}),
        ("text/plain", "secret=hush", "(11 bytes that are no JSON, not shown)"),
        ("application/json", '{"secret": "hush"', "(17 bytes that are no JSON, not shown)"),
        ("application/json", "[" * 9_000, "(9000 bytes that are no JSON, not shown)"),
        ("application/json", '"\\ud800"', "(8 bytes that are no JSON, not shown)"),
        ("application/json", " " * 20_000, "(20000 bytes, not kept)"),
        ("application/json", "{}", {}),
        ("application/json", "[]", []),
        ("application/json", "false", False),
    ],
)
async def test_a_body_is_shown_as_far_as_its_secrets_can_be_found(
    town: Town, kind: str, body: str, shown: object
) -> None:
    await town.ask("POST", "/acme/api?do=echo", body, Content_Type=kind)
    assert (await only(town))["body"] == shown
    assert b"hush" not in (await town.get("/_pbxsim/journal")).body


async def test_bytes_that_are_no_text_can_be_shown(town: Town) -> None:
    await town.raw(b"GET /acme/api?do=echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Odd: \xff\xfe\r\n\r\n")
    assert (await only(town))["headers"]["X-Odd"] == "??"


async def test_requests_are_filtered_and_listed_by_pages(town: Town) -> None:
    for path in (CALL, "/nowhere", "/acme/api?x=1", CALL):
        await town.get(path)

    async def seqs(query: str) -> list[int]:
        return [request["seq"] for request in (await town.get(f"/_pbxsim/requests?{query}")).json]

    assert await seqs("") == [1, 2, 3, 4]
    assert await seqs("vendor=acme") == [1, 3, 4]
    assert await seqs("vendor=none") == [2]
    assert await seqs("vendor=other") == []
    assert await seqs("hints=true") == [2, 3]
    assert await seqs("limit=2&after=1") == [2, 3]


async def test_the_control_apis_own_requests_are_not_in_it(town: Town) -> None:
    await town.get("/_pbxsim/calls")
    assert (await town.get("/_pbxsim/requests")).json == []


async def test_a_secret_that_a_reply_repeats_is_hidden(town: Town) -> None:
    await town.get("/acme/api?do=echo&secret=hush-hush&pin=echo")
    assert '"secret":"***","pin":"echo"' in (await only(town))["reply"]


async def test_a_long_reply_is_shown_in_part(town: Town) -> None:
    await town.ask("POST", "/acme/api?do=echo", "y" * 20_000)
    request = await only(town)
    assert request["reply_size"] > 16_384
    assert len(request["reply"]) == 16_384


async def test_an_exchange_is_in_the_deterministic_journal_around_what_it_caused(town: Town) -> None:
    await town.get(CALL)
    entries = (await town.get("/_pbxsim/journal")).json
    kinds = [entry["kind"] for entry in entries]
    assert (kinds[0], kinds[1], kinds[-1]) == ("request", "call-started", "reply")
    assert entries[0]["data"] == {
        "vendor": "acme",
        "method": "GET",
        "path": "/acme/api",
        "params": {"secret": "***", "from": "100", "to": "102"},
        "remote": "127.0.0.1",
    }
    assert (entries[-1]["call"], entries[-1]["data"]) == (
        1,
        {"request": 1, "status": 200, "code": "", "size": 6, "crc32": f"{crc32(b'CALL 1'):08x}"},
    )


async def test_the_journal_is_listed_by_pages(town: Town) -> None:
    await town.get(CALL)
    entries = (await town.get("/_pbxsim/journal?limit=2&after=1")).json
    assert [entry["seq"] for entry in entries] == [2, 3]


async def test_the_journal_of_one_call(town: Town) -> None:
    for _ in range(2):
        await town.get(CALL)
    await town.advance(60)
    everything = (await town.get("/_pbxsim/journal?limit=1000")).json
    for call in (1, 2):
        of_call = [entry for entry in everything if entry["call"] == call]
        assert len(of_call) > 8
        assert (await town.get(f"/_pbxsim/journal?call={call}")).json == of_call
        second = of_call[1]["seq"]
        assert (await town.get(f"/_pbxsim/journal?call={call}&after={second}&limit=3")).json == of_call[2:5]
    assert (await town.get("/_pbxsim/journal?call=3")).json == []


async def test_the_journal_of_one_call_is_had_as_documents_only(town: Town) -> None:
    refused = await town.get("/_pbxsim/journal?call=1&format=jsonl")
    assert refused.status == 400
    assert "leave out either" in refused.json["detail"]


async def test_entries_of_some_kinds_from_some_moment_on(town: Town) -> None:
    await town.post("/_pbxsim/calls", {"from": "777123456", "to": "299299000"})
    everything = (await town.get("/_pbxsim/journal?limit=1000")).json
    rings = [entry for entry in everything if entry["kind"] in ("leg-dialed", "call-started")]
    assert len({entry["kind"] for entry in rings}) == 2
    asked = "/_pbxsim/journal?kind=leg-dialed,call-started"
    assert (await town.get(asked)).json == rings
    assert (await town.get(f"{asked}&after={rings[0]['seq']}&limit=1")).json == rings[1:2]
    assert (await town.get(f"{asked}&since={rings[-1]['at']}")).json == rings
    assert (await town.get(f"{asked}&since=2099-01-01T00:00:00Z")).json == []
    for wrong in ("call=1&kind=leg-dialed", "format=jsonl&kind=leg-dialed", "since=yesterday"):
        assert (await town.get(f"/_pbxsim/journal?{wrong}")).status == 400
