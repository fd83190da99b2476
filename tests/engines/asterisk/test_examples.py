"""The vendors' own examples, byte for byte as their manuals have them: each connects two real telephones."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from tests.engines.asterisk.serving import Client, served
from tests.engines.asterisk.test_served import passwords_of, pbx_file

if TYPE_CHECKING:
    from tests.engines.telephones import Telephone

FIXTURES: Final = Path(__file__).parents[3] / "fixtures"
DUOCOM: Final = ("duocom1234", "duocom930")
EXAMPLES: Final = {
    "voipsun/01-originate-public-number": ("sip100", "sip102"),
    "voipsun/02-originate-internal-number": ("sip100", "sip102"),
    "voipsun/03-originate-extension-id": ("sip100", "sip102"),
    "voipsun/04-originate-sip-username": ("sip100", "sip102"),
    "vum/01-given-number-first": ("vum777", "vum200"),
    "vum/02-own-number-first": ("vum200", "vum777"),
    "vum/03-page-script": ("vum777", "vum200"),
    "vum/04-callback": ("vum603", "vum777"),
    "simotel/01-php": ("557", "552"),
    "simotel/02-js": ("557", "552"),
    "simotel/03-curl": ("557", "552"),
    "duocom/01-url": DUOCOM,
    "duocom/02-voip-address": ("12345678", "duocom930"),
    "duocom/03-grabar": DUOCOM,
    "duocom/04-minutos": DUOCOM,
    "duocom/07-extension-with-special-diversion": DUOCOM,
    "duocom/08-php": DUOCOM,
    "duocom/09-php-telefacil": DUOCOM,
}
"""Which telephones each connects, first and second."""

NAMED: Final = """\
  - {internal: "777", public: ["777123456"], dialplan: vum, user: vum777}
  - {internal: "603", public: ["603222111"], dialplan: vum, user: vum603}
  - {internal: "930", public: ["930000000"], dialplan: duocom, user: duocom930}
"""
"""Whom the examples name beyond the PBX `documented`: numbers outside are nobody's telephone there."""


def with_whom_they_name(file: Path) -> None:
    """Give each number that the examples name a telephone."""
    text = file.read_text("utf-8")
    for there, instead in (
        ('public: ["299299555"]', 'public: ["299299555", "800123456"]'),
        ('internal: "1234", dialplan', 'internal: "1234", public: ["911000222"], dialplan'),
        ("extensions:\n", f"extensions:\n{NAMED}"),
    ):
        assert text.count(there) == 1
        text = text.replace(there, instead)
    file.write_text(text, "utf-8")


async def sent(url: str, example: str) -> bytes:
    """Send an example as it stands; give the reply's first line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    writer.write((FIXTURES / f"{example}.request").read_bytes())
    line = await reader.readline()
    writer.close()
    return line


async def connected(client: Client, telephones: dict[str, Telephone], number: int) -> list[str]:
    """Wait until the call with that number is up, and its two telephones say so; name them."""
    (call,) = await client.until(
        f"/_pbxsim/calls?after={number - 1}", lambda calls: [one["state"] for one in calls] == ["up"]
    )
    users = [leg["line"] for leg in call["legs"]]
    for user in users:
        await telephones[user].calls[0].wait_established()
    return users


@pytest.mark.slow
@pytest.mark.asterisk
@pytest.mark.sip
@pytest.mark.usefixtures("asterisk")
async def test_each_example_of_each_vendor_connects_two_real_telephones(tmp_path: Path) -> None:
    from tests.engines.telephones import Telephones

    file, sip = pbx_file(tmp_path, ())
    with_whom_they_name(file)
    passwords = passwords_of(file)
    set_of_them = Telephones(f"127.0.0.1:{sip}")
    async with served(file) as (client, server):
        await set_of_them.start()
        try:
            telephones = {user: await set_of_them.registered(user, passwords[user]) for user in passwords}
            for telephone in telephones.values():
                telephone.answers()
            for number, (example, parties) in enumerate(EXAMPLES.items(), 1):
                assert b" 200 " in await sent(client.url, example), example
                assert tuple(await connected(client, telephones, number)) == parties, example
                await telephones[parties[1]].calls[0].hangup()
                (call,) = await client.until(
                    f"/_pbxsim/calls?after={number - 1}", lambda calls: calls[0]["state"] == "ended"
                )
                assert (call["disposition"], call["cause"]) == ("ANSWERED", 16), example
                assert all(telephone.is_quiet() for user, telephone in telephones.items() if user not in parties)
        finally:
            await set_of_them.close()
        server.terminate()
        server.wait(10)


def test_every_example_that_asks_for_a_call_of_two_is_among_them() -> None:
    asks = [
        f"{file.parent.name}/{file.stem}"
        for vendor in ("voipsun", "vum", "simotel", "duocom")
        for file in sorted((FIXTURES / vendor).glob("*.request"))
        if any(word in file.read_text("utf-8") for word in ("action=originate", "cislo=", "originate/act", "llamante="))
    ]
    refused = {"voipsun/05-originate-two-sources"}  # a mistake that the manual shows
    beside = {"duocom/05-minutos-unlimited", "duocom/06-minutos-truncated"}  # as 04, but for the limit
    assert {one for one in asks if not one.endswith("-as-printed")} - refused - beside == set(EXAMPLES)
