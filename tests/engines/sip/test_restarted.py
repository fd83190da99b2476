"""A server that is killed and begins anew on the same store and ports, and the telephones that had registered there."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

from pbxsim import pbxes
from tests.engines.asterisk.serving import Client, served
from tests.engines.refusing import RefusingTelephone
from tests.ports import own_port

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.sip]

DOCUMENTED = files(pbxes) / "documented.yaml"
STATUS = "/api/api.php?username=voipsun&password=secretpwd&action=sipstatus"
PHONES = "/_pbxsim/phones"
SECTION = """
sip:
  port: {port}
  lines:
    - {{line: sip100, secret: first-secret}}
    - {{line: sip102, secret: second-secret}}
"""


def gone(user: str) -> RefusingTelephone:
    """Make a telephone that is busy."""
    return RefusingTelephone(user, "486 Busy Here", after=0, rings=False, noted=lambda _what, _who: None)


def phone(told: Any, user: str) -> Any:  # noqa: ANN401 - as they came
    """Find a line among all."""
    return next(each for each in told if each["user"] == user)


async def place_of(client: Client, user: str) -> tuple[str, int]:
    """Give where a line's telephone is, as VoIPSUN's `sipstatus` and the control API say alike."""
    rows = json.loads(await client.ask(STATUS))["results"]
    (row,) = [row for row in rows if row["user"] == user]
    shown = phone(json.loads(await client.ask(PHONES)), user)
    told = shown["registration"]["host"], shown["registration"]["port"]
    assert shown["registered"] == (told[0] != "")
    assert (row["host"], row["port"]) == (told[0] or "(Unspecified)", str(told[1]))
    return told


async def until_at(client: Client, user: str, host: str, port: int) -> None:
    """Wait until it is there."""

    def is_there(told: Any) -> bool:  # noqa: ANN401 - as it came
        place = phone(told, user)["registration"]
        return (place["host"], place["port"]) == (host, port)

    await client.until(PHONES, is_there)
    assert await place_of(client, user) == (host, port)


async def test_a_killed_server_knows_where_telephones_are_when_it_begins_anew_and_which_are_gone(
    tmp_path: Path,
) -> None:
    from tests.engines.telephones import Telephones

    sip, http, first_port, second_port = own_port(), own_port(), own_port(), own_port()
    file = tmp_path / "documented.yaml"
    file.write_text(DOCUMENTED.read_text("utf-8") + SECTION.format(port=sip), "utf-8")
    server, options = f"127.0.0.1:{sip}", ("--engine", "sip", "--port", str(http))
    db = f"sqlite:///{tmp_path / 'store.db'}"
    telephones, vanishes = Telephones(server), gone("sip102")
    await telephones.start()
    async with served(file, *options, db=db) as (client, process):
        telephone = await telephones.registered("sip100", "first-secret")
        telephone.answers()
        await vanishes.register(server, "second-secret", first_port, expires=5)
        await until_at(client, "sip102", "127.0.0.1", first_port)
        where = await place_of(client, "sip100")
        assert where[0] == "127.0.0.1"
        await client.until("/readyz", lambda told: not told["store"]["waiting"])
        process.kill()
        process.wait()
    vanishes.close()
    async with served(file, *options, db=db) as (client, _):
        assert await place_of(client, "sip100") == where, "it has not registered anew"
        placed = json.loads(await client.ask("/_pbxsim/calls", "POST", json={"from": "777123456", "to": "299299000"}))
        call = await client.until(f"/_pbxsim/calls/{placed['id']}", lambda call: call["state"] == "up")
        assert telephone.seen[0].startswith("sip:777123456@")
        await client.ask(f"/_pbxsim/calls/{call['id']}/hangup", "POST")
        await until_at(client, "sip102", "", 0)  # its five seconds are over
        comes_back = gone("sip102")
        await comes_back.register(server, "second-secret", second_port)
        await until_at(client, "sip102", "127.0.0.1", second_port)
        await telephone.agent.register()
        assert await place_of(client, "sip100") == where
        comes_back.close()
        await telephones.close()
