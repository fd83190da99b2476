"""The banner's command line: one line, and it works."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from pbxsim.testing.office import Office, extension
from pbxsim.vendors.simotel import vendor
from pbxsim.vendors.simotel.settings import Account, Mode, Settings
from tests.vendors.simotel.client import ACCOUNT, BASIC, KEY, Client

if TYPE_CHECKING:
    from pbxsim.kit.request import Request


def sent(client: Client) -> Request:
    """Read the command line as a shell would, and make the request that curl would send."""
    line = client.interface.curl("http://127.0.0.1:8080")
    assert line is not None
    assert "\n" not in line
    command, put, method, url, *options = shlex.split(line)
    assert (command, put) == ("curl", "-X")
    values = list(zip(options[::2], options[1::2], strict=True))
    headers = dict(value.split(": ", 1) for option, value in values if option == "-H")
    (body,) = [value for option, value in values if option == "-d"]
    path = url.removeprefix("http://127.0.0.1:8080")
    return client.request(body.encode(), method=method, path=path, headers=headers)


def test_the_line_places_a_call_between_two_extensions() -> None:
    client = Client()
    reply = client.interface.answer(sent(client))
    assert reply.call is not None
    client.office.advance(0)
    call = client.office.pbx.calls.find(reply.call)
    assert call is not None
    assert [leg.peer for leg in call.legs] == ["sip557", "sip552"]


def test_the_line_as_it_stands() -> None:
    assert Client().interface.curl("http://127.0.0.1:8080") == (
        "curl -X PUT http://127.0.0.1:8080/api/v4/call/originate/act"
        f" -H 'X-APIKEY: {KEY}' -H 'Authorization: {BASIC}' -H 'Content-Type: application/json'"
        """ -d '{"caller":"557","callee":"552","context":"main_routing","caller_id":"557"}'"""
    )


def test_the_line_uses_the_credentials_of_the_accounts_mode() -> None:
    token = Account(mode=Mode.TOKEN, api_key="it's $HOME", username="unused")
    basic = Account(mode=Mode.BASIC, username="test", password="pa ss'word", api_key="unused")
    for account, header in ((token, "X-APIKEY"), (basic, "Authorization")):
        client = Client(Settings(accounts=(account,)))
        request = sent(client)
        assert list(request.headers) == [header, "Content-Type"]
        assert client.interface.answer(request).status == 200


def test_there_is_no_line_without_an_account_that_may_call() -> None:
    disabled = Account(mode=Mode.TOKEN, api_key="x", enabled=False)
    barred = Account(mode=Mode.TOKEN, api_key="y", permissions=())
    assert Client(Settings(accounts=(disabled, barred))).interface.curl("http://x") is None


def test_there_is_no_line_without_two_telephones() -> None:
    lonely = Office(extension("557"))
    assert vendor.open(Settings(accounts=(ACCOUNT,)), lonely.pbx).curl("http://x") is None
