"""The vendor's failure table: each row is produced by a request, byte for byte, and none is left out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pbxsim.vendors.simotel.errors import FAILURES
from pbxsim.vendors.simotel.settings import Account, Mode, Settings
from tests.vendors.simotel.client import ACCOUNT, HEADERS, Client, failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from pbxsim.kit.reply import Reply

TABLE = Path(__file__).parents[3] / "fixtures" / "simotel" / "errors.tsv"
ROWS = [tuple(row.split("\t")) for row in TABLE.read_text("utf-8").splitlines()]
POWERLESS = Account(mode=Mode.TOKEN, api_key="powerless", permissions=())
PROVOKED: dict[str, Callable[[Client], Reply]] = {
    "Field 'field_name':value is missing": lambda client: client.ask(callee=""),
    "Requested operation failed": lambda client: client.ask(caller="09151412541"),
    "Unable to parse content": lambda client: client.send(b"caller=557"),
    "BasicAuth or ApiKey is missing": lambda client: client.send(headers={}),
    "BasicAuth or ApiKey is invalid": lambda client: client.send(headers={"X-APIKEY": "wrong"}),
    '"....";Access denied': lambda client: client.send(headers=HEADERS | {"X-APIKEY": "powerless"}),
    "IP is not permitted": lambda client: client.send(remote="192.0.2.1"),
    "Method not allowed": lambda client: client.send(method="GET"),
    "Unsupported Media Type": lambda client: client.send(headers=HEADERS | {"Content-Type": "text/plain"}),
    "Requested service dose not exist": lambda client: client.send(path="/api/v4/call/hangup/act"),
}
FILLED_IN = {"field_name": "callee", '"....': '\\"call/originate/act\\'}


@pytest.mark.cites("S15", "S16")
@pytest.mark.parametrize(("status", "message"), ROWS)
def test_every_row_of_the_table_is_produced_by_a_request(status: str, message: str) -> None:
    client = Client(Settings(accounts=(ACCOUNT, POWERLESS), allowed_addresses=("127.0.0.1",)))
    reply = PROVOKED[message](client)
    assert reply.status == int(status)
    for placeholder, value in FILLED_IN.items():
        message = message.replace(placeholder, value)
    assert reply.body == failure(message)
    assert reply.call is None


@pytest.mark.cites("S15")
def test_the_code_knows_the_rows_of_the_table_and_no_other() -> None:
    ours = {(str(status), message.replace("{name}", "field_name")) for status, message in FAILURES.values()}
    theirs = {(status, message.replace("....", "field_name")) for status, message in ROWS}
    assert ours == theirs
